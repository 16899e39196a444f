"""The page of all feeds: a table by filters, a page at a time."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from worker.basics.codec import unpack
from worker.basics.text import is_storable, show_wrong
from worker.database.clock import read_clock
from worker.errors import UsageError
from worker.look.feed_paging import MOST_READ, FeedFilter, first_tags, page_of_feeds
from worker.look.file_listing import list_files
from worker.look.listings import Listed, Wanted
from worker.schedule.rhythm import describe_rhythm
from worker.values.due_feeds import FeedState
from worker.values.feed_quality import QualityState
from worker.values.schedules import Rhythm
from worker.web.cursors import read_cursor, write_cursor
from worker.web.looking import look
from worker.web.pages.feed_plots import draw_hours
from worker.web.pages.rendering import render
from worker.wording.sentences import next_poll

_LONGEST_TEXT, _LONGEST_PLACE, _LONGEST_NAME = 500, 120, 300
_MOST_TAGS, _MOST_REFUSED = 200, 20
_FILTERS = ("q", "tag", "state", "quality", "failing", "files")
_OPML = "/out/feeds.opml"


async def show_feeds(request: Request) -> Response:
    """Answer with the feeds that a query asks for."""
    given = request.query_params
    wanted = read_filter(given)
    after = _read_after(given)
    values = await look(request, partial(_find_feeds, wanted, after))
    query = {name: given[name] for name in _FILTERS if given.get(name)}
    following = {**query, "after": write_cursor([values["page"].after])} if values["page"].after else None
    return render(
        request,
        "feeds.html",
        wanted=wanted,
        states=[*FeedState],
        qualities=[*QualityState],
        is_first=not after,
        most_read=MOST_READ,
        following=f"/feeds?{urlencode(following)}" if following else None,
        first=f"/feeds?{urlencode(query)}" if query else "/feeds",
        outline=_address_of_outline(request, wanted),
        **values,
    )


def read_filter(given: Mapping[str, str]) -> FeedFilter:
    """Return which feeds a query asks for; UsageError with what is wrong about it."""
    texts = {name: given.get(name, "").strip() for name in ("q", "tag", "state", "quality")}
    for name, text in texts.items():
        if len(text) > _LONGEST_TEXT or not is_storable(text):
            raise UsageError(f"{name} is no text of at most {_LONGEST_TEXT} characters: {show_wrong(text)}")
    for name, kinds in (("state", FeedState), ("quality", QualityState)):
        if texts[name] not in {"", *kinds}:
            raise UsageError(f"No feed has the {name} {show_wrong(texts[name])}: it is one of {', '.join(kinds)}")
    switches = {"is_failing": bool(given.get("failing")), "are_files": bool(given.get("files"))}
    return FeedFilter(texts["q"], texts["tag"], texts["state"], texts["quality"], **switches)


def _read_after(given: Mapping[str, str]) -> int:
    if not (cursor := given.get("after")):
        return 0
    (after,) = read_cursor(cursor, [int])
    return int(str(after))


def _find_feeds(wanted: FeedFilter, after: int, connection: Connection) -> dict[str, Any]:
    now = read_clock(connection).now()
    refused = Wanted(text=wanted.text or None, is_failing=True, limit=_MOST_REFUSED)
    page = page_of_feeds(connection, now, wanted, after)
    return {
        "now": now,
        "page": page,
        "rows": [_show_row(feed, now) for feed in page.feeds],
        "refused": list(list_files(connection, refused)) if wanted.are_files and not after else [],
        "tags": first_tags(connection, _MOST_TAGS),
    }


def _show_row(feed: Listed, now: datetime) -> dict[str, Any]:
    rhythm = unpack(Rhythm, feed["rhythm"])
    # The hours, which come behind the comma, are what the mark shows.
    words = describe_rhythm(rhythm, now).partition(",")[0] if rhythm else ""
    # The usual port tells nothing.
    where = (feed["host"] or unquote(urlsplit(feed["url"]).path.rpartition("/")[0])).removesuffix(":443")
    shown = {"name": name_feed(feed), "where": where[:_LONGEST_PLACE], "next": next_poll(feed, now)}
    return {"feed": feed, "hours": draw_hours(rhythm), "rhythm": words} | shown


def name_feed(feed: Listed) -> str:
    """Return what a feed is called: its title, else a file's name, else its URL."""
    url = urlsplit(feed["url"])
    called = feed["title"] or (unquote(url.path).rpartition("/")[2] if url.scheme == "file" else feed["url"])
    return str(called)[:_LONGEST_NAME]


def _address_of_outline(request: Request, wanted: FeedFilter) -> str | None:
    """Return where the feeds that are shown are an OPML list; None where another filter than a tag chose them."""
    is_there = any(getattr(route, "path", "") == _OPML for route in request.app.routes)
    if not is_there or wanted != FeedFilter(tag=wanted.tag):
        return None
    return f"{_OPML}?{urlencode({'tag': wanted.tag})}" if wanted.tag else _OPML
