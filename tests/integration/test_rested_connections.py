"""Connections that rest in the pool: those that their server has ended are replaced, and the others used at once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from worker.database.engine import open_store, reading, writing

PID, LAST = text("SELECT pg_backend_pid()"), text("SELECT query FROM pg_stat_activity WHERE pid = :pid")


@pytest.fixture
def store(postgres_url: str) -> Iterator[Engine]:
    """A store whose pool has one connection, which was just used."""
    engine = open_store(postgres_url)
    _find_pid(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def other(postgres_url: str) -> Iterator[Engine]:
    """The same store, by other connections."""
    engine = open_store(postgres_url)
    yield engine
    engine.dispose()


def _find_pid(store: Engine) -> int:
    with reading(store) as connection:
        pid: int = connection.execute(PID).scalar_one()
    return pid


def test_a_connection_that_its_server_has_ended_is_replaced_unnoticed(store: Engine, other: Engine) -> None:
    before = _find_pid(store)
    with writing(other) as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": before})
    assert _find_pid(store) != before


def test_a_connection_that_was_used_just_now_is_not_asked_whether_it_lives(store: Engine, other: Engine) -> None:
    pid = _find_pid(store)
    with store.connect(), reading(other) as connection:
        assert connection.execute(LAST, {"pid": pid}).scalar_one() == "COMMIT"
