"""Whether work is done, and whether it could be answered for: ``/healthz`` and ``/readyz``."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.database.schema import SCHEMA_VERSION, make_ready
from worker.look.work import LATE, VERY_LATE, Verdict, describe_work, judge_work, read_work
from worker.web.answers import HEADERS, STORE_FAILURES, answer_text, log_store_failure
from worker.web.shared_looks import SharedLook

# Probes of one second have given up by then, and most others wait longer.
_PATIENCE = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, in one line and in parts."""

    verdict: Verdict
    sentence: str
    facts: dict[str, Any]


class Probes:
    """The two looks at one store."""

    def __init__(self, engine: Engine) -> None:
        self.work = SharedLook(lambda: _look(engine, _look_at_work))
        self.store = SharedLook(lambda: _look(engine, _look_at_store))


def _look(engine: Engine, look: Callable[[Engine], Found]) -> Found:
    try:
        make_ready(engine, create=False)
        return look(engine)
    except STORE_FAILURES as error:
        return Found(Verdict.CRITICAL, log_store_failure(error, engine), {})


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


async def _tell_work(request: Request) -> Response:
    return await _tell(request, request.app.state.probes.work)


async def _tell_readiness(request: Request) -> Response:
    return await _tell(request, request.app.state.probes.store)


async def _tell(request: Request, look: SharedLook[Found]) -> Response:
    try:
        found = await look.result(_PATIENCE)
    except TimeoutError:
        found = Found(Verdict.CRITICAL, f"the store does not answer within {_PATIENCE.seconds}s", {})
    status = 503 if found.verdict is Verdict.CRITICAL else 200
    if "application/json" in request.headers.get("accept", ""):
        told = {"verdict": found.verdict.name, "sentence": found.sentence, **found.facts}
        return JSONResponse(told, status, headers=HEADERS)
    return answer_text(f"{found.verdict.name}: {found.sentence}", status)


ROUTES = [Route("/healthz", _tell_work), Route("/readyz", _tell_readiness)]
