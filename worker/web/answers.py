"""What answers have in common: their headers, and the store that they are made from."""

from urllib.parse import quote

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from worker.database.conflicts import explain_failure
from worker.database.schema import make_ready
from worker.errors import StoreError

_LOG = structlog.get_logger("feedmill")
# Nothing that is answered is a page with parts: a browser must not make one of it, nor keep it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
STORE_FAILURES = (DBAPIError, StoreError, PoolTimeoutError)
"""What is raised where the store cannot be used now; the last where all connections wait for it."""


def path_of(request: Request) -> str:
    """Return the path that is asked for, with its query, as a link of this page has it.

    Who may look, and what a link names, is not told by ``request.url``: that begins with whatever the request says of
    its host, which to some versions of Starlette may hold a path as well.
    """
    path, query = quote(request.scope["path"]), request.scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def answer_text(text: str, status: int = 200) -> Response:
    """Return an answer of one line of plain text."""
    return PlainTextResponse(f"{text}\n", status, headers=HEADERS)


def usable_store(engine: Engine) -> Engine:
    """Return the store; StoreError while its schema is not this code's, for others migrate it meanwhile."""
    make_ready(engine, create=False)
    return engine


def log_store_failure(error: Exception, engine: Engine) -> str:
    """Log why the store cannot be used, and return what is told: whoever asks need not know where the store is."""
    explained = explain_failure(error, engine) if isinstance(error, DBAPIError) else error
    _LOG.warning("the store cannot be used", error=str(explained))
    return "the store cannot be used now; the log says why"
