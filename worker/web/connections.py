"""Connections that end: uvicorn's own, with the time limits that it lacks.

Whoever opens a connection and says nothing, says it byte by byte, sends more after it was answered, or does not read,
would hold it for ever, and two hundred such would shut everybody else out.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle


class LimitedConnection(H11Protocol):
    """A connection of a client that must ask, and take its answer, in time."""

    longest_wait = 10.0
    """Seconds in which a request's head must have come whole, from the connection's opening or its last answer."""
    longest_request = 90.0
    """Seconds in which an answer must have been taken; a delivery, and a store that hangs, take less."""
    _limit: asyncio.TimerHandle | None = None

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

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        if self._limit:
            self._limit.cancel()
        super().connection_lost(exc)

    def _end_after(self, seconds: float, answering: RequestResponseCycle | None) -> None:
        """End the connection after some seconds, unless another request than ``answering`` is being answered then."""
        if self._limit:
            self._limit.cancel()
        self._limit = self.loop.call_later(seconds, self._end_or_wait, answering)

    def _end_or_wait(self, answering: RequestResponseCycle | None) -> None:
        now_answering = self.cycle if self.cycle and not self.cycle.response_complete else None
        if now_answering is answering:
            self.transport.abort()
        else:
            self._end_after(self.longest_request, now_answering)
