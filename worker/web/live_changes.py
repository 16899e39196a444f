"""Changes as they are committed, for all who listen: one look into the outbox a second serves them all.

How to use it, with the one ``LiveChanges`` of the application (``request.app.state.live_changes``)::

    cursor = await live.begin(request, read_since(request))     # HTTPException 410 for changes that are gone
    return answer_events(request, live.follow(request, cursor), write)

``write(change)`` returns the event of a change, as ``data_event`` writes it: with the cursor as its id, so that a
browser that comes back says in ``Last-Event-ID`` how far it got. An event named ``problem`` says why there will be no
more: changes were dropped that this listener had not got yet.

A listener is only its cursor: who reads slowly falls behind, reads the store by itself until it has caught up, and is
cut off by the connection when it does not read at all (``connections.py``). While the store is away those who listen
hear a comment now and then, and after that what they missed. After an hour the answer ends, and a browser asks again by
itself, but not after an answer that is no stream (503 while the store is away, 429): a page's script must try then.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from sqlalchemy import Connection, Engine
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from worker.basics.units import read_id
from worker.errors import NamedError, StoreError, UsageError
from worker.outbox import Change, find_cursor, read_bounds, read_changes, refuse_gap
from worker.web.answers import HEADERS, STORE_FAILURES, log_store_failure
from worker.web.lasting_answers import LastingAnswer, Places
from worker.web.looking import look, look_once
from worker.web.shared_looks import SharedLook

EVENT_STREAM = "text/event-stream"
_MOST_LISTENERS, _MOST_EACH = 100, 20
# Changes that are kept for those who listen; whoever is further behind reads the store.
_MOST_RECENT = 1_000
_PATIENCE = timedelta(seconds=6)
# Seconds between two looks for more, and of silence after which a comment tells that the connection stands.
_LOOK_EVERY, _SILENCE = 1.0, 15.0
_LONGEST_STREAM = 3600.0
_COMMENT = b": still here\n\n"
# Milliseconds after which a browser comes back.
_OPENING = b"retry: 3000\n\n"


@dataclass(frozen=True, slots=True)
class _Recent:
    """The newest changes: all that come after one cursor."""

    after: int
    changes: Sequence[Change]

    @property
    def newest(self) -> int:
        cursor: int = self.changes[-1]["cursor"] if self.changes else self.after
        return cursor


class LiveChanges:
    """The outbox as all who listen share it; a class because requests do. It is for one event loop."""

    def __init__(self, engine: Engine) -> None:
        self.places = Places(_MOST_LISTENERS, _MOST_EACH)
        self._engine = engine
        self._recent: _Recent | None = None
        self._shared = SharedLook(self._look_again)
        self._is_ending = False

    def end(self) -> None:
        """Let all who listen go: the process ends."""
        self._is_ending = True

    async def begin(self, request: Request, since: int | None) -> int:
        """Return the cursor to begin after, as ``feedmill follow`` does; HTTPException where its changes are gone."""

        def find(connection: Connection) -> int:
            cursor = find_cursor(connection, since)
            refuse_gap(connection, cursor)
            return cursor

        try:
            return await look(request, find)
        except StoreError:
            raise
        except NamedError as error:
            raise HTTPException(HTTPStatus.GONE, str(error).rstrip(".")) from error

    async def follow(self, request: Request, cursor: int) -> AsyncIterator[Sequence[Change]]:
        """Yield changes after a cursor as they are committed, and no change now and then where there is none."""
        ends_at, said_at = time.monotonic() + _LONGEST_STREAM, time.monotonic()
        while not self._is_ending and time.monotonic() < ends_at:
            changes = await self._read_after(request, cursor)
            if changes or time.monotonic() - said_at >= _SILENCE:
                said_at = time.monotonic()
                yield changes
            if changes:
                cursor = changes[-1]["cursor"]
            else:
                await asyncio.sleep(_LOOK_EVERY)

    async def wait_for_changes(self, request: Request, cursor: int, longest: float) -> Sequence[Change]:
        """Return the changes after a cursor as soon as there are any; none after so many seconds."""
        ends_at = time.monotonic() + longest
        while True:
            changes = await self._read_after(request, cursor)
            if changes or self._is_ending or time.monotonic() >= ends_at:
                return changes
            await asyncio.sleep(max(0.0, min(_LOOK_EVERY, ends_at - time.monotonic())))

    async def _read_after(self, request: Request, cursor: int) -> Sequence[Change]:
        """Return the next changes after a cursor; none while the store is away or busy."""
        try:
            recent = await self._shared.result(_PATIENCE)
            if recent and recent.after <= cursor <= recent.newest:
                return [change for change in recent.changes if change["cursor"] > cursor]
            return await look(request, lambda connection: read_changes(connection, cursor)) if recent else []
        except (*STORE_FAILURES, TimeoutError, HTTPException):
            return []

    def _look_again(self) -> _Recent | None:
        """Read what came since the last look; None while the store is away."""
        try:
            self._recent = look_once(self._engine, lambda connection: _read_on(connection, self._recent))
        except (NamedError, *STORE_FAILURES) as error:
            if self._recent:
                # Once, and not every second until it is back.
                log_store_failure(error, self._engine)
            self._recent = None
        return self._recent


def _read_on(connection: Connection, recent: _Recent | None) -> _Recent:
    bounds = read_bounds(connection)
    oldest = max(bounds.dropped_to, bounds.numbered_to - _MOST_RECENT)
    # Nobody listened for long, or it is another store now: whoever listens catches up without us.
    if recent is None or not oldest <= recent.newest <= bounds.numbered_to:
        return _Recent(bounds.numbered_to, [])
    changes = [*recent.changes, *read_changes(connection, recent.newest)]
    dropped, kept = changes[:-_MOST_RECENT], changes[-_MOST_RECENT:]
    return _Recent(dropped[-1]["cursor"] if dropped else recent.after, kept)


def read_since(request: Request) -> int | None:
    """Return the cursor that a request begins after: where its browser got to, else ``since`` of its query."""
    said = request.headers.get("last-event-id") or request.query_params.get("since")
    if not said:
        return None
    cursor = read_id(said)
    # A number beyond all ids is read as none that there is; but after 0 comes the oldest change.
    if cursor is None or (cursor == 0 and said.strip("0")):
        raise UsageError("since is the cursor of a change, a whole number from 0")
    return cursor


def data_event(cursor: int, said: str, name: str = "") -> bytes:
    """Return an event that says something, of one line or several."""
    lines = [f"id: {cursor}", *([f"event: {name}"] if name else []), *(f"data: {line}" for line in said.splitlines())]
    return "\n".join([*lines, "", ""]).encode(errors="replace")


def answer_events(
    request: Request, followed: AsyncIterator[Sequence[Change]], write: Callable[[Change], bytes]
) -> Response:
    """Return a stream of events, one for each change; ``write`` makes it, by ``data_event``."""
    headers = {"Content-Type": EVENT_STREAM, "X-Accel-Buffering": "no"}
    if request.method == "HEAD":
        return Response(headers=HEADERS | headers)
    live: LiveChanges = request.app.state.live_changes
    return LastingAnswer(request, live.places, _write_events(followed, write), headers)


async def _write_events(
    followed: AsyncIterator[Sequence[Change]], write: Callable[[Change], bytes]
) -> AsyncIterator[bytes]:
    yield _OPENING
    try:
        async for changes in followed:
            yield b"".join(map(write, changes)) or _COMMENT
    except NamedError as error:
        yield f"event: problem\ndata: {error}\n\n".encode()
