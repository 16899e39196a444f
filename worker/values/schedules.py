"""What decides when a feed is polled next: what its publisher asks for, and when it publishes."""

from collections.abc import Mapping
from dataclasses import field, fields, replace
from datetime import datetime, timedelta

from worker.values.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Hints:
    """What a publisher asks of those who poll a feed, as published: the schedule bounds it.

    A wait with a ``name`` in its metadata is weighed by the schedule and shown by the commands under that name.
    """

    fresh_for: timedelta | None = field(default=None, metadata={"name": "max-age"})
    """How long HTTP caching calls the newest answer fresh (RFC 9111, section 4.2.1); never stored."""
    ttl: timedelta | None = field(default=None, metadata={"name": "ttl"})
    """RSS 2.0 ``ttl``: how long a document may be cached."""
    update_period: timedelta | None = field(default=None, metadata={"name": "sy:updatePeriod"})
    """RSS 1.0 syndication module: ``updatePeriod`` divided by ``updateFrequency``."""
    skip_hours: frozenset[int] = frozenset()
    """RSS 2.0 ``skipHours``: hours of the day, 0 to 23 UTC, in which not to poll."""
    skip_days: frozenset[int] = frozenset()
    """RSS 2.0 ``skipDays``: days of the week, Monday is 0, in UTC, on which not to poll."""
    retry_after: timedelta | None = None
    """Retry-After of the newest answer (RFC 9110, section 10.2.3), at most 7 days; never stored."""

    def waits(self) -> Mapping[str, timedelta]:
        """Return the waits that the publisher asks for, by the names it gives them; Retry-After is not among them."""
        return {name: wait for field_name, name in _NAMED if (wait := getattr(self, field_name))}


NO_HINTS = Hints()
_NAMED = tuple((each.name, each.metadata["name"]) for each in fields(Hints) if each.metadata)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a feed publishes, learnt from the arrivals of its articles: counts that fade with time.

    A poll that finds nothing changes none of it: how long nothing came follows from the time since ``latest``.
    """

    since: datetime
    """When the observation began: the oldest arrival known, which is not counted, or the first poll."""
    latest: datetime
    """When the newest article arrived; counts are as of then."""
    articles: float = 0.0
    """Arrivals, each counting half as much after every half-life."""
    hours: tuple[float, ...] = (0.0,) * 24
    """Arrivals by hour of the day in UTC, where the hour is known. Articles of one hour count less each; counts fade
    more slowly than ``articles``."""
    weekdays: tuple[float, ...] = (0.0,) * 7
    """The same by day of the week in UTC, Monday first."""
    minutes: tuple[float, ...] = (0.0, 0.0, 0.0)
    """At which minute of the hour articles arrive, at usual hours: the sum of their directions on a clock's dial (east,
    north), and their total weight."""

    def rounded(self) -> "Rhythm":
        """Return it with three decimals, as the store keeps it."""
        hours, weekdays, minutes = (
            tuple(round(count, 3) for count in counts) for counts in (self.hours, self.weekdays, self.minutes)
        )
        return replace(self, articles=round(self.articles, 3), hours=hours, weekdays=weekdays, minutes=minutes)


@dataclass(frozen=True, slots=True)
class Move:
    """A permanent redirect (301, 308) that a feed has answered with, poll after poll."""

    url: str
    polls: int
    """Polls in a row that led there, and read a feed."""
    since: datetime
    """When the first of them was."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How often a feed may be polled."""

    interval: timedelta
    """Polls are no closer, unless the publisher names a shorter wait. A poll is worth it once the expected articles
    have together waited half of this."""
    shortest: timedelta
    """Polls are no closer, even where the publisher names a shorter wait."""
    longest: timedelta
    """No two polls are further apart, but where the publisher names hours or days to skip."""
    is_fixed: bool = False
    """True where the operator chose the interval for this feed: its rhythm then plays no part."""
    missed_within: timedelta | None = None
    """In which time entries came and went unseen; None where none did."""
    pushed_until: datetime | None = None
    """Until when the feed's hub is trusted to bring what is new; None where it is not."""
    is_unfinished: bool = False
    """Whether the last poll left something of the feed unread, as it may of a mailbox."""
