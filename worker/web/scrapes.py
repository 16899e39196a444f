"""Answering Prometheus: ``/metrics``."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.look.exposition import CONTENT_TYPE
from worker.look.metrics import show_metrics
from worker.web.usable_store import usable_store


def _show_metrics(request: Request) -> Response:
    return Response(show_metrics(usable_store(request), request.app.state.settings), media_type=CONTENT_TYPE)


ROUTES = [Route("/metrics", _show_metrics)]
