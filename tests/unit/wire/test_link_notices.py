from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest

from tests.sending import killed, links, sent, store
from worker.values.articles import WireArticle
from worker.values.entries import Notice
from worker.wire.link_notices import link_notices

UPDATE, CORRECTION, REPEAT, TAKE, ADVISORY, KILL = Notice


def _links(*articles: WireArticle) -> dict[str, str]:
    return links(store(articles))


@pytest.mark.parametrize("notice", [UPDATE, CORRECTION, REPEAT, TAKE, KILL])
def test_a_notice_acts_on_the_dispatch_of_its_slug(notice: Notice) -> None:
    assert _links(sent("first"), sent("later", notice=notice)) == {"later": "first"}


def test_first_versions_and_advisories_act_on_nothing() -> None:
    assert _links(sent("first"), sent("first again"), sent("advisory", notice=ADVISORY)) == {}


@pytest.mark.parametrize("notice", [TAKE, ADVISORY, KILL])
def test_what_is_no_version_is_not_acted_on(notice: Notice) -> None:
    assert _links(sent("other", notice=notice), sent("later", "11", UPDATE)) == {}


@pytest.mark.parametrize(("moment", "is_linked"), [("10", True), ("13", True), ("14", False), ("09", False)])
def test_it_was_sent_up_to_three_days_before_and_not_after(moment: str, is_linked: bool) -> None:
    assert _links(sent("first"), sent("kill", moment, KILL)) == ({"kill": "first"} if is_linked else {})


def test_another_slug_is_another_dispatch() -> None:
    assert _links(sent("first"), sent("kill", notice=KILL, wire_key="skarholm-pier")) == {}


def test_the_newest_earlier_version_is_acted_on() -> None:
    versions = [sent("first", "09"), sent("update 1", "10", UPDATE, 1), sent("update 2", "11", UPDATE, 2)]
    assert _links(*versions, sent("kill", "12", KILL)) == {
        "update 1": "first",
        "update 2": "update 1",
        "kill": "update 2",
    }


# A day of a wire: headers name the day alone, so what each is says in which order they came.
ONE_DAY = [
    sent("first"),
    sent("update 1", notice=UPDATE, number=1),
    sent("corrected update 1", notice=CORRECTION, number=1),
    sent("update 2", notice=UPDATE, number=2),
    sent("kill", notice=KILL),
]
TAKES = [
    sent("first"),
    sent("take 2", notice=TAKE, number=2),
    sent("take 3", notice=TAKE, number=3),
    sent("update", notice=UPDATE, headline="ferry-sails-again"),
    sent("kill", "11", KILL),
]
CORRECTED_TWICE = [
    sent("first", "10"),
    sent("correction", "10", CORRECTION),
    sent("correction of it", "11", CORRECTION),
    sent("repeat", "11", REPEAT),
    sent("update 1", "12", UPDATE, 1),
]
TWO_AGENCIES = [
    sent("of ap"),
    sent("of reuters", agency="reuters"),
    sent("kill of ap", notice=KILL),
    sent("correction of reuters", notice=CORRECTION, agency="reuters"),
    sent("kill of nobody", notice=KILL, agency=""),
]
DAILY = [
    sent("on the 8th", "08", headline="markets-rise"),
    sent("on the 9th", "09", headline="markets-fall"),
    sent("on the 10th", "10", headline="markets-rest"),
    sent("correction of the 9th", "10", CORRECTION, headline="markets-fall"),
    sent("kill on the 10th", "10", KILL, headline="editors-kill-this"),
]
TIMED = [
    sent("first", "10 08:00"),
    sent("update", "10 09:00", UPDATE),
    sent("correction", "10 10:00", CORRECTION, headline="ferry-sails-late"),
    sent("next update", "10 11:00", UPDATE),
    sent("kill", "11 07:00", KILL),
]
# Without a header a dispatch counts by the day on which it is first seen.
UNDATED = [sent(name, notice=notice, published_at=None) for name, notice in (("kill", KILL), ("first", None))]


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        (
            ONE_DAY,
            {
                "update 1": "first",
                "corrected update 1": "update 1",
                "update 2": "corrected update 1",
                "kill": "update 2",
            },
        ),
        (TAKES, {"take 2": "first", "take 3": "first", "update": "first", "kill": "update"}),
        (
            CORRECTED_TWICE,
            {
                "correction": "first",
                "correction of it": "correction",
                "repeat": "correction of it",
                "update 1": "repeat",
            },
        ),
        (TWO_AGENCIES, {"kill of ap": "of ap", "correction of reuters": "of reuters"}),
        (DAILY, {"correction of the 9th": "on the 9th", "kill on the 10th": "on the 10th"}),
        (
            TIMED,
            {"update": "first", "correction": "update", "next update": "correction", "kill": "next update"},
        ),
        (UNDATED, {"kill": "first"}),
    ],
)
def test_links_are_the_same_in_whatever_order_articles_are_stored(
    articles: Sequence[WireArticle], expected: dict[str, str]
) -> None:
    assert {tuple(sorted(links(store(order)).items())) for order in permutations(articles)} == {
        tuple(sorted(expected.items()))
    }


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        (ONE_DAY, dict.fromkeys(("first", "update 1", "corrected update 1", "update 2"), "kill")),
        (TAKES, dict.fromkeys(("first", "take 2", "take 3", "update"), "kill")),
        (TWO_AGENCIES, {"of ap": "kill of ap"}),
        (DAILY, {"on the 10th": "kill on the 10th"}),
        (TIMED, dict.fromkeys(("first", "update", "correction", "next update"), "kill")),
    ],
)
def test_what_is_killed_is_the_same_in_whatever_order_articles_are_stored(
    articles: Sequence[WireArticle], expected: dict[str, str]
) -> None:
    assert {tuple(sorted(killed(store(order)).items())) for order in permutations(articles)} == {
        tuple(sorted(expected.items()))
    }


