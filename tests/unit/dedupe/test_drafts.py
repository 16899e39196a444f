from dataclasses import replace
from datetime import timedelta

import pytest

from tests.deciding import (
    DAY,
    HOUR,
    KEY,
    NOON,
    OTHER_KEY,
    OURS,
    THEIRS,
    article,
    document,
    known,
    seen_as,
    shown,
    sighting,
    statement,
)
from worker.dedupe.drafts import Draft, Drafts
from worker.values.articles import Article, KnownArticle, Placement, Sighting
from worker.values.decisions import Brought, Restated, Version

SHORT, LONGER, FULL = article("Short"), article("A longer text"), article("The fullest text of all")
LATER = NOON + HOUR


def _draft(*others: object) -> Draft:
    """Return an article that shows what the first feed says, read at noon."""
    return Draft(7, known(7, LONGER, *others))


def _add(draft: Draft, said: Sighting | Article, **fields: object) -> Draft:
    """Add a document's only entry to an article: of the first feed's guid and an hour later unless told otherwise."""
    entry = sighting(said) if isinstance(said, Article) else said
    brought = document(entry, **{"read_at": LATER} | fields)
    draft.add_sighting(0, brought, brought.sightings[0])
    return draft


def _said(draft: Draft) -> dict[int, Article | None]:
    """Return what the sightings that are to be written say besides what is shown, by their feeds."""
    return {each.feed_id: each.said for each in (*draft.resighted(), *draft.restated())}


def test_what_is_said_under_another_guid_leaves_what_the_feed_said_before() -> None:
    draft = _add(_draft(), sighting(SHORT, "g2"))
    assert (draft.shown, [*draft.restated()]) == (SHORT, [Restated(OURS, b"g1", LONGER)])


def test_of_two_entries_alike_in_all_that_orders_them_the_one_added_last_counts() -> None:
    draft = _add(_draft(), SHORT, is_newest=False)
    assert _add(draft, replace(SHORT, tags=("harbour",)), is_newest=False).shown.tags == ("harbour",)


def test_a_version_older_by_the_publishers_word_is_kept_but_not_said() -> None:
    draft = Draft(7, KnownArticle(7, LONGER, (shown(LONGER, version=2),)))
    older = _add(draft, sighting(FULL, version=1), read_at=LATER + DAY)
    assert (older.shown, [*older.resighted()]) == (LONGER, [])
    assert older.decide().versions == (Version(FULL, OURS, LATER + DAY, 1),)


def test_a_version_newer_by_the_publishers_word_is_shown_though_made_before() -> None:
    draft = Draft(7, KnownArticle(7, LONGER, (shown(LONGER, version=1),)))
    assert _add(draft, sighting(SHORT, version=2, said_at=NOON - DAY)).shown == SHORT


def test_what_a_file_says_replaces_what_another_file_said() -> None:
    draft = Draft(7, KnownArticle(7, LONGER, (shown(LONGER, is_of_file=True),)))
    assert _add(draft, SHORT, feed_id=THEIRS, is_of_file=True).shown == SHORT


def test_a_late_worker_does_not_write_over_what_has_been_read_since() -> None:
    late = _add(_draft(), FULL, read_at=NOON - HOUR, is_newest=False)
    assert (late.shown, [*late.resighted()], late.decide().versions[0].article) == (LONGER, [], FULL)


def test_a_late_worker_does_not_write_over_what_was_confirmed_since() -> None:
    late = {"read_at": LATER, "is_newest": False}
    assert _add(_draft(), FULL, **late, confirmed_at=LATER + HOUR).shown == LONGER
    assert _add(_draft(), FULL, **late, confirmed_at=LATER - HOUR / 2).shown == FULL
    assert _add(_draft(), FULL, **late, confirmed_at=None).shown == FULL


def test_what_had_left_was_not_confirmed_by_later_polls() -> None:
    draft = Draft(7, KnownArticle(7, LONGER, (shown(LONGER, is_present=False),)))
    assert _add(draft, FULL, is_newest=False, confirmed_at=LATER + HOUR).shown == FULL


def test_whoever_holds_the_lease_may_change_what_was_confirmed_since() -> None:
    assert _add(_draft(), FULL, is_newest=True, confirmed_at=LATER + HOUR).shown == FULL


def test_a_late_worker_adds_what_is_new() -> None:
    assert _add(_draft(), FULL, feed_id=THEIRS, read_at=NOON - DAY, is_newest=False).shown == FULL


def test_whoever_holds_the_lease_read_last_though_the_clock_stepped_back() -> None:
    draft = _add(_draft(), SHORT, read_at=NOON - DAY, confirmed_at=NOON)
    (resighted,) = draft.resighted()
    just_after = NOON + timedelta(microseconds=1)
    assert (draft.shown, resighted.read_at, resighted.said_at) == (SHORT, just_after, just_after)


