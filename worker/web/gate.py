"""What stands before all that is answered: how long a request may be, how many may come, and who may look.

Probes, metrics and hubs' calls need no token: whoever may reach the port may see them, as before there was a page.
"""

import math
from http import HTTPStatus

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from worker.web.access import Access, is_from_own_page
from worker.web.answers import path_of
from worker.web.failures import explain, wants_page
from worker.web.rates import Rates

SIGN_IN = "/sign-in"
_FOR_MACHINES = ("/healthz", "/readyz", "/metrics", "/websub/")
_FOR_ALL = ("/static/", SIGN_IN)
_LONGEST_QUERY = 8_000
WRONG_TOKEN = 20
"""What a wrong token costs, in requests."""
_READS = {"GET", "HEAD"}


class Gate:
    """Refuses what may not come in, each with a sentence."""

    def __init__(self, application: ASGIApp, access: Access, rates: Rates) -> None:
        """Stand before an application."""
        self._application, self._access, self._rates = application, access, rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        refused = self._refuse(Request(scope)) if scope["type"] == "http" else None
        await (refused or self._application)(scope, receive, send)

    def _refuse(self, request: Request) -> Response | None:
        # Not of request.url: it begins with what the request says of its host, and that is anything.
        path: str = request.scope["path"]
        if len(request.scope["query_string"]) > _LONGEST_QUERY or len(path) > _LONGEST_QUERY:
            sentence = f"What is asked for is longer than {_LONGEST_QUERY:,} characters: ask for less at once."
            return explain(request, sentence, HTTPStatus.REQUEST_URI_TOO_LONG)
        if path.startswith(_FOR_MACHINES):
            return None
        if wait := self._rates.take(self._access.visitor(request)):
            refused = explain(request, "Too many requests: come back in a moment.", HTTPStatus.TOO_MANY_REQUESTS)
            refused.headers["Retry-After"] = str(math.ceil(wait))
            return refused
        if request.method not in _READS and not is_from_own_page(request):
            return explain(request, "A page of somebody else asked for this.", HTTPStatus.FORBIDDEN)
        if path.startswith(_FOR_ALL) or self._access.is_open_to(request):
            return None
        return self._ask_for_token(request)

    def _ask_for_token(self, request: Request) -> Response:
        if not self._access.token:
            who = "users of the proxy" if self._access.user_header else "this machine, under its own name,"
            sentence = f"Only {who} may look: set FEEDMILL_WEB_TOKEN to open this to whoever has it."
            return explain(request, sentence, HTTPStatus.FORBIDDEN)
        if "authorization" in request.headers:
            self._rates.fine(self._access.visitor(request), WRONG_TOKEN)
        elif wants_page(request) and request.method in _READS:
            to = URL(SIGN_IN).include_query_params(to=path_of(request))
            return RedirectResponse(str(to), HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})
        refused = explain(request, "This takes the token of FEEDMILL_WEB_TOKEN.", HTTPStatus.UNAUTHORIZED)
        refused.headers["WWW-Authenticate"] = 'Basic realm="Feedmill", charset="UTF-8"'
        return refused
