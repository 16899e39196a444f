"""Whether work is done, and whether it could be answered for: ``/healthz`` and ``/readyz``.

However often they are asked, one look at the store is under way at a time, in a thread of its own: a database that
hangs holds up neither what asks nor the process.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from worker.database.clock import read_clock
from worker.database.conflicts import explain_failure
from worker.database.engine import reading
from worker.database.schema import SCHEMA_VERSION, make_ready
from worker.errors import StoreError
from worker.look.work import LATE, VERY_LATE, Verdict, describe_work, judge_work, read_work
from worker.web.answers import HEADERS, answer_text

_LOG = structlog.get_logger("feedmill")
# Probes of one second have given up by then, and most others wait longer.
_PATIENCE = timedelta(seconds=3)
_FRESH = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, in one line and in parts."""

    verdict: Verdict
    sentence: str
    facts: dict[str, Any]


class SharedLook:
    """One look at the store for all who ask within a second; a class because they share what is under way."""

    def __init__(self, look: Callable[[], Found]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._found: Future[Found] | None = None
        self._began = 0.0

    def result(self) -> Found:
        """Return what was found; that nothing was where the store does not answer in time."""
        with self._lock:
            is_old = time.monotonic() - self._began >= _FRESH.total_seconds()
            if self._found is None or (self._found.done() and is_old):
                self._found, self._began = Future(), time.monotonic()
                threading.Thread(target=self._fulfil, args=[self._found], name="look", daemon=True).start()
            found = self._found
        try:
            return found.result(_PATIENCE.total_seconds())
        except TimeoutError:
            return Found(Verdict.CRITICAL, f"the store does not answer within {_PATIENCE.seconds}s", {})

    def _fulfil(self, found: Future[Found]) -> None:
        try:
            found.set_result(self._look())
        except BaseException as error:  # noqa: BLE001 -- whoever waits for it gets it
            found.set_exception(error)


class Probes:
    """The two looks at one store."""

    def __init__(self, engine: Engine) -> None:
        self.work = SharedLook(lambda: _look(engine, _look_at_work))
        self.store = SharedLook(lambda: _look(engine, _look_at_store))


def _look(engine: Engine, look: Callable[[Engine], Found]) -> Found:
    try:
        make_ready(engine, create=False)
        return look(engine)
    except (DBAPIError, StoreError) as error:
        explained = error if isinstance(error, StoreError) else explain_failure(error, engine)
    # Whoever asks need not know where the store is.
    _LOG.warning("the store cannot be used", error=str(explained))
    return Found(Verdict.CRITICAL, "the store cannot be used now; the log says why", {})


def _look_at_work(engine: Engine) -> Found:
    with reading(engine) as connection:
        work = read_work(connection, read_clock(connection).now())
    facts = {
        "waiting_seconds": round(work.waiting.total_seconds()),
        "late": work.late.count,
        "last_poll_at": work.last_poll_at.isoformat() if work.last_poll_at else None,
        "schema": SCHEMA_VERSION,
    }
    return Found(judge_work(work, LATE, VERY_LATE), describe_work(work), facts)


def _look_at_store(_engine: Engine) -> Found:
    return Found(Verdict.OK, f"ready; schema {SCHEMA_VERSION}", {"schema": SCHEMA_VERSION})


def _tell_work(request: Request) -> Response:
    return _tell(request, request.app.state.probes.work.result())


def _tell_readiness(request: Request) -> Response:
    return _tell(request, request.app.state.probes.store.result())


def _tell(request: Request, found: Found) -> Response:
    status = 503 if found.verdict is Verdict.CRITICAL else 200
    if "application/json" in request.headers.get("accept", ""):
        told = {"verdict": found.verdict.name, "sentence": found.sentence, **found.facts}
        return JSONResponse(told, status, headers=HEADERS)
    return answer_text(f"{found.verdict.name}: {found.sentence}", status)


ROUTES = [Route("/healthz", _tell_work), Route("/readyz", _tell_readiness)]
