"""Which feeds are lost, and worth a search on their sites."""

from datetime import timedelta

import pytest

from tests.polling import lose, now_of
from worker.claim.lost_workers import ALONE_FROM
from worker.database.engine import reading, writing
from worker.discovery.lost_feeds import LostFeed, is_still_lost, list_lost_feeds
from worker.errors import ErrorClass
from worker.pipeline.tools import Tools
from worker.values.due_feeds import FeedState

URL, SITE = "https://a.example/feed", "https://a.example/"


def _lost(tools: Tools) -> list[LostFeed]:
    with reading(tools.engine) as connection:
        return list_lost_feeds(connection, now_of(tools), 100)


@pytest.mark.parametrize(
    "error_class",
    [ErrorClass.HTTP_4XX, ErrorClass.HTTP_410, ErrorClass.NOT_A_FEED, ErrorClass.PARSE, ErrorClass.REDIRECT],
)
def test_a_feed_is_lost_where_its_host_says_that_there_is_none(tools: Tools, error_class: ErrorClass) -> None:
    lose(tools, URL, SITE, schedule={"error_class": error_class})
    assert _lost(tools) == [LostFeed(1, URL, SITE)]


@pytest.mark.parametrize("error_class", [ErrorClass.DNS, ErrorClass.TIMEOUT, ErrorClass.HTTP_5XX, ErrorClass.BLOCKED])
def test_a_feed_is_not_lost_where_its_host_says_nothing_of_it(tools: Tools, error_class: ErrorClass) -> None:
    lose(tools, URL, SITE, schedule={"error_class": error_class})
    assert _lost(tools) == []


@pytest.mark.parametrize(("days", "is_lost"), [(6.9, False), (7.1, True)])
def test_a_feed_is_lost_after_a_week(tools: Tools, days: float, is_lost: bool) -> None:
    lose(tools, URL, SITE, schedule={"failing_since": now_of(tools) - timedelta(days=days)})
    assert len(_lost(tools)) == is_lost


def test_one_failure_is_not_enough_however_long_ago(tools: Tools) -> None:
    lose(tools, URL, SITE, schedule={"failures": 1})
    assert _lost(tools) == []


@pytest.mark.parametrize("state", [FeedState.GONE, FeedState.QUARANTINED])
def test_a_feed_that_was_given_up_is_lost_at_once(tools: Tools, state: FeedState) -> None:
    schedule = {"failing_since": now_of(tools), "failures": 1, "next_poll_at": None, "error_class": ErrorClass.DNS}
    lose(tools, URL, SITE, feed={"state": state}, schedule=schedule)
    assert len(_lost(tools)) == 1


@pytest.mark.parametrize("attempts", [1, ALONE_FROM + 5])
def test_what_may_have_killed_workers_is_left_to_a_person(tools: Tools, attempts: int) -> None:
    lose(tools, URL, SITE, feed={"state": FeedState.QUARANTINED}, schedule={"claim_attempts": attempts})
    assert _lost(tools) == []


@pytest.mark.parametrize("state", [FeedState.PAUSED, FeedState.REMOVED])
def test_what_an_operator_stopped_is_not_lost(tools: Tools, state: FeedState) -> None:
    lose(tools, URL, SITE, feed={"state": state})
    assert _lost(tools) == []


@pytest.mark.parametrize(("days", "is_sought_again"), [(6.9, False), (7.1, True)])
def test_a_feed_is_sought_once_a_week(tools: Tools, days: float, is_sought_again: bool) -> None:
    lose(tools, URL, SITE, feed={"sought_at": now_of(tools) - timedelta(days=days)})
    assert len(_lost(tools)) == is_sought_again


def test_a_feed_whose_site_nobody_knows_cannot_be_sought(tools: Tools) -> None:
    lose(tools, URL, SITE, feed={"site_url": None})
    assert _lost(tools) == []


def test_a_feed_that_answers_is_not_lost(tools: Tools) -> None:
    lose(tools, URL, SITE, schedule={"failing_since": None, "failures": 0, "error_class": None})
    assert _lost(tools) == []


def test_a_feed_that_was_deleted_is_not_still_lost(tools: Tools) -> None:
    with writing(tools.engine) as connection:
        assert not is_still_lost(connection, LostFeed(7, URL, SITE))
