"""Showing the token once: a form, and the cookie that a browser keeps then."""

from http import HTTPStatus
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from worker.web.access import COOKIE, KEPT_FOR, Access
from worker.web.answers import HEADERS
from worker.web.gate import SIGN_IN, WRONG_TOKEN
from worker.web.pages.rendering import render
from worker.web.request_bodies import read_body

_LONGEST_FORM = 8_000


async def _show_form(request: Request) -> Response:
    return render(request, "sign_in.html", to=_own_path(request.query_params.get("to", "")), is_wrong=False)


async def _sign_in(request: Request) -> Response:
    access: Access = request.app.state.access
    form = parse_qs((await read_body(request, _LONGEST_FORM)).decode(errors="replace"))
    to = _own_path(form.get("to", [""])[0])
    if not access.is_token(form.get("token", [""])[0].strip()):
        request.app.state.rates.fine(access.visitor(request), WRONG_TOKEN)
        return render(request, "sign_in.html", status=HTTPStatus.FORBIDDEN, to=to, is_wrong=True)
    answer = RedirectResponse(to, HTTPStatus.SEE_OTHER, HEADERS)
    is_secure = access.is_secure(request)
    answer.set_cookie(COOKIE, access.make_cookie(), KEPT_FOR, httponly=True, samesite="lax", secure=is_secure)
    return answer


def _own_path(to: str) -> str:
    """Return a path of this page, whatever was asked for: two slashes, or one of the other kind, begin a host."""
    is_own = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable()
    return to if is_own else "/"


ROUTES = [Route(SIGN_IN, _show_form), Route(SIGN_IN, _sign_in, methods=["POST"])]
