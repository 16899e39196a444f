"""What must be in the store after a simulated month: each article once that was to be found, as long as it is kept.

What was there to be found follows from the moments of the polls that went well, and from what each feed had then.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import Connection, select

from benchmarks.month_feeds import Month, MonthFeed, Trait, month_feed
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.feed_tables import FeedRow, PollRow
from worker.values.outcomes import Outcome

# Between two runs of what prunes, and what a poll takes.
_SLACK = timedelta(days=1, hours=4).total_seconds()
# What appeared within so many seconds of a poll may have been missed by it.
_ABOUT = 5.0
_WENT_WELL = (Outcome.NEW, Outcome.UNCHANGED)

Named = tuple[int, int]
"""An entry, by the number of its feed and its own."""


def check_month(connection: Connection, month: Month) -> Iterator[str]:
    """Yield what is wrong, and at last a line with how much was looked at."""
    polls = _read_polls(connection, month)
    stored = Counter(_read_articles(connection))
    ends = max(at for moments in polls.values() for at in moments)
    faults: Counter[str] = Counter()
    examples: dict[str, str] = {}
    expected = 0
    for number in range(month.feeds):
        feed = month_feed(number)
        seen, unsure = _find_seen(feed, polls[number], month.retained.total_seconds())
        for entry in unsure:
            stored.pop((number, entry), None)
        for entry in seen.keys() - unsure:
            left_at = seen[entry]
            expected += 1
            if fault := _judge(stored.pop((number, entry), 0), left_at, ends, month):
                faults[f"{feed.trait}: {fault}"] += 1
                examples.setdefault(f"{feed.trait}: {fault}", f"entry {entry} of feed {number}")
    faults["stored though it was not there to be found"] = sum(stored.values())
    examples["stored though it was not there to be found"] = str([*stored][:3])
    for fault, times in sorted((+faults).items()):
        yield f"WRONG {times:6,} {fault}, such as {examples[fault]}"
    yield from _show_qualities(connection)
    yield f"{expected:,} entries were there to be found, {sum(map(len, polls.values())):,} polls went well"


def _judge(times_stored: int, left_at: float | None, ends: float, month: Month) -> str | None:
    kept = month.retained.total_seconds()
    gone_for = 0.0 if left_at is None else ends - left_at
    if times_stored > 1:
        return "stored more than once"
    if not times_stored and gone_for < kept:
        return "lost"
    if times_stored and gone_for > kept + _SLACK:
        return "kept longer than asked, or back again"
    return None


def _find_seen(feed: MonthFeed, moments: Sequence[float], kept: float) -> tuple[dict[int, float | None], set[int]]:
    """Return the entries that polls saw, each with when the first poll after its last one saw it gone; and the unsure.

    One that comes back after it was pruned stays gone. Unsure is what came back when it may have been pruned or not,
    and what appeared as a poll was made.
    """
    seen: dict[int, float | None] = {}
    unsure: set[int] = set()
    before: set[int] = set()
    for at in moments:
        window = {*feed.list_window(at)}
        seen.update(dict.fromkeys(before - window, at))
        before = {entry for entry in window if feed.published[entry] < at - _ABOUT}
        unsure |= window - before
        gone_for = {entry: at - left_at for entry in before if (left_at := seen.get(entry)) is not None}
        pruned = {entry for entry, gone in gone_for.items() if gone > kept}
        unsure |= {entry for entry in pruned if gone_for[entry] < kept + _SLACK}
        before -= pruned
        seen.update(dict.fromkeys(before))
    if feed.trait is Trait.GAPPED:
        # What no document had is in the archive.
        for earlier, later in pairwise(moments):
            behind = range(max(feed.list_window(earlier), default=0) + 1, min(feed.list_window(later), default=0))
            seen.update((entry, later) for entry in behind if entry not in seen)
    return seen, unsure


def _read_polls(connection: Connection, month: Month) -> dict[int, list[float]]:
    """Return by feed when it was polled well, in seconds since the month began."""
    polls: dict[int, list[float]] = defaultdict(list)
    query = select(FeedRow.url, PollRow.started_at).join(FeedRow, FeedRow.id == PollRow.feed_id)
    for row in connection.execute(query.where(PollRow.outcome.in_(_WENT_WELL)).order_by(PollRow.started_at)):
        number = int(row.url.split("/")[3])
        polls[number].append((row.started_at - month.began_at).total_seconds())
    return polls


def _read_articles(connection: Connection) -> Iterator[Named]:
    """Yield what the articles that feeds carry, or carried, are, by the end of their titles."""
    query = select(ArticleRow.title).where(ArticleRow.id.in_(select(SightingRow.article_id)))
    for (title,) in connection.execute(query):
        number, _, entry = title.rpartition(" ")[2].partition("/")
        yield int(number), int(entry)


def _show_qualities(connection: Connection) -> Iterator[str]:
    """Yield for each trait how many of its feeds are of which quality at the end of the month."""
    qualities: dict[Trait, Counter[str]] = defaultdict(Counter)
    for url, quality in connection.execute(select(FeedRow.url, FeedRow.quality)):
        qualities[month_feed(int(url.split("/")[3])).trait][str(quality)] += 1
    for trait in filter(qualities.get, Trait):
        told = ", ".join(f"{count} {quality}" for quality, count in qualities[trait].most_common())
        yield f"{trait:>22}: {told}"
