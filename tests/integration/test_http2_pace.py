"""A host that wants HTTP/2 is asked twice for that, and both are requests that its pace counts."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests.documents import item, rss
from tests.polling import add, hosts, make_due, poll
from tests.servers.http2 import Http2Publisher
from tests.servers.messages import Answer, Request
from worker.database.engine import reading
from worker.database.feed_tables import ScheduleRow
from worker.pipeline import poll_due
from worker.pipeline.tools import Tools, make_tools
from worker.settings import Settings
from worker.values.outcomes import Outcome

GAP = timedelta(seconds=0.2)


@pytest.fixture
def tools(store: Engine, certificate: Path) -> Iterator[Tools]:
    tools = make_tools(Settings(allow_hosts=("127.0.0.0/8",), host_gap=GAP, ca_bundle=certificate), store)
    yield tools
    tools.close()


def _answer(request: Request) -> Answer:
    return Answer(rss([item("one")])) if ":authority" in request.headers else Answer(status=505)


def test_the_gap_is_kept_before_the_second_request(tools: Tools, certificate: Path) -> None:
    asked: list[float] = []

    def answer(request: Request) -> Answer:
        asked.append(time.monotonic())
        return _answer(request)

    with Http2Publisher(certificate) as server:
        for path in ("/a", "/b"):
            server.on(path, answer)
        add(tools, *(server.url(path, "localhost") for path in ("/a", "/b")))
        records = poll(tools)

    assert [record.outcome for record in records] == [Outcome.NEW] * 2
    assert len(asked) == 3
    # What was measured is when requests came: a hundredth for the way.
    assert all(after - before > GAP.total_seconds() - 0.01 for before, after in pairwise(asked))
    assert [host.lease_token for host in hosts(tools)] == [None]


def test_a_poll_that_ends_before_its_second_request_begins_with_it_the_next_time(
    tools: Tools, certificate: Path
) -> None:
    with Http2Publisher(certificate) as server:
        server.on("/feed", _answer)
        add(tools, server.url("/feed", "localhost"))
        assert list(poll_due(tools, lambda: bool(server.requests))) == []

        with reading(tools.engine) as connection:
            waiting = connection.execute(select(ScheduleRow)).one()
        assert waiting.next_poll_reason == f"waits for its turn at localhost:{server.port}, which wants HTTP/2"
        make_due(tools)
        assert [record.outcome for record in poll(tools)] == [Outcome.NEW]
        assert [":authority" in request.headers for request in server.requests] == [False, True]
