"""COPY as a statement like any other: what becomes of it when it is interrupted."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Connection, Engine, make_url, text

from worker.database.engine import open_store, reading, writing

_COPY = "COPY interrupted (number, words) FROM STDIN (FORMAT binary)"
_TYPES = ("integer", "text")


class TimeIsOverError(Exception):
    pass


def interrupt(*_: object) -> None:
    raise TimeIsOverError


@pytest.fixture
def alarm() -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def table(postgres: Engine) -> Iterator[Engine]:
    with writing(postgres) as connection:
        connection.execute(text("CREATE TABLE interrupted (number integer PRIMARY KEY, words text)"))
    yield postgres
    with writing(postgres) as connection:
        connection.execute(text("DROP TABLE interrupted"))


def copy_many(connection: Connection, interrupted_after: float) -> None:
    signal.setitimer(signal.ITIMER_REAL, interrupted_after)
    connection.exec_driver_sql(_COPY, (_TYPES, [(number, "x" * 10_000) for number in range(1, 2_000)]))


@pytest.mark.usefixtures("alarm")
def test_a_copy_that_waits_for_others_ends_when_it_is_interrupted(table: Engine) -> None:
    with writing(table) as other:
        other.execute(text("INSERT INTO interrupted VALUES (1, 'first')"))
        began = time.monotonic()
        with pytest.raises(TimeIsOverError), writing(table) as connection:
            copy_many(connection, interrupted_after=0.5)
        assert time.monotonic() - began < 10
    with reading(table) as connection:
        assert connection.execute(text("SELECT words FROM interrupted")).scalars().all() == ["first"]


@pytest.fixture
def door(postgres_url: str) -> Iterator[Path]:
    """Yield another path to the server's socket, which may have 107 bytes."""
    with TemporaryDirectory(prefix="fm-", dir="/tmp") as folder:
        door = Path(folder) / "door"
        door.symlink_to(make_url(postgres_url).query["host"])
        yield door


def test_what_interrupts_a_copy_is_raised_though_the_server_cannot_be_asked_to_end_it(
    postgres_url: str, door: Path
) -> None:

    def give_rows() -> Iterator[tuple[int, str]]:
        yield 1, "a"
        door.unlink()
        interrupt()

    url = make_url(postgres_url).update_query_dict({"host": str(door)})
    engine = open_store(url.render_as_string(hide_password=False))
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE interrupted (number integer, words text)"))
        with pytest.raises(TimeIsOverError):
            connection.exec_driver_sql(_COPY, (_TYPES, give_rows()))
    engine.dispose()


def test_a_copy_of_which_a_value_cannot_be_written_leaves_the_connection_usable(table: Engine) -> None:
    with table.connect() as connection:
        with pytest.raises(OverflowError):
            connection.exec_driver_sql(_COPY, (_TYPES, [(1, "a"), (2**31, "b")]))
        connection.rollback()
        connection.exec_driver_sql(_COPY, (_TYPES, [(1, "a"), (2, None)]))
        assert connection.execute(text("SELECT * FROM interrupted ORDER BY number")).all() == [(1, "a"), (2, None)]
