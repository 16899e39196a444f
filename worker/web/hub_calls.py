"""Where hubs call (WebSub): ``GET`` verifies or denies a subscription, ``POST`` delivers what is new."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

import structlog
from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from worker.web.answers import HEADERS, usable_store
from worker.web.request_bodies import read_body
from worker.websub.callbacks import Delivery, HubAnswer, answer_intent, find_called, refuse_delivery, take_delivery
from worker.websub.credentials import PATH, Credentials, read_credentials
from worker.websub.subscriptions import Subscription

_LOG = structlog.get_logger("feedmill")
_COME_BACK_AFTER = {"Retry-After": "60"}
# Of hubs' calls that look into the store at once; fewer than the connections that an engine opens, for whoever waits
# for one of those waits for half a minute, also where opening them has failed meanwhile.
_MOST_THREADS = 10
_T = TypeVar("_T")


def make_limiter() -> CapacityLimiter:
    """Return what limits how many calls look into the store at once."""
    return CapacityLimiter(_MOST_THREADS)


async def _answer_intent(request: Request) -> Response:
    def answer() -> HubAnswer:
        _, called = _find_called(request)
        return answer_intent(request.app.state.engine, called, request.query_params)

    return _answer(await _in_thread(request, answer))


async def _take_delivery(request: Request) -> Response:
    """Take a delivery in; who calls a URL that is no subscription's is answered before its body is read."""
    credentials, called = await _in_thread(request, lambda: _find_called(request))
    refused = refuse_delivery(called)
    if refused or not (called and credentials):
        return _answer(refused or HubAnswer(HTTPStatus.GONE))
    body = await read_body(request, request.app.state.settings.max_body)
    headers = request.headers
    delivery = Delivery(body, headers.get("content-type"), headers.get("x-hub-signature"))
    engine = request.app.state.engine
    return _answer(await _in_thread(request, lambda: take_delivery(engine, credentials, called, delivery)))


async def _in_thread(request: Request, look: Callable[[], _T]) -> _T:
    limiter: CapacityLimiter = request.app.state.hub_calls
    return await to_thread.run_sync(look, limiter=limiter)


def _find_called(request: Request) -> tuple[Credentials | None, Subscription | None]:
    credentials, path = read_credentials(request.app.state.settings), request.path_params
    if credentials is None:
        return None, None
    store = usable_store(request.app.state.engine)
    return credentials, find_called(store, credentials, path["subscription_id"], path["token"])


def _answer(said: HubAnswer) -> Response:
    if said.refusal:
        # Of URLs that are nobody's there may be any number, and none tells anything.
        log = _LOG.warning if said.feed_id else _LOG.debug
        log("hub not believed", feed_id=said.feed_id, reason=said.refusal)
    is_busy = said.status == HTTPStatus.SERVICE_UNAVAILABLE
    return PlainTextResponse(said.text, said.status, HEADERS | (_COME_BACK_AFTER if is_busy else {}))


_CALLBACK = f"/{PATH}/{{subscription_id}}/{{token}}"
_INTENT = Route(_CALLBACK, _answer_intent, methods=["GET"])
# The answer to a HEAD does not tell the hub its challenge, and so confirms nothing.
_INTENT.methods = {"GET"}
ROUTES = [
    _INTENT,
    Route(_CALLBACK, _take_delivery, methods=["POST"]),
]
