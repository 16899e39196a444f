from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.dedupe.identity import without_shared_links
from worker.values.articles import Article, KnownArticle, Sighting
from worker.values.entries import KnownBy, KnownSighting

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL, KEY = "https://a.example/page", "a.example/page"
ARTICLE = Article(b"words", "Title", "", "Text", "", url=URL, original_url=URL, match_key=KEY, published_at=NOON)


def _sighting(guid: bytes, known_by: KnownBy = KnownBy.GUID, **changes: object) -> Sighting:
    return Sighting(guid.decode(), guid, known_by, b"print", replace(ARTICLE, **changes), NOON)


def _sighted(**changes: object) -> KnownSighting:
    return replace(KnownSighting(5, 7, b"print", b"words", URL), **changes)


def _keys(
    *sightings: Sighting, unchanged: KnownSighting | None = None, known: tuple[KnownArticle, ...] = ()
) -> list[object]:
    kept = without_shared_links(sightings, [unchanged] if unchanged else [], known)
    return [sighting.article.match_key for sighting in kept]


def test_a_link_of_one_entry_names_it() -> None:
    assert _keys(_sighting(b"g1"), _sighting(b"g2", match_key="a.example/other", content_hash=b"other")) == [
        KEY,
        "a.example/other",
    ]


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"content_hash": b"other"}, [None, None]),
        ({"published_at": NOON + timedelta(days=1)}, [None, None]),
        ({"match_key": f"{KEY} via b.example", "content_hash": b"other"}, [None, None]),
        ({"published_at": None}, [KEY, KEY]),
        ({}, [KEY, KEY]),
    ],
)
def test_a_link_names_none_of_entries_that_differ_in_words_or_dates(
    changes: dict[str, object], keys: list[str | None]
) -> None:
    assert _keys(_sighting(b"g1"), _sighting(b"g2", **changes)) == keys


@pytest.mark.parametrize(
    ("unchanged", "key"),
    [
        (_sighted(), KEY),
        (_sighted(content_hash=b"other"), None),
        (_sighted(content_hash=b"other", original_url="http://www.a.example/page/?utm_source=rss"), None),
        (_sighted(content_hash=b"other", original_url="https://l.facebook.com/l.php?u=https://a.example/page"), None),
        (_sighted(content_hash=b"other", original_url="https://a.example/another"), KEY),
        (_sighted(content_hash=b"other", original_url="https://b.example/page"), KEY),
        (_sighted(content_hash=b"other", original_url=None), KEY),
        (_sighted(known_by=KnownBy.WORDS), None),
    ],
)
def test_entries_that_did_not_change_hold_their_links_too(unchanged: KnownSighting, key: str | None) -> None:
    assert _keys(_sighting(b"g1"), unchanged=unchanged) == [key]


@pytest.mark.parametrize(("published_at", "key"), [(NOON, KEY), (NOON - timedelta(days=1), None), (None, KEY)], ids=str)
def test_what_an_unchanged_entry_shows_tells_its_date(published_at: datetime | None, key: str | None) -> None:
    known = KnownArticle(7, replace(ARTICLE, published_at=published_at))
    assert _keys(_sighting(b"g1"), unchanged=_sighted(), known=(known,)) == [key]


def test_an_entry_that_is_known_by_its_words_claims_no_link_and_leaves_it_to_no_other() -> None:
    assert _keys(_sighting(b"g1", KnownBy.WORDS)) == [None]
    assert _keys(_sighting(b"g1", KnownBy.WORDS), _sighting(b"g2")) == [None, None]


def test_newsroom_items_are_named_by_no_link_and_keep_their_names() -> None:
    items = [_sighting(b"%d" % n, match_key=f"item urn:a:{n}", content_hash=b"%d" % n) for n in range(2)]
    assert _keys(*items) == ["item urn:a:0", "item urn:a:1"]
    by_words = _sighting(b"g", KnownBy.WORDS, match_key="item urn:a:2")
    assert _keys(by_words) == ["item urn:a:2"]


def test_entries_without_match_key_are_left_as_they_are() -> None:
    sightings = [_sighting(b"g1", match_key=None), _sighting(b"g2", match_key=None, content_hash=b"other")]
    assert without_shared_links(sightings, [_sighted(original_url=None)]) == sightings
