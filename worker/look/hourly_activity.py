"""What went on hour by hour: polls by how they ended, and articles; it costs no more however many there were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from worker.database.article_tables import ArticleRow
from worker.database.feed_tables import PollRow
from worker.look.counts import ASKED_A_HOST
from worker.values.outcomes import Outcome

HOUR = timedelta(hours=1)
# So many polls of an hour are looked at one by one, and so many articles, of which the index alone tells.
_MOST_POLLS, _MOST_ARTICLES = 2_000, 5_000


@dataclass(frozen=True, slots=True)
class Activity:
    """Hours, one after the other, and how much there was in each."""

    begins: datetime
    """The first hour's beginning."""
    hours: int
    polls: Mapping[str, Sequence[int]]
    """By outcome, hour by hour."""
    articles: Sequence[int]
    """First seen in each hour."""
    is_exact: bool
    """Whether no hour had so much that it is an estimate."""


def read_activity(connection: Connection, now: datetime, hours: int) -> Activity:
    """Read what went on in the last hours; the last one is the hour of ``now``, which is not over.

    Of an hour with very many polls the ids tell how many, and some of them how they ended.
    """
    first = now.replace(minute=0, second=0, microsecond=0) - (hours - 1) * HOUR
    begins = [first + number * HOUR for number in range(hours + 1)]
    polls, is_sampled = _count_polls(connection, begins)
    articles, is_large = _count_articles(connection, begins)
    return Activity(first, hours, polls, articles, not is_sampled and not is_large)


def _count_polls(connection: Connection, begins: Sequence[datetime]) -> tuple[dict[str, list[int]], bool]:
    hours = len(begins) - 1
    counts = {str(outcome): [0] * hours for outcome in Outcome}
    found = connection.execute(union_all(*(_outcomes(begins, hour, _MOST_POLLS) for hour in range(hours))))
    for hour, outcome, count in found:
        if outcome in counts:
            counts[outcome][hour] = count
    full = [hour for hour in range(hours) if sum(each[hour] for each in counts.values()) == _MOST_POLLS]
    for hour in full:
        times = max(_count_ids(connection, PollRow.id, PollRow.started_at, begins[hour : hour + 2]) / _MOST_POLLS, 1.0)
        for each in counts.values():
            each[hour] = round(each[hour] * times)
    return counts, bool(full)


def _outcomes(begins: Sequence[datetime], hour: int, most: int) -> Select[*tuple[Any, ...]]:
    within = (PollRow.started_at >= begins[hour], PollRow.started_at < begins[hour + 1], ASKED_A_HOST)
    some = select(PollRow.outcome).where(*within).order_by(PollRow.started_at).limit(most).subquery()
    return select(literal(hour), some.c.outcome, func.count()).group_by(some.c.outcome)


def _count_articles(connection: Connection, begins: Sequence[datetime]) -> tuple[list[int], bool]:
    hours = len(begins) - 1
    found = connection.execute(union_all(*(_firsts(begins, hour, _MOST_ARTICLES) for hour in range(hours))))
    counts = [0] * hours
    for hour, count in found:
        counts[hour] = count
    full = [hour for hour in range(hours) if counts[hour] == _MOST_ARTICLES]
    for hour in full:
        between = begins[hour : hour + 2]
        counts[hour] = max(counts[hour], _count_ids(connection, ArticleRow.id, ArticleRow.first_seen_at, between))
    return counts, bool(full)


def _firsts(begins: Sequence[datetime], hour: int, most: int) -> Select[*tuple[Any, ...]]:
    seen_at = ArticleRow.first_seen_at
    within = (seen_at >= begins[hour], seen_at < begins[hour + 1])
    some = select(seen_at).where(*within).limit(most).subquery()
    return select(literal(hour), func.count()).select_from(some)


def _count_ids(
    connection: Connection,
    row_id: InstrumentedAttribute[int],
    at: InstrumentedAttribute[datetime],
    between: Sequence[datetime],
) -> int:
    """Return how many ids were given between two moments: rows of a table get them in the order of their moments."""
    first = select(row_id).where(at >= between[0], at < between[1]).order_by(at, row_id).limit(1)
    last = select(row_id).where(at >= between[0], at < between[1]).order_by(at.desc(), row_id.desc()).limit(1)
    begin, end = (connection.execute(each).scalar_one_or_none() or 0 for each in (first, last))
    return max(end - begin + 1, 0)
