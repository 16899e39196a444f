"""Reading coverage from the store: which feeds are looked at, and their days as the view ``v1_coverage`` has them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, select

from worker.coverage.feed_days import Days, FeedCoverage, FeedDay, fill_days
from worker.database.statements import is_one_of, slices
from worker.database.views import COVERAGE
from worker.look.feed_listing import list_feeds
from worker.look.listings import Listed, Wanted
from worker.values.feed_quality import QualityState

# Feeds whose days are read by one query.
_SLICE = 200
_VIEW = COVERAGE.table
_FACTS = [each.name for each in fields(FeedDay)]


def choose_feeds(connection: Connection, now: datetime, tag: str | None, most: int | None) -> Iterator[Listed]:
    """Yield feeds that are polled, at most so many; where there are more, those first that are most likely in trouble.

    These have been found to have gaps, or their last poll failed: an index knows each of them.
    """
    all_feeds = Wanted(feed_tag=tag, is_polled=True, limit=most)
    if most is None:
        yield from list_feeds(connection, now, all_feeds)
        return
    gapped = Wanted(feed_tag=tag, is_polled=True, quality=QualityState.GAPPED, limit=most)
    failing = Wanted(feed_tag=tag, is_polled=True, is_failing=True, limit=most)
    found = chain.from_iterable(list_feeds(connection, now, each) for each in (gapped, failing, all_feeds))
    yield from islice({row["id"]: row for row in found}.values(), most)


def read_coverage(connection: Connection, feeds: Iterable[Listed], days: Days) -> Iterator[FeedCoverage]:
    """Yield the coverage of feeds, in their order, some hundred feeds at a time."""
    for some in slices(feeds, _SLICE):
        found = _read_days(connection, [feed["id"] for feed in some], days)
        for feed in some:
            whole = fill_days(found.get(feed["id"], {}), days)
            yield FeedCoverage(feed["id"], feed["title"] or feed["url"], feed["url"], whole)


def _read_days(connection: Connection, feed_ids: Sequence[int], days: Days) -> dict[int, dict[date, FeedDay]]:
    query = select(_VIEW).where(
        is_one_of(connection, _VIEW.c.feed_id, feed_ids), _VIEW.c.day >= days.first, _VIEW.c.day <= days.last
    )
    found: dict[int, dict[date, FeedDay]] = {}
    for row in connection.execute(query).mappings():
        facts: dict[str, Any] = {name: row[name] for name in _FACTS}
        found.setdefault(row["feed_id"], {})[row["day"]] = FeedDay(**facts)
    return found
