"""The page of articles: the newest of those that filters let pass, or those that a search finds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.database.clock import read_clock
from worker.database.story_tables import StoryRow
from worker.errors import NamedError, UsageError
from worker.look.article_listing import count_listed_articles, list_articles, list_feed_titles, moment_of_articles
from worker.look.counts import Counted
from worker.look.listings import Listed, Sort, Wanted, kinds_of_place
from worker.search.excerpts import mark_matches
from worker.search.query_reading import read_query
from worker.search.searching import Order, count_unindexed, search_articles
from worker.web.cursors import cut_page, read_cursor
from worker.web.looking import look
from worker.web.pages.asked_filters import Filters, read_filters
from worker.web.pages.rendering import render

_ON_A_PAGE = 40
_SEARCH_ORDERS = {Order.RELEVANCE: "best first", Order.NEWEST: "newest first"}
_ORDERS = {Sort.PUBLISHED: "newest first", Sort.SEEN: "last seen first"}


@dataclass(frozen=True, slots=True)
class _Found:
    """The articles of a page, and from where the next page goes on."""

    articles: Sequence[Listed]
    following: str | None
    count: Counted[int] | None = None
    unindexed: int = 0
    """How many articles a search cannot find yet."""


_NOTHING = _Found([], None)


async def _list_articles(request: Request) -> Response:
    asked = Filters.of(request.query_params)
    after = request.query_params.get("after", "")
    page = await look(request, lambda connection: _read_page(connection, asked, after))
    return render(request, "articles.html", status=400 if page["wrong"] else 200, asked=asked, after=after, **page)


def _read_page(connection: Connection, asked: Filters, after: str) -> dict[str, Any]:
    now = read_clock(connection).now()
    wanted, wrong = read_filters(connection, asked, now)
    order: Sort | Order
    if asked.q:
        order = Order.NEWEST if asked.order == Order.NEWEST else Order.RELEVANCE
        found = _search(connection, asked, order, after, wrong)
    else:
        order = Sort.SEEN if asked.order == Sort.SEEN else Sort.PUBLISHED
        wanted = replace(wanted, sort=order, is_published_then=order is Sort.PUBLISHED, newest_first=True)
        found = _list(connection, wanted, after, wrong)
    feeds = {row["feed_id"] for row in found.articles} | {wanted.feed_id or 0}
    return {
        "now": now,
        "wrong": wrong,
        "articles": found.articles,
        "following": found.following,
        "count": found.count,
        "unindexed": found.unindexed,
        "query": asked.as_query(),
        "order": order,
        "orders": _SEARCH_ORDERS if asked.q else _ORDERS,
        "feed_titles": list_feed_titles(connection, feeds),
        "feed_id": wanted.feed_id,
        "sizes": _list_sizes(connection, found.articles),
    }


def _search(connection: Connection, asked: Filters, order: Order, after: str, wrong: dict[str, str]) -> _Found:
    try:
        # By itself first: what is wrong with it is told by its own places.
        read_query(asked.q)
        if wrong:
            return _NOTHING
        query = read_query(asked.as_query())
        page = search_articles(connection, query, limit=_ON_A_PAGE, order=order, after=after or None)
    except (UsageError, NamedError) as error:
        wrong["q"] = str(error)
        return _NOTHING
    articles = [{**row, "marked_title": mark_matches(row["title"], query.phrases)} for row in page]
    return _Found(articles, page.after, unindexed=count_unindexed(connection))


def _list(connection: Connection, wanted: Wanted, after: str, wrong: dict[str, str]) -> _Found:
    if wrong:
        return _NOTHING
    moment_of = moment_of_articles(wanted)
    try:
        place = read_cursor(after, kinds_of_place(moment_of)) if after else None
    except UsageError:
        wrong["after"] = "Where this page begins cannot be read: no page led there."
        return _NOTHING
    rows = list_articles(connection, replace(wanted, after=place, limit=_ON_A_PAGE + 1))
    articles, following = cut_page(rows, _ON_A_PAGE, moment_of)
    return _Found(articles, following, count_listed_articles(connection, wanted))


def _list_sizes(connection: Connection, articles: Sequence[Listed]) -> dict[int, int]:
    """Return by their ids how many copies stories have, of those that have more than one."""
    ids = {article["story_id"] for article in articles} - {None}
    rows = connection.execute(select(StoryRow.id, StoryRow.size).where(StoryRow.id.in_(ids), StoryRow.size > 1))
    return {row.id: row.size for row in rows}


ROUTES = [Route("/articles", _list_articles)]