@pytest.mark.parametrize(
    ("first", "notice", "is_linked"),
    [("ap", "ap", True), ("ap", "", True), ("", "ap", True), ("", "", True), ("ap", "reuters", False)],
)
def test_a_dispatch_that_does_not_say_whose_it_is_may_be_anybodys(first: str, notice: str, is_linked: bool) -> None:
    articles = sent("first", agency=first), sent("kill", notice=KILL, agency=notice)
    assert bool(_links(*articles)) is is_linked


def test_where_several_agencies_use_a_slug_only_one_that_says_so_is_of_one() -> None:
    others = sent("of reuters", agency="reuters"), sent("of ap")
    assert _links(*others, sent("kill", notice=KILL, agency="")) == {}
    assert _links(*others, sent("of nobody", agency=""), sent("kill", notice=KILL, agency="afp")) == {}


@pytest.mark.parametrize(
    ("notice", "number", "target"),
    [
        (UPDATE, 3, "update 2"),
        (UPDATE, 2, "update 1"),
        (UPDATE, 1, "first"),
        (UPDATE, None, "update 2"),
        (CORRECTION, 1, "update 1"),
        (REPEAT, 2, "update 2"),
        (TAKE, 1, "update 2"),
        (KILL, None, "update 2"),
    ],
)
def test_a_number_says_which_version_is_meant(notice: Notice, number: int | None, target: str) -> None:
    versions = [sent("first"), sent("update 1", notice=UPDATE, number=1), sent("update 2", notice=UPDATE, number=2)]
    assert _links(*versions, sent("later", "11", notice, number))["later"] == target


@pytest.mark.parametrize(("notice", "target"), [(CORRECTION, "first"), (REPEAT, "first"), (KILL, "update")])
def test_a_correction_and_a_repeat_keep_the_headline_of_what_they_act_on(notice: Notice, target: str) -> None:
    update = sent("update", "11", UPDATE, headline="ferry-sails-again")
    assert _links(sent("first"), update, sent("later", "12", notice))["later"] == target


def test_a_correction_of_a_daily_dispatch_keeps_the_dateline_of_its_day() -> None:
    days = [sent(f"on the {day}th", day, headline=f"markets-{day}") for day in ("09", "10", "11")]
    filed_on = days[1].published_at
    assert filed_on
    correction = sent("correction", "11", CORRECTION, headline="markets-mended", dateline_date=filed_on.date())
    assert _links(*days, correction) == {"correction": "on the 10th"}


def test_a_kill_of_a_daily_dispatch_is_not_taken_for_one_of_another_day() -> None:
    days = [sent(f"on the {day}th", day, headline=f"markets-{day}") for day in ("08", "09")]
    assert _links(*days, sent("kill", "10", KILL, headline="editors")) == {}
    assert _links(*days, sent("kill", "10", KILL, headline="markets-08")) == {"kill": "on the 08th"}


def test_times_count_where_both_have_one() -> None:
    morning, evening = sent("morning", "10 08:00"), sent("evening", "10 18:00")
    kill = sent("kill", "10 09:00", KILL)
    assert _links(morning, evening, kill) == {"kill": "morning"}
    # With one that has none, times do not order that day; but nothing acts on what is known to have come later.
    assert _links(morning, evening, sent("without", notice=REPEAT), kill)["kill"] == "without"
    assert _links(evening, sent("advisory", notice=ADVISORY), kill) == {}


def test_what_became_a_kill_under_its_own_guid_acts_on_itself_and_stays_a_version() -> None:
    first = sent("first")
    withdrawn = replace(sent("update 1", notice=KILL, number=1), article_id=2, acts_on=2, killed_by=2)
    update = replace(sent("update 2", notice=UPDATE, number=2), article_id=3)
    known = [replace(first, article_id=1), withdrawn, update]
    (relinked,) = link_notices(known, date(2026, 7, 10), date(2026, 7, 10))
    assert (relinked.article.article_id, relinked.acts_on, relinked.killed_by) == (3, 2, None)


def test_a_copy_that_is_found_later_takes_no_links_away() -> None:
    first, update = sent("first"), sent("update", notice=UPDATE)
    copy = replace(first, words="copy")
    assert _links(first, update, copy) == _links(first, copy, update) == {"update": "first"}


def test_storing_again_changes_nothing() -> None:
    stored = store(ONE_DAY)
    assert link_notices(stored, date(2026, 7, 10), date(2026, 7, 10)) == []


def test_a_notice_that_is_none_any_more_acts_on_nothing_and_what_it_killed_stands_again() -> None:
    first, kill = store([sent("first"), sent("kill", notice=KILL)])
    relinked = link_notices([first, replace(kill, notice=None)], date(2026, 7, 10), date(2026, 7, 10))
    assert [(each.article.words, each.acts_on, each.killed_by) for each in relinked] == [
        ("first", None, None),
        ("kill", None, None),
    ]
