from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from worker.dedupe.likeness import is_edit, is_other_news, is_same_news, likeness
from worker.values.articles import Article

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
BRIDGE = "The harbour bridge was opened again on Monday after two winters of repairs to its piers. " * 3
GULLS = "Librarians counted three hundred and twelve gulls on the roof of the central library today. " * 3
SHOWN = Article(b"bridge", "Bridge open", "", BRIDGE, "", published_at=NOON)
OTHER = Article(b"gulls", "Gulls counted", "", GULLS, "", published_at=NOON + timedelta(days=1))


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("abcdefghijklmnop", "abcdefghijklmnop", 1.0),
        ("abcdefghijklmnop", "0123456789012345", 0.0),
        # Of the shorter text's shingles of 12, one of two.
        ("abcdefghijklm", "abcdefghijkl and more", 0.5),
        ("short", "short", 1.0),
        ("", "", 1.0),
    ],
)
def test_likeness_is_the_share_of_the_shorter_text(one: str, other: str, share: float) -> None:
    assert likeness(one, other) == likeness(other, one) == share


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({}, False),
        ({"content_hash": b"bridge"}, True),
        ({"published_at": NOON + timedelta(hours=11)}, True),
        ({"published_at": NOON + timedelta(hours=12)}, False),
        ({"published_at": None}, False),
        ({"title": "Bridge open", "text": f"{BRIDGE} {GULLS}"}, True),
    ],
)
def test_an_entry_at_a_known_url_is_that_article_by_its_words_or_its_date(
    changes: dict[str, object], is_same: bool
) -> None:
    assert is_same_news(replace(OTHER, **changes), SHOWN) is is_same


@pytest.mark.parametrize(
    ("changes", "is_other"),
    [
        ({}, True),
        ({"published_at": None}, True),
        ({"title": "Bridge open"}, False),
        ({"text": "Too short to tell."}, False),
        ({"text": BRIDGE}, False),
        ({"published_at": NOON - timedelta(hours=11)}, False),
    ],
)
def test_an_entry_under_a_known_guid_is_another_article_where_nothing_stayed(
    changes: dict[str, object], is_other: bool
) -> None:
    assert is_other_news(replace(OTHER, **changes), SHOWN) is is_other


@pytest.mark.parametrize(
    ("text", "published_at", "is_one"),
    [
        (GULLS, NOON, True),
        # Bulletins of one day, of which the feed says only the day.
        (GULLS, MIDNIGHT, False),
        (f"{BRIDGE} Cyclists cheered.", MIDNIGHT, True),
        (GULLS, None, False),
    ],
)
def test_an_edit_has_the_moment_of_what_it_edits_or_much_of_its_words(
    text: str, published_at: datetime | None, is_one: bool
) -> None:
    edited = replace(SHOWN, content_hash=b"edited", text=text, published_at=published_at)
    assert is_edit(edited, replace(SHOWN, published_at=published_at)) is is_one
