from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from worker.dedupe.renamed import find_reformed, find_renamed, without_unlike
from worker.values.articles import Article, KnownArticle, Sighting
from worker.values.entries import KnownBy, KnownSighting
from worker.wire.dispatch import DISPATCH_GUID

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BRIDGE = "The harbour bridge was opened again on Monday after two winters of repairs to its piers. " * 3
GULLS = "Librarians counted three hundred and twelve gulls on the roof of the central library today. " * 3
PAGE, OTHER_PAGE = "https://a.example/1", "https://a.example/2"
LEFT = KnownSighting(5, 7, b"print", b"old words", PAGE, guid="g1")
SHOWN = Article(b"old words", "Bridge", "", BRIDGE, "", url=PAGE, published_at=NOON)
KNOWN = {7: KnownArticle(7, SHOWN)}
EDITED = {"content_hash": b"new words", "text": GULLS}


def _sighting(guid: str = "g2", known_by: KnownBy = KnownBy.GUID, **changes: object) -> Sighting:
    return Sighting(guid, guid.encode(), known_by, b"print", replace(SHOWN, **changes), NOON)


def _by_words(guid_hash: bytes = b"w2", guid: str = "g1", **changes: object) -> Sighting:
    """Return an entry that shares its guid, and perhaps its link, with others of its document."""
    return replace(_sighting(guid, KnownBy.WORDS, **changes), guid_hash=guid_hash)


def _is_found(sighting: Sighting, seen: KnownSighting = LEFT) -> bool:
    is_found = find_renamed([sighting], [seen], KNOWN) == {sighting.guid_hash: seen}
    # Whatever is found is found without articles that are unlike it, too.
    assert not is_found or list(without_unlike([sighting], [seen], {7: len(SHOWN.text)})) == [seen]
    return is_found


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        ({}, True),
        ({"url": "http://www.a.example/1/", **EDITED}, True),
        ({**EDITED, "published_at": NOON + 3 * HOUR}, True),
        ({**EDITED, "published_at": NOON + DAY}, False),
        ({**EDITED, "published_at": None}, False),
        ({**EDITED, "text": f"{BRIDGE} {GULLS}", "published_at": NOON + DAY}, True),
        ({"url": "https://a.example/"}, True),
        ({"url": "https://a.example/", **EDITED}, False),
        ({"url": None}, True),
        ({"url": OTHER_PAGE}, True),
        ({"url": OTHER_PAGE, "published_at": NOON + DAY}, False),
        ({"url": OTHER_PAGE, "published_at": None}, False),
        ({"url": OTHER_PAGE, "content_hash": b"new words", "title": "Another title"}, True),
        # The title and the date alone name nothing while there are other names.
        ({"url": OTHER_PAGE, **EDITED}, False),
    ],
)
def test_an_unknown_guid_in_place_of_one_that_left(changes: dict[str, object], is_found: bool) -> None:
    assert _is_found(_sighting(**changes)) is is_found


@pytest.mark.parametrize(
    ("changes", "lengths", "is_read"),
    [
        ({**EDITED, "url": OTHER_PAGE}, {7: len(BRIDGE)}, False),
        ({**EDITED, "url": None}, {7: len(BRIDGE)}, False),
        # It shows another feed's words, or has more sightings than one.
        ({**EDITED, "url": OTHER_PAGE}, {}, True),
        ({**EDITED, "url": OTHER_PAGE, "text": "x" * len(BRIDGE)}, {7: len(BRIDGE)}, True),
        ({**EDITED, "url": "http://www.a.example/1/"}, {7: len(BRIDGE)}, True),
        ({**EDITED, "url": OTHER_PAGE, "content_hash": b"old words"}, {7: len(BRIDGE)}, True),
        ({**EDITED, "url": OTHER_PAGE, "known_by": KnownBy.WORDS}, {7: len(BRIDGE)}, True),
    ],
)
def test_the_article_of_what_left_is_needed_only_where_something_is_alike(
    changes: dict[str, Any], lengths: dict[int, int], *, is_read: bool
) -> None:
    assert list(without_unlike([_sighting(**changes)], [LEFT], lengths)) == [LEFT] * is_read


def test_of_two_unknown_entries_with_one_link_neither_is_the_one_that_left() -> None:
    assert find_renamed([_sighting("g2", **EDITED), _sighting("g3", **EDITED)], [LEFT], KNOWN) == {}


def test_a_link_that_an_entry_which_stayed_has_too_is_no_name_of_the_one_that_left() -> None:
    stayed = replace(LEFT, sighting_id=6, guid="g0", original_url="http://www.a.example/1")
    assert find_renamed([_sighting(**EDITED)], [LEFT], KNOWN, [stayed]) == {}
    assert find_renamed([_sighting(**EDITED)], [LEFT], KNOWN, [replace(stayed, original_url=OTHER_PAGE)]) == {
        b"g2": LEFT
    }


def test_one_that_left_without_an_article_is_nobody() -> None:
    assert find_renamed([_sighting()], [replace(LEFT, article_id=8)], KNOWN) == {}


