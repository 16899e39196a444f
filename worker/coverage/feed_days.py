"""A feed's days: what is known of each, and how it is marked; nothing here asks a store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import ceil

from worker.plots.coverage_matrix import Looked

_BLOCKS = "▁▂▃▄▅▆▇█"
NOTHING, FAILED, NEVER, MISSED, UNKNOWN = "·", "×", "–", "!", " "
"""How a day is marked in a table on which no article came; and one on which entries were missed."""


@dataclass(frozen=True, slots=True)
class Days:
    """Days of UTC, both ends among them."""

    first: date
    last: date

    def __len__(self) -> int:
        """Return how many they are."""
        return (self.last - self.first).days + 1

    @property
    def begins(self) -> datetime:
        """When the first one begins."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends(self) -> datetime:
        """When the last one ends."""
        return datetime.combine(self.last, time(), UTC) + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FeedDay:
    """What the view ``v1_coverage`` has of a feed's day."""

    day: date
    polls: int | None = None
    """None where the ledger does not reach so far back, or the feed was not known yet; so are the next three."""
    failed_polls: int | None = None
    gaps: int | None = None
    filled_gaps: int | None = None
    new_articles: int = 0
    published_articles: int = 0
    quality: str | None = None

    @property
    def looked(self) -> Looked:
        """Whether anybody looked at the feed."""
        if self.polls is None:
            return Looked.UNKNOWN
        if not self.polls:
            return Looked.NEVER
        if self.failed_polls == self.polls:
            return Looked.FAILED
        return Looked.PARTLY if self.failed_polls else Looked.WELL

    @property
    def open_gaps(self) -> int:
        """How many gaps there are that nothing has filled."""
        return max((self.gaps or 0) - (self.filled_gaps or 0), 0)


@dataclass(frozen=True, slots=True)
class FeedCoverage:
    """A feed, and each day that was asked for."""

    feed_id: int
    name: str
    url: str
    days: Sequence[FeedDay]

    @property
    def articles(self) -> int:
        """How many articles were first seen in it."""
        return sum(day.new_articles for day in self.days)

    @property
    def polls(self) -> int | None:
        """How often it was polled, as far as the ledger knows; None where it knows nothing."""
        known = [day.polls for day in self.days if day.polls is not None]
        return sum(known) if known else None

    @property
    def failed_polls(self) -> int | None:
        """How many of its polls failed."""
        known = [day.failed_polls for day in self.days if day.failed_polls is not None]
        return sum(known) if known else None

    @property
    def open_gaps(self) -> int:
        """How many gaps it has that nothing has filled."""
        return sum(day.open_gaps for day in self.days)

    @property
    def lost_days(self) -> int:
        """On how many days nobody looked, or no poll succeeded."""
        never = sum(day.looked is Looked.NEVER for day in self.days)
        # The last one may be today, with hours to come.
        is_still_to_come = bool(self.days) and self.days[-1].looked is Looked.NEVER
        return never - is_still_to_come + sum(day.looked is Looked.FAILED for day in self.days)


def fill_days(found: Mapping[date, FeedDay], days: Days) -> list[FeedDay]:
    """Return each of the days: where none was found, nothing is known of it."""
    all_days = (days.first + timedelta(days=place) for place in range(len(days)))
    return [found.get(day) or FeedDay(day) for day in all_days]


def by_worst(feeds: Sequence[FeedCoverage]) -> list[FeedCoverage]:
    """Return feeds with those first that have gaps, then those with most days on which nobody looked."""
    return sorted(feeds, key=lambda feed: (-feed.open_gaps, -feed.lost_days, feed.feed_id))


def draw_cells(days: Sequence[FeedDay], room: int) -> str:
    """Return a sign a day, or a sign for several days where there are more than there is room for.

    Blocks are the higher, the more articles came; the highest is that of the feed's best day.
    """
    in_cell = ceil(len(days) / room)
    cells = [days[place : place + in_cell] for place in range(0, len(days), in_cell)]
    most = max((sum(day.new_articles for day in cell) for cell in cells), default=0)
    return "".join(_draw_cell(cell, most) for cell in cells)


def _draw_cell(days: Sequence[FeedDay], most: int) -> str:
    if any(day.open_gaps for day in days):
        return MISSED
    if articles := sum(day.new_articles for day in days):
        return _BLOCKS[ceil(articles / most * len(_BLOCKS)) - 1]
    looked = {day.looked for day in days}
    if looked & {Looked.WELL, Looked.PARTLY}:
        return NOTHING
    return FAILED if Looked.FAILED in looked else NEVER if Looked.NEVER in looked else UNKNOWN
