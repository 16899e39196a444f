"""What retention pruned is not new again, whatever serves it, under whichever key, and whoever writes just then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from tests.documents import entry, item, rss
from tests.grouping import before
from tests.polling import count, now_of, titles
from tests.retention import age, prune_older_than
from tests.seeds import place
from tests.storing import lease, poll_once, read, store
from worker.database.article_tables import ArticleRow
from worker.database.document_tables import OutlineRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import ScheduleRow
from worker.database.retention_tables import TombstoneRow
from worker.manage.feeds import choose_guid_policy, remove_feed
from worker.pipeline.prepared_document import READING
from worker.pipeline.tools import Tools
from worker.seeds.bunches import SeedRead
from worker.seeds.ingest import ingest
from worker.store.feed_moves import move_feed
from worker.store.outlines import find_outlines
from worker.values.entries import GuidPolicy
from worker.values.outcomes import Outcome, PollRecord

FEED, OTHER, MOVED = "https://news.example/feed", "https://news.example/other", "https://news.example/moved"
ABROAD = "https://planet.invalid/feed"
DISPATCH = "date 2026-07-10\n\nOSLO, July 10 (AP) — The ferry sails. It is {} years old."
NEW = entry(guid="new", link="https://news.example/new", title="new", text="It is new.", published="20 07:30")
OLD = {"guid": "old", "link": "https://news.example/old", "title": "old", "text": "It was.", "published": "4 07:30"}


def _poll(tools: Tools, *entries: str, url: str = FEED) -> PollRecord:
    return poll_once(tools, url, rss(entries))


def _prune_old(tools: Tools, **more: str) -> None:
    """Let a feed have carried `old` until 40 days ago, prune it, and leave `new` there."""
    _poll(tools, NEW, entry(**(OLD | more)))
    _poll(tools, NEW)
    age(tools.engine, timedelta(days=40))
    assert prune_older_than(tools.engine) == 1


def _found(record: PollRecord) -> tuple[int, int]:
    return record.new, record.updated


def test_an_entry_of_a_pruned_article_that_returns_is_neither_new_nor_updated(tools: Tools) -> None:
    _prune_old(tools)
    record = _poll(tools, NEW, entry(**OLD))
    assert (record.outcome, _found(record)) == (Outcome.UNCHANGED, (0, 0))
    assert record.note == "entries of pruned articles, not stored again: 1"
    assert titles(tools) == ["new"]


@pytest.mark.parametrize(
    "edit",
    [
        {"title": "older", "text": "It was, and it is edited."},
        {"title": "older", "text": "It was, and it is edited.", "link": "https://news.example/elsewhere"},
        {"title": "older", "text": "It was, and it is edited.", "published": "9 07:30"},
        {"title": "older", "text": "It was, and it is edited.", "published": ""},
        {"published": "9 07:30", "link": "https://news.example/elsewhere"},
        {"guid": "another"},
        {"guid": ""},
    ],
)
def test_it_is_known_though_it_was_edited(tools: Tools, edit: dict[str, str]) -> None:
    _prune_old(tools)
    assert _found(_poll(tools, NEW, entry(**(OLD | edit)))) == (0, 0)


@pytest.mark.parametrize(
    "edit",
    [
        # A page that is used again every day, and a guid that is.
        {"guid": "another", "title": "Today", "text": "Other words.", "published": "9 07:30"},
        {"title": "Today", "text": "Other words.", "published": "9 07:30", "link": "https://news.example/today"},
    ],
)
def test_other_news_under_the_guid_or_at_the_page_of_a_pruned_article_is_new(
    tools: Tools, edit: dict[str, str]
) -> None:
    _prune_old(tools)
    assert _found(_poll(tools, NEW, entry(**(OLD | edit)))) == (1, 0)


def test_a_page_that_is_back_after_a_season_with_other_words_is_new(tools: Tools) -> None:
    _prune_old(tools)
    with writing(tools.engine) as connection:
        connection.execute(update(TombstoneRow).values(pruned_at=datetime(2024, 6, 30, tzinfo=UTC)))
    season = {"title": "Today", "text": "Other words.", "published": "30 07:30"}
    assert _found(_poll(tools, NEW, entry(**(OLD | season)))) == (1, 0)


def test_a_link_that_entries_share_names_no_pruned_article(tools: Tools) -> None:
    _prune_old(tools)
    parts = [
        entry(**(OLD | {"guid": guid, "title": guid, "text": f"The {guid}.", "published": "4 09:00"}))
        for guid in ("first", "second")
    ]
    assert _found(_poll(tools, NEW, *parts)) == (2, 0)


@pytest.mark.parametrize("policy", [GuidPolicy.LINK, GuidPolicy.GUID_AND_LINK])
@pytest.mark.parametrize("url", [FEED, ABROAD])
def test_it_is_known_when_entries_have_come_to_be_known_otherwise(tools: Tools, policy: GuidPolicy, url: str) -> None:
    _poll(tools, NEW, entry(**OLD), url=url)
    _poll(tools, NEW, url=url)
    age(tools.engine, timedelta(days=40))
    assert prune_older_than(tools.engine) == 1
    with writing(tools.engine) as connection:
        choose_guid_policy(connection, 1, policy)
    assert _found(_poll(tools, NEW, entry(**(OLD | {"title": "edited", "published": ""})), url=url)) == (0, 0)


def test_another_feed_of_its_site_does_not_bring_it_back(tools: Tools) -> None:
    _prune_old(tools)
    assert _found(_poll(tools, NEW, entry(**(OLD | {"guid": "a7"})), url=OTHER)) == (0, 0)


def test_what_another_site_carried_and_lost_says_nothing_of_the_publishers_own_article(tools: Tools) -> None:
    _poll(tools, entry(**OLD), url=ABROAD)
    _poll(tools, NEW, url=ABROAD)
    age(tools.engine, timedelta(days=40))
    assert prune_older_than(tools.engine) == 1
    assert _found(_poll(tools, entry(**OLD))) == (1, 0)


def test_it_stays_unread_as_long_as_its_bytes_stay(tools: Tools) -> None:
    _prune_old(tools)
    _poll(tools, NEW, entry(**OLD))
    (leased,) = lease(tools, FEED)
    _, parsed = read(tools, leased, rss([item("newest"), NEW, entry(**OLD)]))
    assert [each.guid for each in parsed.entries] == ["newest"]
    assert len(parsed.repeated) == 2


def test_pruning_leaves_a_feeds_entries_known_by_their_bytes(tools: Tools) -> None:
    _prune_old(tools)
    with reading(tools.engine) as connection:
        edition = connection.execute(select(ScheduleRow.edition)).scalar_one()
        (outline,) = find_outlines(connection, {1: edition}, READING).values()
    assert len(outline.entries) == 1


def test_what_was_prepared_from_an_article_that_has_been_pruned_since_is_prepared_again(postgres_tools: Tools) -> None:
    tools = postgres_tools
    _poll(tools, NEW, entry(**OLD))
    _poll(tools, NEW)
    age(tools.engine, timedelta(days=40))
    (leased,) = lease(tools, FEED)
    late = read(tools, leased, rss([NEW, entry(**(OLD | {"title": "edited"}))]))
    with before(tools.engine, "schedules", "FOR UPDATE", act=lambda: prune_older_than(tools.engine)):
        (record,) = store(tools, late)
    assert (_found(record), count(tools, ArticleRow)) == ((0, 0), 1)


def test_a_removed_feed_that_is_added_again_does_not_bring_it_back(tools: Tools) -> None:
    _prune_old(tools)
    with writing(tools.engine) as connection:
        remove_feed(connection, 1, articles=False)
    assert _found(_poll(tools, NEW, entry(**OLD))) == (0, 0)


def test_a_feed_that_is_removed_with_its_articles_leaves_no_tombstone(tools: Tools) -> None:
    _prune_old(tools)
    with writing(tools.engine) as connection:
        remove_feed(connection, 1, articles=True)
    assert count(tools, TombstoneRow) == 0
    assert _found(_poll(tools, NEW, entry(**OLD))) == (2, 0)


@pytest.mark.parametrize("is_merged", [True, False])
def test_a_feed_that_has_moved_does_not_bring_it_back(tools: Tools, *, is_merged: bool) -> None:
    _prune_old(tools)
    if is_merged:
        _poll(tools, NEW, url=MOVED)
    with writing(tools.engine) as connection:
        move_feed(connection, now_of(tools), 1, MOVED)
    assert count(tools, TombstoneRow) == 1
    assert _found(_poll(tools, NEW, entry(**(OLD | {"link": "", "title": "edited"})), url=MOVED)) == (0, 0)


def _read_file(tools: Tools, path: Path, words: str) -> SeedRead:
    (seed,) = ingest(tools, [place(path, words)], 1_000_000)
    return seed


def test_a_file_that_is_read_again_or_found_elsewhere_does_not_bring_it_back(tools: Tools, tmp_path: Path) -> None:
    assert _read_file(tools, tmp_path / "ferry.txt", DISPATCH.format(30)).new == 1
    age(tools.engine, timedelta(days=40))
    assert prune_older_than(tools.engine) == 1
    assert _read_file(tools, tmp_path / "ferry.txt", DISPATCH.format(30)).new == 0
    assert _read_file(tools, tmp_path / "ferry.txt", DISPATCH.format(31)).new == 0
    assert _read_file(tools, tmp_path / "archive" / "ferry-1.txt", DISPATCH.format(30)).new == 0


def test_a_file_that_has_come_to_hold_another_days_news_brings_that(tools: Tools, tmp_path: Path) -> None:
    assert _read_file(tools, tmp_path / "latest.txt", DISPATCH.format(30)).new == 1
    age(tools.engine, timedelta(days=40))
    assert prune_older_than(tools.engine) == 1
    tomorrow = "date 2026-08-20\n\nBERGEN, Aug 20 (AP) — The tram stands still. Nobody knows why."
    assert _read_file(tools, tmp_path / "latest.txt", tomorrow).new == 1


def test_an_unchanged_file_of_a_feed_does_not_bring_it_back(tools: Tools, tmp_path: Path) -> None:
    saved = place(tmp_path / "saved.xml", rss([NEW, entry(**OLD)]))
    assert [seed.new for seed in ingest(tools, [saved], 1_000_000)] == [2]
    age(tools.engine, timedelta(days=40))
    assert prune_older_than(tools.engine) == 2
    place(tmp_path / "saved.xml", rss([NEW, entry(**OLD), item("newest")]))
    assert [seed.new for seed in ingest(tools, [saved], 1_000_000)] == [1]


def test_without_its_tombstone_what_a_feed_still_carries_comes_back(tools: Tools) -> None:
    _prune_old(tools)
    _poll(tools, NEW, entry(**OLD))
    with writing(tools.engine) as connection:
        connection.execute(delete(TombstoneRow))
        connection.execute(delete(OutlineRow))
    assert _found(_poll(tools, NEW, entry(**OLD))) == (1, 0)
