"""What a task cannot do anything with is refused where it is sent, in one sentence."""

import pickle
from typing import Any

import pytest

from tasks.poll import poll_feeds, poll_requested
from worker.celery import app
from worker.errors import BrokerError, UsageError

WRONG = [
    ("x", "Feeds are named by a list of ids and URLs, such as [12]; not 'x'."),
    (12, "Feeds are named by a list of ids and URLs, such as [12]; not 12."),
    (None, "Feeds are named by a list of ids and URLs, such as [12]; not None."),
    ({"id": 12}, "Feeds are named by a list of ids and URLs, such as [12]; not {'id': 12}."),
    ([12, 1.5], "A feed is named by its id, from 1, or its URL: 1.5 is neither."),
    ([None], "A feed is named by its id, from 1, or its URL: None is neither."),
    ([{}], "A feed is named by its id, from 1, or its URL: {} is neither."),
    ([True], "A feed is named by its id, from 1, or its URL: True is neither."),
    ([-1], "A feed is named by its id, from 1, or its URL: -1 is neither."),
    ([2**63], "A feed is named by its id, from 1, or its URL: 9223372036854775808 is neither."),
    ([""], "A feed is named by its id, from 1, or its URL: '' is neither."),
    (["a" * 99 + "\0"], f"A feed is named by its id, from 1, or its URL: '{'a' * 59}… is neither."),
    ([0] * 10_000, "A feed is named by its id, from 1, or its URL: 0 is neither, nor are 9,999 others."),
    ([1] * 10_001, "At most 10,000 feeds can be named at once, not 10,001."),
]


@pytest.mark.parametrize(("feeds", "sentence"), WRONG)
def test_feeds_that_are_none_are_refused_before_a_message_is_sent(feeds: Any, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        poll_feeds.delay(feeds)
    assert str(raised.value) == sentence


def test_each_way_of_sending_is_refused() -> None:
    for send in (
        lambda: poll_feeds.apply_async(kwargs={"feeds": "x"}),
        lambda: poll_feeds.s("x").apply_async(),
        lambda: poll_feeds.delay([1], force="yes"),
        lambda: poll_requested.delay(["https://a.example/feed"]),
    ):
        with pytest.raises(UsageError):
            send()


def test_arguments_that_the_task_has_not_are_refused_as_of_any_function() -> None:
    with pytest.raises(TypeError, match="feeds"):
        poll_feeds.delay()


@pytest.mark.parametrize("feeds", [[12], ["https://a.example/feed", 12], (12,), []])
def test_ids_and_urls_are_sent(feeds: Any) -> None:
    # They get as far as the broker, which is this process's own memory.
    with pytest.raises(BrokerError, match="ondemand.poll_feeds cannot be sent"):
        poll_feeds.delay(feeds)


def test_a_task_that_was_pickled_is_ours_again() -> None:
    assert pickle.loads(pickle.dumps(poll_feeds)).app is app
