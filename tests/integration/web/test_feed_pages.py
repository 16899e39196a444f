from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
import turbohtml
from sqlalchemy import Connection, Engine, insert, select, update

from tests.servers.web import web_server
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.backfill_rows import BackfillRow
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import FeedAliasRow, FeedRow, PollRow, ScheduleRow
from worker.database.websub_tables import SubscriptionRow
from worker.manage.feeds import NewFeed, add_feeds, remove_feed

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
HOSTILE = "\"><script>alert(1)</script><b title='x'>\u202egnp.exe"
Look = Callable[[str], Any]


@pytest.fixture
def at(store: Engine) -> Iterator[str]:
    with web_server(store) as at:
        yield at


@pytest.fixture
def look(at: str) -> Look:
    """Return the page of a path, which is there."""

    def look(path: str) -> Any:
        answer = requests.get(f"{at}{path}", headers={"Accept": "text/html"}, timeout=30)
        assert answer.status_code == 200
        return turbohtml.parse(answer.text)

    return look


def _add(store: Engine, *feeds: NewFeed) -> tuple[datetime, list[int]]:
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, feeds)
        return now, list(connection.execute(select(FeedRow.id).order_by(FeedRow.id)).scalars())


def _set(store: Engine, feed_id: int, schedule: dict[str, Any] | None = None, **feed: Any) -> None:
    with writing(store) as connection:
        if feed:
            connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(**feed))
        if schedule:
            connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == feed_id).values(**schedule))


def _poll(feed_id: int, at: datetime, **facts: Any) -> dict[str, Any]:
    usual = {"duration": timedelta(seconds=0.2), "outcome": "unchanged", "http_status": 304, "bytes": 420, "new": 0}
    return usual | {"feed_id": feed_id, "started_at": at, "updated": 0, "next_poll_reason": "the usual"} | facts


def _article(connection: Connection, feed_id: int, title: str, published_at: datetime) -> int:
    blank = {"authors": [], "summary": "", "html": "", "text": "", "tags": [], "enclosures": [], "policy_version": 1}
    row = {"feed_id": feed_id, "guid": title, "title": title, "published_at": published_at, "content_hash": b"c"}
    added = insert(ArticleRow).values(**row, first_seen_at=published_at, **blank).returning(ArticleRow.id)
    return int(connection.execute(added).scalar_one())


def _sighting(connection: Connection, feed_id: int, article_id: int, now: datetime) -> None:
    hashes = {"guid_hash": b"g", "fingerprint": b"f", "content_hash": b"c"}
    moments = {"said_at": now, "read_at": now, "first_seen_at": now}
    row = {"feed_id": feed_id, "article_id": article_id, "guid": "g", "length": 1}
    connection.execute(insert(SightingRow).values(**row, **hashes, **moments))


def _texts(page: Any, path: str) -> list[str]:
    return [" ".join(each.text.split()) for each in page.select(path)]


def _facts(page: Any) -> dict[str, str]:
    return dict(zip(_texts(page, "dt"), _texts(page, "dd"), strict=True))


def test_feeds_are_a_table_of_what_they_are_and_when_they_are_polled_next(store: Engine, look: Look) -> None:
    rain = NewFeed("https://a.example/1", "Rain", tags=("Weather & sea",))
    now, (first, second) = _add(store, rain, NewFeed("https://b.example:8443/2", "Sun"))
    well = {"next_poll_at": now + 2.5 * HOUR, "interval": 4 * HOUR, "last_success_at": now - HOUR}
    _set(store, first, well, quality="healthy")
    failing = {"error_class": "dns", "error": "its name is unknown", "attempts": 1, "next_poll_at": now + 1.5 * HOUR}
    _set(store, second, failing | {"failing_since": now}, quality="healthy")
    page = look("/feeds")
    assert _texts(page, "tbody tr") == [
        "Rain a.example Weather & sea healthy 1h ago 4h in 2h",
        "Sun b.example:8443 failing never – in 1h its name is unknown",
    ]
    assert page.select_one("tbody th a").attr("href") == f"/feeds/{first}"
    assert page.select_one("tbody a.chip").attr("href") == "/feeds?tag=Weather+%26+sea"


def test_filters_are_in_the_form_again_and_go_with_the_link_to_the_next_page(store: Engine, look: Look) -> None:
    _add(store, *(NewFeed(f"https://a.example/{number:02}", tags=("a&b",)) for number in range(51)))
    page = look("/feeds?q=A.EX&tag=a%26b&state=active&unknown=1")
    assert page.select_one("#q").attr("value") == "A.EX"
    assert _texts(page, "option[selected]") == ["active"]
    link = page.select_one("a[rel=next]").attr("href")
    assert link.startswith("/feeds?q=A.EX&tag=a%26b&state=active&after=")
    following = look(link)
    assert _texts(following, "tbody th a:first-child") == ["https://a.example/50"]
    assert following.select("a[rel=next]") == []


