"""Migrating beside others: it waits for nobody for long, and keeps nobody waiting; it is refused, or safe."""

import fcntl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, insert, inspect, text, update

from tests.commands import run_command
from tests.stores import url_of
from tests.waiting import wait_for
from worker.database.clock import read_clock
from worker.database.engine import open_store, writing
from worker.database.feed_tables import HostRow
from worker.database.migration_waits import give_way, wait_for_leases
from worker.database.schema import SCHEMA_VERSION, check_schema, migrate, stored_version
from worker.errors import StoreError

ROOT = Path(__file__).parents[2]
FORMER = str(ScriptDirectory(str(ROOT / "worker" / "migrations")).get_revision(SCHEMA_VERSION).down_revision)

pytestmark = pytest.mark.usefixtures("restored_logs")


def _hold_host(store: Engine, lasting: timedelta) -> None:
    with writing(store) as connection:
        until = read_clock(connection).now() + lasting
        connection.execute(insert(HostRow).values(name="h.example:443", lease_until=until, lease_token="t"))


def test_it_is_refused_while_workers_hold_hosts(store: Engine) -> None:
    migrate(store, FORMER)
    _hold_host(store, timedelta(hours=1))
    with pytest.raises(StoreError, match="is being polled: hosts are leased until .* Nothing was changed"):
        migrate(store)
    assert stored_version(store) == FORMER
    with writing(store) as connection:
        connection.execute(update(HostRow).values(lease_until=read_clock(connection).now() - timedelta(seconds=1)))
    assert migrate(store) is True


def test_what_killed_workers_held_is_waited_for(store: Engine) -> None:
    _hold_host(store, timedelta(seconds=0.2))
    told = []
    wait_for_leases(store, told.append)
    assert len(told) == 1
    wait_for_leases(store, told.append)
    assert len(told) == 1


def test_a_reader_that_is_in_the_way_keeps_nobody_else_waiting(postgres_url: str) -> None:
    store = open_store(postgres_url)
    # The next one changes the table that is read.
    migrate(store, "0019")
    with store.connect() as reader:
        # As a report does, or pg_dump.
        reader.execute(text("SELECT count(*) FROM feeds"))
        migrating = threading.Thread(target=migrate, args=(store,))
        migrating.start()
        waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        with store.connect().execution_options(isolation_level="AUTOCOMMIT") as looking:
            wait_for(lambda: looking.execute(waiting).scalar_one(), "the migration waits")
            # Behind the migration, which waits for the reader: it ends only when that gives way.
            looking.execute(text("SELECT count(*) FROM feeds"))
    migrating.join(60)
    check_schema(store)
    store.dispose()


def test_who_is_in_the_way_for_good_is_named(postgres_url: str) -> None:
    store = open_store(postgres_url)
    migrate(store)
    with store.connect() as reader:
        reader.execute(text("SELECT count(*) FROM feeds"))
        pid = reader.execute(text("SELECT pg_backend_pid()")).scalar_one()

        def change() -> bool:
            with writing(store) as connection:
                connection.execute(text("SET LOCAL lock_timeout = '10ms'"))
                connection.execute(text("ALTER TABLE feeds ADD COLUMN more text"))
            return True

        with pytest.raises(StoreError, match=rf"in use by process {pid} of its server \(feedmill\), whose transaction"):
            give_way(store, change, attempts=1)
    store.dispose()


def test_two_at_once_migrate_once(store: Engine) -> None:
    migrate(store, FORMER)
    engines = [open_store(url_of(store)) for _ in range(2)]
    with ThreadPoolExecutor() as threads:
        assert sorted(threads.map(migrate, engines)) == [False, True]
    check_schema(store)
    for engine in engines:
        engine.dispose()


def test_a_file_that_feedmill_run_holds_is_not_migrated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", f"sqlite:///{tmp_path}/store.db")
    with (tmp_path / "store.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run_command(capsys, ["migrate"])
    assert done.code == 1
    assert "Another feedmill run is using" in done.errors
    engine = open_store(f"sqlite:///{tmp_path}/store.db")
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_tasks_of_other_code_than_the_stores_do_nothing_and_say_so_once(store: Engine) -> None:
    with writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    program = "from tasks.events import number_events; from tasks.poll import tick; number_events(); tick(); tick()"
    environment = {"FEEDMILL_DATABASE_URL": url_of(store), "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    said = done.stdout + done.stderr
    assert said.count(f"has schema version 9999, newer than this Feedmill knows ({SCHEMA_VERSION})") == 1
    with store.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM turns")).scalar_one() == 0
