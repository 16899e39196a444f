"""Workers that store bunches of documents at once: nothing is lost, and nobody stops another one for good."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select, text

from tests.documents import item, rss
from tests.grouping import wait_until_blocked
from tests.polling import add, count
from tests.storing import Leased, Read, articles, lease, poll_once, read, store, texts
from tests.waiting import PATIENCE
from worker.claim.families import FoundName, note_addresses
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.database.locks import lock_feeds
from worker.pipeline.tools import Tools

SITE = "https://gazette.example"
ROUNDS = 30


def _document(names: str, text: str) -> bytes:
    return rss([item(name, text, link=f"{SITE}/{name}") for name in names.split()], site=f"{SITE}/")


def _read(tools: Tools, leased: Sequence[Leased], names: Sequence[str], text: str) -> list[Read]:
    """Read a document of each feed, with articles of these names and this text in it."""
    return [read(tools, each, _document(some, text)) for each, some in zip(leased, names, strict=True)]


def _deadlocks(store: Engine) -> int:
    # Counters reach everybody's sight when the connection that counted ends.
    store.dispose()
    with reading(store) as connection:
        query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return connection.execute(query).scalar_one()


def _store_at_once(tools: Tools, *bunches: Sequence[Read]) -> None:
    barrier = threading.Barrier(len(bunches))

    def work(bunch: Sequence[Read]) -> None:
        barrier.wait(PATIENCE)
        store(tools, *bunch)

    with ThreadPoolExecutor(len(bunches)) as pool:
        list(pool.map(work, bunches))


def test_bunches_whose_feeds_and_articles_cross_are_stored_thirty_times_without_a_deadlock(
    postgres_tools: Tools,
) -> None:
    tools = postgres_tools
    leased = lease(tools, *(f"{SITE}/{number}" for number in range(4)))
    for number in range(ROUNDS):
        new = [f"a{number}", f"b{number}"]
        # Each bunch has feeds before and after those of the other one, and their articles the other way round.
        names = [" ".join(some) for some in (("x", "y", *new), (*new, "y", "x"), ("y", *new[::-1], "x"), ("x", "y"))]
        one, two, three, four = _read(tools, leased, names, f"Some text of the article, edited {number} times.")
        _store_at_once(tools, [three, one], [two, four])
    edited = f"Some text of the article, edited {ROUNDS - 1} times."
    assert {each.title: each.text for each in articles(tools) if each.title in "xy"} == {"x": edited, "y": edited}
    assert count(tools, ArticleRow) == 2 * ROUNDS + 2
    assert _deadlocks(tools.engine) == 0


def _may_lock(store: Engine, table: type, row_id: int) -> bool:
    key = table.feed_id if table is ScheduleRow else table.id
    with writing(store) as connection:
        statement = select(key).where(key == row_id).with_for_update(skip_locked=True)
        return connection.execute(statement).first() is not None


@pytest.mark.parametrize(
    ("held", "free"),
    [
        ((ScheduleRow, 1), [(ScheduleRow, 2), (HostRow, 1), (ArticleRow, 1), (ArticleRow, 2)]),
        ((ScheduleRow, 2), [(HostRow, 1), (ArticleRow, 1), (ArticleRow, 2)]),
        ((HostRow, 1), [(ArticleRow, 1), (ArticleRow, 2)]),
        ((ArticleRow, 1), [(ArticleRow, 2)]),
    ],
    ids=["the first feed", "the second feed", "the host", "the first article"],
)
def test_a_bunch_locks_feeds_then_hosts_then_articles_each_by_their_ids(
    postgres_tools: Tools, held: tuple[type, int], free: list[tuple[type, int]]
) -> None:
    tools = postgres_tools
    lease(tools, f"{SITE}/1", f"{SITE}/2")
    poll_once(tools, f"{SITE}/1", _document("a b", "Some text of the article."))
    leased = lease(tools, f"{SITE}/2", f"{SITE}/1")
    assert [each.feed.feed_id for each in leased] == [2, 1]
    reads = _read(tools, leased, ["a b", "b a"], "Some other text of the article.")
    table, row_id = held
    key = table.feed_id if table is ScheduleRow else table.id
    with ThreadPoolExecutor() as pool:
        with writing(tools.engine) as connection:
            connection.execute(select(key).where(key == row_id).with_for_update())
            storing = pool.submit(store, tools, *reads)
            wait_until_blocked(tools.engine)
            assert [_may_lock(tools.engine, *each) for each in free] == [True] * len(free)
        storing.result(PATIENCE)
    assert texts(tools) == ["Some other text of the article."] * 2


def test_where_a_name_was_found_is_noted_under_the_locks_of_feeds_before_those_of_hosts(postgres_tools: Tools) -> None:
    tools = postgres_tools
    add(tools, "https://ann.blogs.example/", "https://bob.blogs.example/")

    def note() -> None:
        with writing(tools.engine) as connection:
            found = FoundName("bob.blogs.example:443", "192.0.2.1", 2)
            note_addresses(connection, read_clock(connection).now(), found)

    with ThreadPoolExecutor() as pool:
        with writing(tools.engine) as connection:
            lock_feeds(connection, [2])
            noting = pool.submit(note)
            wait_until_blocked(tools.engine)
            assert [_may_lock(tools.engine, HostRow, host_id) for host_id in (1, 2)] == [True] * 2
        noting.result(PATIENCE)
