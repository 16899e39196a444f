"""Connections that end: uvicorn's own, with the time limits that it lacks.

Whoever opens a connection and says nothing, says it byte by byte, sends more after it was answered, or does not read,
would hold it for ever, and two hundred such would shut everybody else out.

An answer that lasts by its nature (``worker.web.lasting_answers`` says which, and how many) has an hour, and is cut off
like all others when its reader stops reading.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

LASTING = "feedmill.lasting"
"""By this key in its scope a request is known whose answer lasts."""


class LimitedConnection(H11Protocol):
    """A connection of a client that must ask, and take its answer, in time."""

    longest_wait = 10.0
    """Seconds in which a request's head must have come whole, from the connection's opening or its last answer."""
    longest_request = 90.0
    """Seconds in which an answer must have been taken; a delivery, and a store that hangs, take less."""
    longest_lasting = 3600.0
    """Seconds that an answer which lasts has beyond those."""
    longest_stall = 30.0
    """Seconds in which the reader of an answer must have made room for more of it: some 50 kB."""
    _limit: asyncio.TimerHandle | None = None
    _stall: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._end_after(self.longest_wait, None)

    def data_received(self, data: bytes) -> None:
        """Take in what came; what is no HTTP behind a request that was answered can only be cut off."""
        try:
            super().data_received(data)
        except h11.LocalProtocolError:
            self.transport.abort()

    def on_response_complete(self) -> None:
        """Wait for the next request, or for the end of one that was refused before it had come whole."""
        self._end_after(self.longest_wait, None)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Send no more before the client has read some of what was sent, nor wait for ever that it does."""
        self._stall = self.loop.call_later(self.longest_stall, self.transport.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        """Send on."""
        if self._stall:
            self._stall.cancel()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        for waiting in (self._limit, self._stall):
            if waiting:
                waiting.cancel()
        super().connection_lost(exc)

    def _end_after(self, seconds: float, answering: RequestResponseCycle | None) -> None:
        """End the connection after some seconds, unless another request than ``answering`` is being answered then."""
        if self._limit:
            self._limit.cancel()
        self._limit = self.loop.call_later(seconds, self._end_or_wait, answering)

    def _end_or_wait(self, answering: RequestResponseCycle | None) -> None:
        now_answering = self.cycle if self.cycle and not self.cycle.response_complete else None
        if now_answering is not answering:
            self._end_after(self.longest_request, now_answering)
        elif answering and answering.scope.get(LASTING):
            self._limit = self.loop.call_later(self.longest_lasting, self.transport.abort)
        else:
            self.transport.abort()
