"""/healthz judges the work that is done, /readyz whether the store can be used; one that hangs holds up neither."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, text

from tests.servers.web import connect_to, web_server
from tests.waiting import wait_for
from worker.database.clock import read_clock
from worker.database.engine import open_store, writing
from worker.database.feed_tables import HostRow
from worker.database.schema import SCHEMA_VERSION
from worker.settings import Settings
from worker.web.shared_looks import SharedLook
from worker.websub.credentials import PATH

CALLBACK = f"{PATH}/1/token"


def _make_late(store: Engine, by: timedelta) -> None:
    with writing(store) as connection:
        at = read_clock(connection).now() - by
        connection.execute(HostRow.__table__.insert().values(name="h.example:443", claimable_at=at))


@pytest.fixture
def hanging() -> Iterator[Engine]:
    """A database that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        engine = open_store(f"postgresql+psycopg://nobody@127.0.0.1:{listening.getsockname()[1]}/none")
        yield engine
        engine.dispose()


def test_a_store_in_which_nothing_is_late_is_well_and_ready(store: Engine) -> None:
    with web_server(store) as at:
        health, ready = requests.get(f"{at}/healthz", timeout=30), requests.get(f"{at}/readyz", timeout=30)
    assert (health.status_code, ready.status_code) == (200, 200)
    assert health.text == f"OK: no feed is late; no poll yet; schema {SCHEMA_VERSION}\n"
    assert ready.text == f"OK: ready; schema {SCHEMA_VERSION}\n"


def test_work_that_is_not_done_is_critical_and_the_store_ready_all_the_same(store: Engine) -> None:
    _make_late(store, timedelta(hours=2))
    accept = {"Accept": "application/json"}
    with web_server(store) as at:
        health = requests.get(f"{at}/healthz", timeout=30, headers=accept)
        ready = requests.get(f"{at}/readyz", timeout=30, headers=accept)
    assert (health.status_code, ready.status_code) == (503, 200)
    told = health.json()
    assert told.pop("waiting_seconds") >= 7200
    assert told == {
        "verdict": "CRITICAL",
        "sentence": f"no feed is late; no poll yet; schema {SCHEMA_VERSION}",
        "late": 0,
        "last_poll_at": None,
        "schema": SCHEMA_VERSION,
    }
    assert ready.json() == {"verdict": "OK", "sentence": f"ready; schema {SCHEMA_VERSION}", "schema": SCHEMA_VERSION}


def _answers(at: str) -> list[int]:
    return [requests.get(f"{at}/{path}", timeout=30).status_code for path in ("healthz", "readyz", "metrics", CALLBACK)]


def test_a_store_is_used_only_while_it_has_the_schema_whoever_migrates_it_meanwhile(store: Engine) -> None:
    chosen = Settings(public_url="https://news.example", websub_secret=SecretStr("s" * 32))
    with web_server(store, chosen) as at:
        for version in ("0001", SCHEMA_VERSION):
            with writing(store) as connection:
                connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
            # Nobody knows that callback.
            told = [200, 200, 200, 404] if version == SCHEMA_VERSION else [503] * 4
            wait_for(lambda told=told: _answers(at) == told, f"answers of a store at {version}")  # type: ignore[misc]


def test_a_store_that_is_not_migrated_yet_is_neither_made_nor_ready(tmp_path: Path) -> None:
    with web_server(open_store(f"sqlite:///{tmp_path}/feedmill.db")) as at:
        answer = requests.get(f"{at}/readyz", timeout=30)
    assert (answer.status_code, answer.text) == (503, "CRITICAL: the store cannot be used now; the log says why\n")
    assert [*tmp_path.iterdir()] == []


def test_a_database_that_is_down_is_neither_well_nor_ready() -> None:
    with web_server(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")) as at:
        answers = [requests.get(f"{at}/{path}", timeout=30) for path in ("healthz", "readyz")]
    assert [answer.status_code for answer in answers] == [503, 503]


def test_a_database_that_hangs_is_told_of_in_time(hanging: Engine) -> None:
    began = datetime.now().astimezone()
    with web_server(hanging) as at, ThreadPoolExecutor(8) as many:
        answers = [*many.map(lambda _: requests.get(f"{at}/healthz", timeout=30), range(8))]
        took = datetime.now().astimezone() - began
    told = "CRITICAL: the store does not answer within 3s\n"
    assert [(answer.status_code, answer.text) for answer in answers] == [(503, told)] * 8
    assert took < timedelta(seconds=6)


def test_those_who_ask_at_once_share_one_look() -> None:
    looks, may_end = [], threading.Event()

    def look() -> str:
        looks.append(1)
        may_end.wait(30)
        return "well"

    async def ask() -> list[str | BaseException]:
        shared = SharedLook(look)
        impatient = await asyncio.gather(shared.result(timedelta(0)), return_exceptions=True)
        asked = [asyncio.ensure_future(shared.result(timedelta(seconds=30))) for _ in range(8)]
        may_end.set()
        return [*impatient, *await asyncio.gather(*asked)]

    gave_up, *others = asyncio.run(ask())
    assert isinstance(gave_up, TimeoutError)
    assert others == ["well"] * 8
    assert len(looks) == 1


def test_hubs_that_wait_for_a_database_that_hangs_hold_up_no_probe() -> None:
    chosen = Settings(public_url="https://news.example", websub_secret="s" * 32)
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as waiting:
        engine = open_store(f"postgresql+psycopg://nobody@127.0.0.1:{listening.getsockname()[1]}/none")
        at = waiting.enter_context(web_server(engine, chosen))
        # More than there are threads.
        for _ in range(50):
            each = waiting.enter_context(connect_to(at))
            each.sendall(b"POST /websub/1/x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
        ready = requests.get(f"{at}/readyz", timeout=9)
        assert ready.text == "CRITICAL: the store does not answer within 3s\n"
        listening.close()
