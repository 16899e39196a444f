"""Feeds out: ``/out/NAME.atom``, ``.rss`` and ``.json``, of whatever a query finds; ``/out/feeds.opml``."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from http import HTTPStatus
from itertools import islice

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.basics.text import clean, fold, show_wrong
from worker.basics.units import read_id
from worker.basics.urls import absolute_url
from worker.database.clock import read_clock
from worker.errors import UsageError
from worker.feeds_out.asked_feed import FORMATS, MOST_ENTRIES, USUAL_ENTRIES, AskedFeed
from worker.manage.feed_tags import known_tag
from worker.manage.feeds import list_feeds_to_export
from worker.seeds.opml_writing import write_opml
from worker.web.answers import HEADERS, path_of
from worker.web.conditional_requests import is_known, write_validators
from worker.web.looking import look

# Whoever reads may keep it, and asks each time whether it is the same still; nobody in between, for it takes a token.
_KEEPING = {"Cache-Control": "private, no-cache"}
_ASKED = ("q", "limit", "title", "collapse_stories", "before")
_SWITCH = {"1": True, "true": True, "0": False, "false": False}
_LONGEST_TITLE, _DIGITS = 300, 9
# The million feeds of a large store are 136 MB of OPML, which nobody reads from a page.
_MOST_FEEDS = 20_000


async def _show_feed(request: Request) -> Response:
    name, _, ending = request.path_params["file"].rpartition(".")
    if not name or ending not in FORMATS:
        raise HTTPException(HTTPStatus.NOT_FOUND, "A feed out is named with .atom, .rss or .json, as /out/news.atom is")
    asked = replace(
        _read_asked(_once_each(request, _ASKED), name), format=ending, self_url=_own_address(request), is_paged=True
    )
    return await look(request, lambda connection: _answer(connection, request, asked))


def _answer(connection: Connection, request: Request, asked: AskedFeed) -> Response:
    outgoing = asked.read(connection)
    tag, stored_at = asked.tag(outgoing), outgoing.stored_at
    headers = HEADERS | _KEEPING | write_validators(tag, stored_at)
    if is_known(request.headers, tag, stored_at):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    media_type = f"{FORMATS[asked.format].media_type}; charset=utf-8"
    return Response(b"".join(asked.write(outgoing)), headers=headers, media_type=media_type)


def _read_asked(given: Mapping[str, str], name: str) -> AskedFeed:
    limit, collapse = given.get("limit", str(USUAL_ENTRIES)), given.get("collapse_stories", "0")
    if not (limit.isascii() and limit.isdecimal() and len(limit) < _DIGITS and 1 <= int(limit) <= MOST_ENTRIES):
        raise UsageError(f"limit is a number from 1 to {MOST_ENTRIES:,}; not {show_wrong(limit)}")
    if collapse not in _SWITCH:
        raise UsageError(f"collapse_stories is 1 or 0; not {show_wrong(collapse)}")
    before = given.get("before")
    if before is not None and read_id(before) is None:
        raise UsageError(f"before is the id of an article; not {show_wrong(before)}")
    title = fold(clean(given.get("title", ""), _LONGEST_TITLE))
    return AskedFeed(
        query=given.get("q", ""),
        limit=int(limit),
        title=title or given.get("q") or name,
        is_collapsed=_SWITCH[collapse],
        before=read_id(before) if before else None,
    )


def _once_each(request: Request, known: Collection[str]) -> dict[str, str]:
    """Return the parameters of a query; UsageError for one that is unknown or comes twice."""
    given = request.query_params.multi_items()
    for number, (name, _) in enumerate(given):
        if name not in known:
            raise UsageError(f"{show_wrong(name)} is not asked for here: only {', '.join(known)}")
        if name in dict(given[:number]):
            raise UsageError(f"{name} is asked for twice")
    return dict(given)


def _own_address(request: Request) -> str | None:
    """Return where this answer is found, as whoever asks has it; no token stands in it."""
    scheme = "https" if request.app.state.access.is_secure(request) else request.scope["scheme"]
    return absolute_url(f"{scheme}://{request.headers.get('host', '')}{path_of(request)}")


async def _show_feeds(request: Request) -> Response:
    tag = _once_each(request, ("tag",)).get("tag")
    document = await look(request, lambda connection: _write_feeds(connection, tag))
    return Response(document, headers=HEADERS | _KEEPING, media_type="text/x-opml; charset=utf-8")


def _write_feeds(connection: Connection, tag: str | None) -> bytes:
    known = known_tag(connection, tag) if tag is not None else None
    feeds = list(islice(list_feeds_to_export(connection, known), _MOST_FEEDS + 1))
    if len(feeds) > _MOST_FEEDS:
        raise UsageError(f"There are more than {_MOST_FEEDS:,} feeds: name a tag, or use `feedmill export`")
    return b"".join(write_opml(feeds, known or "Feedmill", read_clock(connection).now()))


ROUTES = [Route("/out/feeds.opml", _show_feeds), Route("/out/{file}", _show_feed)]
