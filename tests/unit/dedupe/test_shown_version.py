from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deciding import DAY, HOUR, NOON, OURS, THEIRS, article, shown, statement
from worker.dedupe.shown_version import confirm, find_shown, is_older
from worker.values.articles import Statement

SHORT, LONGER, FULL = article("Short"), article("A longer text"), article("The fullest text of all")
LATER = NOON + HOUR


def _find(*statements: Statement, is_item: bool = False) -> Statement | None:
    found = find_shown(statements, is_item=is_item)
    assert found == find_shown(statements[::-1], is_item=is_item), "the order must not matter"
    return found


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        # The publisher's number goes before every date.
        ({"version": 1, "said_at": LATER, "read_at": LATER}, {"version": 2}),
        ({"version": None, "said_at": LATER, "read_at": LATER}, {"version": 1}),
        ({"version": 9}, {"version": 10}),
        # Then the time of the version goes before that of the reading.
        ({"read_at": LATER}, {"said_at": NOON + HOUR / 2}),
        ({"version": 1}, {"version": 1, "said_at": LATER}),
        ({}, {"read_at": LATER}),
        ({"content_hash": b"a"}, {"content_hash": b"b"}),
    ],
)
def test_of_a_feed_the_newest_version_is_shown(older: dict[str, object], newer: dict[str, object]) -> None:
    of_newer = replace(statement(SHORT, guid="g2"), **newer)
    assert _find(replace(statement(FULL), **older), of_newer) == of_newer


def test_between_feeds_the_fullest_version_is_shown_not_the_newest() -> None:
    full = statement(FULL, OURS)
    assert _find(full, statement(SHORT, THEIRS, said_at=LATER, read_at=LATER, version=3)) == full
    assert _find(statement(SHORT, OURS), replace(full, feed_id=THEIRS)) == replace(full, feed_id=THEIRS)


def test_of_equally_full_versions_the_earliest_feeds_is_shown() -> None:
    ours = statement(article("Ours!!"), OURS)
    assert _find(ours, statement(article("Theirs"), THEIRS, said_at=LATER), statement(article("Others"), 3)) == ours


def test_a_fuller_version_that_its_feed_has_replaced_does_not_count() -> None:
    cut, theirs = statement(SHORT, OURS, "g2", said_at=LATER), statement(LONGER, THEIRS)
    assert _find(statement(FULL, OURS), cut, theirs) == theirs


def test_all_files_speak_with_one_voice_of_which_the_newest_version_counts() -> None:
    newer = statement(SHORT, 4, said_at=LATER, is_of_file=True)
    assert _find(statement(FULL, 3, is_of_file=True), newer) == newer


def test_of_versions_of_one_voice_that_nothing_orders_the_earliest_feeds_is_shown() -> None:
    files = [statement(SHORT, feed_id, guid, is_of_file=True) for feed_id, guid in ((3, "g1"), (4, "g2"))]
    assert _find(*files) == files[0]


def test_the_voice_of_files_is_one_among_those_of_feeds() -> None:
    of_file = statement(LONGER, 3, is_of_file=True)
    assert _find(of_file, statement(SHORT, OURS, said_at=LATER)) == of_file
    fuller = statement(FULL, THEIRS)
    assert _find(replace(of_file, said_at=LATER), fuller) == fuller


def test_all_that_carry_a_newsroom_item_speak_with_one_voice() -> None:
    newest = statement(SHORT, 4, version=3, is_of_file=True)
    others = statement(FULL, OURS, version=1), statement(LONGER, THEIRS, version=2)
    assert _find(*others, newest, is_item=True) == newest


def test_what_nobody_knows_the_words_of_is_never_shown() -> None:
    unknown = statement(FULL, OURS, article=None, said_at=LATER)
    theirs = statement(SHORT, THEIRS)
    assert _find(unknown, theirs) == theirs
    assert _find(unknown, replace(theirs, feed_id=OURS, guid_hash=b"g2")) is not None


def test_the_words_of_what_is_shown_are_those_of_the_article() -> None:
    full = shown(FULL, THEIRS)
    assert _find(statement(SHORT, OURS), full) == full


@pytest.mark.parametrize("is_item", [True, False])
def test_where_nobody_says_anything_nothing_is_shown(is_item: bool) -> None:
    assert _find(is_item=is_item) is None
    assert _find(statement(FULL, article=None), is_item=is_item) is None


MOMENTS = st.sampled_from([NOON, LATER])


def _statements(feed_ids: list[int], *, is_of_file: bool) -> st.SearchStrategy[Statement]:
    return st.builds(
        Statement,
        feed_id=st.sampled_from(feed_ids),
        guid_hash=st.sampled_from([b"g1", b"g2"]),
        content_hash=st.sampled_from([b"a", b"b"]),
        said_at=MOMENTS,
        read_at=MOMENTS,
        length=st.integers(1, 2),
        version=st.sampled_from([None, 1, 2]),
        is_of_file=st.just(is_of_file),
        article=st.sampled_from([None, SHORT]),
        is_shown=st.booleans(),
    )


STATEMENTS = st.lists(
    _statements([1, 2], is_of_file=False) | _statements([3, 4], is_of_file=True),
    max_size=6,
    # A feed says one thing under one guid.
    unique_by=lambda each: (each.feed_id, each.guid_hash),
)


@settings(max_examples=60)
@given(STATEMENTS, st.booleans(), st.data())
def test_what_is_shown_is_the_same_in_whatever_order_it_was_said(
    statements: list[Statement], is_item: bool, data: st.DataObject
) -> None:
    in_another_order = data.draw(st.permutations(statements))
    assert find_shown(in_another_order, is_item=is_item) == find_shown(statements, is_item=is_item)


def test_what_was_there_at_the_last_good_poll_was_still_said_then() -> None:
    confirmed = confirm(statement(SHORT), LATER)
    assert (confirmed.said_at, confirmed.read_at) == (LATER, LATER)


def test_a_version_with_a_date_keeps_it_however_often_it_is_confirmed() -> None:
    confirmed = confirm(statement(SHORT, said_at=NOON - DAY), LATER)
    assert (confirmed.said_at, confirmed.read_at) == (NOON - DAY, LATER)


@pytest.mark.parametrize(
    ("changes", "confirmed_at"),
    [({}, None), ({}, NOON), ({}, NOON - HOUR), ({"is_present": False}, LATER)],
)
def test_what_has_left_or_was_read_since_is_not_confirmed(changes: dict[str, object], confirmed_at: object) -> None:
    said = statement(SHORT, **changes)
    assert confirm(said, confirmed_at) == said


def test_what_only_one_of_two_statements_has_makes_neither_of_them_older() -> None:
    undated = statement(SHORT)
    dated = statement(SHORT, said_at=NOON - DAY, read_at=LATER)
    assert not is_older(dated, undated), "a feed begins to date its versions"
    assert not is_older(replace(undated, said_at=LATER, read_at=LATER), replace(undated, version=5)), "and numbers end"


def test_of_two_undated_statements_the_one_that_was_read_before_is_older() -> None:
    assert is_older(statement(SHORT), statement(LONGER, said_at=LATER, read_at=LATER))
