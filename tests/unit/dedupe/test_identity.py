from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.deciding import (
    BRIDGE,
    DAY,
    GULLS,
    HOUR,
    KEY,
    NOON,
    OTHER_KEY,
    OTHER_PAGE,
    PAGE,
    THEIRS,
    article,
    article_ids,
    document,
    known,
    seen_as,
    sighting,
)
from worker.dedupe.identity import decide_articles
from worker.values.articles import Article, Finding, KnownArticle, Placement, Sighting
from worker.values.decisions import Brought

BRIDGE_OPEN = article(BRIDGE, title="Bridge open", url=PAGE, published_at=NOON)
GULLS_COUNTED = article(
    GULLS, title="Gulls counted", url=OTHER_PAGE, match_key=OTHER_KEY, published_at=NOON + DAY
)  # fmt: skip
ITEM_KEY = "item urn:a:1"
ITEM = article("An item", match_key=ITEM_KEY)
WORDS, PATH = "words 01 2026-11-24", "path wire/1.txt"


def _place(brought: Brought, *stored: KnownArticle) -> tuple[Placement, ...]:
    return decide_articles([brought], stored).outcomes[0].placements


def _found(brought: Brought, *stored: KnownArticle) -> tuple[int | None, Finding | None]:
    """Return which article a document's only entry is, None for a new one, and what was odd about that."""
    (placed,) = _place(brought, *stored)
    return article_ids([placed])[0], placed.finding


def _keys(placements: Sequence[Placement]) -> list[str | None]:
    return [placed.sighting.article.match_key for placed in placements]


def test_an_entry_that_nothing_names_is_a_new_article() -> None:
    assert _found(document(sighting(BRIDGE_OPEN))) == (None, None)


def test_entries_without_match_key_are_never_matched_by_it() -> None:
    nameless = replace(BRIDGE_OPEN, match_key=None)
    assert _found(document(sighting(nameless)), known(7, nameless, feed_id=THEIRS)) == (None, None)


def test_a_guid_that_a_feed_has_used_names_the_article_that_it_was() -> None:
    edited = replace(BRIDGE_OPEN, title="Bridge closed")
    assert _found(document(sighting(edited), sighted={"g1": 7}), known(7, BRIDGE_OPEN)) == (7, None)


def test_a_match_key_of_another_feeds_article_names_that() -> None:
    assert _found(document(sighting(BRIDGE_OPEN, "g2")), known(7, BRIDGE_OPEN, feed_id=THEIRS)) == (7, None)


def test_another_guid_at_the_url_of_the_same_feeds_article_names_that() -> None:
    edited = replace(BRIDGE_OPEN, title="Bridge closed", content_hash=b"edited")
    assert _found(document(sighting(edited, "g2")), known(7, BRIDGE_OPEN)) == (7, None)


def test_where_guid_and_match_key_name_two_articles_the_guid_wins() -> None:
    moved = replace(BRIDGE_OPEN, match_key=OTHER_KEY)
    other = known(8, GULLS_COUNTED, feed_id=THEIRS)
    assert _found(document(sighting(moved), sighted={"g1": 7}), known(7, BRIDGE_OPEN), other) == (7, Finding.CONFLICT)


def test_a_match_key_that_names_nothing_yet_is_no_conflict() -> None:
    moved = replace(BRIDGE_OPEN, match_key=OTHER_KEY)
    assert _found(document(sighting(moved), sighted={"g1": 7}), known(7, BRIDGE_OPEN)) == (7, None)


LEFT = seen_as(7)


def test_an_unknown_guid_in_place_of_one_that_left_is_the_article_that_it_was() -> None:
    brought = document(sighting(BRIDGE_OPEN, "g2"), left=(LEFT,))
    assert _found(brought, known(7, BRIDGE_OPEN)) == (7, Finding.RENAMED)


def test_a_renamed_entry_is_found_before_what_its_match_key_names() -> None:
    brought = document(sighting(replace(BRIDGE_OPEN, match_key=OTHER_KEY), "g2"), left=(LEFT,))
    other = known(8, GULLS_COUNTED, feed_id=THEIRS)
    assert _found(brought, known(7, BRIDGE_OPEN), other) == (7, Finding.RENAMED)


