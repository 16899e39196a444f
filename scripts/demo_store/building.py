"""Building the demo store: two weeks are lived through in seconds, by the pipeline itself.

Only the network and the clock are played: ``Answers`` stands in for the hosts, and SQLite is told what time it is. All
that is stored is what polls, grouping, judging and back-fills make of that.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from random import seed as seed_chance
from typing import Any

from sqlalchemy import Connection, Engine, event

from scripts.demo_store.answers import Answers
from scripts.demo_store.outlets import OUTLETS, Trait
from scripts.demo_store.publishing import SPAN, publish
from worker.backfill.older_documents import read_older
from worker.claim.leasing import claim_due_hosts
from worker.database.backfill_rows import list_due_backfills
from worker.database.clock import Clock
from worker.database.clock_steps import TICK
from worker.database.conflicts import write
from worker.database.engine import open_store, reading, writing
from worker.database.schema import migrate
from worker.database.tally_table import add_tally
from worker.database.task_turns import note_turn
from worker.manage.feeds import NewFeed, add_feeds, find_feed, pause_feed
from worker.outbox import number_events
from worker.pipeline.tools import Tools, make_tools
from worker.pipeline.window import Window
from worker.quality.judging import JUDGING, judge_some
from worker.settings import Settings
from worker.stories.grouping import group_waiting
from worker.values.tallies import PRUNED, write_labels

_STEPS = (
    (timedelta(hours=2), timedelta(minutes=5)),
    (timedelta(hours=50), timedelta(minutes=30)),
    (SPAN, timedelta(minutes=110)),
)
"""How long before ``now`` steps are how long: the last hours are looked at hour by hour."""
_WATCHED = timedelta(hours=2)
"""So long before ``now`` what follows polls is done after each of them, not now and then."""
_UPKEEP_EVERY = timedelta(hours=16)
_UNPOLLED = timedelta(minutes=2)
"""Nothing is polled so shortly before ``now``, so that some feeds are due."""
_TURNS = {TICK: 9, "ingest_seeds": 41, "fill_gaps": 200, JUDGING: 350, "seek_feeds": 1900, "prune": 2400}
"""What workers do every so often, and how many seconds ago they last did."""


def build_demo_store(path: Path, now: datetime, seed: int = 1) -> None:
    """Make the store in an SQLite file that is not there yet, as it would be at ``now``, two weeks after its first poll."""
    seed_chance(seed)
    published = {each.outlet.url: each for each in publish(now, seed)}
    moved = {url.replace("http:", "https:"): each for url, each in published.items()}
    answers = Answers(moved | published, now, seed)
    with _engine_of_the_past(path, answers) as engine:
        migrate(engine)
        chosen = Settings(database_url=f"sqlite:///{path}", host_gap=timedelta(0))
        with closing(make_tools(chosen, engine)) as made:
            made.transfers.close()
            stand_in: Any = answers
            _live(replace(made, transfers=stand_in), answers, now, Random(seed))
        number_events(engine)


@contextmanager
def _engine_of_the_past(path: Path, answers: Answers) -> Iterator[Engine]:
    """Open the file as a store whose database believes that it is ``answers.at``."""
    engine = open_store(f"sqlite:///{path}")

    def set_clock(connection: sqlite3.Connection, _record: object) -> None:
        # What ``read_clock`` asks; no other statement of ours tells the time.
        connection.create_function("strftime", 2, lambda _format, _when: f"{answers.at:%Y-%m-%dT%H:%M:%S}.000Z")
        connection.execute("PRAGMA synchronous = OFF")

    event.listen(engine, "connect", set_clock)
    yield engine
    engine.dispose()


def _live(tools: Tools, answers: Answers, now: datetime, chance: Random) -> None:
    """Poll, group, judge and fill gaps from the first moment to the last, doing what an operator does in between."""
    window, upkeep_at = Window(tools), answers.at + _UPKEEP_EVERY
    told = deque(_list_instructions(now))
    while answers.at < now - _UNPOLLED:
        while told and told[0][0] <= answers.at:
            _, instruct = told.popleft()
            with writing(tools.engine) as connection:
                instruct(connection, answers.at)
        _poll(window, answers.at)
        if answers.at >= upkeep_at or now - answers.at < _WATCHED:
            _keep_up(tools, answers.at)
            upkeep_at = answers.at + _UPKEEP_EVERY
        step = next(step for before, step in _STEPS if now - answers.at <= before)
        answers.at += step * chance.uniform(0.7, 1.3)
    # The last step went beyond.
    answers.at = now - _UNPOLLED / 2
    _keep_up(tools, answers.at)
    tools.tally.count(PRUNED, 0, write_labels(removed="polls"))
    with writing(tools.engine) as connection:
        for name, ago in _TURNS.items():
            note_turn(connection, name, None, now - timedelta(seconds=ago))
    add_tally(tools.engine, tools.tally)


def _poll(window: Window, at: datetime) -> None:
    """Poll all that is due at a moment, as ``poll_due`` does."""
    tools = window.tools
    while hosts := write(tools.engine, lambda connection: claim_due_hosts(connection, at, tools.terms)):
        window.admit(Clock(at), hosts)
        while window.is_busy:
            for record in window.turn(timedelta(0)):
                tools.tally.count_poll(record)


def _keep_up(tools: Tools, at: datetime) -> None:
    """Do what workers do besides polling."""
    while _is_backfill_due(tools.engine, at):
        # One step at a time: with a clock that stands still it would wait for the next one.
        next(read_older(tools, lambda: False), None)
    for _ in group_waiting(tools.engine, lambda: False):
        pass
    judge_some(tools.engine, lambda: False)


def _is_backfill_due(engine: Engine, at: datetime) -> bool:
    with reading(engine) as connection:
        return bool(list_due_backfills(connection, at, 1))


def _list_instructions(now: datetime) -> Iterator[tuple[datetime, Callable[[Connection, datetime], None]]]:
    """Yield what an operator does, and when: feeds are added, and one is paused."""
    yield now - SPAN, lambda connection, at: _add(connection, at, is_new=False)
    yield now - SPAN + timedelta(days=4), lambda connection, _: _pause(connection)
    yield now - timedelta(hours=26), lambda connection, at: _add(connection, at, is_new=True)


def _add(connection: Connection, at: datetime, *, is_new: bool) -> None:
    chosen = [each for each in OUTLETS if (each.trait is Trait.NEW) is is_new]
    add_feeds(connection, at, [NewFeed(each.url, each.name, tags=each.tags) for each in chosen])


def _pause(connection: Connection) -> None:
    for outlet in OUTLETS:
        if outlet.trait is Trait.PAUSED and (feed := find_feed(connection, outlet.url)):
            pause_feed(connection, feed.feed_id)
