"""Looking at articles: as rows in the order of ids or of moments, and how many there are."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow
from worker.look.counts import Counted, count_found
from worker.look.listings import (
    Listed,
    MomentOf,
    Query,
    Sort,
    Wanted,
    in_direction,
    in_order,
    in_time,
    stream_rows,
    tagged_feeds,
)
from worker.search.matching_ids import has_words
from worker.search.searching import select_articles as select_listed

INTERNAL = frozenset({"match_key", "policy_version", "grouped_at", "wire_key"})
"""Columns of articles that Feedmill keeps for its own use: no list shows them."""


def list_articles(connection: Connection, wanted: Wanted) -> Iterator[Listed]:
    """List articles by what is wanted of them."""
    parts = [_sort_articles(part, by, wanted) for part, by in _choose_articles(connection, select_articles(), wanted)]
    with ExitStack() as ends:
        streams = [ends.enter_context(closing(stream_rows(connection, part.limit(wanted.limit)))) for part in parts]
        yield from islice(
            merge(*streams, key=_place_of_news, reverse=wanted.newest_first),
            wanted.limit,
        )


def moment_of_articles(wanted: Wanted) -> MomentOf | None:
    """Return by what moment the articles that are wanted are sorted; None where they are by their ids."""
    if wanted.sort is Sort.ID or (wanted.sort is None and not wanted.goes_by_time):
        return None
    return _news_moment if _is_by_publication(wanted) or wanted.sort is Sort.PUBLISHED else itemgetter("first_seen_at")


def count_listed_articles(connection: Connection, wanted: Wanted) -> Counted[int] | None:
    """Count the articles that are wanted; None where that takes too long."""
    parts = [part for part, _ in _choose_articles(connection, select(ArticleRow.id), wanted)]
    return count_found(connection, ArticleRow, parts, is_search=wanted.is_search)


def list_feed_titles(connection: Connection, feed_ids: Collection[int]) -> dict[int, str]:
    """Return by their ids what feeds are called: the title of each, or its URL where it has none."""
    rows = connection.execute(select(FeedRow.id, FeedRow.title, FeedRow.url).where(FeedRow.id.in_(feed_ids)))
    return {row.id: row.title or row.url for row in rows}


def as_shown(article: Listed) -> dict[str, Any]:
    """Return an article as lists show it: without what is for our own use."""
    return {name: article[name] for name in article if name not in INTERNAL}


def select_articles() -> Query:
    """Return the query for all articles, as they are listed."""
    return select_listed()


def _place_of_news(article: Listed) -> tuple[datetime, int]:
    return _news_moment(article), article["id"]


def _news_moment(article: Listed) -> datetime:
    moment: datetime = article["published_at"] or article["first_seen_at"]
    return moment


def _is_by_publication(wanted: Wanted) -> bool:
    return wanted.is_published_then if wanted.has_time else wanted.sort is Sort.PUBLISHED


def _choose_articles(connection: Connection, query: Query, wanted: Wanted) -> list[tuple[Query, Any]]:
    """Return the queries for the articles that are wanted, each with the moment by which it is sorted.

    Articles without a date are sorted, and bounded, by another column than the others, so they have a query, and an
    index, of their own. Those that were first seen at a certain time are found by that, and then sorted.
    """
    query = _filter_articles(connection, query, wanted)
    seen, published = ArticleRow.first_seen_at, ArticleRow.published_at
    if _is_by_publication(wanted):
        parts = [(query.where(published.is_not(None)), published), (query.where(published.is_(None)), seen)]
        return [(in_time(part, moment, wanted), moment) for part, moment in parts]
    moment: Any = func.coalesce(published, seen) if wanted.sort is Sort.PUBLISHED else seen
    return [(in_time(query, seen, wanted), moment)]


def _filter_articles(connection: Connection, query: Query, wanted: Wanted) -> Query:
    if wanted.feed_id:
        carried = select(SightingRow.article_id).where(SightingRow.feed_id == wanted.feed_id)
        query = query.where(ArticleRow.id.in_(carried))
    if wanted.feed_tag:
        carried = select(SightingRow.article_id).where(SightingRow.feed_id.in_(tagged_feeds(wanted.feed_tag)))
        query = query.where(ArticleRow.id.in_(carried))
    if wanted.agency:
        query = query.where(ArticleRow.agency == wanted.agency)
    if wanted.language:
        written, asked = func.lower(ArticleRow.language), wanted.language.lower()
        query = query.where(or_(written == asked, written.startswith(f"{asked}-", autoescape=True)))
    if wanted.tag:
        query = query.where(_has_tag(connection, wanted.tag))
    if wanted.text:
        query = query.where(has_words(connection, wanted.text))
    return query


def _has_tag(connection: Connection, tag: str) -> ColumnElement[bool]:
    unpack = func.jsonb_array_elements_text if connection.dialect.name == "postgresql" else func.json_each
    tags = unpack(ArticleRow.tags).table_valued("value")
    return select(tags.c.value).where(func.lower(tags.c.value) == func.lower(tag)).exists()


def _sort_articles(query: Query, moment: Any, wanted: Wanted) -> Query:
    if wanted.sort is None:
        return in_order(query, ArticleRow.id, moment, wanted)
    if wanted.sort is not Sort.ID:
        return in_direction(query, (moment, ArticleRow.id), wanted)
    # No index has the order of a sum: in the order of ids all articles would be read to find those of the time.
    return in_direction(query, (ArticleRow.id + 0 if wanted.has_time else ArticleRow.id,), wanted)
