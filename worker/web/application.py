"""The web application: its routes, and what is answered when something fails.

Each subject has a module of its own with its ``ROUTES``. What waits for the store does so in a thread. They find the
store's engine and the settings in ``request.app.state``.
"""

import asyncio

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from worker.settings import Settings
from worker.web import hub_calls, probes, scrapes
from worker.web.answers import STORE_FAILURES, answer_text, log_store_failure


def make_application(engine: Engine, chosen: Settings) -> Starlette:
    """Return the application over a store, which need not be reachable yet."""
    application = Starlette(
        routes=list_routes(),
        middleware=[Middleware(_Ending)],
        exception_handlers={
            HTTPException: _explain_refusal,
            **dict.fromkeys(STORE_FAILURES, _explain_store_failure),
            Exception: _explain_fault,
        },
    )
    application.state.engine = engine
    application.state.settings = chosen
    application.state.probes = probes.Probes(engine)
    application.state.hub_calls = hub_calls.make_limiter()
    application.state.metrics = scrapes.look_at_metrics(engine, chosen)
    # A redirect to the path without its last slash would name whatever host the request does.
    application.router.redirect_slashes = False
    return application


def list_routes() -> list[BaseRoute]:
    """Return the routes of all subjects."""
    return [Route("/", _list_paths), *probes.ROUTES, *scrapes.ROUTES, *hub_calls.ROUTES]


async def _list_paths(_request: Request) -> Response:
    paths = (route.path for route in list_routes() if isinstance(route, Route) and "{" not in route.path)
    return answer_text("Feedmill answers " + ", ".join(sorted(paths)) + ".")


async def _explain_refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = answer_text(f"{error.detail}.", error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def _explain_store_failure(request: Request, error: Exception) -> Response:
    told = log_store_failure(error, request.app.state.engine)
    return answer_text(f"{told[0].upper()}{told[1:]}.", 503)


async def _explain_fault(_request: Request, _error: Exception) -> Response:
    # The server logs the traceback.
    return answer_text("A fault of Feedmill; its log has the traceback.", 500)


class _Ending:
    """What tells those who wait for an answer when this process ends that they may come back."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._application(scope, receive, send)
        except asyncio.CancelledError:
            await answer_text("Feedmill is being stopped: come back later.", 503)(scope, receive, send)
