"""What cures each class of failure: how soon it is tried again, how rarely at the most, and when it is given up.

A stage that is new to a class gets here by way of ``ErrorClass``; a test holds that no class is without a cure.
"""

from dataclasses import dataclass
from datetime import timedelta

from worker.errors import ErrorClass

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cure:
    """How a class of failure is treated."""

    first_retry: timedelta
    """Wait after the first failure; it doubles with each further one."""
    longest: timedelta
    """It doubles no further than this."""
    patience: timedelta | None
    """Failing for so long without a break quarantines the feed; null never does."""


CURES = {
    # On the way to the host: passes by itself most of the time, and is over in minutes.
    ErrorClass.DNS: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.CONNECT: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.TIMEOUT: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.TLS: Cure(15 * _MINUTE, _DAY, 60 * _DAY),
    # A host in trouble: give it room.
    ErrorClass.INCOMPLETE: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.PROTOCOL: Cure(15 * _MINUTE, _DAY, 60 * _DAY),
    ErrorClass.HTTP_5XX: Cure(5 * _MINUTE, _DAY, 60 * _DAY),
    # It is we who ask too often: never the feed's fault.
    ErrorClass.HTTP_429: Cure(15 * _MINUTE, _DAY, None),
    ErrorClass.BUSY: Cure(15 * _MINUTE, _DAY, None),
    # Somebody has to change something; once is often a deployment that goes wrong, so look again soon.
    ErrorClass.HTTP_4XX: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    ErrorClass.REDIRECT: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    ErrorClass.NOT_A_FEED: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    ErrorClass.PARSE: Cure(15 * _MINUTE, _DAY, 30 * _DAY),
    # A wall against robots does not come down for one that keeps knocking.
    ErrorClass.BLOCKED: Cure(2 * _HOUR, 3 * _DAY, 60 * _DAY),
    # Its publisher has not released it yet: never the feed's fault.
    ErrorClass.WITHHELD: Cure(_HOUR, _DAY, None),
    # Refused by us: only a changed name, body or setting helps.
    ErrorClass.GUARD: Cure(_HOUR, _DAY, 30 * _DAY),
    ErrorClass.TOO_BIG: Cure(_HOUR, _DAY, 30 * _DAY),
    # Ours to mend.
    ErrorClass.INTERNAL: Cure(_HOUR, _DAY, None),
    # Has no cure: the feed is stopped at once.
    ErrorClass.HTTP_410: Cure(_DAY, _DAY, timedelta(0)),
}
