"""Finding the articles that go out: those that a search finds, the newest first, and of a story only one on wish."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from worker.database.article_tables import ArticleRow
from worker.database.statements import is_one_of, is_one_of_given
from worker.database.story_tables import StoryRow
from worker.feeds_out.out_entry import Row
from worker.look.listings import columns
from worker.search.matching_ids import find_among, find_newest
from worker.search.query import SearchQuery
from worker.values.entries import Notice

# Articles that a search finds and that are looked at: those of a store's one huge story would be millions.
_MOST_SEEN, _SLICE = 5_000, 200
# Articles of the stories of a page that are looked at, the newest ones.
_MOST_COPIES = 20_000
_MARKS = "id notice killed_by story_id"


@dataclass(frozen=True, slots=True)
class Found:
    """The articles that go out, and the id before which the next page goes on; None where this is the last."""

    ids: Sequence[int]
    before: int | None


def find_articles(
    connection: Connection, query: SearchQuery, *, limit: int, before: int | None, is_collapsed: bool
) -> Found:
    """Find the newest articles, before an id where one is given; of each story the first that is found, on wish."""
    at_a_time = max(limit + 1, _SLICE if is_collapsed else 0)
    news: Iterator[Row] = (row for row in _look_back(connection, query, before, at_a_time) if _is_news(row))
    if is_collapsed:
        news = _once_a_story(news if before is None else _drop_told(connection, query, news, before))
    rows = list(islice(news, limit + 1))
    shown = rows[:limit]
    stands_for: dict[int, int] = {row["id"]: row["id"] for row in shown}
    stands_for |= _find_first_told(connection, query, shown) if is_collapsed else {}
    return Found([*stands_for.values()], shown[-1]["id"] if len(rows) > limit else None)


def _look_back(connection: Connection, query: SearchQuery, before: int | None, at_a_time: int) -> Iterator[Row]:
    """Yield what decides of each article whether it goes out, the newest first."""
    for _ in range(0, _MOST_SEEN, at_a_time):
        ids = find_newest(connection, query, before, at_a_time)
        marks = _read_marks(connection, ids)
        yield from (marks[article_id] for article_id in ids if article_id in marks)
        if len(ids) < at_a_time:
            return
        before = ids[-1]


def _read_marks(connection: Connection, ids: Collection[int]) -> Mapping[int, Row]:
    found = connection.execute(_marks_of(connection.dialect.name), {"ids": list(ids)}).mappings()
    return {row["id"]: row for row in found}


@cache
def _marks_of(dialect: str) -> Select[*tuple[Any, ...]]:
    """Return the query for what decides whether articles, by the parameter ``ids``, go out."""
    return select(*columns(ArticleRow, _MARKS)).where(is_one_of_given(dialect, ArticleRow.id, "ids"))


def _is_news(row: Row) -> bool:
    """Return whether an article is to be read: a kill is not, but what is killed goes out once more, as withdrawn."""
    return row["notice"] != Notice.KILL or row["killed_by"] is not None


def _once_a_story(rows: Iterable[Row]) -> Iterator[Row]:
    """Yield one article of each story; what is killed goes out by itself, or readers that have it would keep it."""
    seen: set[int] = set()
    for row in rows:
        story_id = row["story_id"] if row["killed_by"] is None else None
        if story_id not in seen:
            yield row
        if story_id is not None:
            seen.add(story_id)


def _drop_told(connection: Connection, query: SearchQuery, rows: Iterator[Row], before: int) -> Iterator[Row]:
    """Yield articles but for those of stories that an earlier page has: it has all that is found from ``before`` on."""
    while some := list(islice(rows, _SLICE)):
        told = _find_standing(connection, query, {row["story_id"] for row in some} - {None}, ArticleRow.id >= before)
        yield from (row for row in some if row["killed_by"] is not None or row["story_id"] not in told)


def _find_first_told(connection: Connection, query: SearchQuery, rows: Sequence[Row]) -> dict[int, int]:
    """Return, of articles for which others stand, which: the first that is found, whatever copies come later."""
    told = {row["story_id"]: row["id"] for row in rows if row["killed_by"] is None and row["story_id"] is not None}
    stories = select(StoryRow.id, StoryRow.first_article_id).where(
        is_one_of(connection, StoryRow.id, told.keys()), StoryRow.size > 1
    )
    late = [story.id for story in connection.execute(stories) if story.first_article_id != told[story.id]]
    return {told[story_id]: min(ids) for story_id, ids in _find_standing(connection, query, late).items()}


def _find_standing(
    connection: Connection, query: SearchQuery, story_ids: Collection[int], *which: ColumnElement[bool]
) -> Mapping[int, Sequence[int]]:
    """Return by story, of its articles for which ``which`` holds, those that are found and stand."""
    articles = select(*columns(ArticleRow, _MARKS)).where(
        is_one_of(connection, ArticleRow.story_id, story_ids), ArticleRow.killed_by.is_(None), *which
    )
    newest = connection.execute(articles.order_by(ArticleRow.id.desc()).limit(_MOST_COPIES)).mappings()
    story_of = {row["id"]: row["story_id"] for row in newest if _is_news(row)}
    standing: dict[int, list[int]] = defaultdict(list)
    # All by one search: of a page behind many others each of its articles may be of a story.
    for article_id in find_among(connection, query, story_of):
        standing[story_of[article_id]].append(article_id)
    return standing
