"""Answering Prometheus: ``/metrics``."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.look.exposition import CONTENT_TYPE
from worker.look.metrics import show_metrics


def _show_metrics(request: Request) -> Response:
    state = request.app.state
    return Response(show_metrics(state.engine, state.settings), media_type=CONTENT_TYPE)


ROUTES = [Route("/metrics", _show_metrics)]
