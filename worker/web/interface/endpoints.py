"""What an endpoint is: where, what it takes, and what answers. Routes and the document of OpenAPI are made of it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.basics.json_lines import write_object
from worker.database.clock import read_clock
from worker.web.interface.packed_answers import Packed, answer_packed, pack
from worker.web.interface.parameters import Parameter, Values, read_parameters, read_path
from worker.web.interface.row_schemas import Schema
from worker.web.looking import look

Respond = Callable[[Request], Awaitable[Response]]
Find = Callable[[Connection, datetime, Values], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path, and what is answered there."""

    path: str
    name: str
    """The name of the operation, for programs that make clients."""
    summary: str
    answer: Schema
    """Of the JSON that is answered."""
    respond: Respond
    query: Sequence[Parameter] = ()
    in_path: Sequence[Parameter] = ()
    method: str = "GET"
    body: Schema | None = None
    """Of the JSON that it takes."""
    status: int = HTTPStatus.OK
    refusals: Collection[HTTPStatus] = ()
    """With which it refuses what is asked, besides what any endpoint may answer."""
    also: Mapping[str, Schema] = field(default_factory=dict)
    """Other media types that it answers with, where a reader accepts them."""


@dataclass(frozen=True, slots=True)
class Single:
    """One thing of the store, or all of it at a glance."""

    path: str
    name: str
    summary: str
    answer: Schema
    find: Find
    """None for what is not there."""
    in_path: Sequence[Parameter] = ()


def look_up(single: Single) -> Endpoint:
    """Return the endpoint of one thing."""

    async def respond(request: Request) -> Response:
        values = {**read_path(request, single.in_path), **read_parameters(request, ())}

        def find_packed(connection: Connection) -> Packed | None:
            found = single.find(connection, read_clock(connection).now(), values)
            return pack(request, write_object(found)) if found is not None else None

        packed = await look(request, find_packed)
        if packed is None:
            thing = single.name.removeprefix("show_")
            raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no {thing} {', '.join(map(str, values.values()))}")
        return answer_packed(request, packed, {})

    refusals = [HTTPStatus.NOT_FOUND] if single.in_path else []
    return Endpoint(
        single.path,
        single.name,
        single.summary,
        single.answer,
        respond,
        in_path=single.in_path,
        refusals=refusals,
    )


def make_routes(endpoints: Sequence[Endpoint]) -> list[Route]:
    """Return the routes of endpoints, one for each path, whatever its methods."""
    return [Route(each.path, each.respond, methods=[each.method], name=each.name) for each in endpoints]


def refuse_parameters(request: Request) -> None:
    """Raise ParameterError where a request has parameters."""
    read_parameters(request, ())
