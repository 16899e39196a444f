"""Wire copy in floods: what is endless costs no more than its length, and chance finds no order that matters."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.costs import spend_at_most
from tests.sending import killed, links, sent, store
from worker.values.articles import WireArticle
from worker.values.due_feeds import Document
from worker.values.entries import Notice, ParsedDocument
from worker.wire.dispatch import parse_dispatch
from worker.wire.link_notices import link_notices, wire_order


@pytest.mark.parametrize(
    "piece",
    [
        " ",
        "(",
        ")",
        "(A) ",
        "- ",
        "—",
        "\n",
        "\n ",
        "\r",
        "A",
        "A,",
        "A, July 10 ",
        "/",
        "/A/ ",
        "date ",
        "(ANI)\n\n",
        "(ANI) ",
        ".",
        "By A B, ",
        "By A B\n",
        "UPDATE 1-",
        "UPDATE 1-A\n",
        "(Adds ",
        "(Adds a)\n",
        "(Reporting by A B; ",
        "Reporting by A B; ",
        "\n\n(Reporting by A B)",
        "Eds: \n",
        "BC-A-",
        "a-",
        "a-b\n",
        "^a<\n",
        "A\n\n",
        "KILL\n",
        "\n\njdo/jr",
        "a@",
        "【",
    ],
)
def test_two_megabytes_of_anything_cost_next_to_nothing(piece: str) -> None:
    hostile = piece * (2_000_000 // len(piece))
    short = piece * (990_000 // len(piece))
    for text in (f"x{hostile}", f"date 2021-07-11 {short}Rain.", f"LONDON, July 10 (Reuters) - Rain. {short}"):
        spend_at_most(1, _parsing(text))


def _parsing(text: str) -> Callable[[], ParsedDocument]:
    return lambda: parse_dispatch(Document("file:///dispatch.txt", text.encode(), None))


def test_twenty_thousand_notices_of_one_slug_take_no_more_than_seconds() -> None:
    articles = [
        replace(sent(str(number), notice=list(Notice)[number % 6]), article_id=number) for number in range(1, 20_001)
    ]
    spend_at_most(4, lambda: link_notices(articles, date(2026, 7, 10), date(2026, 7, 10)))


def _moments() -> st.SearchStrategy[str]:
    days = st.integers(9, 12).map("{:02}".format)
    return days | st.builds("{} {:02}:30".format, days, st.integers(0, 23))


SENT = st.builds(
    sent,
    name=st.just(""),
    moment=_moments(),
    notice=st.none() | st.sampled_from(Notice),
    number=st.none() | st.integers(1, 3),
    headline=st.sampled_from(["ferry-sails", "ferry-rests"]),
    agency=st.sampled_from(["ap", "reuters", ""]),
    content_hash=st.sampled_from([b"1", b"2"]),
    dateline_date=st.none() | st.sampled_from([date(2026, 7, 9), date(2026, 7, 10)]),
)


def _place(article: WireArticle) -> object:
    """What orders an article; of two that nothing orders the one that was seen first is the earlier."""
    return wire_order([article])[article.article_id]


@given(st.lists(SENT, min_size=2, max_size=5, unique_by=_place), st.randoms(use_true_random=False))
def test_whatever_a_wire_sends_links_do_not_depend_on_the_order_of_storing(
    articles: list[WireArticle], chance: Random
) -> None:
    named = [replace(article, words=f"{number}") for number, article in enumerate(articles)]
    stored = store(named)
    chance.shuffle(named)
    again = store(named)
    assert (links(again), killed(again)) == (links(stored), killed(stored))
