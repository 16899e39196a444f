"""The ids of articles that match a query, the newest first, and how well each of them does."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.clock import read_clock
from worker.database.search_tables import WAITING
from worker.database.statements import is_one_of
from worker.database.story_tables import StoryRow
from worker.search import fts5, tsquery
from worker.search.in_turns import Reach, find_by_age, find_in_turns
from worker.search.meant_feeds import find_feeds
from worker.search.query import Condition, Facet, SearchQuery
from worker.search.query_reading import read_words

# Ids rise with first sight, but for those of articles that were stored at the same time.
_OUT_OF_ORDER = 1_000
# Where so many of the newest match, these are ranked, and older ones on a later page.
_ENOUGH = 100
# Of SQLite: to look at one article whether it matches takes as long as to read so many of those that match. Of a feed
# or story with more articles than that allows, so many of the newest are looked at first.
_READ_MEANWHILE, _RECENT_OF_LIST = 3_000, 250_000


@dataclass(frozen=True, slots=True)
class Block:
    """The newest of the articles that match, of those below an id: they are ranked together."""

    ids: Sequence[int]
    """The newest first."""
    top: int
    """The id that they are below."""
    rest: int | None
    """The id that the others which match are below; None where there are no others."""


def find_newest(connection: Connection, query: SearchQuery, before: int | None, most: int) -> Sequence[int]:
    """Return the ids of the newest articles that match, of those before an id; NamedError for an unknown feed."""
    matching = _select_before(connection, query, before)
    if connection.dialect.name != "postgresql" or not query.needs_index:
        return find_by_age(connection, matching, most)
    return find_in_turns(connection, matching, Reach(_find_top(connection, before), most, most))[0]


def find_among(connection: Connection, query: SearchQuery, ids: Collection[int]) -> Sequence[int]:
    """Return which of some articles match, in no order; NamedError for an unknown feed."""
    matching = _select_before(connection, query, None)
    (article_id,) = matching.selected_columns
    are_few = not query.needs_index or len(ids) <= _count_few(connection)
    sought = article_id if are_few else _in_list(connection, article_id)
    return connection.execute(matching.where(is_one_of(connection, sought, ids))).scalars().all()


def find_block(connection: Connection, query: SearchQuery, before: int | None, most: int) -> Block:
    """Return the newest articles that match, of those before an id: up to ``most``, fewer where that takes long.

    NamedError for an unknown feed.
    """
    matching, reach = _select_before(connection, query, before), Reach(_find_top(connection, before), most + 1, _ENOUGH)
    if connection.dialect.name == "postgresql":
        ids, lowest = find_in_turns(connection, matching, reach)
    elif query.other_conditions:
        ids, lowest = _find_lately(connection, matching, reach)
    else:
        ids, lowest = find_by_age(connection, matching, reach.most), None
    if len(ids) > most:
        return Block(ids[:most], reach.top, ids[most - 1])
    (article_id,) = matching.selected_columns
    has_rest = lowest is not None and find_by_age(connection, matching.where(article_id < lowest), 1)
    return Block(ids, reach.top, lowest if has_rest else None)


def _select_before(connection: Connection, query: SearchQuery, before: int | None) -> Select[int]:
    found = _select_matching(connection, query).subquery("found")
    article_id: ColumnElement[int] = found.c.id
    matching = select(article_id).where(*_limit(connection, query, article_id))
    return matching if before is None else matching.where(article_id < before)


def _find_top(connection: Connection, before: int | None) -> int:
    """Return an id that all articles in question are below."""
    newest: int = connection.execute(select(func.coalesce(func.max(ArticleRow.id), 0))).scalar_one()
    return newest + 1 if before is None else min(before, newest + 1)


def _find_lately(connection: Connection, matching: Select[int], reach: Reach) -> tuple[Sequence[int], int | None]:
    """Find the newest of a feed's or story's articles that match on SQLite, which looks at all that match."""
    lowest = reach.top - _RECENT_OF_LIST
    if lowest <= 1:
        return find_by_age(connection, matching, reach.most), None
    (article_id,) = matching.selected_columns
    recent = find_by_age(connection, matching.where(article_id >= lowest), reach.most)
    if len(recent) >= reach.enough:
        return recent, lowest
    return find_by_age(connection, matching, reach.most), None


def rank(connection: Connection, query: SearchQuery, ids: Collection[int]) -> dict[int, float]:
    """Return how well each of some articles that match does so; more is better."""
    if not ids:
        return {}
    is_postgresql = connection.dialect.name == "postgresql"
    return tsquery.rank(connection, query, ids) if is_postgresql else fts5.rank(connection, query, ids)


def _select_matching(connection: Connection, query: SearchQuery) -> Select[int]:
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        # A plan that was made for any words reads all that match; which is best depends on how many have these.
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
    found = tsquery.select_matching(connection, query) if is_postgresql else fts5.select_matching(query)
    if found is not None:
        return found
    every = select(ArticleRow.id)
    mine = ArticleRow.__table__.c.id
    excluded = tsquery.is_excluded(connection, query, mine) if is_postgresql else fts5.is_excluded(query, mine)
    return every if excluded is None else every.where(~excluded)


def _limit(connection: Connection, query: SearchQuery, article_id: ColumnElement[int]) -> Iterator[ColumnElement[bool]]:
    """Yield what must hold besides the words."""
    for condition in query.other_conditions:
        holds = _meet(connection, condition, article_id)
        yield ~holds if condition.is_excluded else holds
    now = read_clock(connection).now()
    since, until = (_moment(bound, now) for bound in (query.since, query.until))
    if since:
        yield article_id >= _first_id(connection, since)
    if until:
        yield article_id <= _last_id(connection, until)
    if since or until:
        seen = select(ArticleRow.id).where(ArticleRow.id == article_id)
        seen = seen.where(ArticleRow.first_seen_at >= since) if since else seen
        yield (seen.where(ArticleRow.first_seen_at < until) if until else seen).exists()


def _meet(connection: Connection, condition: Condition, article_id: ColumnElement[int]) -> ColumnElement[bool]:
    listed = _select_listed(connection, condition)
    if connection.dialect.name == "postgresql" or _are_few(connection, listed):
        return article_id.in_(listed)
    return _in_list(connection, article_id).in_(listed)


def _in_list(connection: Connection, article_id: ColumnElement[int]) -> ColumnElement[int]:
    """Return an id by which SQLite looks in a list for what matches, not for each of the list whether it matches."""
    return article_id if connection.dialect.name == "postgresql" else article_id + 0


def _select_listed(connection: Connection, condition: Condition) -> Select[int]:
    """Return the query for the ids of a feed's or story's articles."""
    if condition.facet is Facet.FEED:
        feeds = find_feeds(connection, condition.value)
        return select(SightingRow.article_id).where(SightingRow.feed_id.in_(feeds))
    story = int(condition.value)
    # A story may have been taken in by another one.
    parts = select(StoryRow.id).where(or_(StoryRow.id == story, StoryRow.parent == story))
    return select(ArticleRow.id).where(ArticleRow.story_id.in_(parts))


def _are_few(connection: Connection, listed: Select[int]) -> bool:
    few = _count_few(connection)
    some = listed.limit(few + 1).subquery()
    counted: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return counted <= few


def _count_few(connection: Connection) -> int:
    """Return of how many articles it pays on SQLite to look at each whether it matches."""
    return _find_top(connection, None) // _READ_MEANWHILE


def _moment(bound: timedelta | datetime | None, now: datetime) -> datetime | None:
    return now - bound if isinstance(bound, timedelta) else bound


def _first_id(connection: Connection, since: datetime) -> int:
    """Return an id that no article first seen since then is below."""
    seen = select(ArticleRow.id).where(ArticleRow.first_seen_at >= since)
    some = seen.order_by(ArticleRow.first_seen_at).limit(_OUT_OF_ORDER).subquery()
    first: int | None = connection.execute(select(func.min(some.c.id))).scalar_one()
    newest: int = connection.execute(select(func.coalesce(func.max(ArticleRow.id), 0))).scalar_one()
    return newest + 1 if first is None else first


def _last_id(connection: Connection, until: datetime) -> int:
    """Return an id that no article first seen before then is above."""
    seen = select(ArticleRow.id).where(ArticleRow.first_seen_at < until)
    some = seen.order_by(ArticleRow.first_seen_at.desc()).limit(_OUT_OF_ORDER).subquery()
    last: int | None = connection.execute(select(func.max(some.c.id))).scalar_one()
    return last or 0


def has_words(connection: Connection, words: str) -> ColumnElement[bool]:
    """Return the condition that an article has all of some words; of one that is not indexed, that it has the text."""
    query = read_words(words)
    has_text = or_(*(column.icontains(words, autoescape=True) for column in (ArticleRow.title, ArticleRow.text)))
    if not query.wanted:
        return has_text
    unindexed = select(WAITING.c.article_id)
    return or_(ArticleRow.id.in_(_select_matching(connection, query)), and_(ArticleRow.id.in_(unindexed), has_text))
