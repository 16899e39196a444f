"""The query behind the view ``v1_coverage``: what is known of each feed on each day of UTC.

A row for every feed and day, so that a day on which nobody looked is told from one on which nothing came. What happened
on it is counted by subqueries, each of which finds a feed's rows of a day in an index; so filters of feeds and of days
reach the tables themselves, on both databases, and a question costs what it asks for, however much the store has.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute

from worker.database.article_tables import ArticleRow
from worker.database.backfill_rows import BackfillRow
from worker.database.feed_tables import FeedRow, PollRow
from worker.values.backfills import BackfillEnd
from worker.values.outcomes import GAP_NOTE, Outcome

COVERAGE_COMMENTS = {
    "feed_id": "The feed",
    "day": "The day, in UTC: each one since that on which the feed was added, to today",
    "polls": "Polls of it that began on that day, and documents that a hub brought or a file was; null where the "
    "ledger has none as old, of any feed, any more. Of the oldest day that it has, some may be gone already",
    "failed_polls": "Those of them that failed; null where polls is",
    "gaps": "Those of them that found only new entries and none of the former, so that some had come and gone unseen; "
    "null where polls is",
    "filled_gaps": "Gaps found on that day that its older documents have filled since; null where polls is",
    "new_articles": "Articles that were first seen on that day, and in no other feed before",
    "published_articles": "Articles that were seen first in this feed, on whatever day, and say that they appeared on "
    "this one",
    "quality": "Its quality at the end of that day, or now; null where it became another one later, and for a file",
}
"""What the columns mean, in their order."""

_FAILED = [str(outcome) for outcome in Outcome if outcome not in {Outcome.NEW, Outcome.UNCHANGED}]


def select_coverage(dialect: str) -> Select[*tuple[Any, ...]]:
    """Return the query for a row a feed and day."""
    days = _make_days(dialect)
    day = _Day(_begin(dialect, days.c.day, 0), _begin(dialect, days.c.day, 1))
    oldest = _day_of(dialect, select(func.min(PollRow.started_at)).scalar_subquery())
    is_recorded = days.c.day >= oldest
    is_gap = PollRow.note.contains(GAP_NOTE, autoescape=True)
    is_filled = and_(BackfillRow.is_asked.is_(False), BackfillRow.outcome == BackfillEnd.FILLED)
    of_ledger = {
        "polls": day.count(PollRow.feed_id, PollRow.started_at),
        "failed_polls": day.count(PollRow.feed_id, PollRow.started_at, PollRow.outcome.in_(_FAILED)),
        "gaps": day.count(PollRow.feed_id, PollRow.started_at, is_gap),
        "filled_gaps": day.count(BackfillRow.feed_id, BackfillRow.begun_at, is_filled),
    }
    is_of_then = or_(FeedRow.quality_since.is_(None), FeedRow.quality_since < day.ends)
    return select(
        FeedRow.id.label("feed_id"),
        type_coerce(days.c.day, Date()).label("day"),
        *(case((is_recorded, counted)).label(name) for name, counted in of_ledger.items()),
        day.count(ArticleRow.feed_id, ArticleRow.first_seen_at).label("new_articles"),
        day.count(ArticleRow.feed_id, ArticleRow.published_at).label("published_articles"),
        case((is_of_then, FeedRow.quality)).label("quality"),
    ).join_from(days, FeedRow, FeedRow.added_at < day.ends)


@dataclass(frozen=True, slots=True)
class _Day:
    """The day of the row that is made, and what happened on it to the feed of that row."""

    begins: ColumnElement[Any]
    ends: ColumnElement[Any]

    def count(
        self, feed_id: InstrumentedAttribute[int], moment: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]
    ) -> ColumnElement[int]:
        """Return the number of rows of the feed whose moment is on the day."""
        of_feed = feed_id == FeedRow.id, moment >= self.begins, moment < self.ends
        found = select(func.count()).select_from(feed_id.class_).where(*of_feed, *conditions)
        return cast(found.correlate_except(feed_id.class_).scalar_subquery(), Integer)


def _make_days(dialect: str) -> FromClause:
    """Return all days from that on which the first feed was added to today."""
    first = _day_of(dialect, select(func.min(FeedRow.added_at)).scalar_subquery())
    if dialect == "postgresql":
        moments = func.generate_series(first, func.timezone("UTC", func.now()), literal_column("interval '1 day'"))
        return select(cast(moments.column_valued("moment"), Date).label("day")).cte("days")
    days = select(cast(first, Text).label("day")).cte("days", recursive=True)
    return days.union_all(select(_begin(dialect, days.c.day, 1)).where(days.c.day < func.date("now")))


def _day_of(dialect: str, moment: ColumnElement[Any]) -> ColumnElement[Any]:
    if dialect == "postgresql":
        return cast(func.timezone("UTC", moment), Date)
    return func.date(moment)


def _begin(dialect: str, day: ColumnElement[Any], later: int) -> ColumnElement[Any]:
    """Return when a day begins, or one so many days later, as a stored moment is compared with it."""
    if dialect == "postgresql":
        return func.timezone("UTC", cast(day + later if later else day, DateTime))
    # Moments are texts, and a day is less than all of its moments.
    return func.date(day, f"+{later} day") if later else day
