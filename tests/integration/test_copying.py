"""A store that is copied is the same store, whatever happens on the way."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update

from tests.commands import run_command
from tests.documents import item, rss
from tests.filled import ROWS, contents, fill_every_table
from tests.polling import add, count, make_due, poll
from tests.servers.publisher import Publisher
from tests.stores import url_of
from tests.waiting import wait_for
from worker.copying.copied_rows import LEFT_OUT, full_slices, read_rows
from worker.copying.store_copy import copying
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.feed_tables import FeedRow, HostRow
from worker.database.outbox_tables import EventRow, WebhookRow
from worker.database.schema import METADATA, check_schema, check_version, migrate, stored_version
from worker.database.story_tables import BlockRow
from worker.errors import StoreError
from worker.pipeline.tools import Tools

pytestmark = pytest.mark.usefixtures("restored_logs")
# For what is the same from both kinds of store.
of_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def other(store: Engine, request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path) -> Iterator[Engine]:
    """An empty store of the kind that ``store`` is not."""
    if store.dialect.name == "sqlite":
        yield request.getfixturevalue("postgres")
        return
    engine = open_store(f"sqlite:///{tmp_path}/other.db")
    shutil.copyfile(migrated_file, tmp_path / "other.db")
    yield engine
    engine.dispose()


@pytest.fixture
def third(tmp_path: Path, migrated_file: Path) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{tmp_path}/third.db")
    shutil.copyfile(migrated_file, tmp_path / "third.db")
    yield engine
    engine.dispose()


def _copy(source: Engine, target: Engine) -> dict[str, str | None]:
    """Copy a store; the hash of each table."""
    with copying(source, target) as copy:
        hashes = {each.table: each.hash for each in copy.tables()}
        copy.finish()
    return hashes


def _begin(source: Engine, target: Engine, tables: int) -> None:
    """Copy some tables only, as a copy that is killed then."""
    with copying(source, target) as copy:
        whole = (each for each in copy.tables() if each.hash)
        for _ in range(tables):
            next(whole)


def _in_copy(rows: dict[str, list[object]]) -> dict[str, list[object]]:
    """The rows as the copy has them."""
    for name, left_out in LEFT_OUT.items():
        places = {place for place, column in enumerate(METADATA.tables[name].columns) if column.name in left_out}
        bare = [tuple(None if at in places else each for at, each in enumerate(row)) for row in rows[name]]  # type: ignore[var-annotated, arg-type]
        rows[name] = sorted(bare, key=repr)
    return rows


@of_sqlite
def test_every_table_comes_to_the_other_kind_of_store_and_back_as_it_was(
    store: Engine, other: Engine, third: Engine
) -> None:
    fill_every_table(store)
    before = contents(store)
    assert {name for name, rows in before.items() if len(rows) < ROWS} == {"event_bounds"}
    hashes = _copy(store, other)
    assert contents(other) == _in_copy(before)
    assert _copy(other, third) == hashes
    assert contents(third) == _in_copy(before)
    for engine in (other, third):
        check_schema(engine)


@of_sqlite
def test_a_copy_of_polled_feeds_is_polled_on_and_nothing_is_new(
    tools: Tools, other: Engine, publisher: Publisher
) -> None:
    for name in ("a", "b"):
        add(tools, publisher.serve(f"/{name}", rss([item(f"{name} one"), item(f"{name} two")])))
    poll(tools)
    before = contents(tools.engine)
    _copy(tools.engine, other)
    assert contents(other) == _in_copy(before)
    assert all(before[name] for name in ("articles", "revisions", "sightings", "events", "polls", "outlines", "hosts"))
    copied = replace(tools, engine=other)
    publisher.serve("/a", rss([item("a one"), item("a two"), item("a three")]))
    publisher.serve("/b", rss([item("b two"), item("b one")]))
    events = count(copied, EventRow)
    make_due(copied)
    record_of = {record.url[-1]: record for record in poll(copied)}
    assert {name: (record.new, record.updated) for name, record in record_of.items()} == {"a": (1, 0), "b": (0, 0)}
    assert count(copied, EventRow) == events + 1


@of_sqlite
def test_ids_go_on_after_the_last_that_was_given_also_where_its_row_is_gone(
    store: Engine, other: Engine, third: Engine
) -> None:
    hook = {"url": "https://hook.example/", "salt": "s", "position": 0}
    moment = {"next_attempt_at": func.now(), "added_at": func.now()}
    with writing(store) as connection:
        connection.execute(insert(WebhookRow).values(**hook, **moment))
        connection.execute(delete(WebhookRow))
    _copy(store, other)
    _copy(other, third)
    for engine in (other, third):
        with writing(engine) as connection:
            connection.execute(insert(WebhookRow).values(**hook, **moment))
            assert connection.execute(select(WebhookRow.id)).scalar_one() == 2


@of_sqlite
def test_hosts_that_workers_hold_are_free_in_the_copy(store: Engine, other: Engine) -> None:
    with writing(store) as connection:
        held = {"lease_until": func.now(), "lease_token": "t", "expired_token": "e"}
        connection.execute(insert(HostRow).values(name="h.example:443", **held))
    _copy(store, other)
    with reading(other) as connection:
        host = connection.execute(select(HostRow)).one()
    assert (host.name, host.lease_until, host.lease_token, host.expired_token) == ("h.example:443", None, None, None)


def test_the_copy_is_of_the_moment_at_which_it_began(store: Engine, other: Engine) -> None:
    fill_every_table(store)
    before = contents(store)
    with copying(store, other) as copy:
        with writing(store) as connection:
            connection.execute(update(FeedRow).values(title="Later"))
        for _ in copy.tables():
            pass
        copy.finish()
    assert contents(other) == _in_copy(before)


def test_a_copy_that_was_interrupted_is_used_by_nothing_and_gone_on_with(store: Engine, other: Engine) -> None:
    fill_every_table(store)
    _begin(store, other, tables=15)
    for refuse in (check_schema, check_version, migrate, stored_version):
        with pytest.raises(StoreError, match="is an unfinished copy: feedmill copy, from the store .* goes on"):
            refuse(other)
    with copying(store, other) as copy:
        assert copy.goes_on
        done = [each for each in copy.tables() if each.hash]
        copy.finish()
    assert [each.written for each in done[:15]] == [0] * 15
    assert contents(other) == _in_copy(contents(store))


def test_a_source_that_has_moved_on_since_is_copied_as_it_is_now(store: Engine, other: Engine) -> None:
    fill_every_table(store)
    with copying(store, other) as copy:
        for _ in copy.tables():
            pass
    with writing(store) as connection:
        # A name that must be one of a kind goes from one row to another, below and above it.
        connection.execute(update(ArticleRow).where(ArticleRow.id == 2).values(match_key=None))
        connection.execute(update(ArticleRow).where(ArticleRow.id == 3).values(match_key="a — “quoted” \U0001f5de"))
        connection.execute(update(ArticleRow).where(ArticleRow.id == 1).values(match_key=None))
        connection.execute(update(ArticleRow).where(ArticleRow.id == 2).values(match_key="Z"))
        connection.execute(delete(ArticleRow).where(ArticleRow.id == 1))
        connection.execute(delete(FeedRow).where(FeedRow.id == 1))
        connection.execute(insert(BlockRow), [{"block": -(2**63), "story_id": 2**63 - 1}])
    _copy(store, other)
    assert contents(other) == _in_copy(contents(store))


@of_sqlite
def test_a_copy_that_was_killed_goes_on(
    store: Engine, postgres: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(store) as connection:
        numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
        connection.execute(text(f"INSERT INTO blocks {numbers} SELECT i, 1 FROM n"))

    def blocks() -> int:
        with reading(postgres) as connection:
            return connection.execute(select(func.count()).select_from(BlockRow)).scalar_one()

    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(store))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    arguments = ["copy", "--to", url_of(postgres).replace("+psycopg", "")]
    with subprocess.Popen([sys.executable, "-m", "worker", *arguments]) as process:
        wait_for(blocks, "some rows are copied")
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert 0 < blocks() < 20_000
    done = run_command(capsys, arguments)
    assert (done.code, "Going on with the unfinished copy" in done.errors) == (0, True)
    check_schema(postgres)
    assert blocks() == 20_000


def test_long_rows_are_copied_a_few_at_a_time(store: Engine) -> None:
    fill_every_table(store)
    with writing(store) as connection:
        connection.execute(update(ArticleRow).values(html="x" * 3_000_000))
    with reading(store) as connection:
        assert [len(some) for some in full_slices(read_rows(connection, ArticleRow))] == [2, 1]


@of_sqlite
def test_what_is_to_be_known_of_a_copy_is_said(
    store: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_every_table(store)
    with writing(store) as connection:
        held_until = read_clock(connection).now() + timedelta(hours=1)
        connection.execute(update(HostRow).where(HostRow.id == 1).values(lease_until=held_until))
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(store))
    first = run_command(capsys, ["copy", "--to", "sqlite:///copy.db", "--unfinished", "--json"])
    done = run_command(capsys, ["copy", "--to", "sqlite:///copy.db"])
    assert (first.code, first.output.count('"hash":'), "finishes it" in first.errors) == (
        0,
        len(METADATA.tables),
        True,
    )
    assert done.code == 0
    assert "copy.db is a store now" in done.output
    assert "Workers were polling meanwhile" in done.output
    assert "both would poll the same feeds and deliver to the same webhooks" in done.output
    assert "Secrets of feeds are not in it" in done.output