def test_three_entries_that_move_together_need_no_dates() -> None:
    unknown = [
        _sighting(f"g{number}", content_hash=b"%d" % number, url=None, published_at=None, text="Text")
        for number in range(3)
    ]
    left = [KnownSighting(number, 10 + number, b"print", b"%d" % number) for number in range(3)]
    known = {10 + number: KnownArticle(10 + number, SHOWN) for number in range(3)}
    assert find_renamed(unknown, left, known) == {b"g0": left[0], b"g1": left[1], b"g2": left[2]}
    assert find_renamed(unknown[:2], left, known) == {}


@pytest.mark.parametrize(
    ("sighting", "seen"),
    [
        (_by_words(**EDITED, title="Gulls"), LEFT),
        (_sighting(**EDITED, title="Gulls"), replace(LEFT, known_by=KnownBy.WORDS)),
    ],
)
def test_a_link_that_was_no_name_tells_of_no_entry_what_it_was(sighting: Sighting, seen: KnownSighting) -> None:
    assert not _is_found(sighting, seen)


LEFT_BY_WORDS = replace(LEFT, known_by=KnownBy.WORDS)


@pytest.mark.parametrize(
    ("changes", "is_found"),
    [
        (EDITED, True),
        ({**EDITED, "url": OTHER_PAGE}, True),
        ({**EDITED, "title": "Gulls"}, False),
        ({**EDITED, "published_at": NOON + DAY}, False),
        ({**EDITED, "published_at": None}, False),
        ({"title": "Corrected title", "content_hash": b"new words"}, True),
        ({"title": "Corrected title", "content_hash": b"new words", "published_at": NOON + DAY}, False),
    ],
)
def test_an_edit_of_an_entry_that_is_known_by_its_words_keeps_title_and_date_or_its_text(
    changes: dict[str, object], is_found: bool
) -> None:
    assert _is_found(_by_words(**changes), LEFT_BY_WORDS) is is_found


def test_title_and_date_make_no_edit_of_an_entry_with_a_name_of_its_own() -> None:
    assert not _is_found(_sighting(url=OTHER_PAGE, **EDITED), LEFT_BY_WORDS)


def test_where_only_the_day_is_known_an_edit_keeps_some_of_its_words() -> None:
    midnight = NOON.replace(hour=0)
    known = {7: KnownArticle(7, replace(SHOWN, published_at=midnight))}
    bulletin = _by_words(**EDITED, published_at=midnight)
    edited = _by_words(content_hash=b"new words", text=f"Corrected. {BRIDGE}", published_at=midnight)
    assert find_renamed([bulletin], [LEFT_BY_WORDS], known) == {}
    assert find_renamed([edited], [LEFT_BY_WORDS], known) == {b"w2": LEFT_BY_WORDS}


def test_an_edit_without_a_date_is_known_again_by_nothing() -> None:
    known = {7: KnownArticle(7, replace(SHOWN, published_at=None))}
    assert find_renamed([_by_words(**EDITED, published_at=None)], [LEFT_BY_WORDS], known) == {}


def test_an_edited_entry_that_had_its_guid_alone_is_known_again_as_others_join_it() -> None:
    assert _is_found(_by_words(guid="g1", **EDITED))
    assert not _is_found(_by_words(guid="another", **EDITED))


def test_of_two_entries_with_one_title_and_date_neither_is_an_edit() -> None:
    first, second = _by_words(b"w2", **EDITED), _by_words(b"w3", content_hash=b"more", text="More of it.")
    assert find_renamed([first, second], [LEFT_BY_WORDS], KNOWN) == {}
    twice = [LEFT_BY_WORDS, replace(LEFT_BY_WORDS, sighting_id=6, content_hash=b"others")]
    assert find_renamed([first], twice, KNOWN) == {}


def test_bulletins_in_the_same_words_are_told_apart_by_their_dates() -> None:
    tuesday = replace(SHOWN, published_at=NOON + DAY)
    known = KNOWN | {8: KnownArticle(8, tuesday)}
    left = [LEFT_BY_WORDS, replace(LEFT_BY_WORDS, sighting_id=6, article_id=8)]
    unknown = [_by_words(b"w2"), _by_words(b"w3", published_at=NOON + DAY)]
    assert find_renamed(unknown, left, known) == {b"w2": left[0], b"w3": left[1]}


ALONE = replace(LEFT, guid=DISPATCH_GUID)


def test_a_dispatch_that_was_alone_is_the_one_of_several_that_reads_most_like_it() -> None:
    several = [
        _sighting("NTB0001", title="Gulls", text=GULLS),
        _sighting("NTB0002", content_hash=b"new words", text=f"{BRIDGE} {GULLS}"),
        _sighting("NTB0003", title="Repairs", text=f"{BRIDGE[:140]} {GULLS}"),
    ]
    assert find_reformed(several, [ALONE], KNOWN) == {b"NTB0002": ALONE}


@pytest.mark.parametrize(
    "changes",
    [{"title": "Gulls", "text": GULLS}, {"published_at": NOON + DAY}, {"agency": "ANI"}],
    ids=["other words", "another day", "another agency"],
)
def test_none_of_several_is_the_dispatch_that_was_alone(changes: dict[str, object]) -> None:
    assert find_reformed([_sighting("NTB0001", **changes)], [ALONE], KNOWN) == {}


def test_a_file_that_keeps_its_form_says_nothing_by_likeness_alone() -> None:
    assert find_reformed([_sighting("NTB0002")], [LEFT], KNOWN) == {}
