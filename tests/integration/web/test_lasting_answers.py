"""All rows at once take no more of anything than some: their reader may be as slow as it likes, and then is cut off."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import orjson
import pytest
import requests
from sqlalchemy import Engine, update

from tests.filled import fill_as_polls_do
from tests.servers.web import connect_to, read_all, web_server
from tests.waiting import wait_for
from worker.database.article_tables import ArticleRow
from worker.database.engine import writing
from worker.settings import Settings
from worker.web.connections import LimitedConnection

ALL = b"GET /v1/articles?format=jsonl HTTP/1.1\r\nHost: localhost\r\n\r\n"
# Three of them are more than the buffers of both sides hold.
LARGE = 12_000_000


class Impatient(LimitedConnection):
    longest_stall = 1.5


@pytest.fixture
def large(store: Engine) -> Iterator[Engine]:
    fill_as_polls_do(store)
    with writing(store) as connection:
        connection.execute(update(ArticleRow).values(html="x" * LARGE))
    return store


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_whoever_stops_reading_holds_nothing_of_the_store_and_is_cut_off(large: Engine) -> None:
    with web_server(large, connection=Impatient) as at, ExitStack() as ends:
        stalled = [ends.enter_context(connect_to(at)) for _ in range(3)]
        for connection in stalled:
            # Else Linux may let it grow to where the whole answer has room.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            connection.sendall(ALL)
        wait_for(lambda: _status(at) == 429, "all places are taken")
        wait_for(lambda: large.pool.checkedout() == 0, "nobody waits with a transaction open")
        wait_for(lambda: _status(at) == 200, "they are cut off")
        assert not read_all(stalled[0]).endswith(b"0\r\n\r\n")


def _status(at: str) -> int:
    with requests.get(f"{at}/v1/articles?format=jsonl", stream=True, timeout=30) as answer:
        return answer.status_code


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_rows_that_are_large_come_whole(large: Engine) -> None:
    with web_server(large) as at:
        whole = requests.get(f"{at}/v1/articles?format=jsonl", timeout=30)
        assert [len(orjson.loads(line)["html"]) for line in whole.iter_lines(1_000_000)] == [LARGE] * 3


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_few_take_all_rows_at_once(large: Engine) -> None:
    with web_server(large) as at:
        reading = [requests.get(f"{at}/v1/articles?format=jsonl", stream=True, timeout=30) for _ in range(4)]
        assert [answer.status_code for answer in reading] == [200, 200, 200, 429]
        assert reading[-1].json()["detail"].startswith("3 such answers to this address are under way")
        for answer in reading:
            answer.close()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_head_of_all_rows_is_answered_at_once(store: Engine) -> None:
    with web_server(store, Settings()) as at:
        for path, kind in (("articles?format=jsonl", "application/jsonl"), ("changes", "text/event-stream")):
            head = requests.head(f"{at}/v1/{path}", headers={"Accept": kind}, timeout=30)
            assert (head.status_code, head.headers["content-type"]) == (200, kind)
