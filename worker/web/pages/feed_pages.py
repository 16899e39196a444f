"""The pages of one feed: how it is doing and why, and its polls."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.basics.codec import unpack
from worker.basics.text import show_wrong
from worker.basics.units import read_id
from worker.database.clock import read_clock
from worker.errors import NamedError
from worker.look.feed_history import (
    is_feed,
    list_feed_articles,
    list_feed_backfills,
    list_former_urls,
    list_publications,
)
from worker.look.feed_listing import find_feed_with_host
from worker.look.listings import Listed, Wanted, kinds_of_place
from worker.look.poll_listing import list_polls, moment_of_polls
from worker.schedule.rhythm import describe_rhythm
from worker.values.schedules import Rhythm
from worker.web.cursors import cut_page, read_cursor
from worker.web.looking import look
from worker.web.pages.feed_list_page import name_feed, show_feeds
from worker.web.pages.feed_plots import draw_days, draw_polls, draw_rhythm
from worker.web.pages.rendering import render
from worker.wording.feed_facts import describe_feed
from worker.wording.sentences import explain_backfill, next_poll

_POLLS_DRAWN, _POLLS_LISTED, _ARTICLES, _MOST_DATES = 300, 50, 12, 2000


async def _show_feed(request: Request) -> Response:
    values = await look(request, _of_feed(request, _find_feed))
    return render(request, "feed.html", **values)


async def _show_polls(request: Request) -> Response:
    cursor = request.query_params.get("before")
    values = await look(request, _of_feed(request, partial(_find_polls, cursor)))
    return render(request, "feed_polls.html", is_first=not cursor, **values)


def _of_feed(
    request: Request, find: Callable[[Connection, int], dict[str, Any]]
) -> Callable[[Connection], dict[str, Any]]:
    """Return what finds a page's values for the feed in its path; it raises NamedError where there is no such feed."""
    name = request.path_params["feed_id"]
    feed_id = read_id(name) or 0

    def find_or_refuse(connection: Connection) -> dict[str, Any]:
        if not is_feed(connection, feed_id):
            raise NamedError(f"There is no feed {show_wrong(name)}")
        return find(connection, feed_id)

    return find_or_refuse


def _find_feed(connection: Connection, feed_id: int) -> dict[str, Any]:
    now = read_clock(connection).now()
    feed = find_feed_with_host(connection, now, feed_id)
    wanted = Wanted(feed_id=feed_id, newest_first=True, limit=_POLLS_DRAWN)
    polls = list(list_polls(connection, wanted))
    shown, following = cut_page(polls, _POLLS_LISTED, moment_of_polls(wanted))
    dates, known_from = _read_dates(list_publications(connection, feed_id, _MOST_DATES))
    rhythm = unpack(Rhythm, feed["rhythm"])
    return {
        "now": now,
        "feed": feed,
        "name": name_feed(feed),
        "facts": describe_feed(feed, now),
        "next": next_poll(feed, now),
        "rhythm": describe_rhythm(rhythm, now) if rhythm else None,
        "strip": draw_polls(polls),
        "days": draw_days(dates, known_from, now) if dates and feed["host"] else None,
        "week": draw_rhythm(dates, rhythm),
        "polls": shown,
        "older": _address_of_older(feed_id, following),
        "gaps": [explain_backfill(backfill, now) for backfill in list_feed_backfills(connection, feed_id)],
        "former_urls": list_former_urls(connection, feed_id),
        "articles": list_feed_articles(connection, feed_id, _ARTICLES),
    }


def _read_dates(publications: Sequence[Listed]) -> tuple[Sequence[datetime], datetime | None]:
    """Return the days that articles are of, and from when on all are among them; None where those are all there are."""
    dates = [row["published_at"] or row["first_seen_at"] for row in publications]
    is_cut = len(publications) >= _MOST_DATES
    return dates, min(row["first_seen_at"] for row in publications) if is_cut else None


def _find_polls(before: str | None, connection: Connection, feed_id: int) -> dict[str, Any]:
    now = read_clock(connection).now()
    wanted = Wanted(feed_id=feed_id, newest_first=True, limit=_POLLS_LISTED + 1)
    moment_of = moment_of_polls(wanted)
    after = read_cursor(before, kinds_of_place(moment_of)) if before else None
    polls, following = cut_page(list_polls(connection, replace(wanted, after=after)), _POLLS_LISTED, moment_of)
    feed = find_feed_with_host(connection, now, feed_id)
    older = _address_of_older(feed_id, following)
    return {"now": now, "feed": feed, "name": name_feed(feed), "polls": polls, "older": older}


def _address_of_older(feed_id: int, following: str | None) -> str | None:
    return f"/feeds/{feed_id}/polls?before={following}" if following else None


ROUTES = [
    Route("/feeds", show_feeds),
    Route("/feeds/{feed_id}", _show_feed),
    Route("/feeds/{feed_id}/polls", _show_polls),
]
