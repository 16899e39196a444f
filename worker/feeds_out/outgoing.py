"""The articles that go out: read from the store with what is written of them, and stamped."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

import orjson
import xxhash
from sqlalchemy import Connection, Select, and_, func, select
from sqlalchemy.orm import aliased

from worker.database.article_tables import ArticleRow, RevisionRow
from worker.database.feed_tables import FeedRow
from worker.database.statements import is_one_of_given
from worker.feeds_out.found_articles import Found
from worker.feeds_out.out_entry import NEVER, OutEntry, Row, last_changed_at, last_stored_at, make_entry
from worker.look.listings import columns

# What is written of an article, and what decides that.
_WRITTEN = (
    "id title url authors published_at updated_at first_seen_at summary html language tags enclosures image_url "
    "podcast agency killed_by revision story_id"
)
# Copies of one article that are named: nobody reads more.
_MOST_COPIES = 20


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Articles in the order in which they go out, with the copies of each where stories are collapsed."""

    rows: Sequence[Row]
    copies: Mapping[int, Sequence[Row]] = field(default_factory=dict)
    """By story."""
    before: int | None = None
    """The id before which the next page goes on; None where this is the last."""

    def entries(self) -> Iterator[OutEntry]:
        """Yield what is written of each."""
        for row in self.rows:
            others = self.copies.get(row["story_id"], ())
            yield make_entry(row, [copy for copy in others if copy["id"] != row["id"]])

    def stamp(self) -> bytes:
        """Return a hash of all that is written of them."""
        stamp = xxhash.xxh3_128(str(self.before).encode())
        for row in (*self.rows, *(copy for copies in self.copies.values() for copy in copies)):
            stamp.update(orjson.dumps(tuple(row.values())))
        return stamp.digest()

    @property
    def updated_at(self) -> datetime:
        """When the newest change of them was."""
        return max(map(last_changed_at, self.rows), default=NEVER)

    @property
    def stored_at(self) -> datetime | None:
        """When the store last got anything of them; None where there are none."""
        return max(map(last_stored_at, self.rows), default=None)


def read_outgoing(connection: Connection, found: Found, *, with_copies: bool) -> Outgoing:
    """Read the articles that were found; one that is gone meanwhile is left out."""
    read = connection.execute(_outgoing_of(connection.dialect.name), {"ids": list(found.ids)}).mappings()
    rows = {row["id"]: row for row in read}
    ordered = [rows[article_id] for article_id in found.ids if article_id in rows]
    return Outgoing(ordered, _read_copies(connection, ordered) if with_copies else {}, found.before)


@cache
def _outgoing_of(dialect: str) -> Select[*tuple[Any, ...]]:
    """Return the query for articles by the parameter ``ids``; to make it costs more than to run it."""
    kill = aliased(ArticleRow)
    shown = and_(RevisionRow.article_id == ArticleRow.id, RevisionRow.number == ArticleRow.revision)
    return (
        select(
            *columns(ArticleRow, _WRITTEN),
            FeedRow.url.label("feed_url"),
            FeedRow.title.label("feed_title"),
            FeedRow.site_url,
            RevisionRow.seen_at.label("revised_at"),
            kill.first_seen_at.label("killed_at"),
        )
        .join(FeedRow, FeedRow.id == ArticleRow.feed_id)
        .outerjoin(RevisionRow, shown)
        .outerjoin(kill, kill.id == ArticleRow.killed_by)
        .where(is_one_of_given(dialect, ArticleRow.id, "ids"))
    )


@cache
def _copies_of(dialect: str) -> Select[*tuple[Any, ...]]:
    """Return the query for the first articles of each of the parameter ``stories``, but for what was killed."""
    place = func.row_number().over(partition_by=ArticleRow.story_id, order_by=ArticleRow.id).label("place")
    is_wanted = (is_one_of_given(dialect, ArticleRow.story_id, "stories"), ArticleRow.killed_by.is_(None))
    found = select(*columns(ArticleRow, "id story_id title url"), place).where(*is_wanted).subquery()
    # One of them is the article itself.
    return select(found).where(found.c.place <= _MOST_COPIES + 1).order_by(found.c.story_id, found.c.id)


def _read_copies(connection: Connection, rows: Sequence[Row]) -> dict[int, list[Row]]:
    story_ids = {row["story_id"] for row in rows if row["story_id"] is not None}
    copies = connection.execute(_copies_of(connection.dialect.name), {"stories": list(story_ids)}).mappings()
    return {story_id: list(some) for story_id, some in groupby(copies, key=lambda row: row["story_id"])}