def test_a_query_that_cannot_be_gets_a_sentence(at: str) -> None:
    wrong = {
        "state=lost": "No feed has the state 'lost': it is one of active, paused, gone, quarantined, removed.",
        "after=%00": "named: begin again without one.",
        "q=%00": "Q is no text of at most 500 characters: '\\x00'.",
    }
    for query, sentence in wrong.items():
        answer = requests.get(f"{at}/feeds?{query}", headers={"Accept": "text/html"}, timeout=30)
        assert answer.status_code == 400
        assert _texts(turbohtml.parse(answer.text), "main p")[1].endswith(sentence)


def test_an_empty_store_says_how_feeds_are_added(look: Look) -> None:
    assert _texts(look("/feeds"), ".empty")[0].startswith("No feeds yet: feedmill add URL adds one")


def test_a_feed_says_when_it_is_polled_next_and_why_then(store: Engine, look: Look) -> None:
    now, (feed_id,) = _add(store, NewFeed("https://a.example/1", "Rain", "https://a.example/", ("Weather",)))
    why = {
        "next_poll_at": now + 2.5 * HOUR,
        "next_poll_reason": "about 3 articles a day",
        "last_success_at": now - HOUR,
    }
    settings = {"user": "ann", "headers": [{"name": "X-Key"}], "given_for": "https://a.example/1"}
    facts = {"hints": {"ttl": 1800.0}, "options": {"interval": 3600.0}, "gaps": 1, "request": settings}
    _set(store, feed_id, why, **facts, quality="gapped", quality_since=now - HOUR, quality_reason="entries were missed")
    page = look(f"/feeds/{feed_id}")
    assert page.select_one("h1").text == "Rain"
    assert page.select_one(".large").text == "in 2h"
    told = _facts(page)
    assert (told["Why then"], told["Publisher's hints"], told["Operator's interval"]) == (
        "about 3 articles a day",
        "ttl 30m",
        "1h",
    )
    assert told["Quality"].endswith("(1h ago): entries were missed")
    assert told["Requests"] == "asked for as user ann, with X-Key"
    assert "1 poll found only new entries and none of the former: some were missed in between." in _texts(page, "p")


def test_a_feed_that_is_late_says_why(store: Engine, look: Look) -> None:
    now, (feed_id,) = _add(store, NewFeed("https://a.example/1"))
    _set(store, feed_id, {"next_poll_at": now - HOUR})
    page = look(f"/feeds/{feed_id}")
    assert page.select_one(".large").text == "due"
    assert "it waits for a worker (no feed has been polled yet)" in _facts(page)["Late"]


def test_its_polls_are_drawn_and_told_in_a_table_that_goes_on(store: Engine, look: Look) -> None:
    now, (feed_id,) = _add(store, NewFeed("https://a.example/1"))
    failed = {"outcome": "transient", "http_status": None, "error": "it timed out", "bytes": 0}
    with writing(store) as connection:
        polls = [_poll(feed_id, now - number * MINUTE) for number in range(2, 53)]
        # Two began at one moment.
        connection.execute(
            insert(PollRow), [*polls, polls[-1], _poll(feed_id, now, outcome="new", new=1, http_status=200)]
        )
        connection.execute(insert(PollRow), _poll(feed_id, now - MINUTE, **failed))
    page = look(f"/feeds/{feed_id}")
    assert "The last 54 polls: 1 brought something new, 52 did not, 1 failed." in _texts(page, "figcaption p")
    assert len(page.select("figure .plot-wide title")) == 55
    rows = [text.partition("UTC ")[2] for text in _texts(page, ".polls tbody tr")]
    assert len(rows) == 50
    assert rows[:3] == [
        "new 200 200ms, 420 B 1 0 the usual",
        "transient 200ms 0 0 it timed out the usual",
        "unchanged 304 200ms, 420 B 0 0 the usual",
    ]
    older = look(page.select_one("a[rel=next]").attr("href"))
    assert len(older.select(".polls tbody tr")) == 4
    assert older.select("a[rel=next]") == []


def test_articles_of_a_feed_are_those_it_brought_and_those_in_its_document(store: Engine, look: Look) -> None:
    now, (feed_id, other) = _add(store, NewFeed("https://a.example/1"), NewFeed("https://a.example/2"))
    with writing(store) as connection:
        _article(connection, feed_id, "Brought", now - HOUR)
        carried = _article(connection, other, "Carried", now)
        _sighting(connection, feed_id, carried, now)
        _article(connection, other, "Of another", now)
    page = look(f"/feeds/{feed_id}")
    assert _texts(page, ".newest li a") == ["Carried", "Brought"]
    assert page.select_one(".newest a").attr("href") == f"/articles/{carried}"
    assert page.select_one("#days + p").text.startswith("2 articles in 30 days")


