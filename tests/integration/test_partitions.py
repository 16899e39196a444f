"""The daily partitions of PostgreSQL: their upkeep holds up no poll, whatever a reader does, and ends what it left."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import Engine, insert, text

from tests.stores import url_of
from tests.waiting import wait_for
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import open_store, reading, writing
from worker.database.feed_tables import PollRow
from worker.database.partitions import add_partitions, drop_partitions
from worker.database.schema import migrate
from worker.retention.pruning import prune
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)
# Who waits for a lock, and since when: upkeep, half a second at a time.
WAITS = (
    "SELECT pid || ' ' || state_change FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def _now(store: Engine) -> datetime:
    with reading(store) as connection:
        return read_clock(connection).now()


def _write_poll(store: Engine, started_at: datetime) -> None:
    row = {"feed_id": 1, "started_at": started_at, "duration": timedelta(0), "outcome": "new"}
    write(store, lambda connection: connection.execute(insert(PollRow), [row | {"bytes": 0, "new": 0, "updated": 0}]))


def _run(store: Engine, *statements: str) -> None:
    with writing(store) as connection:
        for statement in statements:
            connection.execute(text(statement))


def _ask(store: Engine, query: str) -> list[str]:
    with reading(store) as connection:
        return [str(value) for value in connection.execute(text(query)).scalars()]


def _partitions(store: Engine, *, half_detached: bool = False) -> list[str]:
    """Return the names of the ledger's partitions."""
    children = "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'polls'::regclass AND inhdetachpending"
    return sorted(_ask(store, f"{children} = {half_detached}"))


def _tables(store: Engine) -> list[str]:
    return _ask(store, "SELECT relname FROM pg_class WHERE relname LIKE 'polls\\_%' AND relkind = 'r' ORDER BY 1")


def _name(moment: datetime) -> str:
    return f"polls_{moment.astimezone(UTC):%Y%m%d}"


@pytest.fixture
def aged(postgres: Engine) -> Engine:
    """A store with two days that have outlived their retention, and without one that is to come."""
    now = _now(postgres)
    _run(postgres, "DROP TABLE polls_earlier", f"DROP TABLE {_name(now + 7 * DAY)}")
    for days in (20, 21):
        _write_poll(postgres, now - days * DAY)
    return postgres


@contextmanager
def _report(store: Engine) -> Iterator[None]:
    """Read the ledger in a transaction that stays open, as a report does, or pg_dump."""
    with reading(store) as connection:
        connection.execute(text("SELECT count(*) FROM polls"))
        yield


class _Writer:
    """Writes polls all the time, and counts those that were begun and written while one and the same wait went on."""

    def __init__(self, store: Engine) -> None:
        self.written_during_a_wait = 0
        self._store = store
        self._stopping = threading.Event()

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(1)
        self._writing = self._pool.submit(self._write)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._writing.result(30)
        self._pool.shutdown()

    def _write(self) -> None:
        now = _now(self._store)
        while not self._stopping.is_set():
            waits = _ask(self._store, WAITS)
            _write_poll(self._store, now)
            self.written_during_a_wait += bool({*waits} & {*_ask(self._store, WAITS)})


def test_polls_are_written_at_once_while_a_report_holds_up_upkeep(aged: Engine) -> None:
    with _report(aged), _Writer(aged) as writer:
        pruned = prune(aged, Settings())
    assert pruned.partitions == 0
    assert writer.written_during_a_wait


def test_the_task_logs_how_many_partitions_it_removed(aged: Engine) -> None:
    program = "from tasks.maintenance import prune; prune()"
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "FEEDMILL_DATABASE_URL": url_of(aged)}
    command = [sys.executable, "-P", "-c", program]
    logged = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout
    assert re.search(r"pruned\s.*partitions=2 ", re.sub(r"\x1b\[\d*m", "", logged))


def test_the_days_ahead_are_made_while_a_report_is_open(aged: Engine) -> None:
    with _report(aged):
        assert add_partitions(aged, _now(aged)) is True
    assert _name(_now(aged) + 7 * DAY) in _partitions(aged)


