"""Searching: a page of the articles that match a query, with excerpts, and from where the next page goes on."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, select

from worker.basics.text import show_wrong
from worker.basics.units import read_id
from worker.database.article_tables import ArticleRow
from worker.database.feed_tables import FeedRow
from worker.database.statements import is_one_of
from worker.errors import UsageError
from worker.search.excerpts import make_excerpt
from worker.search.indexing import count_waiting
from worker.search.matching_ids import find_block, find_newest, rank
from worker.search.query import SearchQuery

MOST_RANKED = 1_000
"""By relevance the newest so many articles that match are sorted, then the next so many: a word may be in millions."""
MOST_ON_A_PAGE = 1_000
_WALKED = 500
_MOST_COUNTED = 1_000_000


class Order(StrEnum):
    """By what articles that were found are sorted."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    """The newest first, by when they were first seen."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some of the articles that match a query."""

    articles: Sequence[Mapping[str, Any]]
    """Rows as articles are listed, with ``excerpt``, parts of the text, and ``score``, None where all match alike."""
    after: str | None
    """From where the next page goes on; None where this is the last."""

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        return iter(self.articles)


@dataclass(frozen=True, slots=True)
class _Place:
    """Up to where a reader has come: the last article of a page."""

    order: Order
    before: int | None
    """By relevance: which articles were ranked together, those with ids below it."""
    last: int | None
    score: float


def select_articles() -> Select[*tuple[Any, ...]]:
    """Return the query for all articles, as they are listed."""
    shown = [column for column in ArticleRow.__table__.columns if column.name != "content_hash"]
    return select(*shown, FeedRow.url.label("feed_url")).join(FeedRow, FeedRow.id == ArticleRow.feed_id)


def search_articles(
    connection: Connection,
    query: SearchQuery,
    *,
    limit: int = 50,
    order: Order = Order.RELEVANCE,
    after: str | None = None,
) -> SearchPage:
    """Return the articles that match a query, up to ``limit`` of those that come ``after`` a page.

    UsageError for a place that is none; NamedError for a feed that is none. What is found by filters alone is sorted
    by age.
    """
    order = order if query.wanted else Order.NEWEST
    place = _read_place(after, order)
    limit = min(limit, MOST_ON_A_PAGE)
    if order is Order.NEWEST:
        ids = find_newest(connection, query, place.last, limit + 1)
        rest = _write_place(_Place(order, None, ids[limit - 1], 0)) if len(ids) > limit else None
        return SearchPage(_read_rows(connection, query, dict.fromkeys(ids[:limit])), rest)
    return _find_best(connection, query, place, limit)


def walk_found(
    connection: Connection, query: SearchQuery, order: Order, most: int | None = None
) -> Generator[Mapping[str, Any]]:
    """Yield the articles that match, page by page, at most so many; None for all."""
    left, after = most, None
    while left is None or left > 0:
        size = _WALKED if left is None else min(_WALKED, left)
        page = search_articles(connection, query, limit=size, order=order, after=after)
        yield from page
        after, left = page.after, None if left is None else left - size
        if after is None:
            return


def count_unindexed(connection: Connection) -> int:
    """Return how many articles are not indexed, and so not found by their words; no more than a million."""
    return count_waiting(connection, _MOST_COUNTED)


def _find_best(connection: Connection, query: SearchQuery, place: _Place, limit: int) -> SearchPage:
    block = find_block(connection, query, place.before, MOST_RANKED)
    scores = rank(connection, query, block.ids)
    ranked = sorted(scores, key=lambda article_id: (-scores[article_id], -article_id))
    begin = _find_begin(ranked, scores, place)
    shown = ranked[begin : begin + limit]
    rest = _Place(Order.RELEVANCE, block.rest, None, 0) if block.rest else None
    if begin + limit < len(ranked):
        rest = _Place(Order.RELEVANCE, block.top, shown[-1], scores[shown[-1]])
    rows = _read_rows(connection, query, {article_id: scores[article_id] for article_id in shown})
    return SearchPage(rows, _write_place(rest) if rest else None)


def _find_begin(ranked: Sequence[int], scores: Mapping[int, float], place: _Place) -> int:
    """Return where a page begins: after its predecessor's last article, or where that would stand."""
    if place.last is None:
        return 0
    if place.last in scores:
        return ranked.index(place.last) + 1
    return sum(scores[each] >= place.score for each in ranked)


def _read_rows(
    connection: Connection, query: SearchQuery, scores: Mapping[int, float | None]
) -> list[Mapping[str, Any]]:
    found = select_articles().where(is_one_of(connection, ArticleRow.id, scores.keys()))
    rows = {row["id"]: row for row in connection.execute(found).mappings()}
    return [
        {**rows[article_id], "score": score, "excerpt": make_excerpt(rows[article_id]["text"], query.phrases)}
        for article_id, score in scores.items()
        # One may have been deleted meanwhile.
        if article_id in rows
    ]


def _write_place(place: _Place) -> str:
    parts = (place.order[0], place.before, place.last, repr(place.score) if place.last and place.score else None)
    return "_".join("" if part is None else str(part) for part in parts)


def _read_place(after: str | None, order: Order) -> _Place:
    if after is None:
        return _Place(order, None, None, 0)
    try:
        kind, before, last, score = after.split("_")
        place = _Place(order, _read_number(before), _read_number(last), float(score or 0))
    except ValueError as error:
        raise _wrong(after) from error
    if kind != order[0]:
        raise UsageError("This place is one of results in another order: begin without it.")
    return place


def _read_number(text: str) -> int | None:
    if not text:
        return None
    number = read_id(text)
    if number is None:
        raise ValueError(text)
    return number


def _wrong(after: str) -> UsageError:
    return UsageError(f"{show_wrong(after)} is no place in results: take what came as `after` with the page before.")
