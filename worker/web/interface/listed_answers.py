"""Listings as answers: a page and the cursor of the next, or all rows as JSON Lines.

All rows are read some at a time, each time in a transaction of its own that goes on after the last row of the one
before, while their reader takes them: so ten million rows take no more memory than some, and a reader that is slow, or
has gone to sleep, holds nothing of the database.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from worker.basics.json_lines import write_json_line, write_object
from worker.database.clock import read_clock
from worker.errors import UsageError
from worker.look.listings import Listed, MomentOf, Wanted, kinds_of_place
from worker.web.answers import HEADERS
from worker.web.cursors import cut_page, read_cursor
from worker.web.failures import ParameterError
from worker.web.interface.answer_schemas import fields_of, list_of, without_required
from worker.web.interface.endpoints import Endpoint
from worker.web.interface.packed_answers import Packed, answer_packed, pack
from worker.web.interface.parameters import Parameter, Values, read_parameters, read_path, some_of
from worker.web.interface.row_schemas import Schema, make_object
from worker.web.interface.wanted_rows import AFTER, FORMAT, LIMIT, MOST_ROWS, USUAL_LIMIT, read_wanted
from worker.web.lasting_answers import LastingAnswer, Places
from worker.web.looking import look

JSON_LINES = "application/jsonl"
# Rows of JSON Lines that are read at a time.
_SLICE = 200
_MOST_STREAMS, _MOST_EACH = 6, 3
_NEXT: Schema = {"type": ["string", "null"], "description": "Where the next page is; null for the last one."}


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows that are listed: what each has, how they are chosen, and by what they are sorted."""

    path: str
    key: str
    """What the rows are called."""
    summary: str
    row: str
    """The name of their schema."""
    rows: Callable[[Connection, datetime, Wanted], Iterator[Listed]]
    moment_of: Callable[[Wanted], MomentOf | None]
    filters: Sequence[Parameter] = ()
    in_path: Sequence[Parameter] = ()
    name: str = ""
    """Of the operation; empty where it is ``list_`` and the key."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """What is always asked for."""


def make_places() -> Places:
    """Return the places of those who take all rows at once."""
    return Places(_MOST_STREAMS, _MOST_EACH)


def list_rows(listing: Listing) -> Endpoint:
    """Return the endpoint of a listing."""
    fields = some_of("fields", "Only these fields of each row.", fields_of(listing.row))
    query = (*listing.filters, fields, LIMIT, AFTER, FORMAT)

    async def respond(request: Request) -> Response:
        values = {**listing.fixed, **read_path(request, listing.in_path), **read_parameters(request, query)}
        if _wants_lines(request, values):
            return await _answer_lines(request, listing, values)
        if (values["limit"] or 0) > MOST_ROWS:
            raise ParameterError("limit", f"limit is at most {MOST_ROWS:,} on a page; format=jsonl has no such bound")
        packed, rest = await look(request, partial(_pack_page, request, listing, values))
        return answer_packed(request, packed, {"Link": f'<{rest}>; rel="next"'} if rest else {})

    page = make_object({listing.key: list_of(without_required(listing.row)), "next": _NEXT})
    return Endpoint(
        listing.path,
        listing.name or f"list_{listing.key}",
        listing.summary,
        page,
        respond,
        query=query,
        in_path=listing.in_path,
        refusals=[HTTPStatus.NOT_FOUND],
        also={JSON_LINES: {"type": "string", "description": "One row a line."}},
    )


def _wants_lines(request: Request, values: Values) -> bool:
    if values["format"]:
        return bool(values["format"] == "jsonl")
    accepted = [each.partition(";")[0].strip() for each in request.headers.get("accept", "").lower().split(",")]
    return JSON_LINES in accepted or "application/x-ndjson" in accepted


def _pack_page(request: Request, listing: Listing, values: Values, connection: Connection) -> tuple[Packed, str | None]:
    now = read_clock(connection).now()
    wanted = _choose(connection, now, listing, values)
    rows, cursor = _read_slice(connection, now, listing, wanted, values["limit"] or USUAL_LIMIT)
    rest = _next_page(request, values, wanted, cursor) if cursor else None
    return pack(request, write_object({listing.key: _pick(rows, values), "next": rest})), rest


def _choose(connection: Connection, now: datetime, listing: Listing, values: Values) -> Wanted:
    wanted = read_wanted(connection, now, values)
    if values["after"]:
        kinds = kinds_of_place(listing.moment_of(wanted))
        try:
            return replace(wanted, after=read_cursor(values["after"], kinds))
        except UsageError as error:
            raise ParameterError(AFTER.name, f"after: {error}") from error
    return wanted


def _read_slice(
    connection: Connection, now: datetime, listing: Listing, wanted: Wanted, most: int
) -> tuple[list[Listed], str | None]:
    rows = listing.rows(connection, now, replace(wanted, limit=most + 1))
    return cut_page(rows, most, listing.moment_of(wanted))


def _pick(rows: Sequence[Listed], values: Values) -> list[Mapping[str, Any]]:
    fields = values["fields"]
    return [{name: row[name] for name in fields} for row in rows] if fields else [dict(row) for row in rows]


def _next_page(request: Request, values: Values, wanted: Wanted, cursor: str) -> str:
    asked = {name: text for name, text in request.query_params.items() if name != "after"}
    # Two days ago is another moment when the next page is asked for.
    bounds = {"since": wanted.since, "until": wanted.until}
    asked |= {name: bound.isoformat() for name, bound in bounds.items() if values.get(name) and bound}
    path: str = request.scope["path"]
    return f"{path}?{urlencode({**asked, 'after': cursor})}"


async def _answer_lines(request: Request, listing: Listing, values: Values) -> Response:
    headers = {"Content-Type": JSON_LINES, "Vary": "Accept"}

    def begin(connection: Connection) -> tuple[Wanted, datetime]:
        now = read_clock(connection).now()
        return _choose(connection, now, listing, values), now

    wanted, now = await look(request, begin)
    if request.method == "HEAD":
        return Response(headers=HEADERS | headers)
    lines = _read_lines(request, listing, values, wanted, now)
    return LastingAnswer(request, request.app.state.streams, lines, headers)


async def _read_lines(
    request: Request, listing: Listing, values: Values, wanted: Wanted, now: datetime
) -> AsyncIterator[bytes]:
    left = values["limit"]
    kinds = kinds_of_place(listing.moment_of(wanted))

    def read_some(connection: Connection) -> tuple[bytes, int, str | None]:
        rows, cursor = _read_slice(connection, now, listing, wanted, _SLICE if left is None else min(_SLICE, left))
        return b"".join(map(write_json_line, _pick(rows, values))), len(rows), cursor

    while True:
        lines, count, cursor = await look(request, read_some)
        yield lines
        left = None if left is None else left - count
        if cursor is None or left == 0:
            break
        wanted = replace(wanted, after=read_cursor(cursor, kinds))
