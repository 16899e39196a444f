"""Copying a store: one moment of it, table by table, into a database that nobody uses until it is whole."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, Exists, exists, select, text
from sqlalchemy.exc import DBAPIError

from worker.copying.copied_table import CopiedTable, copy_tables
from worker.copying.target import begin_copy, finish_copy, held_target, newest_ids
from worker.database.clock import read_clock
from worker.database.conflicts import explain_failure
from worker.database.engine import file_of, place_of, reading_one_moment
from worker.database.feed_tables import FeedRow
from worker.database.migration_waits import last_lease
from worker.database.outbox_tables import WebhookRow
from worker.database.schema import METADATA
from worker.errors import UsageError


@dataclass(frozen=True, slots=True)
class SourceMoment:
    """The moment of a store that is copied, and what is to be known of it."""

    at: datetime
    newest_ids: Mapping[str, int]
    """The last number that each table has given."""
    is_polled: bool
    """Whether workers hold hosts: what they store after that moment is not in the copy."""
    has_requests: bool
    """Whether feeds have request settings, whose secrets are kept elsewhere."""
    has_webhooks: bool


@dataclass(frozen=True, slots=True)
class StoreCopy:
    """A copy that is being made of one moment of a store."""

    source: Connection
    target: Engine
    moment: SourceMoment
    goes_on: bool
    """Whether the target was an unfinished copy, which is brought up to date."""

    def tables(self) -> Iterator[CopiedTable]:
        """Copy all tables; yield each again and again as its rows are copied, at last with its hash."""
        return copy_tables(self.source, self.target)

    def finish(self) -> None:
        """Let the target be a store like any other."""
        finish_copy(self.target, self.moment.newest_ids)


@contextmanager
def copying(source: Engine, target: Engine) -> Iterator[StoreCopy]:
    """Begin to copy a store to an empty database, or go on with a copy that was not finished.

    UsageError where both are one; StoreError where the target cannot be taken, and then nothing in it has changed, or
    where the source cannot be read.
    """
    _refuse_same(source, target)
    with held_target(target), reading_one_moment(source) as connection:
        try:
            moment = _look_at(connection)
        except DBAPIError as error:
            raise explain_failure(error, source) from error
        yield StoreCopy(connection, target, moment, begin_copy(target))


def _look_at(source: Connection) -> SourceMoment:
    if source.dialect.name == "postgresql":
        # So that no migration changes a table before it is its turn.
        source.execute(text(f"LOCK TABLE {', '.join(METADATA.tables)} IN ACCESS SHARE MODE"))
    now = read_clock(source).now()
    return SourceMoment(
        now,
        newest_ids(source),
        is_polled=last_lease(source, now) is not None,
        has_requests=_holds(source, exists(select(FeedRow.id).where(FeedRow.request.is_not(None)))),
        has_webhooks=_holds(source, exists(select(WebhookRow.id))),
    )


def _holds(connection: Connection, condition: Exists) -> bool:
    return connection.execute(select(condition)).scalar_one()


def _refuse_same(source: Engine, target: Engine) -> None:
    files = [file and file.absolute().resolve() for file in (file_of(source), file_of(target))]
    places = [(engine.url.host, engine.url.port, engine.url.database) for engine in (source, target)]
    is_one = files[0] == files[1] if files[0] else source.dialect.name == target.dialect.name and places[0] == places[1]
    if is_one:
        raise UsageError(f"{place_of(target)} is the very store that would be copied: name another database.")
