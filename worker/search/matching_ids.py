"""The ids of articles that match a query, the newest first, and how well each of them does."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.clock import read_clock
from worker.database.search_tables import WAITING
from worker.database.story_tables import StoryRow
from worker.search import fts5, tsquery
from worker.search.meant_feeds import find_feeds
from worker.search.query import Condition, Facet, SearchQuery
from worker.search.query_reading import read_words

# Ids rise with first sight, but for those of articles that were stored at the same time.
_OUT_OF_ORDER = 1_000
# Of PostgreSQL: so many of the newest articles are looked at first. Where so many of them match, the others are looked
# at from the newest on too; else the index of words finds all that match, unless they are more than so many.
_RECENT, _OFTEN, _FEW = 10_000, 200, 20_000


def find_newest(connection: Connection, query: SearchQuery, before: int | None, most: int) -> Sequence[int]:
    """Return the ids of the newest articles that match, of those before an id; NamedError for an unknown feed."""
    found = _select_matching(connection, query).subquery("found")
    article_id: ColumnElement[int] = found.c.id
    matching = select(article_id).where(*_limit(connection, query, article_id))
    if before is not None:
        matching = matching.where(article_id < before)
    if connection.dialect.name == "postgresql" and query.needs_index:
        return _find_in_turns(connection, matching, before, most)
    return _newest(connection, matching, most)


def _find_in_turns(connection: Connection, matching: Select[int], before: int | None, most: int) -> Sequence[int]:
    """Find the newest as PostgreSQL would if it knew how many articles match: of a word it only guesses.

    What many have is found among the newest, what few have by the index of words, all of it, and sorted then.
    """
    (article_id,) = matching.selected_columns
    top = before or connection.execute(select(func.coalesce(func.max(ArticleRow.id), 0))).scalar_one()
    recent = _newest(connection, matching.where(article_id > top - _RECENT), most)
    if len(recent) == most:
        return recent
    if len(recent) >= _OFTEN:
        return _newest(connection, matching, most)
    for scan in ("seqscan", "indexscan"):
        connection.exec_driver_sql(f"SET LOCAL enable_{scan} = off")
    few = connection.execute(matching.limit(_FEW + 1)).scalars().all()
    for scan in ("seqscan", "indexscan"):
        connection.exec_driver_sql(f"SET LOCAL enable_{scan} = on")
    return sorted(few, reverse=True)[:most] if len(few) <= _FEW else _newest(connection, matching, most)


def _newest(connection: Connection, matching: Select[int], most: int) -> Sequence[int]:
    (article_id,) = matching.selected_columns
    return connection.execute(matching.order_by(article_id.desc()).limit(most)).scalars().all()


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
    if condition.facet is Facet.FEED:
        feeds = find_feeds(connection, condition.value)
        # A sum, so that SQLite looks in the list for what matches, and not for each of the list whether it matches.
        given = article_id if connection.dialect.name == "postgresql" else article_id + 0
        return given.in_(select(SightingRow.article_id).where(SightingRow.feed_id.in_(feeds)))
    story = int(condition.value)
    # A story may have been taken in by another one.
    parts = select(StoryRow.id).where(or_(StoryRow.id == story, StoryRow.parent == story))
    return exists().where(ArticleRow.id == article_id, ArticleRow.story_id.in_(parts))


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
