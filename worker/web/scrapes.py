"""Answering Prometheus: ``/metrics``."""

from datetime import timedelta

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.look.exposition import CONTENT_TYPE
from worker.look.metrics import show_metrics
from worker.settings import Settings
from worker.web.answers import HEADERS, answer_text, usable_store
from worker.web.shared_looks import SharedLook

# Prometheus waits for ten seconds unless it is told otherwise.
_PATIENCE = timedelta(seconds=9)


def look_at_metrics(engine: Engine, chosen: Settings) -> SharedLook[str]:
    """Return the look that all who scrape share."""
    return SharedLook(lambda: show_metrics(usable_store(engine), chosen))


async def _show_metrics(request: Request) -> Response:
    look: SharedLook[str] = request.app.state.metrics
    try:
        shown = await look.result(_PATIENCE)
    except TimeoutError:
        return answer_text(f"The store does not answer within {_PATIENCE.seconds}s.", 503)
    return Response(shown, media_type=CONTENT_TYPE, headers=HEADERS)


ROUTES = [Route("/metrics", _show_metrics)]
