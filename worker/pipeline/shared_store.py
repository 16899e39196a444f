"""A store that the threads and forked processes of one program share, with its tools, until it is closed."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Pool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from worker.database.conflicts import explain_failure
from worker.database.engine import place_of, reading_at_leisure
from worker.errors import StoreError, UsageError
from worker.pipeline.tools import SharedTools, Tools, make_tools
from worker.settings import Settings

_Row = TypeVar("_Row")


class SharedStore:
    """An engine with its tools; a class because it knows which process they are of, and what is to be freed."""

    def __init__(self, engine: Engine, chosen: Settings) -> None:
        self._engine = engine
        self._tools = SharedTools(lambda: make_tools(chosen, engine, is_guest=True))
        self._owner = os.getpid()
        # Pools of connections that a parent process goes on using: collected as garbage, they would be closed.
        self._inherited: list[Pool] = []
        self._listed: dict[Generator[Any], Connection] = {}
        self._is_closed = False

    def __str__(self) -> str:
        return f"{place_of(self._engine)}{', closed' if self._is_closed else ''}"

    @contextmanager
    def opened(self) -> Iterator[Engine]:
        """Lend the engine; what the database says is wrong becomes a StoreError. UsageError once it is closed."""
        self.refuse_closed()
        if self._owner != os.getpid():
            self._inherited.append(self._engine.pool)
            self._engine.dispose(close=False)
            self._owner = os.getpid()
        try:
            yield self._engine
        except DBAPIError as error:
            raise explain_failure(error, self._engine) from error
        except PoolTimeoutError as error:
            raise StoreError(
                f"The store {place_of(self._engine)} has no connection left for this thread: too many others of this "
                "program are reading articles at the same time."
            ) from error
        finally:
            if self._is_closed:
                self._engine.dispose()

    @contextmanager
    def borrowed_tools(self) -> Iterator[Tools]:
        """Lend tools that no other thread is using."""
        with self.opened(), self._tools.borrowed() as tools:
            yield tools

    def list_rows(self, listing: Callable[[Connection], Generator[_Row]]) -> Iterator[_Row]:
        """Yield the rows of a listing, whose reader may take any time; UsageError where it is closed meanwhile."""
        with self.opened() as engine, reading_at_leisure(engine) as connection:
            rows = listing(connection)
            self._listed[rows] = connection
            try:
                for row in rows:
                    yield row
                    self.refuse_closed()
                self.refuse_closed()
            finally:
                self._listed.pop(rows, None)

    def refuse_closed(self) -> None:
        """Raise UsageError once the store is closed."""
        if self._is_closed:
            raise UsageError(f"The store {place_of(self._engine)} has been closed: open it again.")

    def close(self) -> None:
        """Free this process's connections and tools; what is borrowed is freed when it comes back."""
        self._is_closed = True
        self._tools.close()
        if self._owner == os.getpid():
            while self._listed:
                self._close_listing(*self._listed.popitem())
            self._engine.dispose()

    def _close_listing(self, rows: Generator[Any], connection: Connection) -> None:
        # Where another thread is reading the next row, that thread finds the store closed.
        with suppress(ValueError):
            rows.close()
            connection.close()
