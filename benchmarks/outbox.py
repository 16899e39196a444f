"""What following costs, however many events there are: ``python -m benchmarks.outbox`` fills an outbox and measures it.

idle       a look at an outbox in which everything is numbered
number     giving a hundred new events their positions
read       the next five hundred changes after a cursor
one        the next change, for a follower that is up to date
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, insert, select, text

from benchmarks.running import database
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.outbox_tables import EventRow
from worker.database.partitions import add_partitions
from worker.database.schema import migrate
from worker.outbox import number_events, read_bounds, read_changes

_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_TIMES = 15
_SLICE = 20_000
_DAYS = 13
_ROW = "{:>9,}" + "{:>10.2f}" * 4


def fill(store: Engine, count: int) -> None:
    """Add events, spread over as many days as retention keeps, and number them."""
    with writing(store) as connection:
        now = read_clock(connection).now()
    for first in range(0, count, _SLICE):
        rows = [
            {"created_at": now - timedelta(days=number % _DAYS), "kind": "article created", "article_id": number}
            for number in range(first, min(first + _SLICE, count))
        ]
        with writing(store) as connection:
            connection.execute(insert(EventRow), rows)
    number_events(store)


def add_old_partitions(store: Engine) -> None:
    """Give PostgreSQL the partitions that a deployment of that age has."""
    with writing(store) as connection:
        now = read_clock(connection).now()
        if store.dialect.name == "postgresql":
            # In a new store it holds all days before today's.
            connection.execute(text("DROP TABLE events_earlier"))
    for days in range(_DAYS):
        add_partitions(store, now - timedelta(days=days))


def measure(work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Return the median milliseconds of a piece of work."""
    took = []
    for _ in range(_TIMES):
        before()
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


def measure_all(store: Engine) -> Iterator[float]:
    """Measure one size, in the order of the page's opening."""

    def add_some() -> None:
        with writing(store) as connection:
            now = read_clock(connection).now()
            connection.execute(insert(EventRow), [{"created_at": now, "kind": "article created"}] * 100)

    def read(cursor: int, limit: int) -> int:
        with reading(store) as connection:
            return len(read_changes(connection, cursor, limit))

    yield measure(lambda: number_events(store))
    yield measure(lambda: number_events(store), before=add_some)
    with reading(store) as connection:
        newest = read_bounds(connection).numbered_to
    yield measure(lambda: read(newest // 2, 500))
    yield measure(lambda: read(newest - 1, 500))


def run(url: str, sizes: list[int]) -> None:
    """Measure each size in a store that grows."""
    store = open_store(url.replace("postgresql://", "postgresql+psycopg://"))
    migrate(store)
    add_old_partitions(store)
    held = 0
    for size in sizes:
        fill(store, size - held)
        held = size
        with writing(store) as connection:
            connection.execute(text("ANALYZE"))  # codespell:ignore analyze
            assert connection.execute(select(EventRow.id).where(EventRow.position.is_(None)).limit(1)).first() is None
        print(_ROW.format(size, *measure_all(store)), flush=True)
    store.dispose()


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--events", type=int, nargs="+", default=_SIZES, help="sizes to measure, rising")
    chosen = parser.parse_args()
    # Short: the database's socket is in there.
    with tempfile.TemporaryDirectory(prefix="fmb-", dir=os.environ.get("TMPDIR", "/tmp")) as folder:
        print(f"{chosen.store}, milliseconds\n\n   events      idle    number      read       one")
        with database(chosen.store, Path(folder)) as (url, _):
            run(url, list(chosen.events))


if __name__ == "__main__":
    main()
