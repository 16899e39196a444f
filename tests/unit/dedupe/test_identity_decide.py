from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deciding import (
    BRIDGE,
    DAY,
    GULLS,
    HOUR,
    KEY,
    NOON,
    OTHER_KEY,
    OTHER_PAGE,
    OURS,
    PAGE,
    THEIRS,
    article,
    document,
    known,
    seen_as,
    shown,
    sighting,
    statement,
)
from worker.dedupe.identity import decide_articles
from worker.dedupe.shown_version import find_shown
from worker.values.articles import Article, Finding, KnownArticle, Sighting, Statement
from worker.values.decisions import Brought, Decision, Restated, Version

SHORT, LONGER, FULL = article("Short"), article("A longer text"), article("The fullest text of all")
LATER = NOON + HOUR


def _shows(decision: Decision) -> dict[int, Article]:
    return {each.article_id: each.after for each in decision.articles}


def _said(decision: Decision) -> dict[tuple[int, bytes], Article | None]:
    """Return what each sighting that is to be written says besides what is shown."""
    heard = {(each.feed_id, each.sighting.guid_hash): each.said for each in decision.sightings}
    return heard | {(each.feed_id, each.guid_hash): each.said for each in decision.restated}


def _counts(decision: Decision) -> list[tuple[int, int, int]]:
    return [(outcome.new, outcome.updated, outcome.refreshed) for outcome in decision.outcomes]


def _edited(said: Article, feed_id: int = OURS) -> Brought:
    """Return a document in which the entry of the seventh article says something else an hour later."""
    return document(sighting(said), feed_id=feed_id, read_at=LATER, sighted={"g1": 7})


def test_nothing_follows_from_nothing() -> None:
    assert decide_articles([], []) == Decision((), (), (), ())


def test_a_new_article_counts_as_new() -> None:
    decision = decide_articles([document(sighting(SHORT))], [])
    assert ([*_shows(decision).values()], _counts(decision)) == ([SHORT], [(1, 0, 0)])


def test_other_words_count_as_an_update() -> None:
    decision = decide_articles([_edited(SHORT)], [known(7, LONGER)])
    assert (_shows(decision), _counts(decision)) == ({7: SHORT}, [(0, 1, 0)])


@pytest.mark.parametrize(
    "changes",
    [
        {"url": OTHER_PAGE},
        {"original_url": OTHER_PAGE},
        {"authors": ("A. Author",)},
        {"published_at": NOON},
        {"tags": ("harbour",)},
        {"html": "<p>Other markup</p>"},
    ],
)
def test_other_fields_than_the_words_count_as_a_refreshing(changes: dict[str, object]) -> None:
    refreshed = replace(LONGER, **changes)
    decision = decide_articles([_edited(refreshed)], [known(7, LONGER)])
    assert (_shows(decision), _counts(decision)) == ({7: refreshed}, [(0, 0, 1)])


def test_what_says_the_same_again_counts_as_nothing_but_its_sighting_is_written() -> None:
    decision = decide_articles([_edited(LONGER)], [known(7, LONGER)])
    assert (_shows(decision), _counts(decision), _said(decision)) == ({7: LONGER}, [(0, 0, 0)], {(OURS, b"g1"): None})


def test_a_shorter_version_of_another_feed_counts_as_nothing_and_is_kept_by_its_sighting() -> None:
    decision = decide_articles([document(sighting(SHORT), feed_id=THEIRS)], [known(7, LONGER)])
    assert (_shows(decision), _counts(decision)) == ({7: LONGER}, [(0, 0, 0)])
    assert _said(decision) == {(THEIRS, b"g1"): SHORT}


def test_an_edit_of_a_summary_does_not_replace_the_full_text_of_another_feed() -> None:
    edited = article("Edited")
    decision = decide_articles([_edited(edited, THEIRS)], [known(7, FULL, statement(SHORT, THEIRS))])
    assert (_shows(decision), _said(decision)) == ({7: FULL}, {(THEIRS, b"g1"): edited})


def test_a_fuller_version_of_another_feed_is_shown_and_what_was_shown_is_kept_by_its_sighting() -> None:
    decision = decide_articles([document(sighting(FULL), feed_id=THEIRS)], [known(7, LONGER)])
    assert (_shows(decision), _counts(decision)) == ({7: FULL}, [(0, 1, 0)])
    assert decision.restated == (Restated(OURS, b"g1", LONGER),)


def test_articles_that_nothing_is_said_of_are_left_as_they_are() -> None:
    stored = known(7, LONGER, statement(SHORT, THEIRS)), known(8, article("Another", match_key=OTHER_KEY))
    assert [*_shows(decide_articles([_edited(FULL)], stored))] == [7]


