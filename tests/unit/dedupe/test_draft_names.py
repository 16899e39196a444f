from dataclasses import replace

from tests.deciding import (
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
    sighting,
    statement,
)
from worker.dedupe.drafts import Drafts
from worker.values import Article, KnownArticle, Placement, Resighted

SHORT, LONGER, FULL = article("Short"), article("A longer text"), article("The fullest text of all")
LATER = NOON + HOUR


def _taken(stored: tuple[KnownArticle, ...], said: Article, article_id: int | None, **fields: object) -> Drafts:
    """Return articles of which one took in what the first feed's document says of it."""
    drafts = Drafts(stored)
    brought = document(sighting(said), read_at=LATER, **fields)
    drafts.take(0, brought, Placement(brought.sightings[0], article_id))
    return drafts


def _keys(drafts: Drafts) -> dict[int, str | None]:
    assert {key: draft.match_key for key, draft in drafts.by_key.items()} == {key: key for key in drafts.by_key}
    return {article_id: draft.decide().after.match_key for article_id, draft in drafts.by_id.items()}


ELSEWHERE = replace(FULL, match_key=OTHER_KEY)


def test_a_new_article_is_found_by_its_match_key_from_then_on() -> None:
    drafts = _taken((), FULL, None)
    assert drafts.by_key[KEY] is drafts.by_id[-1]


def test_new_articles_have_ids_of_their_own_below_zero() -> None:
    drafts = Drafts([known(7, LONGER)])
    begun = [drafts.find(None).article_id for _ in range(3)]
    assert (len(set(begun)), max(begun) < 0, drafts.find(7).article_id) == (3, True, 7)


def test_what_is_taken_tells_which_article_it_is() -> None:
    drafts = Drafts([known(7, LONGER)])
    brought = document(sighting(FULL))
    placed = [drafts.take(0, brought, Placement(brought.sightings[0], each)).article_id for each in (7, None)]
    assert placed == [7, min(drafts.by_id)]


def test_a_match_key_follows_the_link_that_is_shown() -> None:
    drafts = _taken((known(7, LONGER),), ELSEWHERE, 7)
    assert (_keys(drafts), [*drafts.by_key]) == ({7: OTHER_KEY}, [OTHER_KEY])


def test_a_match_key_does_not_follow_a_link_that_is_not_shown() -> None:
    drafts = _taken((known(7, LONGER),), replace(SHORT, match_key=OTHER_KEY), 7, feed_id=THEIRS)
    assert (_keys(drafts), [*drafts.by_key]) == ({7: KEY}, [KEY])


def test_an_article_keeps_its_match_key_where_the_shown_link_is_none() -> None:
    drafts = _taken((known(7, LONGER),), replace(FULL, match_key=None), 7)
    assert (_keys(drafts), [*drafts.by_key]) == ({7: KEY}, [KEY])


def test_an_article_keeps_its_match_key_where_the_shown_link_is_anothers() -> None:
    stored = known(7, LONGER), known(8, article("Another", match_key=OTHER_KEY), feed_id=THEIRS)
    drafts = _taken(stored, ELSEWHERE, 7)
    assert (_keys(drafts), {*drafts.by_key}) == ({7: KEY, 8: OTHER_KEY}, {KEY, OTHER_KEY})


def test_an_article_without_match_key_is_found_by_none() -> None:
    assert [*Drafts([known(7, replace(LONGER, match_key=None))]).by_key] == []


def test_an_article_without_match_key_takes_that_of_what_it_shows_later() -> None:
    drafts = _taken((known(7, replace(LONGER, match_key=None)),), ELSEWHERE, 7)
    assert _keys(drafts) == {7: OTHER_KEY}


def test_a_sighting_that_comes_to_name_another_article_is_lost_to_the_one_it_named() -> None:
    other = known(8, replace(LONGER, match_key=OTHER_KEY), statement(SHORT, THEIRS))
    drafts = _taken((other,), FULL, None, sighted=[seen_as(8)])
    new_id = min(drafts.by_id)
    assert (drafts.by_id[8].shown, drafts.by_id[new_id].shown) == (SHORT, FULL)
    assert [*drafts.by_id[new_id].resighted()] == [
        Resighted(OURS, document(sighting(FULL), read_at=LATER).sightings[0], new_id, LATER, LATER, None)
    ]


def test_a_sighting_that_stays_with_its_article_is_not_lost() -> None:
    drafts = _taken((known(7, LONGER),), LONGER, 7, sighted=[seen_as(7)])
    assert drafts.by_id[7].touched_by == [0]


def test_the_article_that_a_sighting_named_may_have_been_deleted() -> None:
    assert _keys(_taken((), FULL, None, sighted=[seen_as(8)])) == {-1: KEY}


def test_an_article_is_found_by_the_names_that_files_have_given_it() -> None:
    drafts = Drafts([known(7, LONGER, names=("path a",))])
    brought = document(sighting(FULL, names=("path a", "path b")), feed_id=THEIRS)
    drafts.take(0, brought, Placement(brought.sightings[0], 7))
    assert drafts.by_name == {"path a": [drafts.by_id[7]], "path b": [drafts.by_id[7]]}
