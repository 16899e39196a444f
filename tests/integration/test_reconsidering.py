"""What articles show after a feed was removed with its articles, or merged with another: what is still said of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.documents import item, rss
from tests.polling import count, now_of
from tests.storing import article, articles, events, kinds, lease, poll_once, read, revisions, sightings, texts
from worker.database.article_tables import SightingRow
from worker.database.engine import writing
from worker.database.feed_tables import FeedRow
from worker.manage.feeds import remove_feed
from worker.pipeline.conclude import store_results
from worker.pipeline.results import conclude_unchanged
from worker.pipeline.tools import Tools
from worker.values.due_feeds import NotModified
from worker.values.schedules import Move

SITE = "https://gazette.example"
OLD, NEW, PAGE = f"{SITE}/old", f"{SITE}/new", f"{SITE}/bridge"
FULL = "The harbour bridge was opened again on Monday after two winters of repairs to its piers."
MEDIUM, SHORT = "The harbour bridge was opened again on Monday.", "The harbour bridge is open."


def _bridge(text: str, guid: str, by: str = "Ada Lindqvist") -> bytes:
    entry = item("bridge", text, link=f"{PAGE}?utm_source={guid}", guid=guid)
    return rss([entry.replace("</item>", f"<author>{by}</author></item>")], site=f"{SITE}/")


def _remove(tools: Tools, feed_id: int, *, articles: bool) -> None:
    with writing(tools.engine) as connection:
        remove_feed(connection, feed_id, articles=articles)


def _move(tools: Tools, url: str, to: str) -> None:
    """Let a feed's unchanged poll be the one that makes its redirect believed."""
    (leased,) = lease(tools, url)
    now = now_of(tools)
    feed = replace(leased.feed, move=Move(to, 2, now - timedelta(days=8)))
    answered, _ = read(tools, leased, _bridge(FULL, "unread"))
    fetched = replace(answered.fetched, answer=NotModified(), moved_to=to)
    result = conclude_unchanged(replace(answered, feed=feed, fetched=fetched), now)
    store_results(tools.engine, [result], [], now)


def test_when_the_feed_that_is_shown_is_removed_with_its_articles_another_ones_words_and_fields_are_shown(
    tools: Tools,
) -> None:
    lease(tools, OLD, NEW)
    poll_once(tools, OLD, _bridge(SHORT, "s1", by="Bo Holt"))
    poll_once(tools, NEW, _bridge(FULL, "f1"))
    shown_by = next(each.feed_id for each in sightings(tools) if each.guid == "f1")
    _remove(tools, shown_by, articles=True)
    shown = article(tools)
    assert (shown.text, shown.authors, shown.original_url) == (SHORT, ["Bo Holt"], f"{PAGE}?utm_source=s1")
    assert [(each.guid, each.said) for each in sightings(tools)] == [("s1", None)]
    assert kinds(tools) == ["article created", "article revised", "article revised"]
    assert revisions(tools) == [(1, None), (2, FULL)]


def test_of_three_feeds_the_fullest_that_is_left_is_shown(tools: Tools) -> None:
    for name, text in (("full", FULL), ("short", SHORT), ("medium", MEDIUM)):
        poll_once(tools, f"{SITE}/{name}", _bridge(text, name))
    _remove(tools, next(each.feed_id for each in sightings(tools) if each.guid == "full"), articles=True)
    assert texts(tools) == [MEDIUM]


def test_removing_a_feed_that_is_not_shown_changes_nothing(tools: Tools) -> None:
    poll_once(tools, OLD, _bridge(FULL, "f1"))
    poll_once(tools, NEW, _bridge(SHORT, "s1"))
    before = (article(tools), events(tools))
    _remove(tools, next(each.feed_id for each in sightings(tools) if each.guid == "s1"), articles=True)
    assert (article(tools), events(tools)) == before


def test_a_feed_that_is_removed_without_its_articles_is_shown_as_before(tools: Tools) -> None:
    poll_once(tools, OLD, _bridge(FULL, "f1"))
    poll_once(tools, NEW, _bridge(SHORT, "s1"))
    before = article(tools)
    _remove(tools, next(each.feed_id for each in sightings(tools) if each.guid == "f1"), articles=False)
    assert article(tools) == before


def test_polls_after_a_removal_leave_what_is_shown_as_it_is(tools: Tools) -> None:
    poll_once(tools, OLD, _bridge(FULL, "f1"))
    poll_once(tools, NEW, _bridge(SHORT, "s1"))
    _remove(tools, next(each.feed_id for each in sightings(tools) if each.guid == "f1"), articles=True)
    before = (article(tools), events(tools))
    poll_once(tools, NEW, _bridge(SHORT, "s1").replace(b"News", b"Fresh news"))
    assert (article(tools), events(tools)) == before


@pytest.mark.parametrize(
    ("order", "shown"), [((OLD, NEW), MEDIUM), ((NEW, OLD), FULL)], ids=["the summary is newer", "the full text is"]
)
def test_feeds_that_become_one_speak_with_one_voice_and_show_what_was_said_last(
    tools: Tools, order: tuple[str, str], shown: str
) -> None:
    documents = {OLD: _bridge(FULL, "f1"), NEW: _bridge(MEDIUM, "m1")}
    for url in order:
        poll_once(tools, url, documents[url])
    assert texts(tools) == [FULL]
    _move(tools, OLD, NEW)
    assert (texts(tools), count(tools, FeedRow), count(tools, SightingRow)) == ([shown], 1, 2)
    assert [each.guid for each in sightings(tools) if each.said is None] == ["f1" if shown == FULL else "m1"]


@pytest.mark.parametrize(
    ("old", "new"), [(SHORT, FULL), (FULL, SHORT), (FULL, FULL)], ids=["short then full", "full then short", "alike"]
)
@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)], ids=["old first", "new first"])
def test_of_a_guid_that_both_feeds_carried_what_was_said_last_is_shown(
    tools: Tools, order: tuple[str, str], old: str, new: str
) -> None:
    lease(tools, OLD, NEW)
    said = {OLD: old, NEW: new}
    for url in order:
        poll_once(tools, url, _bridge(said[url], "g1"))
    _move(tools, OLD, NEW)
    assert texts(tools) == [said[order[1]]]
    assert [(each.guid, each.said) for each in sightings(tools)] == [("g1", None)]


def test_a_merge_is_told_and_so_is_what_is_shown_then(tools: Tools) -> None:
    poll_once(tools, OLD, _bridge(FULL, "f1"))
    poll_once(tools, NEW, _bridge(MEDIUM, "m1"))
    _move(tools, OLD, NEW)
    assert kinds(tools) == ["article created", "feed moved", "article revised"]


def test_of_one_guid_that_named_two_articles_both_stay_after_a_merge(tools: Tools) -> None:
    poll_once(tools, OLD, rss([item("one", FULL, link=f"{SITE}/1", guid="g1")], site=f"{SITE}/"))
    poll_once(tools, NEW, rss([item("two", SHORT, link=f"{SITE}/2", guid="g1")], site=f"{SITE}/"))
    _move(tools, OLD, NEW)
    assert {each.title: each.text for each in articles(tools)} == {"one": FULL, "two": SHORT}
