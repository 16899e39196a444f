"""Opening the store for a command: at the right schema, and with each failure as one sentence."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from worker.basics.moments import show_moment
from worker.basics.stopping import STOP_CLAIMING, stops_after
from worker.cli.output import with_progress, write_line
from worker.database.clock import Clock, read_clock
from worker.database.conflicts import explain_failure, write
from worker.database.engine import command_engine, file_of, open_store, place_of, reading_at_leisure
from worker.database.migration_waits import wait_for_leases
from worker.database.schema import SCHEMA_VERSION, make_ready, migrate, stored_version
from worker.database.task_turns import take_turn
from worker.logs import set_up_logs
from worker.quality.judging import JUDGE_EVERY, JUDGING, judge_some
from worker.settings import settings
from worker.store.decided_articles import StaleDecisionError
from worker.stories.grouping import group_waiting
from worker.stories.story_locks import StaleStoriesError

if TYPE_CHECKING:
    from worker.pipeline.tools import Tools

_Result = TypeVar("_Result")


@contextmanager
def opened_store(*, create: bool = False, check: bool = True) -> Iterator[Engine]:
    """Open the store; ``create`` makes a new SQLite file ready, and without ``check`` any schema will do.

    What is logged meanwhile goes to standard error, from warnings up.
    """
    set_up_logs(settings(), least=logging.WARNING)
    engine = command_engine()
    try:
        if check:
            make_ready(engine, create=create)
        yield engine
    except DBAPIError as error:
        raise explain_failure(error, engine) from error


def migrate_aloud(engine: Engine) -> bool:
    """Bring the schema to the newest and return whether it moved; say beforehand that there is no way back."""
    found = stored_version(engine)
    if found and found < SCHEMA_VERSION:
        wait_for_leases(
            engine, lambda until: write_line(f"Hosts are being polled: waiting until {show_moment(until)} at most.")
        )
        write_line(
            f"The store {place_of(engine)} is at schema {found} and is brought to {SCHEMA_VERSION} now; "
            "there is no way back but your backup."
        )
    return migrate(engine)


@contextmanager
def opened_tools(max_body: int | None = None, *, is_rehearsal: bool = False) -> Iterator["Tools"]:
    """Open the store together with the fetcher and the parser; documents may be as large as ``max_body``, if given.

    For a rehearsal no store is made: where there is none, an empty one stands in for it.
    """
    from worker.pipeline.tools import make_tools  # noqa: PLC0415 -- fetcher and parser take as long to import as all the rest

    with _empty_store() if is_rehearsal and _is_missing(command_engine()) else opened_store(create=True) as engine:
        chosen = settings()
        tools = make_tools(chosen.model_copy(update={"max_body": max_body}) if max_body else chosen, engine)
        try:
            yield tools
        finally:
            tools.close()


@contextmanager
def _empty_store() -> Iterator[Engine]:
    set_up_logs(settings(), least=logging.WARNING)
    with TemporaryDirectory() as folder:
        engine = open_store(f"sqlite:///{folder}/rehearsal.db")
        migrate(engine)
        yield engine
        engine.dispose()


def _is_missing(engine: Engine) -> bool:
    file = file_of(engine)
    return bool(file and not file.exists())


def group_stored(engine: Engine) -> None:
    """Group what a command stored, before it ends; after a while the rest is left to the workers."""
    for _ in with_progress(group_waiting(engine, stops_after(STOP_CLAIMING)), "Grouping"):
        pass


def judge_stored(engine: Engine) -> None:
    """Judge feeds before a command ends that polled some, where no worker has done so in the last minutes."""
    if take_turn(engine, JUDGING, JUDGE_EVERY):
        judge_some(engine, stops_after(STOP_CLAIMING))


@contextmanager
def reading_store() -> Iterator[Connection]:
    """Open the store for a command that only looks."""
    with opened_store() as engine, reading_at_leisure(engine) as connection:
        yield connection


def change_store(change: Callable[[Connection, Clock], _Result], *, create: bool = False) -> _Result:
    """Open the store and make a change in one transaction; return what the command then prints."""
    with opened_store(create=create) as engine:
        return write(
            engine,
            lambda connection: change(connection, read_clock(connection)),
            also=(StaleDecisionError, StaleStoriesError),
        )