def test_what_is_undated_is_as_old_as_its_reading() -> None:
    (resighted,) = _add(_draft(), SHORT).resighted()
    assert (resighted.read_at, resighted.said_at) == (LATER, LATER)


@pytest.mark.parametrize(
    ("entry", "fields", "said_at"),
    [
        (sighting(SHORT, said_at=NOON + DAY), {}, NOON + DAY),
        # The document's time is not that of the reading.
        (sighting(SHORT, said_at=NOON), {"said_at": NOON}, NOON),
    ],
)
def test_what_has_a_date_keeps_it_though_the_clock_stepped_back(
    entry: Sighting, fields: dict[str, object], said_at: object
) -> None:
    draft = Draft(7, KnownArticle(7, LONGER, (shown(LONGER, said_at=NOON - 2 * DAY),)))
    (resighted,) = _add(draft, entry, **fields).resighted()
    assert resighted.said_at == said_at


def test_what_a_late_worker_read_stays_as_old_as_it_is() -> None:
    before = shown(LONGER, said_at=NOON - DAY)
    entry = sighting(SHORT, said_at=NOON - 2 * HOUR)
    late = _add(Draft(7, KnownArticle(7, LONGER, (before,))), entry, read_at=NOON - HOUR, is_newest=False)
    assert [each.read_at for each in late.resighted()] == [NOON - HOUR]


def test_what_is_shown_is_said_by_the_article_alone() -> None:
    assert _said(_add(_draft(), FULL)) == {OURS: None}
    assert _said(_add(Draft(-1), FULL)) == {OURS: None}


def test_what_is_shown_again_says_nothing_of_its_own() -> None:
    draft = _add(_draft(statement(SHORT, THEIRS)), article("Cut"))
    assert (draft.shown, _said(draft)) == (SHORT, {OURS: article("Cut"), THEIRS: None})


def test_what_is_shown_without_being_known_as_shown_is_mended() -> None:
    unsettled = Draft(7, KnownArticle(7, LONGER, (statement(FULL, THEIRS),)))
    assert unsettled.is_touched
    assert [*unsettled.restated()] == [Restated(THEIRS, b"g1", None)]


def test_an_article_that_shows_what_follows_or_that_nobody_carries_is_not_touched() -> None:
    settled = _draft(statement(SHORT, THEIRS))
    assert (settled.is_touched, [*settled.restated()]) == (False, [])
    assert not Draft(7, KnownArticle(7, LONGER)).is_touched


def test_an_article_that_was_spoken_of_is_touched_though_nothing_of_it_changes() -> None:
    assert _add(_draft(), LONGER).is_touched


def test_an_article_that_lost_its_only_sighting_stays_as_it_is() -> None:
    draft = _draft()
    draft.remove_sighting(0, OURS, b"g1")
    decided = draft.decide()
    assert (draft.shown, decided.feed_id, decided.guid) == (LONGER, None, "")
    assert (draft.is_touched, draft.shown_by_document) == (True, 0)


def test_a_sighting_that_is_removed_after_it_was_added_is_not_written() -> None:
    draft = _add(_draft(), sighting(FULL, "g2"))
    assert draft.shown == FULL
    draft.remove_sighting(1, OURS, b"g2")
    assert (draft.shown, [*draft.resighted()]) == (LONGER, [])


def test_what_was_never_carried_may_be_removed() -> None:
    draft = _draft()
    draft.remove_sighting(0, THEIRS, b"g1")
    assert draft.shown == LONGER


def test_the_document_whose_words_are_shown_is_named() -> None:
    draft = _draft()
    for number, (said, feed_id) in enumerate([(SHORT, THEIRS), (FULL, 3), (LONGER, 4)]):
        draft.add_sighting(number, *_entry(said, feed_id))
    assert draft.shown_by_document == 1


def _entry(said: Article, feed_id: int) -> tuple[Brought, Sighting]:
    brought = document(sighting(said), feed_id=feed_id, read_at=LATER)
    return brought, brought.sightings[0]


def test_where_no_documents_words_are_shown_the_last_that_spoke_of_the_article_is_named() -> None:
    draft = _draft(statement(SHORT, THEIRS))
    assert draft.shown_by_document is None
    for number, feed_id in ((3, 3), (5, OURS)):
        draft.add_sighting(number, *_entry(article("Cut"), feed_id))
    assert (draft.shown, draft.shown_by_document) == (SHORT, 5)


