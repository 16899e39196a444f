"""Copying the store into another database: ``copy``."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from worker.basics.moments import show_moment
from worker.basics.setting_rules import use_psycopg
from worker.cli.open_store import opened_store
from worker.cli.output import print_json, with_progress, write_line, write_note
from worker.cli.tables import Column, print_table
from worker.copying.copied_table import CopiedTable
from worker.copying.store_copy import StoreCopy, copying
from worker.database.conflicts import explain_failure
from worker.database.engine import file_of, open_store, place_of
from worker.errors import UsageError

_COLUMNS = (
    Column("TABLE", "table", 20),
    Column("ROWS", lambda row: f"{row['rows']:,}", 14),
    Column("WRITTEN", lambda row: f"{row['written']:,}", 14),
    Column("REMOVED", lambda row: f"{row['removed']:,}", 12, is_spare=True),
    Column("HASH", "hash"),
)


@click.command("copy")
@click.option("--to", "to", required=True, help="URL of the empty database: sqlite:///file.db or postgresql://…")
@click.option("--unfinished", is_flag=True, help="Leave the copy to be brought up to date and finished by another run.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a table.")
def copy_command(*, to: str, unfinished: bool, as_json: bool) -> None:
    """Copy the store into an empty database, SQLite or PostgreSQL, and verify it row by row.

    The copy is the store as it was when the command began. A copy that was interrupted is of no use to any other
    command; the same command goes on with it. The password of --to is taken from PGPASSWORD or ~/.pgpass.
    """
    with opened_store() as source, _opened_target(to) as target, copying(source, target) as copy:
        if copy.goes_on:
            write_note(f"Going on with the unfinished copy {place_of(target)}.")
        tables = [table for table in with_progress(copy.tables(), "Copying", name=_name) if table.hash]
        rows = [asdict(table) for table in tables]
        if as_json:
            print_json(rows)
        else:
            print_table(_COLUMNS, rows, when_empty="")
        if not unfinished:
            copy.finish()
    for sentence in _sum_up(copy, is_finished=not unfinished):
        (write_note if as_json else write_line)(sentence)


@contextmanager
def _opened_target(to: str) -> Iterator[Engine]:
    try:
        url = use_psycopg(to)
    except ValueError as error:
        raise UsageError(f"--to is the URL of a database: {error}.") from error
    target = open_store(url, named_by="--to")
    if target.dialect.name == "sqlite" and file_of(target) is None:
        raise UsageError("--to names no file: write it as sqlite:///file.db.")
    try:
        yield target
    except DBAPIError as error:
        raise explain_failure(error, target) from error
    finally:
        target.dispose()


def _name(table: CopiedTable) -> str:
    return f"{table.table}, {table.rows:,} rows"


def _sum_up(copy: StoreCopy, *, is_finished: bool) -> Iterator[str]:
    """Yield what the person who moves a store has to know of it."""
    place, moment = place_of(copy.target), copy.moment
    if not is_finished:
        yield f"{place} is as this store was at {show_moment(moment.at)}: the command without --unfinished finishes it."
        return
    yield f"{place} is a store now, as this one was at {show_moment(moment.at)}; each row was compared."
    if moment.is_polled:
        yield "Workers were polling meanwhile: what they stored since is not in it."
    shared = "poll the same feeds and deliver to the same webhooks" if moment.has_webhooks else "poll the same feeds"
    yield f"Stop the workers of this store before you start those of the copy: both would {shared}."
    if moment.has_requests:
        yield "Secrets of feeds are not in it: give the copy the secrets file too, and the variables that feeds name."
