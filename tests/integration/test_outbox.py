"""Following the outbox: nothing missed and nothing twice, whoever writes and in whatever order that commits."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, func, insert, select, text, update
from sqlalchemy.engine import make_url

from tests.servers.commands import Commands
from tests.stores import url_of
from tests.waiting import wait_for
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.outbox_tables import EventRow
from worker.errors import NamedError
from worker.outbox import EventBounds, follow_changes, number_events, read_bounds, read_changes
from worker.retention.pruning import prune
from worker.settings import Settings

NO_TIME = timedelta(0)


def _write(store: Engine, *kinds: str, ago: timedelta = NO_TIME) -> None:
    with writing(store) as connection:
        at = read_clock(connection).now() - ago
        connection.execute(insert(EventRow), [{"created_at": at, "kind": kind} for kind in kinds])


def _read(store: Engine, cursor: int = 0) -> list[tuple[int, str]]:
    number_events(store)
    with reading(store) as connection:
        return [(change["cursor"], change["kind"]) for change in read_changes(connection, cursor)]


def _bounds(store: Engine) -> EventBounds:
    with reading(store) as connection:
        return read_bounds(connection)


def test_events_are_numbered_in_the_order_they_were_written(store: Engine) -> None:
    _write(store, "one", "two")
    _write(store, "three")
    assert _read(store) == [(1, "one"), (2, "two"), (3, "three")]


def test_numbering_again_changes_nothing(store: Engine) -> None:
    _write(store, "one", "two")
    assert [number_events(store), number_events(store)] == [2, 0]
    assert _bounds(store) == EventBounds(dropped_to=0, numbered_to=2)


def test_a_backlog_longer_than_one_transaction_numbers_is_numbered_whole(store: Engine) -> None:
    _write(store, *["old"] * 12_000)
    assert number_events(store) == 12_000
    assert _bounds(store).numbered_to == 12_000


def test_an_event_that_commits_after_a_later_one_was_read_is_still_read(postgres: Engine) -> None:
    with writing(postgres) as late:
        late.execute(insert(EventRow).values(created_at=read_clock(late).now(), kind="late"))
        _write(postgres, "early")
        assert _read(postgres) == [(1, "early")]
    with reading(postgres) as connection:
        assert connection.execute(select(EventRow.kind).order_by(EventRow.id)).scalars().all() == ["late", "early"]
    assert _read(postgres, cursor=1) == [(2, "late")]


def test_an_event_that_was_rolled_back_leaves_no_gap(store: Engine) -> None:
    with writing(store) as connection:
        connection.execute(insert(EventRow).values(created_at=read_clock(connection).now(), kind="never"))
        connection.rollback()
    _write(store, "one")
    assert _read(store) == [(1, "one")]


def test_a_second_sequencer_waits_for_the_first_and_goes_on_where_it_ended(postgres: Engine) -> None:
    _write(postgres, "one")
    with writing(postgres) as first, ThreadPoolExecutor() as pool:
        first.execute(text("UPDATE event_bounds SET numbered_to = 1"))
        second = pool.submit(number_events, postgres)
        wait_for(lambda: _is_anybody_waiting(postgres), "the second waits for the first")
        first.execute(update(EventRow).values(position=1))
        first.execute(insert(EventRow).values(created_at=read_clock(first).now(), kind="two"))
        first.commit()
        assert second.result() == 1
    assert _read(postgres) == [(1, "one"), (2, "two")]


def test_a_position_that_was_given_stays_though_an_earlier_event_commits_before_it_can_be_read(
    postgres: Engine,
) -> None:
    with writing(postgres) as late:
        late.execute(insert(EventRow).values(created_at=read_clock(late).now(), kind="late"))
        _write(postgres, "early")
        with writing(postgres) as first, ThreadPoolExecutor() as pool:
            first.execute(text("UPDATE event_bounds SET numbered_to = 1"))
            first.execute(update(EventRow).values(position=1))
            late.commit()
            second = pool.submit(number_events, postgres)
            wait_for(lambda: _is_anybody_waiting(postgres), "the second waits for the first")
            first.commit()
            assert second.result() == 1
    assert _read(postgres) == [(1, "early"), (2, "late")]


def _is_anybody_waiting(store: Engine) -> bool:
    with reading(store) as connection:
        waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(connection.execute(waiting).scalar_one())


def _follow_while(store: Engine, running: Iterator[bool]) -> list[int]:
    """Follow from the beginning while writers run; the cursors as they came."""
    changes = follow_changes(store, 0, lambda: next(running))
    return [change["cursor"] for change in changes]


def test_a_follower_misses_and_repeats_nothing_while_four_processes_write(postgres: Engine, commands: Commands) -> None:
    pairs = 150
    writers = [commands.talk("tests.integration.event_writer", url_of(postgres), str(pairs)) for _ in range(4)]
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()

    def running() -> Iterator[bool]:
        while any(writer.poll() is None for writer in writers):
            yield True
        # What was committed before they ended, and after the last look.
        yield True
        yield False

    cursors = _follow_while(postgres, running())
    assert [(writer.communicate(), writer.returncode) for writer in writers] == [("", 0)] * 4
    assert cursors == list(range(1, 8 * pairs + 1))


def test_a_follower_misses_and_repeats_nothing_while_four_threads_write(store: Engine) -> None:
    each = 60

    def write() -> None:
        engine = open_store(url_of(store))
        for _ in range(each):
            _write(engine, "one", "two")
        engine.dispose()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()

    def running() -> Iterator[bool]:
        while any(thread.is_alive() for thread in threads):
            yield True
        yield True
        yield False

    assert _follow_while(store, running()) == list(range(1, 8 * each + 1))


def test_sequencers_at_work_at_once_give_no_position_twice(store: Engine) -> None:
    engines = [open_store(url_of(store)) for _ in range(4)]

    def write_and_number(engine: Engine) -> None:
        for _ in range(25):
            _write(engine, "one")
            number_events(engine)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write_and_number, engines))
    for engine in engines:
        engine.dispose()
    with reading(store) as connection:
        positions = connection.execute(select(EventRow.position).order_by(EventRow.position)).scalars().all()
    assert positions == list(range(1, 101))


def test_following_begins_now_unless_a_cursor_is_given(store: Engine) -> None:
    _write(store, "before")
    looks = iter([True, False])

    def wait() -> bool:
        is_going_on = next(looks)
        if is_going_on:
            _write(store, "after")
        return is_going_on

    assert [change["kind"] for change in follow_changes(store, None, wait)] == ["after"]


def test_what_retention_dropped_is_told_instead_of_being_passed_over(store: Engine) -> None:
    _write(store, "old", "older", ago=timedelta(days=15))
    _write(store, "new")
    prune(store, Settings())
    assert _bounds(store) == EventBounds(dropped_to=2, numbered_to=3)
    with reading(store) as connection, pytest.raises(NamedError, match="Changes after 1 are no longer kept"):
        read_changes(connection, 1)
    assert _read(store, cursor=2) == [(3, "new")]


def test_following_from_nought_begins_with_the_oldest_change_that_is_kept(store: Engine) -> None:
    _write(store, "old", ago=timedelta(days=15))
    _write(store, "new")
    prune(store, Settings())
    assert [change["cursor"] for change in follow_changes(store, 0, lambda: False)] == [2]


def test_positions_go_on_where_they_were_when_every_event_was_dropped(store: Engine) -> None:
    _write(store, "old", ago=timedelta(days=15))
    prune(store, Settings())
    with reading(store) as connection:
        assert connection.execute(select(func.count()).select_from(EventRow)).scalar_one() == 0
    _write(store, "new")
    assert _read(store, cursor=1) == [(2, "new")]


def test_a_cursor_ahead_of_all_changes_is_of_another_store(store: Engine) -> None:
    _write(store, "one")
    number_events(store)
    with reading(store) as connection, pytest.raises(NamedError, match="There is no change 9 yet, the newest is 1"):
        read_changes(connection, 9)


def test_a_user_who_may_only_read_follows_what_others_number(postgres: Engine) -> None:
    with writing(postgres) as connection:
        connection.execute(text("CREATE ROLE onlooker LOGIN PASSWORD 'x'"))
        connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker"))
    onlooker = open_store(
        make_url(url_of(postgres)).set(username="onlooker", password="x").render_as_string(hide_password=False)
    )
    _write(postgres, "one")
    number_events(postgres)
    _write(postgres, "not numbered")
    assert [change["kind"] for change in follow_changes(onlooker, 0, lambda: False)] == ["one"]
    onlooker.dispose()
    with writing(postgres) as connection:
        connection.execute(delete(EventRow))
        connection.execute(text("DROP OWNED BY onlooker"))
        connection.execute(text("DROP ROLE onlooker"))
