"""The web application: its routes, and what is answered when something fails.

Each subject has a module of its own with its ``ROUTES``; their functions are plain ones, which Starlette calls in
threads. They find the store's engine and the settings in ``request.app.state``.
"""

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from worker.database.conflicts import explain_failure
from worker.errors import StoreError
from worker.settings import Settings
from worker.web import hub_calls, probes, scrapes
from worker.web.answers import answer_text

_LOG = structlog.get_logger("feedmill")


def make_application(engine: Engine, chosen: Settings) -> Starlette:
    """Return the application over a store, which need not be reachable yet."""
    application = Starlette(
        routes=list_routes(),
        exception_handlers={
            HTTPException: _explain_refusal,
            DBAPIError: _explain_store_failure,
            StoreError: _tell_store_error,
            Exception: _explain_fault,
        },
    )
    application.state.engine = engine
    application.state.settings = chosen
    application.state.probes = probes.Probes(engine)
    return application


def list_routes() -> list[BaseRoute]:
    """Return the routes of all subjects."""
    return [Route("/", _list_paths), *probes.ROUTES, *scrapes.ROUTES, *hub_calls.ROUTES]


def _list_paths(_request: Request) -> Response:
    paths = (route.path for route in list_routes() if isinstance(route, Route) and "{" not in route.path)
    return answer_text("Feedmill answers " + ", ".join(sorted(paths)) + ".")


def _explain_refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = answer_text(f"{error.detail}.", error.status_code)
    answer.headers.update(error.headers or {})
    return answer


def _explain_store_failure(request: Request, error: Exception) -> Response:
    assert isinstance(error, DBAPIError)
    return _tell_store_error(request, explain_failure(error, request.app.state.engine))


def _tell_store_error(_request: Request, error: Exception) -> Response:
    # Whoever asks need not know where the store is.
    _LOG.warning("the store cannot be used", error=str(error))
    return answer_text("The store cannot be used now; the log says why.", 503)


def _explain_fault(_request: Request, _error: Exception) -> Response:
    # The server logs the traceback.
    return answer_text("A fault of Feedmill; its log has the traceback.", 500)