def test_each_document_counts_what_it_brought() -> None:
    new = article("News", match_key=OTHER_KEY)
    documents = [
        document(sighting(LONGER), feed_id=3, read_at=LATER),
        _edited(FULL),
        document(sighting(new), sighting(replace(new, match_key="a.example/3"), "g2"), feed_id=4),
    ]
    assert _counts(decide_articles(documents, [known(7, SHORT)])) == [(0, 0, 0), (0, 1, 0), (2, 0, 0)]


def test_a_document_without_entries_counts_nothing() -> None:
    assert _counts(decide_articles([document()], [known(7, SHORT)])) == [(0, 0, 0)]


def test_an_article_that_two_documents_bring_is_new_in_the_first() -> None:
    documents = [document(sighting(SHORT)), document(sighting(FULL), feed_id=THEIRS)]
    assert _counts(decide_articles(documents, [])) == [(1, 0, 0), (0, 0, 0)]


def test_an_update_counts_for_the_document_that_made_room_for_it() -> None:
    documents = [document(sighting(article("Cut")), feed_id=3), _edited(article("Cut off"))]
    decision = decide_articles(documents, [known(7, FULL, statement(LONGER, THEIRS))])
    assert (_shows(decision), _counts(decision)) == ({7: LONGER}, [(0, 0, 0), (0, 1, 0)])


@pytest.mark.parametrize("is_summary_first", [True, False])
def test_two_documents_of_one_commit_that_bring_one_new_article_show_the_fullest(is_summary_first: bool) -> None:
    summary, full = document(sighting(SHORT)), document(sighting(FULL), feed_id=THEIRS)
    decision = decide_articles([summary, full] if is_summary_first else [full, summary], [])
    (created,) = decision.articles
    assert (created.after, created.feed_id) == (FULL, THEIRS)
    assert _said(decision) == {(OURS, b"g1"): SHORT, (THEIRS, b"g1"): None}
    assert {version.article for version in created.versions} == {SHORT, FULL}


def test_a_sighting_that_moves_to_another_article_leaves_the_first_what_others_say() -> None:
    bridge = article(BRIDGE, title="Bridge open", url=PAGE, published_at=NOON)
    gulls = article(GULLS, title="Gulls", url=OTHER_PAGE, match_key=OTHER_KEY, published_at=NOON + DAY)
    teaser = article("Bridge", title="Bridge open", url=PAGE, published_at=NOON)
    reused = document(sighting(gulls), read_at=NOON + DAY, sighted={"g1": 7})
    decision = decide_articles([reused], [known(7, bridge, statement(teaser, THEIRS))])
    new_id = min(_shows(decision))
    assert (_shows(decision), _counts(decision)) == ({7: teaser, new_id: gulls}, [(1, 1, 0)])
    assert _said(decision) == {(THEIRS, b"g1"): None, (OURS, b"g1"): None}
    assert decision.outcomes[0].placements[0].finding is Finding.GUID_REUSED


def test_where_guid_and_match_key_disagree_only_the_article_of_the_guid_changes() -> None:
    other = known(8, article("Another", match_key=OTHER_KEY), feed_id=THEIRS)
    decision = decide_articles([_edited(article("Edited", match_key=OTHER_KEY))], [known(7, FULL), other])
    assert _shows(decision) == {7: article("Edited", match_key=KEY)}


def test_a_renamed_entry_in_the_same_words_changes_nothing_but_its_name() -> None:
    page = replace(FULL, url=PAGE)
    renamed = document(sighting(page, "g2"), left=(seen_as(7),), read_at=LATER)
    decision = decide_articles([renamed], [known(7, page)])
    assert (_shows(decision), _counts(decision)) == ({7: page}, [(0, 0, 0)])
    assert _said(decision) == {(OURS, b"g1"): page, (OURS, b"g2"): None}


def test_without_documents_only_what_does_not_follow_from_its_sightings_is_mended() -> None:
    settled = known(7, FULL, statement(SHORT, THEIRS))
    # Its feed has been deleted, and with it the sighting that it showed.
    orphan = KnownArticle(8, replace(FULL, match_key=OTHER_KEY), (statement(SHORT, THEIRS),))
    forgotten = KnownArticle(9, LONGER)
    decision = decide_articles([], [settled, orphan, forgotten])
    assert _shows(decision) == {8: replace(SHORT, match_key=OTHER_KEY)}
    assert (decision.sightings, decision.restated) == ((), (Restated(THEIRS, b"g1", None),))


