"""Answers that last: events as they happen, and all the rows there are; so many at once, and so many of one visitor.

They are written part by part as their reader takes them, and hold nothing of the store meanwhile.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from worker.errors import FeedmillError
from worker.web.answers import HEADERS, STORE_FAILURES
from worker.web.connections import LASTING

_LOG = structlog.get_logger("feedmill")
_COME_BACK = {"Retry-After": "30"}


class Places:
    """The places of answers of one kind that last; a class because requests share them. It is for one event loop."""

    def __init__(self, most: int, most_each: int) -> None:
        """Let so many be answered at once, and so many of one visitor."""
        self._most, self._most_each = most, most_each
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, visitor: str) -> Iterator[None]:
        """Take a place meanwhile; HTTPException where none is free."""
        if self._taken.total() >= self._most:
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE, f"{self._most} such answers are under way: come back later", _COME_BACK
            )
        if self._taken[visitor] >= self._most_each:
            raise HTTPException(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"{self._most_each} such answers to this address are under way: end one of them first",
                _COME_BACK,
            )
        self._taken[visitor] += 1
        try:
            yield
        finally:
            self._taken[visitor] -= 1
            # One that is left at zero would be kept for ever.
            self._taken += Counter()


class LastingAnswer(StreamingResponse):
    """An answer that is written as its parts come; where they fail it lacks its end, as a broken transfer does."""

    def __init__(
        self, request: Request, places: Places, parts: AsyncIterator[bytes], headers: Mapping[str, str]
    ) -> None:
        super().__init__(parts, headers=HEADERS | dict(headers))
        self._visitor = request.app.state.access.visitor(request)
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer where a place is free; HTTPException where none is."""
        with self._places.taken(self._visitor):
            scope[LASTING] = True
            await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send the parts; a client takes an answer without its last one for what it is, not for the whole."""
        try:
            await super().stream_response(send)
        except (HTTPException, FeedmillError, *STORE_FAILURES) as error:
            _LOG.warning("an answer was broken off", error=str(getattr(error, "detail", error)))
