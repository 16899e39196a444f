"""Pruning while feeds are polled: each entry is stored once and pruned once, whoever comes first."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

from tests.documents import entry, rss
from tests.grouping import before, wait_until_blocked
from tests.polling import count
from tests.storing import Leased, lease, read, store
from tests.waiting import wait_for
from worker.database.article_tables import ArticleRow
from worker.pipeline.tools import Tools
from worker.retention.article_pruning import prune_articles

FEEDS = "https://news.example/feed", "https://news.example/other"
NAMES = [f"n{number}" for number in range(8)]
SHORTLY = timedelta(microseconds=1)


def _document(feed: int, names: Sequence[str], chance: random.Random) -> bytes:
    """A feed's own guids, the same links as the other one's, and texts that are edited now and then."""
    return rss(
        entry(f"{feed} {name}", f"https://news.example/{name}", name, f"Text {chance.randrange(3)}.", "4 07:30")
        for name in names
    )


def _poll_often(tools: Tools, leased: Leased, seed: int, enough: Event) -> tuple[int, set[str]]:
    """Poll a feed whose entries leave and return; return how many were new, and which it had in the end."""
    chance, new, names = random.Random(seed), 0, set[str]()
    while not enough.is_set():
        names = set(chance.sample(NAMES, chance.randrange(1, 5)))
        body = _document(leased.feed.feed_id, sorted(names), chance)
        (record,) = store(tools, read(tools, leased, body))
        new += record.new
    return new, names


def test_a_feed_that_would_join_an_article_just_when_it_is_pruned_does_not_store_it_anew(
    postgres_tools: Tools,
) -> None:
    tools = postgres_tools
    first, second = lease(tools, *FEEDS)
    chance = random.Random(1)
    store(tools, read(tools, first, _document(1, ["n1", "n2"], chance)))
    store(tools, read(tools, first, _document(1, ["n2"], chance)))
    late = read(tools, second, _document(2, ["n1"], chance))
    with ThreadPoolExecutor() as pool:
        polls = []

        def poll_meanwhile() -> None:
            polls.append(pool.submit(store, tools, late))
            wait_until_blocked(tools.engine)

        # The articles are locked by then.
        with before(tools.engine, "DELETE FROM articles", act=poll_meanwhile):
            assert _prune(tools) == 1
        (record,) = polls[0].result()
    assert (record.new, count(tools, ArticleRow)) == (0, 1)


def test_a_poll_that_has_an_entry_back_keeps_its_article_from_being_pruned(postgres_tools: Tools) -> None:
    tools = postgres_tools
    (leased,) = lease(tools, FEEDS[0])
    chance = random.Random(1)
    for names in (["n1", "n2"], ["n2"]):
        store(tools, read(tools, leased, _document(1, names, chance)))
    back = read(tools, leased, _document(1, ["n1", "n2"], chance))
    # The article was found old, and nothing of it is locked yet.
    with before(tools.engine, "FOR UPDATE", act=lambda: store(tools, back)):
        assert _prune(tools) == 0
    assert count(tools, ArticleRow) == 2


def _prune(tools: Tools) -> int:
    return prune_articles(tools.engine, SHORTLY, lambda _: 1_000, lambda: False, 1_000)


def test_entries_that_leave_and_return_while_others_prune_are_new_once(tools: Tools) -> None:
    leased, enough, pruned = lease(tools, *FEEDS), Event(), 0

    def is_all_pruned() -> bool:
        nonlocal pruned
        pruned += _prune(tools)
        return pruned >= len(NAMES)

    with ThreadPoolExecutor(2) as pool:
        polls = [pool.submit(_poll_often, tools, each, place, enough) for place, each in enumerate(leased)]
        try:
            wait_for(is_all_pruned, "each entry was stored and pruned")
        finally:
            enough.set()
        ended = [each.result() for each in polls]
    assert sum(new for new, _ in ended) == pruned == len(NAMES)
    assert count(tools, ArticleRow) == 0
