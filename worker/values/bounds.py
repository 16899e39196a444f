"""What the operator allows."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Bounds:
    """How often a feed may be polled."""

    interval: timedelta
    """No two polls come closer, unless the publisher invites it; also what an article an hour is worth."""
    shortest: timedelta
    """No two polls come closer, even where the publisher invites it."""
    longest: timedelta
    """No two polls are further apart, but where the publisher names hours or days to skip."""
    is_fixed: bool = False
    """True where the operator chose the interval for this feed: its rhythm then plays no part."""
