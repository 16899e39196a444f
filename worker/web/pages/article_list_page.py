"""The page of articles: the newest of those that filters let pass, or those that a search finds."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.database.clock import read_clock
from worker.database.story_tables import StoryRow
from worker.errors import UsageError
from worker.look.article_listing import count_listed_articles, list_articles, list_feed_titles, moment_of_articles
from worker.look.listings import Listed, Sort, Wanted, kinds_of_place
from worker.web.cursors import cut_page, read_cursor
from worker.web.looking import look
from worker.web.pages.asked_filters import Filters, read_filters
from worker.web.pages.rendering import render

_ON_A_PAGE = 40
_ORDERS = {Sort.PUBLISHED: "newest first", Sort.SEEN: "last seen first"}


async def _list_articles(request: Request) -> Response:
    asked = Filters.of(request.query_params)
    after = request.query_params.get("after", "")
    page = await look(request, lambda connection: _read_page(connection, asked, after))
    return render(request, "articles.html", status=400 if page["wrong"] else 200, asked=asked, after=after, **page)


def _read_page(connection: Connection, asked: Filters, after: str) -> dict[str, Any]:
    now = read_clock(connection).now()
    wanted, wrong = read_filters(connection, asked, now)
    order = Sort.SEEN if asked.order == Sort.SEEN else Sort.PUBLISHED
    wanted = replace(wanted, sort=order, is_published_then=order is Sort.PUBLISHED, newest_first=True)
    articles, following = ([], None) if wrong else _list_some(connection, wanted, after, wrong)
    return {
        "now": now,
        "wrong": wrong,
        "articles": articles,
        "following": following,
        "count": None if wrong else count_listed_articles(connection, wanted),
        "order": order,
        "orders": _ORDERS,
        "feed_titles": list_feed_titles(connection, {row["feed_id"] for row in articles} | {wanted.feed_id or 0}),
        "feed_id": wanted.feed_id,
        "sizes": _list_sizes(connection, articles),
    }


def _list_some(
    connection: Connection, wanted: Wanted, after: str, wrong: dict[str, str]
) -> tuple[Sequence[Listed], str | None]:
    moment_of = moment_of_articles(wanted)
    try:
        place = read_cursor(after, kinds_of_place(moment_of)) if after else None
    except UsageError as error:
        wrong["after"] = f"{error}."
        return [], None
    rows = list_articles(connection, replace(wanted, after=place, limit=_ON_A_PAGE + 1))
    return cut_page(rows, _ON_A_PAGE, moment_of)


def _list_sizes(connection: Connection, articles: Sequence[Listed]) -> dict[int, int]:
    """Return by their ids how many copies stories have, of those that have more than one."""
    ids = {article["story_id"] for article in articles} - {None}
    rows = connection.execute(select(StoryRow.id, StoryRow.size).where(StoryRow.id.in_(ids), StoryRow.size > 1))
    return {row.id: row.size for row in rows}


ROUTES = [Route("/articles", _list_articles)]
