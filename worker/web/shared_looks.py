"""Looks at the store that all who ask share: however often they ask, one of a kind is under way at a time.

It has a thread of its own, so a database that hangs holds up neither those who ask, nor the process, nor what else
it answers.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from typing import Generic, TypeVar

_FRESH = timedelta(seconds=1)
_Found = TypeVar("_Found")


class SharedLook(Generic[_Found]):
    """One look for all who ask within a second; a class because they share what is under way."""

    def __init__(self, look: Callable[[], _Found]) -> None:
        self._look = look
        self._found: Future[_Found] | None = None
        self._began = 0.0

    async def result(self, patience: timedelta) -> _Found:
        """Return what was found; TimeoutError where the store does not answer in time.

        It is for one event loop: between two of its turns nobody else begins a look.
        """
        is_old = time.monotonic() - self._began >= _FRESH.total_seconds()
        if self._found is None or (self._found.done() and is_old):
            self._found, self._began = Future(), time.monotonic()
            threading.Thread(target=self._fulfil, args=[self._found], name="look", daemon=True).start()
        # Whoever gives up must not end it for the others.
        found = asyncio.shield(asyncio.wrap_future(self._found))
        async with asyncio.timeout(patience.total_seconds()):
            return await found

    def _fulfil(self, found: Future[_Found]) -> None:
        try:
            found.set_result(self._look())
        except BaseException as error:  # noqa: BLE001 -- whoever waits for it gets it
            found.set_exception(error)
