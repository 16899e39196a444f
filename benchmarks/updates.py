"""What the hot rows cost PostgreSQL: ``python -m benchmarks.updates`` writes what very many polls write of them.

Each poll writes its schedule once and its host twice, at the claim and at the end of the lease. With each choice of
indexes and fillfactor it prints how many of these updates are HOT (no index is written, and no vacuum needed), bytes of
write-ahead log a poll, and how large tables and their indexes are afterwards.
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from benchmarks.running import database
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.schema import migrate
from worker.manage.feeds import NewFeed, add_feeds

_COMMIT = 50
_TABLES = ("schedules", "hosts")
_CLAIM = text(
    "UPDATE hosts SET lease_token = '0123456789abcdef', lease_until = now() + interval '90 s',"
    " claimable_at = now() + interval '90 s', expired_token = lease_token WHERE id = ANY(:ids)"
)
_STORE = text(
    "UPDATE schedules SET next_poll_at = now() + interval '1 hour' * (.5 + random()), requested_at = NULL,"
    " next_poll_reason = 'every 60 minutes, as it publishes', interval = 3600, failures = 0, attempts = 0,"
    " failing_since = NULL, claim_attempts = 0, error_class = NULL, error = NULL, last_attempt_at = now(),"
    " last_success_at = now() WHERE feed_id = ANY(:ids)"
)
_RELEASE = text(
    "UPDATE hosts SET lease_token = NULL, lease_until = NULL, expired_token = NULL, next_request_at = now(),"
    " claimable_at = (SELECT min(next_poll_at) FROM schedules WHERE host_id = hosts.id) WHERE id = ANY(:ids)"
)
_ROOM = tuple(f"ALTER TABLE {table} SET (fillfactor = 70)" for table in _TABLES)
_CHOICES: Mapping[str, Sequence[str]] = {
    "as it is": (),
    "fillfactor 90": tuple(f"ALTER TABLE {table} SET (fillfactor = 90)" for table in _TABLES),
    "fillfactor 70": _ROOM,
    "fillfactor 70, feeds of a host ordered by next_poll_at alone": (
        *_ROOM,
        "DROP INDEX ix_schedules_due",
        "CREATE INDEX ix_schedules_due ON schedules (host_id, next_poll_at)",
    ),
    # What HOT would save; but a claim would read all feeds of a host.
    "fillfactor 70, schedules without an index of what a poll changes": (
        *_ROOM,
        "DROP INDEX ix_schedules_due, ix_schedules_requested, ix_schedules_failing, ix_schedules_failing_since",
        "CREATE INDEX ix_schedules_host_id ON schedules (host_id)",
    ),
}


def prepare(store: Engine, feeds: int, choice: Sequence[str]) -> None:
    """Make a store with feeds, each of a host of its own, and with these changes to its tables."""
    with writing(store) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    migrate(store)
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, (NewFeed(f"https://h{number}.example/feed") for number in range(feeds)))
        for statement in choice:
            connection.execute(text(statement))
    with store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in ("VACUUM FULL schedules", "VACUUM FULL hosts", "CHECKPOINT"):
            connection.execute(text(statement))


def poll(store: Engine, feeds: int, polls: int) -> None:
    """Write what so many polls of random feeds write."""
    ids = range(1, feeds + 1)
    for _ in range(polls // _COMMIT):
        some = {"ids": sorted(random.sample(ids, _COMMIT))}
        with writing(store) as connection:
            connection.execute(_CLAIM, some)
        with writing(store) as connection:
            connection.execute(_STORE, some)
            connection.execute(_RELEASE, some)


def wal_position(connection: Connection) -> int:
    """Return how many bytes of write-ahead log there have been."""
    position: int = connection.execute(
        text("SELECT CAST(pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS bigint)")
    ).scalar_one()
    return position


def print_tables(connection: Connection) -> None:
    """Print the share of HOT updates, and kilobytes of each table and of its indexes."""
    connection.execute(text("SELECT pg_stat_clear_snapshot()"))
    for table in _TABLES:
        row = connection.execute(
            text(
                "SELECT 100.0 * n_tup_hot_upd / n_tup_upd AS hot, n_tup_upd AS updates,"
                " pg_table_size(relid) / 1024 AS size, pg_indexes_size(relid) / 1024 AS indexes"
                " FROM pg_stat_user_tables WHERE relname = :table"
            ),
            {"table": table},
        ).one()
        print(f"  {table:>10}: {row.hot:5.1f} % HOT, {row.size:>8,} kB, indexes {row.indexes:>8,} kB", flush=True)


def run(url: str, feeds: int, polls: int) -> None:
    """Measure each choice in a store of its own."""
    store = open_store(url)
    with store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # So many polls take hours otherwise, in which vacuum comes every minute.
        connection.execute(text("ALTER SYSTEM SET autovacuum_naptime = '2s'"))
        connection.execute(text("SELECT pg_reload_conf()"))
    for name, choice in _CHOICES.items():
        prepare(store, feeds, choice)
        with reading(store) as connection:
            before = wal_position(connection)
        began = time.perf_counter()
        poll(store, feeds, polls)
        took = time.perf_counter() - began
        # Statistics come a second late.
        time.sleep(2)
        with reading(store) as connection:
            wal = wal_position(connection) - before
            print(f"{name}: {wal / polls:,.0f} bytes of log and {took / polls * 1e6:,.0f} µs a poll")
            print_tables(connection)
    store.dispose()


def main() -> None:
    """Run the benchmark and print what it found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=10_000)
    parser.add_argument("--polls", type=int, default=300_000, help="three updates each")
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="fmb-", dir=os.environ.get("TMPDIR", "/tmp")) as folder,
        database("postgresql", Path(folder)) as (url, _),
    ):
        run(url, chosen.feeds, chosen.polls)


if __name__ == "__main__":
    main()
