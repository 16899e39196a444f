"""Finding the articles that go out, the newest first."""

from collections.abc import Iterable, Iterator
from itertools import islice

from sqlalchemy import Connection

from worker.feeds_out.out_entry import Row
from worker.look.article_listing import list_articles
from worker.look.listings import Sort, Wanted
from worker.values.entries import Notice


def find_articles(connection: Connection, query: str, limit: int, *, is_collapsed: bool) -> list[int]:
    """Return the ids of the newest articles that a query finds; of each story only one where they are collapsed."""
    found = list_articles(connection, Wanted(text=query or None, sort=Sort.PUBLISHED, newest_first=True))
    news = (row for row in found if _is_news(row))
    return [row["id"] for row in islice(_once_a_story(news) if is_collapsed else news, limit)]


def _is_news(row: Row) -> bool:
    """Return whether an article is to be read: a kill is not, but what is killed goes out once more, as withdrawn."""
    return row["notice"] != Notice.KILL or row["killed_by"] is not None


def _once_a_story(rows: Iterable[Row]) -> Iterator[Row]:
    seen: set[int] = set()
    for row in rows:
        if row["story_id"] is None or row["story_id"] not in seen:
            yield row
        seen.add(row["story_id"] or 0)