def test_a_guid_that_is_known_was_never_renamed() -> None:
    brought = document(sighting(BRIDGE_OPEN), sighted={"g1": 8}, left=(seen_as(7, "g0"),))
    other = replace(BRIDGE_OPEN, match_key=None)
    assert _found(brought, known(7, BRIDGE_OPEN), known(8, other)) == (8, Finding.CONFLICT)


def test_what_a_known_guid_brings_leaves_its_link_to_tell_what_left() -> None:
    nameless = replace(BRIDGE_OPEN, match_key=None)
    brought = document(sighting(nameless), sighting(nameless, "g2"), sighted={"g1": 8}, left=(seen_as(7, "g0"),))
    placements = _place(brought, known(7, BRIDGE_OPEN), known(8, nameless))
    assert [placed.article_id for placed in placements] == [8, 7]


def test_a_url_that_a_feed_uses_again_for_other_news_names_a_new_article_that_does_not_claim_it() -> None:
    tomorrow = replace(GULLS_COUNTED, url=PAGE, match_key=KEY)
    (placed,) = _place(document(sighting(tomorrow, "g2")), known(7, BRIDGE_OPEN))
    assert (article_ids([placed]), placed.finding, _keys([placed])) == ([None], Finding.URL_REUSED, [None])


def test_a_url_that_another_feed_of_the_site_carried_first_is_believed() -> None:
    tomorrow = replace(GULLS_COUNTED, url=PAGE, match_key=KEY)
    assert _found(document(sighting(tomorrow, "g2")), known(7, BRIDGE_OPEN, feed_id=THEIRS)) == (7, None)


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({}, Finding.GUID_REUSED),
        ({"published_at": None}, Finding.GUID_REUSED),
        ({"url": PAGE}, None),
        ({"url": "http://www.a.example/1/"}, None),
        ({"url": None}, None),
        ({"title": "Bridge open"}, None),
        ({"text": BRIDGE}, None),
        ({"text": "Too short to tell."}, None),
        ({"published_at": NOON + 3 * HOUR}, None),
    ],
)
def test_a_known_guid_names_another_article_only_where_nothing_stayed(
    changes: dict[str, object], finding: Finding | None
) -> None:
    brought = document(sighting(replace(GULLS_COUNTED, **changes)), sighted={"g1": 7})
    assert _found(brought, known(7, BRIDGE_OPEN)) == (None if finding else 7, finding)


def test_a_known_guid_whose_link_had_not_been_known_stays_what_it_was() -> None:
    brought = document(sighting(GULLS_COUNTED), sighted=[seen_as(7, original_url=None)])
    assert _found(brought, known(7, BRIDGE_OPEN)) == (7, None)


def test_a_guid_that_is_used_again_for_known_news_names_those() -> None:
    stored = known(7, BRIDGE_OPEN), known(8, GULLS_COUNTED, feed_id=THEIRS)
    assert _found(document(sighting(GULLS_COUNTED), sighted={"g1": 7}), *stored) == (8, Finding.GUID_REUSED)


OTHER_NEWS_THERE = known(8, replace(BRIDGE_OPEN, match_key=OTHER_KEY), feed_id=THEIRS)


@pytest.mark.parametrize(("other", "key"), [((), OTHER_KEY), ((OTHER_NEWS_THERE,), None)])
def test_a_guid_that_is_used_again_claims_a_match_key_unless_that_names_another_article(
    other: tuple[KnownArticle, ...], key: str | None
) -> None:
    placements = _place(document(sighting(GULLS_COUNTED), sighted={"g1": 7}), known(7, BRIDGE_OPEN), *other)
    assert (_keys(placements), placements[0].finding) == ([key], Finding.GUID_REUSED)


def _item(text: str, guid: str = "g2", version: int | None = None) -> Sighting:
    return sighting(article(text, match_key=ITEM_KEY), guid, version=version)


@pytest.mark.parametrize(
    ("entry", "finding"),
    [
        (_item("Another version"), Finding.UNNUMBERED),
        (_item("Another version", version=2), None),
        (_item("An item"), None),
    ],
)
def test_a_newsroom_item_is_one_whatever_brings_it_and_versions_without_numbers_are_noted(
    entry: Sighting, finding: Finding | None
) -> None:
    assert _found(document(entry), known(7, ITEM, feed_id=THEIRS)) == (7, finding)


