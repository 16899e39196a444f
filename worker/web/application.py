"""The web application: its routes, what stands before them, and what is answered when something fails.

Each subject has a module of its own with its ``ROUTES``. What waits for the store does so in a thread. They find the
store's engine and the settings in ``request.app.state``: ``engine`` for those few who write, and ``looked_at``, through
``looking.look``, for all who only look.
"""

import asyncio

from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from worker.settings import Settings
from worker.web import feeds_out, hub_calls, looking, probes, scrapes
from worker.web.access import read_access
from worker.web.answers import answer_text
from worker.web.failures import HANDLERS
from worker.web.gate import Gate
from worker.web.interface.interface_routes import ROUTES as INTERFACE
from worker.web.interface.listed_answers import make_places
from worker.web.interface.poll_requests import make_limiter
from worker.web.live_changes import LiveChanges
from worker.web.pages import (
    article_list_page,
    article_pages,
    change_pages,
    feed_pages,
    now_page,
    sign_in,
    static_files,
    stored_html,
    story_pages,
)
from worker.web.rates import Rates


def make_application(engine: Engine, chosen: Settings, looked_at: Engine | None = None) -> Starlette:
    """Return the application over a store, which need not be reachable yet; ``looked_at`` is it for those who look."""
    access, rates = read_access(chosen), Rates(chosen.web_rate)
    application = Starlette(
        routes=list_routes(),
        middleware=[Middleware(_Ending), Middleware(Gate, access=access, rates=rates)],
        exception_handlers=HANDLERS,
    )
    application.state.engine = engine
    application.state.looked_at = looked_at or engine
    application.state.looks = looking.make_limiter()
    application.state.live_changes = LiveChanges(application.state.looked_at)
    application.state.streams = make_places()
    application.state.poll_requests = make_limiter()
    application.state.settings = chosen
    application.state.access, application.state.rates = access, rates
    application.state.probes = probes.Probes(engine)
    application.state.hub_calls = hub_calls.make_limiter()
    application.state.now = now_page.look_at_now(application.state.looked_at, chosen)
    application.state.metrics = scrapes.look_at_metrics(engine, chosen)
    # A redirect to the path without its last slash would name whatever host the request does.
    application.router.redirect_slashes = False
    return application


def list_routes() -> list[BaseRoute]:
    """Return the routes of all subjects."""
    return [
        *probes.ROUTES,
        *scrapes.ROUTES,
        *hub_calls.ROUTES,
        *feeds_out.ROUTES,
        *static_files.ROUTES,
        *sign_in.ROUTES,
        *feed_pages.ROUTES,
        *now_page.ROUTES,
        *change_pages.ROUTES,
        *article_list_page.ROUTES,
        *article_pages.ROUTES,
        *stored_html.ROUTES,
        *story_pages.ROUTES,
        *INTERFACE,
    ]


class _Ending:
    """What tells those who wait for an answer when this process ends that they may come back."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_begun = False

        async def note(message: Message) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)

        try:
            await self._application(scope, receive, note)
        except asyncio.CancelledError:
            # An answer that was begun can only be broken off.
            if not is_begun:
                await answer_text("Feedmill is being stopped: come back later.", 503)(scope, receive, send)