def test_gaps_say_how_they_were_filled(store: Engine, look: Look) -> None:
    now, (feed_id,) = _add(store, NewFeed("https://a.example/1"))
    ended = {"next_read_at": None, "outcome": "filled", "reason": "it came to entries that were known"}
    done = {"documents": 1, "articles": 9, "source": "older document", "seen": b"", "most_documents": 9}
    with writing(store) as connection:
        row = {"feed_id": feed_id, "begun_at": now - HOUR, "is_asked": False, "next_url": "https://a.example/older"}
        connection.execute(insert(BackfillRow).values(**row, **ended, **done))
    (said,) = _texts(look(f"/feeds/{feed_id}"), "#gaps ~ ul li")
    assert said.endswith("(1h ago): 1 document, 9 new articles; filled: it came to entries that were known")


def test_a_hub_and_former_urls_are_told(store: Engine, look: Look) -> None:
    now, (feed_id,) = _add(store, NewFeed("https://a.example/1"))
    hub = {"hub_url": "https://hub.example/", "topic": "https://a.example/1", "salt": "s", "state": "active"}
    former = {"url_key": "https://old.example/", "url": "https://old.example/", "since": now}
    with writing(store) as connection:
        connection.execute(insert(SubscriptionRow).values(feed_id=feed_id, **hub))
        connection.execute(insert(FeedAliasRow).values(feed_id=feed_id, **former))
    told = _facts(look(f"/feeds/{feed_id}"))
    assert told["Hub"] == "https://hub.example/ (active)"
    assert told["Formerly"].startswith("https://old.example/ until ")


def test_removed_quarantined_and_file_feeds_have_pages_too(store: Engine, look: Look) -> None:
    now, (removed, held) = _add(store, NewFeed("https://a.example/1"), NewFeed("https://a.example/2"))
    file = {"url": "file:///seeds/a.txt", "url_key": "file:///seeds/a.txt", "added_at": now, "quality": None}
    with writing(store) as connection:
        remove_feed(connection, removed, articles=False)
        file_id = connection.execute(insert(FeedRow).values(**file).returning(FeedRow.id)).scalar_one()
        connection.execute(insert(ScheduleRow).values(feed_id=file_id))
    _set(store, held, {"next_poll_at": None}, state="quarantined", state_reason="it may be killing workers")
    assert look(f"/feeds/{removed}").select_one(".large").text == "none: the feed is removed"
    page = look(f"/feeds/{held}")
    assert _facts(page)["Why it is so"] == "it may be killing workers"
    assert _texts(look("/feeds?files=1"), "tbody tr") == ["a.txt /seeds file"]
    page = look(f"/feeds/{file_id}")
    assert page.select_one("h1").text == "a.txt"
    assert page.select_one(".empty").text == "A seed file is read when it is ingested, never polled."
    assert page.select("a[href^=file]") == []


def test_a_feed_that_is_not_there_is_said_so(at: str) -> None:
    for name in ("999", "rain", "9" * 5000, "%00", "-1", "1'--", "999/polls", "rain/polls"):
        answer = requests.get(f"{at}/feeds/{name}", headers={"Accept": "text/html"}, timeout=30)
        assert answer.status_code == 404
        assert _texts(turbohtml.parse(answer.text), "main p")[1].startswith("There is no feed ")


def test_whatever_a_feed_says_is_text(store: Engine, look: Look) -> None:
    now, (feed_id,) = _add(store, NewFeed("https://a.example/1", HOSTILE, tags=(HOSTILE,)))
    failed = {"error": HOSTILE, "error_class": "dns", "attempts": 1, "failing_since": now}
    _set(
        store,
        feed_id,
        failed,
        url=f"https://a.example/{'x' * 3900}",
        site_url="JavaScript:alert(1)",
        state_reason=HOSTILE,
    )
    with writing(store) as connection:
        connection.execute(
            insert(PollRow), [_poll(feed_id, now, error=HOSTILE, note=HOSTILE, next_poll_reason=HOSTILE)]
        )
        _article(connection, feed_id, HOSTILE, now)
    for path in ("/feeds", f"/feeds/{feed_id}", f"/feeds/{feed_id}/polls"):
        page = look(path)
        assert [script.text for script in page.select("script")] == [""]
        assert page.select("b, [onload], [onerror], [style]") == []
        assert not [link for link in page.select("a") if link.attr("href").lower().startswith("javascript")]
        assert "\u202e" not in page.html
    assert page.select_one("title").text == "Polls of \"><script>alert(1)</script><b title='x'>gnp.exe · Feedmill"


def test_headings_and_captions_say_what_stands_below_them(store: Engine, look: Look) -> None:
    now, (feed_id,) = _add(store, NewFeed("https://a.example/1", "Rain"))
    with writing(store) as connection:
        connection.execute(insert(PollRow), [_poll(feed_id, now)])
        _article(connection, feed_id, "Wet", now)
    page = look(f"/feeds/{feed_id}")
    assert [heading.tag for heading in page.select("h1, h2, h3")] == ["h1", *["h2"] * 7]
    assert _texts(page, "caption") == ["1 poll"]
    assert {figure.attr("role") for figure in page.select("svg.plot")} == {"img"}
