from collections.abc import Sequence

import pytest

from tests.sending import sent, store
from worker.values.articles import WireArticle
from worker.values.entries import Notice
from worker.wire.link_notices import wire_order, withdrew_itself

UPDATE, CORRECTION, REPEAT, TAKE, ADVISORY, KILL = Notice


def _order(articles: Sequence[WireArticle]) -> list[str]:
    stored = store(articles)
    places = wire_order(stored)
    return [article.words for article in sorted(stored, key=lambda article: places[article.article_id])]


@pytest.mark.parametrize(
    "in_order",
    [
        [sent("1", "09", KILL), sent("2", "10")],
        [sent("first"), sent("take", notice=TAKE), sent("update", notice=UPDATE), sent("kill", notice=KILL)],
        [sent("1"), sent("2", notice=UPDATE, number=1), sent("3", notice=UPDATE, number=2)],
        [
            sent("1", notice=UPDATE, number=1),
            sent("2", notice=CORRECTION, number=1),
            sent("3", notice=UPDATE, number=2),
        ],
        [sent("1", notice=UPDATE, number=2), sent("2", notice=REPEAT, number=2)],
        # Where all of a day have a time, it decides.
        [sent("1", "10 08:00", UPDATE), sent("2", "10 09:00"), sent("3", "10 09:30", UPDATE)],
        [sent("1", "10 09:00"), sent("2", "10 08:00", UPDATE), sent("3", "10", UPDATE, 1)],
        [sent("1", "10 08:00"), sent("2", "10 09:00"), sent("3", "10", UPDATE)],
        [sent("1", published_at=None), sent("2", published_at=None, notice=KILL)],
    ],
)
def test_a_wire_sends_in_this_order(in_order: list[WireArticle]) -> None:
    assert _order(in_order[::-1]) == [article.words for article in in_order]


def test_what_nothing_orders_comes_as_it_was_first_seen() -> None:
    assert _order([sent("seen first"), sent("seen second")]) == ["seen first", "seen second"]


def test_only_what_was_killed_under_its_own_guid_withdrew_itself() -> None:
    first, kill = store([sent("first"), sent("kill", notice=KILL)])
    assert (withdrew_itself(first), withdrew_itself(kill)) == (False, False)
