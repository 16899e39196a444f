"""What publishers see of a deployment whose operator polls every second, and restarts it midway.

What each request asks with, and how long after the one before: all that public scores of feed readers judge. The run
takes some seconds, once for all these tests.
"""

import shutil
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from operator import gt
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.documents import item, rss
from tests.polling import add, poll
from tests.servers.messages import Request
from tests.servers.publisher import Answer, Publisher
from tests.waiting import wait_for
from worker.database.engine import file_of, open_store, writing
from worker.database.feed_tables import FeedRow
from worker.pipeline.tools import make_tools
from worker.settings import Settings

SECOND = timedelta(seconds=1)
CHOSEN = Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(0), poll_interval=SECOND, poll_interval_min=SECOND)
MONDAY, TUESDAY = "Mon, 23 Nov 2026 07:30:00 GMT", "tuesday, 24-Nov-26 07:30:00 gmt"
WEAK = 'W/"odd \\\\ one"'
FEED, CHANGED = rss([item("a")]), rss([item("b"), item("a")])


def _validated(etag: str | None, last_modified: str | None, body: bytes = FEED, status: int = 200) -> Answer:
    named = {"ETag": etag, "Last-Modified": last_modified}
    return Answer(body, status=status, headers={name: value for name, value in named.items() if value})


# How each path answers, one request after the other, the last answer for ever.
ANSWERS: Mapping[str, list[Answer]] = {
    "/plain": [Answer(FEED)],
    "/validated": [_validated(WEAK, MONDAY), _validated(None, None, b"", 304)],
    "/etag": [_validated("unquoted", MONDAY), _validated('"2"', MONDAY, CHANGED)],
    "/date": [_validated('""', MONDAY), _validated('""', TUESDAY, CHANGED)],
    "/refreshed": [_validated('"1"', MONDAY), _validated('"2"', None, b"", 304)],
    "/max-age": [Answer(FEED, headers={"ETag": '"1"', "Cache-Control": "max-age=2"})],
    "/max-age-304": [
        _validated('"1"', None),
        Answer(status=304, headers={"Cache-Control": "public, max-age=2"}),
    ],
    "/busy": [Answer(status=503, headers={"Retry-After": "2"}), _validated('"1"', None)],
    # By a clock that is years behind.
    "/busy-until": [
        Answer(
            status=429,
            headers={"Date": "Wed, 01 Jan 2020 00:00:00 GMT", "Retry-After": "Wed, 01 Jan 2020 00:00:02 GMT"},
        ),
        _validated('"1"', None),
    ],
    "/moved": [Answer(status=301, headers={"Location": "/new"})],
    "/gone": [Answer(status=410)],
}
# ETag and date that the second and the third request are sent with; the first has neither.
CONDITIONS = {
    "/plain": [(None, None), (None, None)],
    "/validated": [(WEAK, MONDAY), (WEAK, MONDAY)],
    "/etag": [("unquoted", MONDAY), ('"2"', MONDAY)],
    "/date": [('""', MONDAY), ('""', TUESDAY)],
    "/refreshed": [('"1"', MONDAY), ('"2"', MONDAY)],
    "/max-age": [('"1"', None), ('"1"', None)],
    "/max-age-304": [('"1"', None), ('"1"', None)],
    "/busy": [(None, None), ('"1"', None)],
    "/busy-until": [(None, None), ('"1"', None)],
    "/new": [('"1"', None), ('"1"', None)],
}
# Seconds that the second and the third request wait for.
WAITS = dict.fromkeys(CONDITIONS, (1, 1)) | {
    "/max-age": (2, 2),
    "/max-age-304": (1, 2),
    "/busy": (2, 1),
    "/busy-until": (2, 1),
}

Seen = Mapping[str, list[tuple[float, Request]]]


def _answering(requests: dict[str, list[tuple[float, Request]]], answers: list[Answer]) -> Callable[[Request], Answer]:
    """Give one answer after the other, and the last one again and again; note when each request came."""

    def respond(request: Request) -> Answer:
        came = requests[request.path]
        came.append((time.monotonic(), request))
        return answers[min(len(came), len(answers)) - 1]

    return respond


@pytest.fixture(scope="module")
def seen(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """The requests for each path, each with the second in which it came."""
    requests: dict[str, list[tuple[float, Request]]] = defaultdict(list)
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('etiquette')}/store.db")
    shutil.copyfile(migrated_file, file_of(engine) or "")

    def poll_until_each_was_asked(times: int) -> None:
        tools = make_tools(CHOSEN, engine)
        if not requests:
            add(tools, *(publisher.on(path, _answering(requests, answers)) for path, answers in ANSWERS.items()))
            publisher.on("/new", _answering(requests, [_validated('"1"', None)]))
            with writing(engine) as connection:
                connection.execute(update(FeedRow).values(options={"interval": 1}))

        def is_each() -> bool:
            poll(tools)
            return all(len(requests[path]) >= times for path in CONDITIONS)

        wait_for(is_each, f"every feed is polled {times} times")
        tools.close()

    with Publisher() as publisher:
        poll_until_each_was_asked(1)
        poll_until_each_was_asked(3)
    engine.dispose()
    return requests


def _conditions(request: Request) -> tuple[str | None, str | None]:
    return request.headers.get("if-none-match"), request.headers.get("if-modified-since")


def test_the_first_request_is_plain_and_later_ones_ask_by_the_newest_validators_byte_for_byte(seen: Seen) -> None:
    asked = {path: [_conditions(request) for _, request in seen[path][:3]] for path in CONDITIONS}
    assert asked == {path: [(None, None), *later] for path, later in CONDITIONS.items()}


def test_no_request_comes_sooner_than_operator_and_publisher_want(seen: Seen) -> None:
    waits = {path: [later - earlier for (earlier, _), (later, _) in pairwise(seen[path][:3])] for path in WAITS}
    assert {path: waits[path] for path, least in WAITS.items() if any(map(gt, least, waits[path]))} == {}


def test_a_feed_that_is_gone_is_never_asked_for_again(seen: Seen) -> None:
    assert len(seen["/gone"]) == 1


def test_a_permanent_redirect_is_followed_at_every_poll_until_it_is_believed(seen: Seen) -> None:
    assert len(seen["/moved"]) == len(seen["/new"]) >= 3


def test_no_feed_is_asked_for_twice_in_one_poll(seen: Seen) -> None:
    assert all(later - earlier >= 1 for came in seen.values() for (earlier, _), (later, _) in pairwise(came))
