"""All there is under ``/v1/``: its endpoints, what they are together, and their description."""

from functools import cache

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from worker.basics.json_lines import write_object
from worker.web.interface import change_endpoint, listed_endpoints, poll_requests, search_endpoint, single_endpoints
from worker.web.interface.answer_schemas import list_of
from worker.web.interface.endpoints import Endpoint, make_routes, refuse_parameters
from worker.web.interface.openapi import describe_interface
from worker.web.interface.packed_answers import answer_packed, pack
from worker.web.interface.row_schemas import make_object

_WORDS = {"type": "string"}


@cache
def _description() -> bytes:
    return write_object(describe_interface(ENDPOINTS))


@cache
def _contents() -> bytes:
    told = [{"method": each.method, "path": each.path, "summary": each.summary} for each in ENDPOINTS]
    return write_object({"endpoints": told, "openapi": "/v1/openapi.json"})


async def _answer_contents(request: Request) -> Response:
    refuse_parameters(request)
    return answer_packed(request, pack(request, _contents()), {})


async def _answer_description(request: Request) -> Response:
    refuse_parameters(request)
    return answer_packed(request, await to_thread.run_sync(lambda: pack(request, _description())), {})


_ROW = make_object(dict.fromkeys(("method", "path", "summary"), _WORDS))
ENDPOINTS: list[Endpoint] = [
    Endpoint(
        "/v1/",
        "show_contents",
        "What there is",
        make_object({"endpoints": list_of(_ROW), "openapi": _WORDS}),
        _answer_contents,
    ),
    Endpoint("/v1/openapi.json", "show_description", "This description", {"type": "object"}, _answer_description),
    *listed_endpoints.ENDPOINTS,
    *single_endpoints.ENDPOINTS,
    search_endpoint.ENDPOINT,
    change_endpoint.ENDPOINT,
    *poll_requests.ENDPOINTS,
]
ROUTES = make_routes(ENDPOINTS)
