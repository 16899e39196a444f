"""Whoever listens gets every change once, in order, whatever becomes of the store; whoever does not read is cut off."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest
import requests
from sqlalchemy import Engine, insert, text, update
from structlog.testing import capture_logs

from tests.servers.web import connect_to, read_all, web_server
from tests.waiting import wait_for
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.outbox_tables import EventBoundsRow, EventRow
from worker.outbox import number_events
from worker.web.connections import LimitedConnection

STREAM = {"Accept": "text/event-stream"}


def _write(store: Engine, *kinds: str) -> None:
    with writing(store) as connection:
        at = read_clock(connection).now()
        connection.execute(insert(EventRow), [{"created_at": at, "kind": kind} for kind in kinds])
    number_events(store)


@contextmanager
def _listening(at: str, query: str = "", **headers: str) -> Iterator[Iterator[tuple[int, str]]]:
    """Yield what comes: the cursor and the kind of each change."""
    parts = urlsplit(at)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(HTTPConnection(parts.hostname or "", parts.port, timeout=30)) as connection:
        connection.request("GET", f"/v1/changes{query}", headers=STREAM | named)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream")
        yield _read_events(answer)


def _read_events(answer: HTTPResponse) -> Iterator[tuple[int, str]]:
    cursor = 0
    while line := answer.readline():
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name == "id":
            cursor = int(value)
        elif name == "data":
            yield cursor, value.partition('"kind":"')[2].partition('"')[0]


def _take(events: Iterator[tuple[int, str]], count: int) -> list[tuple[int, str]]:
    return [next(events) for _ in range(count)]


def test_changes_come_as_they_are_committed_to_all_who_listen(store: Engine) -> None:
    _write(store, "old")
    with web_server(store) as at, _listening(at) as new, _listening(at, "?since=0") as every:
        assert _take(every, 1) == [(1, "old")]
        _write(store, "one", "two")
        assert _take(new, 2) == [(2, "one"), (3, "two")]
        assert _take(every, 2) == [(2, "one"), (3, "two")]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_browser_that_comes_back_goes_on_where_it_was(store: Engine) -> None:
    _write(store, "one", "two", "three")
    with web_server(store) as at, _listening(at, "?since=0", Last_Event_ID="2") as events:
        assert _take(events, 1) == [(3, "three")]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_whoever_is_far_behind_catches_up_and_misses_nothing(store: Engine) -> None:
    with web_server(store) as at, _listening(at) as near:
        _write(store, *(f"k{number}" for number in range(1, 1_301)))
        with _listening(at, "?since=0") as far:
            assert _take(far, 1_300) == [(number, f"k{number}") for number in range(1, 1_301)]
            _write(store, "last")
            assert _take(far, 1) == [(1_301, "last")]
        assert _take(near, 1_301)[-1] == (1_301, "last")


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_while_the_store_is_away_they_wait_and_then_get_what_they_missed(store: Engine) -> None:
    with web_server(store) as at, _listening(at) as events:
        _write(store, "one")
        assert _take(events, 1) == [(1, "one")]
        with capture_logs() as logged:
            with writing(store) as connection:
                connection.execute(text("ALTER TABLE event_bounds RENAME TO away"))
            wait_for(lambda: logged, "it is noticed")
        assert requests.get(f"{at}/v1/changes", timeout=30).status_code == 503
        with writing(store) as connection:
            connection.execute(text("ALTER TABLE away RENAME TO event_bounds"))
        _write(store, "two")
        assert _take(events, 1) == [(2, "two")]


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_changes_that_are_gone_are_a_problem_and_end_the_stream_of_whoever_lacks_them(store: Engine) -> None:
    _write(store, "one", "two")
    with web_server(store) as at, _listening(at, "?since=0") as events:
        _take(events, 2)
        with writing(store) as connection:
            connection.execute(update(EventBoundsRow).values(dropped_to=7, numbered_to=9))
        ((_, said),) = [(cursor, kind) for cursor, kind in events]
        assert said == ""
        for headers in ({}, STREAM):
            gone = requests.get(f"{at}/v1/changes?since=2", headers=headers, timeout=30)
            assert (gone.status_code, gone.headers["content-type"]) == (410, "application/problem+json")
            assert gone.json()["detail"].startswith(
                "Changes after 2 are no longer kept: the oldest that is comes after 7"
            )
        assert requests.get(f"{at}/v1/changes?since=99", timeout=30).status_code == 410


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_long_poll_ends_with_the_first_change_or_its_time(store: Engine) -> None:
    _write(store, "one")
    with web_server(store) as at:
        assert requests.get(f"{at}/v1/changes", timeout=30).json() == {"changes": [], "cursor": 1}
        assert requests.get(f"{at}/v1/changes?wait=1", timeout=30).json() == {"changes": [], "cursor": 1}
        answer = requests.get(f"{at}/v1/changes?since=0&wait=60", timeout=30)
        assert [change["kind"] for change in answer.json()["changes"]] == ["one"]
        assert answer.headers["link"] == '</v1/changes?since=1>; rel="next"'


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_is_no_cursor_is_refused(store: Engine) -> None:
    with web_server(store) as at:
        for said in ("x", "-1", "9" * 30, "1;2"):
            answer = requests.get(f"{at}/v1/changes", headers=STREAM | {"Last-Event-ID": said}, timeout=30)
            assert (answer.status_code, answer.json()["detail"][:5]) == (400, "Since")


class Brief(LimitedConnection):
    longest_request = 0.2
    longest_wait = 0.2
    longest_stall = 0.3


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_an_answer_that_lasts_outlives_the_time_of_others(store: Engine) -> None:
    with web_server(store, connection=Brief) as at, _listening(at) as events:
        begun = time.monotonic()
        for number in range(1, 4):
            # About a second each.
            _write(store, "one")
            assert _take(events, 1) == [(number, "one")]
        assert time.monotonic() - begun > 0.5


class Short(Brief):
    longest_lasting = 0.2


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_no_answer_lasts_for_ever(store: Engine) -> None:
    with web_server(store, connection=Short) as at, connect_to(at) as connection:
        connection.sendall(b"GET /v1/changes HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
        assert b"text/event-stream" in read_all(connection)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_so_many_of_one_address_may_listen(store: Engine) -> None:
    with web_server(store) as at:
        listening = [requests.get(f"{at}/v1/changes", headers=STREAM, stream=True, timeout=30) for _ in range(21)]
        assert [answer.status_code for answer in listening] == [200] * 20 + [429]
        for answer in listening:
            answer.close()
        wait_for(lambda: requests.get(f"{at}/v1/changes", timeout=30).status_code == 200, "places are free again")


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_a_process_that_ends_lets_those_who_listen_go(store: Engine) -> None:
    with web_server(store) as at:
        listening = requests.get(f"{at}/v1/changes", headers=STREAM, stream=True, timeout=30)
        begun = time.monotonic()
    assert time.monotonic() - begun < 4.5
    assert listening.raw.read().endswith(b"retry: 3000\n\n")