def test_of_a_newsroom_item_other_news_in_the_same_feed_is_a_version() -> None:
    tomorrow = replace(GULLS_COUNTED, match_key=ITEM_KEY)
    stored = known(7, replace(BRIDGE_OPEN, match_key=ITEM_KEY))
    assert _found(document(sighting(tomorrow, "g2", version=2)), stored) == (7, None)


def _of_file(said: Article, *names: str) -> Brought:
    return document(sighting(replace(said, match_key=None), "dispatch", names=names), feed_id=THEIRS, is_of_file=True)


def _stored_file(article_id: int, said: Article, *names: str) -> KnownArticle:
    return known(article_id, replace(said, match_key=None), names=names)


def test_a_file_in_the_words_of_another_file_is_its_article() -> None:
    retitled = replace(GULLS_COUNTED, title="Gulls are counted")
    assert _found(_of_file(retitled, WORDS, PATH), _stored_file(7, BRIDGE_OPEN, WORDS)) == (7, None)


@pytest.mark.parametrize(
    ("said", "article_id"),
    [
        (replace(BRIDGE_OPEN, title="Bridge closed"), 7),
        (replace(GULLS_COUNTED, title="Bridge open", published_at=NOON), 7),
        # Of the day after.
        (replace(GULLS_COUNTED, title="Bridge open"), None),
        (replace(BRIDGE_OPEN, agency="AP"), None),
        (GULLS_COUNTED, None),
    ],
)
def test_a_file_at_the_path_of_another_file_is_its_article_where_they_read_alike(
    said: Article, article_id: int | None
) -> None:
    assert _found(_of_file(said, WORDS, PATH), _stored_file(7, BRIDGE_OPEN, PATH)) == (article_id, None)


def test_a_files_words_say_more_than_its_path() -> None:
    at_path, in_words = _stored_file(7, BRIDGE_OPEN, PATH), _stored_file(8, GULLS_COUNTED, WORDS)
    assert _found(_of_file(BRIDGE_OPEN, WORDS, PATH), at_path, in_words) == (8, None)


def test_of_two_articles_at_one_path_a_file_is_the_one_that_reads_alike() -> None:
    stored = _stored_file(7, GULLS_COUNTED, PATH), _stored_file(8, BRIDGE_OPEN, PATH)
    assert _found(_of_file(replace(BRIDGE_OPEN, title="Bridge closed"), PATH), *stored) == (8, None)


def test_of_two_articles_of_one_name_a_file_is_the_earliest() -> None:
    stored = _stored_file(8, BRIDGE_OPEN, WORDS), _stored_file(7, BRIDGE_OPEN, WORDS)
    assert _found(_of_file(BRIDGE_OPEN, WORDS), *stored) == (7, None)


def test_a_files_match_key_says_more_than_its_names() -> None:
    brought = document(sighting(BRIDGE_OPEN, "g2", names=(WORDS,)), feed_id=THEIRS, is_of_file=True)
    assert _found(brought, known(7, BRIDGE_OPEN), _stored_file(8, BRIDGE_OPEN, WORDS)) == (7, None)


def test_two_files_read_together_in_the_same_words_are_one_article() -> None:
    documents = [_of_file(BRIDGE_OPEN, WORDS, "path a.txt"), _of_file(BRIDGE_OPEN, WORDS, "path b.txt")]
    decision = decide_articles([documents[0], replace(documents[1], feed_id=3)], [])
    (first,), (second,) = (outcome.placements for outcome in decision.outcomes)
    assert (first.article_id, len(decision.articles)) == (second.article_id, 1)


def test_entries_of_one_document_that_share_a_match_key_are_one_new_article() -> None:
    brought = document(sighting(BRIDGE_OPEN, "g1"), sighting(BRIDGE_OPEN, "g2"))
    first, second = _place(brought)
    assert (first.article_id, second.article_id, second.finding) == (-1, -1, None)


def test_entries_of_one_document_with_different_match_keys_are_different_articles() -> None:
    first, second = _place(document(sighting(BRIDGE_OPEN, "g1"), sighting(GULLS_COUNTED, "g2")))
    assert first.article_id != second.article_id


def test_entries_of_one_document_are_placed_in_its_order() -> None:
    brought = document(sighting(GULLS_COUNTED, "g3"), sighting(BRIDGE_OPEN, "g1"), sighted={"g1": 7})
    placements = _place(brought, known(7, BRIDGE_OPEN))
    assert [placed.sighting.guid for placed in placements] == ["g3", "g1"]
