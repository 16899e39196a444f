"""Which entries are those of pruned articles."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.dedupe.pruned import find_pruned, hash_page, hash_words
from worker.values.articles import Article, Sighting, Tombstone
from worker.values.entries import KnownBy

AT, HOUR = datetime(2026, 6, 4, 7, 30, tzinfo=UTC), timedelta(hours=1)
KEY, OTHER_KEY, FEED, OTHER_FEED = b"k" * 16, b"o" * 16, 1, 2
LINK = "https://news.example/ferry"
ARTICLE = Article(b"w" * 16, "Ferry", "", "It sails.", "", url=LINK, original_url=LINK, published_at=AT)
ENTRY = Sighting("g", KEY, KnownBy.GUID, b"f" * 16, ARTICLE, AT)
NEWS = {"content_hash": b"e" * 16, "published_at": AT + 13 * HOUR}
"""What differs of other news at the same page."""
ELSEWHERE = {"url": "https://news.example/tram", "original_url": "https://news.example/tram"}


def _entry(key: bytes = KEY, known_by: KnownBy = KnownBy.GUID, names: tuple[str, ...] = (), **more: object) -> Sighting:
    article = replace(ARTICLE, **more)  # type: ignore[arg-type]  # fields of an article
    return replace(ENTRY, guid_hash=key, known_by=known_by, names=names, article=article)


def _tombstone(**more: object) -> Tombstone:
    left = Tombstone(FEED, KEY, hash_page(None, LINK), ARTICLE.content_hash, AT)
    return replace(left, **more)  # type: ignore[arg-type]  # fields of a tombstone


def _is_pruned(entry: Sighting, left: Tombstone, *others: Sighting) -> bool:
    return entry.guid_hash in find_pruned(FEED, [entry, *others], [left])


@pytest.mark.parametrize(
    ("more", "is_known"),
    [
        ({}, True),
        (NEWS, True),
        (ELSEWHERE, True),
        (ELSEWHERE | {"content_hash": b"e" * 16}, True),
        (ELSEWHERE | {"content_hash": b"e" * 16, "published_at": None}, True),
        (ELSEWHERE | {"published_at": AT + 13 * HOUR}, True),
        (ELSEWHERE | NEWS, False),
        ({"url": None, "original_url": None} | NEWS, False),
    ],
)
def test_a_key_is_that_of_the_pruned_article_unless_page_date_and_words_are_others(
    more: dict[str, object], is_known: bool
) -> None:
    assert _is_pruned(_entry(**more), _tombstone()) is is_known


@pytest.mark.parametrize(("published_at", "is_known"), [(AT + 99 * HOUR, True), (AT + 101 * HOUR, False), (None, True)])
def test_what_is_dated_since_its_key_and_page_were_pruned_is_other_news_unless_its_words_are_the_same(
    published_at: datetime | None, *, is_known: bool
) -> None:
    left = _tombstone(pruned_at=AT + 100 * HOUR)
    assert _is_pruned(_entry(content_hash=b"e" * 16, published_at=published_at), left) is is_known
    assert _is_pruned(_entry(published_at=published_at), left)


@pytest.mark.parametrize(
    ("more", "is_known"),
    [
        ({"content_hash": b"e" * 16}, True),
        (ELSEWHERE, True),
        (ELSEWHERE | {"content_hash": b"e" * 16}, False),
        ({"url": None, "original_url": None, "content_hash": b"e" * 16}, True),
    ],
)
def test_where_a_feed_gives_no_dates_its_key_at_another_page_with_other_words_is_other_news(
    more: dict[str, object], *, is_known: bool
) -> None:
    assert _is_pruned(_entry(published_at=None, **more), _tombstone(published_at=None)) is is_known


@pytest.mark.parametrize(
    ("more", "is_known"),
    [
        ({}, True),
        ({"content_hash": b"e" * 16, "published_at": AT + 11 * HOUR}, True),
        ({"published_at": AT + 13 * HOUR}, True),
        ({"content_hash": b"e" * 16, "published_at": None}, False),
        (NEWS, False),
        (ELSEWHERE, False),
    ],
)
def test_a_page_is_that_of_the_pruned_article_where_date_or_words_agree(
    more: dict[str, object], is_known: bool
) -> None:
    assert _is_pruned(_entry(OTHER_KEY, **more), _tombstone()) is is_known


def test_a_link_names_an_article_in_its_own_feed_only() -> None:
    assert not _is_pruned(_entry(OTHER_KEY), _tombstone(feed_id=OTHER_FEED))


def test_a_match_key_names_an_article_whatever_feed_carries_it() -> None:
    vouched = hash_page("news.example/ferry", None)
    entry = _entry(OTHER_KEY, match_key="news.example/ferry")
    assert _is_pruned(entry, _tombstone(feed_id=OTHER_FEED, page_hash=vouched))
    assert not _is_pruned(_entry(OTHER_KEY), _tombstone(feed_id=OTHER_FEED, page_hash=vouched))


def test_a_newsroom_item_is_known_by_its_name_however_it_was_edited() -> None:
    left = _tombstone(feed_id=OTHER_FEED, page_hash=hash_page("item urn:newsml:1", None))
    assert _is_pruned(_entry(OTHER_KEY, match_key="item urn:newsml:1", **NEWS), left)


def test_a_link_that_entries_of_one_document_share_names_none() -> None:
    assert not _is_pruned(_entry(OTHER_KEY), _tombstone(), _entry(b"3" * 16, content_hash=b"e" * 16))


def test_the_link_of_an_entry_that_is_known_by_its_words_names_nothing() -> None:
    assert not _is_pruned(_entry(OTHER_KEY, KnownBy.WORDS), _tombstone())


def test_a_file_is_known_by_its_words_wherever_it_lies() -> None:
    (words,) = hash_words(["words 1", "path ferry.txt"])
    left = _tombstone(feed_id=OTHER_FEED, guid_hash=words, page_hash=words)
    assert _is_pruned(_entry(OTHER_KEY, names=("words 1", "path old/ferry.txt"), **ELSEWHERE | NEWS), left)
    assert not _is_pruned(_entry(OTHER_KEY, names=("words 2", "path ferry.txt"), **ELSEWHERE | NEWS), left)


@pytest.mark.parametrize(("more", "is_known"), [(NEWS, True), (ELSEWHERE, False)])
def test_the_key_of_another_guid_policy_counts_at_the_same_page(more: dict[str, object], is_known: bool) -> None:
    pruned = find_pruned(FEED, [_entry(OTHER_KEY, **more)], [_tombstone()], {OTHER_KEY: [KEY]})
    assert bool(pruned) is is_known