def test_what_a_report_held_up_is_done_once_it_has_ended(aged: Engine) -> None:
    now = _now(aged)
    with _report(aged):
        prune(aged, Settings())
        assert _partitions(aged, half_detached=True) == [_name(now - 21 * DAY)]
        prune(aged, Settings())

    def is_done() -> bool:
        # Each time it has half a second for each lock, which a busy machine may need itself.
        prune(aged, Settings())
        return _tables(aged) == [_name(now + days * DAY) for days in range(-1, 8)]

    wait_for(is_done, "nothing but the days that are kept is left")


def test_a_table_that_was_detached_and_not_dropped_is_dropped(aged: Engine) -> None:
    old = _now(aged) - 20 * DAY
    with _report(aged):
        drop_partitions(aged, "polls", old)
    (half,) = _partitions(aged, half_detached=True)
    # As where the process died before its last statement.
    _run(aged, f"ALTER TABLE polls DETACH PARTITION {half} FINALIZE")
    assert half in _tables(aged)
    assert drop_partitions(aged, "polls", old) == 1
    assert half not in _tables(aged)


def test_a_table_that_somebody_detached_to_keep_it_is_kept(aged: Engine) -> None:
    kept = _name(_now(aged) - 20 * DAY)
    _run(aged, f"ALTER TABLE polls DETACH PARTITION {kept}")
    assert prune(aged, Settings()).partitions == 1
    assert kept in _tables(aged)


def test_a_table_that_was_made_and_not_attached_is_attached(aged: Engine) -> None:
    day = _name(_now(aged) + 7 * DAY)
    _run(aged, f"CREATE TABLE {day} (LIKE polls INCLUDING ALL)")
    assert day not in _partitions(aged)
    assert add_partitions(aged, _now(aged)) is True
    assert day in _partitions(aged)


def test_who_locks_the_whole_ledger_is_waited_for_a_moment_only(aged: Engine) -> None:
    with writing(aged) as connection:
        connection.execute(text("LOCK TABLE polls IN SHARE MODE"))
        # That it comes back at all while the lock is held is the claim.
        assert add_partitions(aged, now := _now(aged)) is False
        assert drop_partitions(aged, "polls", now) == 0
    assert add_partitions(aged, now) is True


def test_many_may_do_the_same_upkeep_at_once(aged: Engine) -> None:
    now = _now(aged)
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda _: add_partitions(aged, now), range(4)))
        dropped = list(pool.map(lambda _: drop_partitions(aged, "polls", now - 14 * DAY), range(4)))
    assert (added, sum(dropped)) == ([True] * 4, 2)


@pytest.mark.parametrize("days", [-400, 30, 4000])
def test_a_poll_of_a_day_without_a_partition_is_stored_in_one_of_its_own(aged: Engine, days: int) -> None:
    moment = _now(aged) + days * DAY
    _write_poll(aged, moment)
    assert _ask(aged, f"SELECT tableoid::regclass FROM polls WHERE started_at = '{moment}'") == [_name(moment)]


def test_what_is_older_than_the_store_shares_a_partition(postgres: Engine) -> None:
    now = _now(postgres)
    # As when the database's clock was set back: those days need none of their own.
    assert add_partitions(postgres, now - 30 * DAY) is True
    _write_poll(postgres, now - 30 * DAY)
    assert _ask(postgres, "SELECT DISTINCT tableoid::regclass FROM polls") == ["polls_earlier"]
    assert prune(postgres, Settings()).polls == 1


def test_what_lay_in_the_default_partition_moves_to_its_days(postgres_url: str) -> None:
    engine = open_store(postgres_url)
    migrate(engine, "0010")
    now = _now(engine)
    for days in (-400, 0, 3):
        _write_poll(engine, now + days * DAY)
    assert _ask(engine, "SELECT DISTINCT tableoid::regclass FROM polls") == ["polls_default"]
    migrate(engine)
    names = _ask(engine, "SELECT tableoid::regclass FROM polls ORDER BY started_at")
    assert names == ["polls_earlier", _name(now), _name(now + 3 * DAY)]
    migrate(engine, "0010")
    assert len(_ask(engine, "SELECT id FROM polls")) == 3
    engine.dispose()