@dataclass(frozen=True)
class _Told:
    """What one feed says of one of the pages, and when."""

    feed_id: int
    page: int
    text: str
    tag: str
    moment: int
    is_dated: bool
    number: int | None

    @property
    def article(self) -> Article:
        # The second page is a newsroom item: all feeds speak with one voice of it.
        key = "item urn:a:1" if self.page == 1 else f"a.example/{self.page}"
        return article(self.text, match_key=key, tags=(self.tag,))

    def entry(self, read_at: datetime) -> Sighting:
        dates = {"said_at": read_at - DAY} if self.is_dated else {}
        return sighting(self.article, str(self.page), version=self.number, **dates)


def _told(pages: Sequence[int], moments: Sequence[int]) -> st.SearchStrategy[_Told]:
    texts, numbers = st.sampled_from(["a", "b", "aa", "bb"]), st.sampled_from([None, 1, 2])
    return st.builds(
        _Told,
        st.integers(1, 4),
        st.sampled_from(pages),
        texts,
        st.sampled_from("xy"),
        st.sampled_from(moments),
        st.booleans(),
        numbers,
    )


def _tellings(pages: Sequence[int], moments: Sequence[int]) -> st.SearchStrategy[list[_Told]]:
    return st.lists(_told(pages, moments), max_size=6, unique_by=lambda told: (told.feed_id, told.page))


def _stored(tellings: Sequence[_Told]) -> list[KnownArticle]:
    """Return the first two pages as a store holds them of which these were said."""
    by_page: dict[int, list[Statement]] = {}
    for told in tellings:
        moment = NOON + told.moment * HOUR
        said_at = moment - DAY if told.is_dated else moment
        facts = {"said_at": said_at, "read_at": moment, "version": told.number, "is_of_file": told.feed_id > 2}
        by_page.setdefault(told.page, []).append(statement(told.article, told.feed_id, str(told.page), **facts))
    stored = []
    for page, statements in by_page.items():
        current = find_shown(statements, is_item=page == 1)
        assert current
        assert current.article
        kept = (replace(each, article=None, is_shown=True) if each is current else each for each in statements)
        stored.append(KnownArticle(page + 10, current.article, tuple(kept)))
    return stored


def _documents(tellings: Sequence[_Told], known_by: Sequence[_Told], late: frozenset[int]) -> list[Brought]:
    """Return a document of each feed; the late ones are those of workers that have lost their lease."""
    seen = {(told.feed_id, told.page) for told in known_by}
    documents = []
    for feed_id in sorted({told.feed_id for told in tellings}):
        own = [told for told in tellings if told.feed_id == feed_id]
        read_at = NOON + own[0].moment * HOUR
        entries = (told.entry(read_at) for told in own)
        sighted = {str(told.page): told.page + 10 for told in own if (feed_id, told.page) in seen}
        lease = {"is_newest": feed_id not in late, "confirmed_at": NOON + HOUR, "is_of_file": feed_id > 2}
        documents.append(document(*entries, feed_id=feed_id, read_at=read_at, sighted=sighted, **lease))
    return documents


def _words(version: Version) -> bytes:
    return version.article.content_hash


def _in_the_end(decision: Decision) -> object:
    """Return what is shown, by whom, and what each sighting says besides; new articles by their match keys."""
    shows = {each.after.match_key: (each.after, each.feed_id, each.guid) for each in decision.articles}
    versions = {each.after.match_key: {*map(_words, each.versions)} for each in decision.articles}
    return len(decision.articles), shows, versions, _said(decision)


@settings(max_examples=60)
@given(_tellings([0, 1], [0, 1]), _tellings([0, 1, 2], [-1, 0, 2]), st.frozensets(st.integers(1, 4)), st.data())
def test_documents_end_in_the_same_store_in_whatever_order_they_are_decided(
    before: list[_Told], tellings: list[_Told], late: frozenset[int], data: st.DataObject
) -> None:
    documents, stored = _documents(tellings, before, late), _stored(before)
    in_another_order = data.draw(st.permutations(documents))
    assert _in_the_end(decide_articles(in_another_order, stored)) == _in_the_end(decide_articles(documents, stored))


def test_a_late_reader_of_a_guid_that_has_come_to_name_other_news_takes_it_from_nobody() -> None:
    bridge = article(BRIDGE, title="Bridge open", url=PAGE, published_at=NOON)
    gulls = article(GULLS, title="Gulls counted", url=OTHER_PAGE, match_key=OTHER_KEY, published_at=NOON + DAY)
    since = shown(gulls, said_at=NOON + DAY, read_at=NOON + DAY)
    stored = [known(7, bridge, feed_id=THEIRS), KnownArticle(8, gulls, (since,))]
    late = document(
        sighting(bridge), sighted=[seen_as(8, original_url=OTHER_PAGE)], is_newest=False, confirmed_at=NOON + DAY
    )
    decision = decide_articles([late], stored)
    assert _counts(decision) == [(0, 0, 0)]
    assert b"g1" not in {each.sighting.guid_hash for each in decision.sightings}
