"""Copying one table: what the copy has and the source has not goes first, then comes what it lacks.

So no two rows ever ask for one unique name, a copy that was killed goes on where it stood, and one of a source that has
moved on since is brought up to date.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import xxhash
from sqlalchemy import Connection, Engine, bindparam, delete
from sqlalchemy.exc import DBAPIError

from worker.copying.copied_rows import (
    CopiedRow,
    Key,
    copied_classes,
    full_slices,
    holds_rows,
    read_keys,
    read_rows,
    table_of,
)
from worker.database.conflicts import explain_failure, must_stop, write
from worker.database.engine import place_of, reading, reading_one_moment
from worker.database.many_rows import ManyRows, insert_many
from worker.database.statements import slices
from worker.database.types import Base
from worker.errors import StoreError

_DELETED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """How far a table has been copied; ``hash`` is None until it is whole and verified."""

    table: str
    rows: int = 0
    """Of the source, as far as they have been looked at."""
    written: int = 0
    removed: int = 0
    """Rows that an unfinished copy had and the source has not, or no longer so."""
    hash: str | None = None
    """xxh3-128 of what all rows mean, in the order of their keys: the same from both databases."""


def copy_tables(source: Connection, target: Engine) -> Iterator[CopiedTable]:
    """Copy all tables; yield each again and again as its rows are copied, at last with its hash.

    StoreError where the target does not take a row, or has something else in the end.
    """
    for copied in copied_classes():
        yield from _copy_table(source, target, copied)


def _copy_table(source: Connection, target: Engine, copied: type[Base]) -> Iterator[CopiedTable]:
    state = CopiedTable(copied.__tablename__)
    with reading(target) as connection:
        is_begun = holds_rows(connection, copied)
    if is_begun:
        yield state
        wanted, present, removed = _remove_what_differs(source, target, copied)
        state = replace(state, rows=wanted.rows, removed=removed)
        if wanted.hash == present.hash:
            yield replace(state, hash=wanted.hash)
            return
    wanted = _Passed()
    for written in _insert_what_is_missing(source, target, copied, wanted, is_begun=is_begun):
        state = replace(state, rows=wanted.rows, written=state.written + written)
        yield state
    yield replace(state, rows=wanted.rows, hash=_verify(target, copied, wanted))


def _read_source(source: Connection, copied: type[Base]) -> Iterator[CopiedRow]:
    """Yield the rows of the source; whatever else fails is the target."""
    try:
        yield from read_rows(source, copied)
    except DBAPIError as error:
        raise explain_failure(error, source.engine) from error


def _remove_what_differs(source: Connection, target: Engine, copied: type[Base]) -> tuple["_Passed", "_Passed", int]:
    """Delete the rows that the source has not, or otherwise; return what both had before, and how many went."""
    wanted, present = _Passed(), _Passed()
    columns = table_of(copied).primary_key.columns
    names = [f"key_{column.name}" for column in columns]
    statement = delete(table_of(copied)).where(
        *(column == bindparam(name, type_=column.type) for name, column in zip(names, columns, strict=True))
    )
    removed = 0
    with reading_one_moment(target) as connection:
        rows = wanted.counting(_read_source(source, copied))
        for some in slices(_differing_keys(rows, present.counting(read_rows(connection, copied))), _DELETED_AT_ONCE):
            keys = [dict(zip(names, key, strict=True)) for key in some]
            write(target, lambda connection, keys=keys: connection.execute(statement, keys))  # type: ignore[misc]
            removed += len(keys)
        # What lies behind the last row of the target counts too.
        for _ in rows:
            pass
    return wanted, present, removed


def _differing_keys(wanted: Iterator[CopiedRow], present: Iterable[CopiedRow]) -> Iterator[Key]:
    row = next(wanted, None)
    for found in present:
        while row and row.key < found.key:
            row = next(wanted, None)
        if row is None or row.meaning != found.meaning:
            yield found.key


def _insert_what_is_missing(
    source: Connection, target: Engine, copied: type[Base], wanted: "_Passed", *, is_begun: bool
) -> Iterator[int]:
    """Insert the rows that the target lacks; yield how many of each slice."""
    statement = insert_many(copied, [column.name for column in table_of(copied).columns])
    with ExitStack() as stack:
        rows = wanted.counting(_read_source(source, copied))
        if is_begun:
            present = stack.enter_context(reading_one_moment(target))
            rows = _missing_rows(rows, read_keys(present, copied))
        for some in full_slices(rows):
            _insert(target, statement, some)
            yield len(some)


def _missing_rows(wanted: Iterable[CopiedRow], present: Iterator[Key]) -> Iterator[CopiedRow]:
    key = next(present, None)
    for row in wanted:
        while key is not None and key < row.key:
            key = next(present, None)
        if key != row.key:
            yield row


def _insert(target: Engine, statement: ManyRows, some: Sequence[CopiedRow]) -> None:
    rows = [row.values for row in some]
    try:
        write(target, lambda connection: statement.execute_tuples(connection, rows))
    except DBAPIError as error:
        if must_stop(error):
            raise
        first, last = (", ".join(map(str, row.key)) for row in (some[0], some[-1]))
        said = next(iter(str(error.orig).strip().splitlines()), "")
        raise StoreError(
            f"The store {place_of(target)} takes no rows of {statement.table.__tablename__} from {first} to {last}: "
            f"{said}. What was copied before stays: mend the row in the source, and copy again."
        ) from error


def _verify(target: Engine, copied: type[Base], wanted: "_Passed") -> str:
    """Return the hash that both have of all rows; StoreError where they differ."""
    found = _Passed()
    with reading_one_moment(target) as connection:
        for _ in found.counting(read_rows(connection, copied)):
            pass
    if found.hash != wanted.hash:
        raise StoreError(
            f"The copy {place_of(target)} differs from its source in {copied.__tablename__} ({found.rows:,} rows, of "
            f"{wanted.rows:,}): somebody else writes to it. Stop them, and copy again."
        )
    return found.hash


class _Passed:
    """Counts and hashes rows that pass."""

    def __init__(self) -> None:
        """Begin with no rows."""
        self.rows = 0
        self._hash = xxhash.xxh3_128()

    def counting(self, rows: Iterable[CopiedRow]) -> Iterator[CopiedRow]:
        """Pass rows on, counted and hashed."""
        for row in rows:
            self.rows += 1
            self._hash.update(row.meaning)
            yield row

    @property
    def hash(self) -> str:
        """The hash of all rows so far."""
        return self._hash.hexdigest()
