import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import requests
from sqlalchemy import Engine, delete, insert

from tests.servers.web import web_server
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.outbox_tables import EventKind, EventRow, write_events
from worker.outbox import note_events_dropped, number_events

PAGE = {"Accept": "text/html"}


def _change(store: Engine, *kinds: EventKind, details: dict[str, Any] | None = None) -> None:
    with writing(store) as connection:
        for kind in kinds:
            write_events(connection, read_clock(connection).now(), kind, [{"details": details or {}}])
    number_events(store)


@contextmanager
def _listening(at: str, asked: str = "", **headers: str) -> Iterator[Iterator[dict[str, Any]]]:
    """Listen to changes; the events as they come, each as its fields."""
    with requests.get(f"{at}/changes/live{asked}", headers=headers, stream=True, timeout=30) as answer:
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/event-stream")
        yield _read_events(answer)


def _read_events(answer: requests.Response) -> Iterator[dict[str, Any]]:
    fields: dict[str, Any] = {}
    for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
        name, _, value = line.partition(":")
        if line:
            fields |= {name: value.strip()}
        elif "event" in fields:
            yield fields | {"data": json.loads(fields["data"] or "null")}
            fields = {}


def test_changes_are_told_from_a_cursor_on_and_those_that_come_later(store: Engine):
    _change(store, EventKind.FEED_MOVED, EventKind.FEED_GONE, EventKind.ARTICLE_KILLED)
    with web_server(store) as at, _listening(at, "?since=1") as events:
        assert [next(events)["data"]["kind"] for _ in range(2)] == ["feed gone", "article killed"]
        _change(store, EventKind.ARTICLE_REVISED)
        assert next(events) | {"data": None} == {"id": "4", "event": "change", "data": None}


def test_who_comes_back_goes_on_after_the_last_change_that_they_got(store: Engine):
    _change(store, EventKind.FEED_MOVED, EventKind.FEED_GONE)
    with web_server(store) as at, _listening(at, "?since=0", **{"Last-Event-ID": "1"}) as events:
        assert next(events)["id"] == "2"


def test_changes_of_other_kinds_only_move_the_cursor(store: Engine):
    _change(store, EventKind.FEED_MOVED, EventKind.FEED_GONE, EventKind.FEED_MOVED)
    with web_server(store) as at, _listening(at, "?since=0&kind=feed+gone") as events:
        assert next(events)["id"] == "2"
        _change(store, EventKind.FEED_GONE)
        assert next(events)["id"] == "4"


def test_who_missed_changes_that_are_gone_is_told(store: Engine):
    _change(store, *[EventKind.FEED_MOVED] * 3)
    with writing(store) as connection:
        note_events_dropped(connection, read_clock(connection).now())
        connection.execute(delete(EventRow))
    with web_server(store) as at:
        gone = requests.get(f"{at}/changes/live?since=1", timeout=30)
    assert (gone.status_code, gone.text[:37]) == (410, "Changes after 1 are no longer kept: t")


def test_from_the_beginning_is_from_the_oldest_change_that_is_kept(store: Engine):
    _change(store, *[EventKind.FEED_MOVED] * 2)
    with writing(store) as connection:
        note_events_dropped(connection, read_clock(connection).now())
        connection.execute(delete(EventRow))
    _change(store, EventKind.FEED_GONE)
    with web_server(store) as at, _listening(at, "?since=0") as events:
        assert next(events)["id"] == "3"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_is_no_cursor_and_no_kind_is_refused(store: Engine):
    with web_server(store) as at:
        for asked in ("?since=-1", "?since=x", "?since=99999999999999999999", "?kind=none", "?since=%00"):
            assert requests.get(f"{at}/changes/live{asked}", timeout=30).status_code == 400
            page = requests.get(f"{at}/changes{asked.replace('since', 'before')}", headers=PAGE, timeout=30)
            assert page.status_code == 400


def test_a_server_that_is_told_to_stop_lets_listeners_go_at_once(store: Engine):
    with ExitStack() as listening:
        with web_server(store) as at:
            events = listening.enter_context(_listening(at))
            _change(store, EventKind.FEED_MOVED)
            next(events)
        assert list(events) == []


def test_the_page_has_the_newest_changes_and_leads_to_older_ones(store: Engine):
    _change(store, *[EventKind.FEED_MOVED] * 30, *[EventKind.FEED_GONE] * 30)
    with web_server(store) as at:
        newest = requests.get(f"{at}/changes", headers=PAGE, timeout=30).text
        older = requests.get(f"{at}/changes?before=11", headers=PAGE, timeout=30).text
        gone = requests.get(f"{at}/changes?kind=feed+gone", headers=PAGE, timeout=30).text
    assert ('id="c60"' in newest, 'id="c11"' in newest, 'id="c10"' in newest) == (True, True, False)
    assert 'href="/changes?before=11"' in newest
    assert ('id="c10"' in older, 'id="c11"' in older, "Older" in older) == (True, False, False)
    assert (gone.count("<tr id="), "Older" in gone) == (30, False)


def test_what_an_event_says_is_never_markup(store: Engine):
    _change(store, EventKind.FEED_GONE, details={"reason": "<script>alert(1)</script>\u202e", "title": "\"'><b>"})
    with web_server(store) as at:
        shown = requests.get(f"{at}/changes", headers=PAGE, timeout=30).text
    assert "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>" in shown
    assert "<bdi>&#34;&#39;&gt;&lt;b&gt;</bdi>" in shown


def test_an_event_whose_kind_is_of_a_newer_version_is_shown(store: Engine):
    with writing(store) as connection:
        now = read_clock(connection).now()
        connection.execute(insert(EventRow).values(kind="article sung", created_at=now))
    number_events(store)
    with web_server(store) as at:
        assert "article sung" in requests.get(f"{at}/changes", headers=PAGE, timeout=30).text
