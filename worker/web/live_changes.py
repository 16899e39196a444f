"""Changes as they are numbered, for all who listen: one reader of the store, however many they are.

The newest changes are kept, and each listener has a place among them. Whoever comes back after a while, or reads more
slowly than changes come, is given from the store what is not kept any more. So a listener costs a number, and never
holds up the others; one that reads nothing at all is cut off like any connection (``connections``).
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from anyio import to_thread
from sqlalchemy import Connection, Engine
from starlette.exceptions import HTTPException

from worker.errors import NamedError, StoreError
from worker.outbox import Change, find_cursor, read_changes
from worker.web.answers import STORE_FAILURES, log_store_failure
from worker.web.looking import look_into

_MOST_LISTENERS = 100
_MOST_KEPT = 2_000
# Seconds between two looks into the outbox, and how many times as long while the store does not answer.
_EVERY, _TIMES_WHILE_AWAY = 1.0, 5
_LAST_LOOK = 5.0
_T = TypeVar("_T")
_FAILURES = (*STORE_FAILURES, HTTPException, OSError)


class LiveChanges:
    """The newest changes and those who listen; a class because they share them. It is for one event loop."""

    def __init__(self, engine: Engine, every: float = _EVERY, most: int = _MOST_LISTENERS) -> None:
        """Look into the outbox of a store ``every`` so many seconds, while anybody listens; ``most`` may."""
        self._engine, self._every, self._most = engine, every, most
        self._kept: deque[Change] = deque(maxlen=_MOST_KEPT)
        self._kept_after: int | None = None
        """The cursor after which all changes are kept, up to ``_reached``; None before the first look."""
        self._reached = 0
        self._listeners = 0
        self._over = asyncio.Event()
        self._news = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return self._listeners

    async def close(self) -> None:
        """Let all listeners go, and wait a moment for a look that is under way: this process ends."""
        self._over.set()
        self._news.set()
        if self._reader:
            await asyncio.wait([self._reader], timeout=_LAST_LOOK)

    def refuse_if_full(self) -> None:
        """Raise HTTPException where too many listen already."""
        if self._listeners >= self._most:
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE, "Too many listen already: come back later", {"Retry-After": "30"}
            )

    async def follow(self, since: int | None, heartbeat: float) -> AsyncGenerator[Sequence[Change], None]:
        """Yield changes after a cursor as they come, none twice and none left out; nothing after each ``heartbeat``.

        None begins with the next change. NamedError when changes after the cursor are no longer kept, or it is not of
        this store.
        """
        self._listeners += 1
        try:
            cursor = since
            while not self._over.is_set():
                news = self._begin_reading()
                changes, cursor = await self._read_after(cursor)
                if changes:
                    yield changes
                elif not await _is_set_within(news, heartbeat):
                    yield ()
        finally:
            self._listeners -= 1

    def _begin_reading(self) -> asyncio.Event:
        """Return what is set once there is news; begin to read where nobody has listened before."""
        if self._reader is None or self._reader.done():
            # What came while nobody listened is not kept.
            self._kept_after = None
            self._reader = asyncio.create_task(self._read())
        return self._news

    async def _read_after(self, cursor: int | None) -> tuple[Sequence[Change], int | None]:
        """Return the next changes after a cursor and the cursor after them, of those that are kept where that holds."""
        if self._kept_after is None:
            # The reader has not looked yet, or the store is away.
            return (), cursor
        if cursor is None:
            return (), self._reached
        if self._kept_after <= cursor <= self._reached:
            changes: Sequence[Change] = [each for each in self._kept if each["cursor"] > cursor]
        else:
            try:
                changes = await self._look(partial(_read_from, cursor=cursor))
            except _FAILURES:
                return (), cursor
        return changes, changes[-1]["cursor"] if changes else cursor

    async def _read(self) -> None:
        """Look into the outbox as long as anybody listens; when the store goes away, go on once it is back."""
        while self._listeners and not self._over.is_set():
            wait = self._every
            try:
                await self._read_once()
            except _FAILURES as error:
                wait *= _TIMES_WHILE_AWAY
                log_store_failure(error, self._engine)
            await _is_set_within(self._over, wait)

    async def _read_once(self) -> None:
        if self._kept_after is None:
            self._kept.clear()
            self._reached = self._kept_after = await self._look(partial(find_cursor, since=None))
            self._tell()
        try:
            changes = await self._look(partial(read_changes, cursor=self._reached))
        except StoreError:
            raise
        except NamedError:
            # Another store is in its place, restored from a backup.
            self._kept_after = None
            return
        if changes:
            self._keep(changes)
            self._tell()

    def _keep(self, changes: Sequence[Change]) -> None:
        dropped = len(self._kept) + len(changes) - _MOST_KEPT
        both = [*self._kept, *changes]
        if dropped > 0:
            self._kept_after = both[dropped - 1]["cursor"]
        self._kept.extend(changes)
        self._reached = changes[-1]["cursor"]

    def _tell(self) -> None:
        """Wake all who wait, and let the next wait be for the next news."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _look(self, find: Callable[[Connection], _T]) -> _T:
        return await to_thread.run_sync(look_into, self._engine, find)


def _read_from(connection: Connection, cursor: int) -> Sequence[Change]:
    """Return the next changes after a cursor; after 0 those from the oldest that is kept."""
    return read_changes(connection, find_cursor(connection, cursor))


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
            return True
    return False