def test_what_is_decided_holds_what_is_stored_of_the_article() -> None:
    stored = known(7, LONGER, first_seen_at=NOON - DAY, acts_on=3, killed_by=4)
    decided = _add(Draft(7, stored), sighting(FULL, names=("words 1", "path a")), feed_id=THEIRS).decide()
    assert (decided.before, decided.after, decided.feed_id, decided.guid) == (LONGER, FULL, THEIRS, "g1")
    assert (decided.article_id, decided.first_seen_at, decided.acts_on, decided.killed_by) == (7, NOON - DAY, 3, 4)
    assert decided.names == ("words 1", "path a")


def test_a_new_article_is_stored_under_the_guid_of_what_it_shows() -> None:
    draft = _add(_add(Draft(-1), sighting(SHORT, "g1")), sighting(FULL, "g2"), feed_id=THEIRS)
    decided = draft.decide()
    assert (decided.before, decided.feed_id, decided.guid, decided.first_seen_at) == (None, THEIRS, "g2", None)


def test_names_and_versions_are_kept_once() -> None:
    draft = _add(_draft(), sighting(FULL, names=("path a", "path b")))
    _add(draft, sighting(FULL, names=("path b", "path c")), feed_id=THEIRS, read_at=LATER + HOUR)
    decided = draft.decide()
    assert decided.names == ("path a", "path b", "path c")
    assert decided.versions == (Version(FULL, OURS, LATER),)


def test_a_newsroom_item_shows_its_newest_version_whoever_says_it() -> None:
    item = replace(LONGER, match_key="item urn:a:1")
    draft = Draft(7, known(7, item))
    assert _add(draft, sighting(replace(item, text="Cut", content_hash=b"cut")), feed_id=THEIRS).shown.text == "Cut"


def test_a_name_that_makes_it_a_newsroom_item_decides_anew_what_is_shown() -> None:
    newer = statement(SHORT, THEIRS, said_at=LATER)
    draft = _draft(newer)
    assert draft.shown == LONGER
    draft.set_match_key("item urn:a:1")
    assert draft.shown == SHORT


def _with_placed(stored: tuple[KnownArticle, ...], said: Article, article_id: int | None, **fields: object) -> Drafts:
    """Return articles to one of which the first feed's sighting was added."""
    drafts = Drafts(stored)
    brought = document(sighting(said), read_at=LATER, **fields)
    drafts.add_placed(0, brought, Placement(brought.sightings[0], article_id))
    return drafts


def _keys(drafts: Drafts) -> dict[int, str | None]:
    """Return by which match keys articles are found from then on."""
    keys = {article_id: draft.decide().after.match_key for article_id, draft in drafts.by_id.items()}
    assert {key: draft.article_id for key, draft in drafts.by_key.items()} == {keys[each]: each for each in keys}
    return keys


def test_a_new_article_is_found_by_its_match_key_from_then_on() -> None:
    drafts = _with_placed((), FULL, None)
    assert drafts.by_key[KEY] is drafts.by_id[-1]


def test_new_articles_have_ids_of_their_own_below_zero() -> None:
    drafts = Drafts([known(7, LONGER)])
    begun = [drafts.find_or_begin(None).article_id for _ in range(3)]
    assert (len(set(begun)), max(begun) < 0, drafts.find_or_begin(7).article_id) == (3, True, 7)


ELSEWHERE = replace(FULL, match_key=OTHER_KEY)


@pytest.mark.parametrize(
    ("said", "feed_id", "others", "keys"),
    [
        (ELSEWHERE, OURS, (), {7: OTHER_KEY}),
        # Another feed says so, and is not shown.
        (replace(SHORT, match_key=OTHER_KEY), THEIRS, (), {7: KEY}),
        (replace(FULL, match_key=None), OURS, (), {7: KEY}),
        (ELSEWHERE, OURS, (known(8, ELSEWHERE, feed_id=THEIRS),), {7: KEY, 8: OTHER_KEY}),
    ],
)
def test_a_match_key_follows_the_link_that_is_shown_unless_that_names_nothing_or_another_article(
    said: Article, feed_id: int, others: tuple[KnownArticle, ...], keys: dict[int, str]
) -> None:
    assert _keys(_with_placed((known(7, LONGER), *others), said, 7, feed_id=feed_id)) == keys


def test_an_article_without_match_key_takes_that_of_what_it_shows_later() -> None:
    nameless = known(7, replace(LONGER, match_key=None))
    assert [*Drafts([nameless]).by_key] == []
    assert _keys(_with_placed((nameless,), ELSEWHERE, 7)) == {7: OTHER_KEY}


def test_a_sighting_that_stays_with_its_article_is_not_removed() -> None:
    drafts = _with_placed((known(7, LONGER),), LONGER, 7, sighted=[seen_as(7)])
    assert drafts.by_id[7].touched_by == [0]


def test_the_article_that_a_sighting_named_may_have_been_deleted() -> None:
    assert _keys(_with_placed((), FULL, None, sighted=[seen_as(8)])) == {-1: KEY}
