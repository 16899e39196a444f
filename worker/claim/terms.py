"""On what terms hosts are claimed."""

from dataclasses import dataclass
from datetime import timedelta

from worker.basics.time_limits import BEGIN_WITHIN


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """On what terms hosts are claimed."""

    lease: timedelta
    gap: timedelta
    parallel: int
    hosts: int
    """Hosts claimed at once, at the most."""
    feeds_per_host: int
    """Feeds of one host claimed at once, at the most."""
    begin_within: timedelta = BEGIN_WITHIN
    """Feeds that could not begin in this time, for the gaps between those before them, are not claimed."""
