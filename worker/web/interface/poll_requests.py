"""Asking workers to poll feeds now: what is asked for gets a ticket, which tells what has become of each feed.

It is all that writes through the interface, so it takes the token: a page of somebody else, or whoever merely shares
this machine, asks for nothing.
"""

import asyncio
import time
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import orjson
from anyio import CapacityLimiter, to_thread
from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from worker.basics.json_lines import write_object
from worker.basics.units import LARGEST_ID
from worker.errors import NamedError, StoreError, UsageError
from worker.manage.named_feeds import read_names
from worker.pipeline.tickets import AskedPolls, find_ticket, read_answers
from worker.queued_polls import queue_polls
from worker.web.answers import HEADERS, usable_store
from worker.web.interface.answer_schemas import list_of, named
from worker.web.interface.endpoints import Endpoint, refuse_parameters
from worker.web.interface.packed_answers import JSON, answer_packed, pack
from worker.web.interface.parameters import read_parameters, read_path, whole
from worker.web.interface.row_schemas import make_object
from worker.web.looking import look
from worker.web.request_bodies import read_body

_MOST_NAMED = 1_000
_LARGEST_BODY = 1_000_000
# Seconds between two looks at what has become of the polls, and in all.
_LOOK_EVERY, _LONGEST_WAIT = 1.0, 60
_ID = whole("ticket_id", "The ticket's id.", 1, LARGEST_ID)
_WAIT = whole("wait", "Seconds to wait for polls that are still to come.", 0, _LONGEST_WAIT, 0)


def make_limiter() -> CapacityLimiter:
    """Return what limits how many ask for polls at once."""
    return CapacityLimiter(2)


async def _ask_for_polls(request: Request) -> Response:
    _refuse_without_token(request)
    refuse_parameters(request)
    names = read_names(_named_in(await _read_json(request)), most=_MOST_NAMED)
    if not names:
        raise UsageError("feeds names no feed: it is a list of ids and URLs")
    state = request.app.state

    def ask() -> AskedPolls:
        return queue_polls(usable_store(state.engine), state.settings, names)

    asked = await to_thread.run_sync(ask, limiter=state.poll_requests)
    ticket = {"id": asked.ticket_id, "asked_at": asked.asked_at, "untold": asked.untold}
    headers = HEADERS | {"Location": f"/v1/tickets/{asked.ticket_id}"}
    return Response(write_object(ticket), HTTPStatus.ACCEPTED, headers, JSON)


def _refuse_without_token(request: Request) -> None:
    access = request.app.state.access
    if not access.token:
        raise HTTPException(HTTPStatus.FORBIDDEN, "Set FEEDMILL_WEB_TOKEN, and show it, to ask for polls")
    if not access.shows_token(request):
        raise HTTPException(
            HTTPStatus.FORBIDDEN, "Asking for polls takes the token of FEEDMILL_WEB_TOKEN, whoever a proxy says you are"
        )


async def _read_json(request: Request) -> bytes:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"The body is of the type {JSON}")
    return await read_body(request, _LARGEST_BODY)


def _named_in(body: bytes) -> object:
    try:
        said = orjson.loads(body)
    except ValueError as error:
        raise UsageError(
            'The body is no JSON: it is an object such as {"feeds": [12, "https://news.example/feed"]}'
        ) from error
    if not isinstance(said, dict) or said.keys() != {"feeds"}:
        raise UsageError('The body is an object with "feeds", and nothing else: a list of ids and URLs')
    return said["feeds"]


async def _answer_ticket(request: Request) -> Response:
    ticket_id = read_path(request, (_ID,))["ticket_id"]
    longest = read_parameters(request, (_WAIT,))["wait"]
    if not longest:
        return await _wait_for_polls(request, ticket_id, time.monotonic())
    # Whoever waits takes one of the places of those who wait for changes.
    with request.app.state.live_changes.places.taken(request.app.state.access.visitor(request)):
        return await _wait_for_polls(request, ticket_id, time.monotonic() + longest)


async def _wait_for_polls(request: Request, ticket_id: int, ends_at: float) -> Response:
    while True:
        try:
            found = await look(request, lambda connection: _read_ticket(connection, ticket_id))
        except StoreError:
            raise
        except NamedError as error:
            raise HTTPException(HTTPStatus.NOT_FOUND, str(error).rstrip(".")) from error
        if not found["is_waiting"] or time.monotonic() >= ends_at:
            return answer_packed(request, pack(request, write_object(found)), {})
        await asyncio.sleep(_LOOK_EVERY)


def _read_ticket(connection: Connection, ticket_id: int) -> dict[str, Any]:
    asked_at, answers = find_ticket(connection, ticket_id), read_answers(connection, ticket_id)
    is_waiting = any(answer.is_waiting for answer in answers)
    return {"id": ticket_id, "asked_at": asked_at, "is_waiting": is_waiting, "answers": list(map(asdict, answers))}


_FEED = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": LARGEST_ID},
        {"type": "string", "pattern": r"^[^\u0000]*\S[^\u0000]*$"},
    ]
}
ENDPOINTS = [
    Endpoint(
        "/v1/polls",
        "ask_for_polls",
        "Have workers poll feeds now, named by id or URL: the ticket tells what became of each; it takes the token",
        named("Ticket"),
        _ask_for_polls,
        method="POST",
        body=make_object({"feeds": {**list_of(_FEED), "minItems": 1, "maxItems": _MOST_NAMED}}),
        status=HTTPStatus.ACCEPTED,
        refusals=[
            HTTPStatus.REQUEST_TIMEOUT,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        ],
    ),
    Endpoint(
        "/v1/tickets/{ticket_id}",
        "show_ticket",
        "What has become by now of polls that were asked for",
        named("AnsweredTicket"),
        _answer_ticket,
        query=(_WAIT,),
        in_path=(_ID,),
        refusals=[HTTPStatus.NOT_FOUND],
    ),
]
