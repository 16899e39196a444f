"""What search costs: ``python -m benchmarks.searching --articles 1000000`` asks a large store again and again.

Words are made ones, used as often as those of a language: rare (some ten articles have each), middling (one in a
hundred) and common (half of all and more); phrases are two neighbours of one text. Each is asked for alone and with
filters, by relevance and by age, twenty times with other words. What it takes is told as CPU, of this process and the
server's, on average; and one by one: on SQLite the CPU of this process, on PostgreSQL the time until the answer, for
which the machine must be quiet. It also prints what indexing costs: of those that wait, and in the transactions that
store articles, twenty at a time, as more than the same without an index.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import psutil
from sqlalchemy import text

from benchmarks.measuring import cpu_seconds
from benchmarks.search_store import SearchStore, make_rows, search_store, store_rows, word
from worker.database.clock import read_clock
from worker.database.engine import keep_index, reading, writing
from worker.search.indexing import SearchedArticle, index_articles, index_waiting, wait_again
from worker.search.query_reading import read_query
from worker.search.searching import Order, search_articles

_ASKED = 20
_IN_A_COMMIT, _COMMITS = 20, 100
# The number of a word by how much it is used.
_KINDS = {"rare": range(60_000, 200_000), "middling": range(300, 1_000), "common": range(6)}
_FILTERS = {
    "": "",
    "lang:is": " lang:is",
    "tag": " tag:{tag}",
    "feed": " feed:{feed}",
    "since:7d": " since:7d",
    "agency": " agency:Reuters",
    "-word": " -{other}",
}
_SIZES = {
    "sqlite": "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search@_%' ESCAPE '@'",
    "postgresql": "SELECT pg_total_relation_size('search_words') + pg_total_relation_size('search_waiting')",
}


@dataclass(frozen=True, slots=True)
class _Answers:
    """How long queries of a kind took, in milliseconds, and how many articles they found."""

    name: str
    order: Order
    took: Sequence[float]
    found: Sequence[int]
    cpu: float
    """Of this process and the server's, on average."""


def _list_queries(chance: random.Random) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield each kind of query with a function that makes one."""

    def pick(kind: str) -> str:
        return word(chance.choice(_KINDS[kind]))

    values = {"tag": word(3), "feed": 7, "other": word(2)}
    for kind in _KINDS:
        for name, written in _FILTERS.items():
            yield f"{kind} {name}".strip(), partial(_join, partial(pick, kind), written.format(**values))
    yield "common & rare", lambda: f"{pick('common')} {pick('rare')}"
    yield "common & common", lambda: f"{pick('common')} {pick('common')}"
    yield "rare OR common", lambda: f"{pick('rare')} OR {pick('common')}"
    yield "title: common", lambda: f"title:{pick('common')}"
    yield "title: middling", lambda: f"title:{pick('middling')}"
    yield "prefix", lambda: f"{pick('middling')[:6]}*"
    yield "phrase, rare", lambda: f'"{pick("common")} {pick("middling")}"'
    yield "phrase, common", lambda: f'"{word(0)} {word(chance.choice(range(1, 6)))}"'
    yield "filters only", lambda: "lang:is agency:Reuters -feed:7"
    yield "nothing", lambda: ""


def _join(pick: Callable[[], str], written: str) -> str:
    return pick() + written


def _ask(store: SearchStore) -> Iterator[_Answers]:
    clock = time.perf_counter if store.servers else time.process_time
    roots = [psutil.Process(), *store.servers]
    for order in Order:
        for name, make in _list_queries(random.Random(2)):
            took, found, cpu = [], [], cpu_seconds(roots)
            for _ in range(_ASKED):
                query = make()
                with reading(store.engine) as connection:
                    began = clock()
                    page = search_articles(connection, read_query(query), order=order)
                    took.append((clock() - began) * 1000)
                found.append(len(page.articles))
            yield _Answers(name, order, took, found, (cpu_seconds(roots) - cpu) / _ASKED * 1000)


def _measure_indexing(store: SearchStore, articles: int) -> str:
    wait_again(store.engine)
    roots = [psutil.Process(), *store.servers]
    began, cpu = time.monotonic(), cpu_seconds(roots)
    done = sum(index_waiting(store.engine))
    cpu, took = cpu_seconds(roots) - cpu, time.monotonic() - began
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if store.servers:
            connection.execute(text("VACUUM (ANALYZE) search_words"))  # codespell:ignore analyze
        size: int = connection.execute(text(_SIZES[store.engine.dialect.name])).scalar_one()
    return (
        f"{done:,} articles indexed in {took:,.0f} s, {cpu / done * 1000:.3f} ms of CPU each; "
        f"{size / articles:,.0f} bytes an article"
    )


def _measure_commits(store: SearchStore, articles: int) -> str:
    """Store articles as polls do, in turn with and without an index; they are deleted at the end."""
    costs = {True: 0.0, False: 0.0}
    roots = [psutil.Process(), *store.servers]
    first = articles + 1
    for number in range(2 * _COMMITS):
        is_on = number % 2 == 0
        keep_index(store.engine, is_on=is_on)
        with reading(store.engine) as connection:
            rows = make_rows(first, _IN_A_COMMIT, read_clock(connection).now())
        first += _IN_A_COMMIT
        cpu = cpu_seconds(roots)
        with writing(store.engine) as connection:
            store_rows(connection, rows)
            names = ("id", "title", "text", "tags", "language", "agency")
            index_articles(connection, (SearchedArticle(*(row[name] for name in names)) for row in rows))
        costs[is_on] += cpu_seconds(roots) - cpu
    stored = _COMMITS * _IN_A_COMMIT
    keep_index(store.engine, is_on=True)
    with writing(store.engine) as connection:
        for table, column in (("sightings", "article_id"), ("articles", "id")):
            connection.execute(text(f"DELETE FROM {table} WHERE {column} > :last"), {"last": articles})
    return (
        f"stored {_IN_A_COMMIT} at a time: {(costs[True] - costs[False]) / stored * 1000:.3f} ms of CPU an article more"
    )


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--articles", type=int, default=1_000_000)
    parser.add_argument("--kept-in", type=Path, help="a folder where the store is kept for the next time")
    parser.add_argument("--as-indexed", action="store_true", help="ask only: the kept store is indexed already")
    chosen = parser.parse_args()
    with search_store(chosen.store, chosen.articles, chosen.kept_in) as store:
        if not chosen.as_indexed:
            print(_measure_indexing(store, chosen.articles), flush=True)
            print(_measure_commits(store, chosen.articles), flush=True)
        print(f"\n{'query':<20}{'order':<11}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'found':>7}")
        for each in _ask(store):
            late = sorted(each.took)[int(len(each.took) * 0.95) - 1]
            print(
                f"{each.name:<20}{each.order:<11}{median(each.took):>8.1f}{late:>8.1f}{each.cpu:>8.1f}"
                f"{median(each.found):>7.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
