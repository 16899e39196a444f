"""The page's own style and scripts: read once, named by what they hold, so that a browser may keep them for ever."""

import hashlib
from functools import cache
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "ico": "image/x-icon"}
_KEPT = "public, max-age=31536000, immutable"


@cache
def _contents() -> dict[str, bytes]:
    folder = files("worker.web.pages").joinpath("static")
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name.rpartition(".")[2] in _TYPES}


@cache
def address_of(name: str) -> str:
    """Return the path of a static file, which changes with its content."""
    return f"/static/{hashlib.sha256(_contents()[name]).hexdigest()[:12]}/{name}"


def content_of(name: str) -> bytes:
    """Return a static file, for a document that may load none."""
    return _contents()[name]


async def _answer_file(request: Request) -> Response:
    name = request.path_params["name"]
    content = _contents().get(name)
    if content is None:
        raise HTTPException(404)
    is_current = address_of(name) == request.scope["path"]
    headers = {
        "Cache-Control": _KEPT if is_current else "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(content, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)


ROUTES = [Route("/static/{version}/{name}", _answer_file)]
