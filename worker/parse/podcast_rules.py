"""How podcasts write durations, numbers and types, whichever format they come in."""

import re
from datetime import timedelta

from worker.values.podcasts import EpisodeType

# Nothing that is played lasts longer: these are milliseconds, or worse.
_LONGEST = timedelta(days=7)
# 1:02:03, 62:03 and 3723; of the seconds there may be fractions.
_CLOCK = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,5}):)?(\d{1,9})(?:\.(\d{1,6})\d*)?", re.ASCII)
# ISO 8601, section 5.5.2.2: PT1H2M3S.
_ISO_8601 = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,9})(?:\.(\d{1,6})\d*)?S)?", re.ASCII | re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)
_EXPLICIT = {"yes": True, "true": True, "explicit": True, "no": False, "false": False, "clean": False}
_TYPES = {str(each): each for each in EpisodeType}


def read_duration(written: object) -> timedelta | None:
    """Return a duration in seconds or as a clock shows it; None for one of no time at all, and for anything else."""
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        return None
    duration = read_offset(str(written))
    return duration if duration and duration <= _LONGEST else None


def read_offset(written: str) -> timedelta | None:
    """Return a moment within what is played, from its beginning; None for anything else."""
    text = written.strip()
    found = _CLOCK.fullmatch(text) or _ISO_8601.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups()[:3])
    fraction = int((found[4] or "0").ljust(6, "0"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=fraction)


def read_number(written: str | None, name: str | None) -> tuple[int | None, str | None]:
    """Return the number of a season or an episode, and its name; what is no whole number is a name."""
    text = (written or "").strip()
    if _NUMBER.fullmatch(text):
        return int(text), name
    return None, name or text or None


def read_explicit(written: str | None) -> bool | None:
    """Return whether an episode is marked as explicit; None where nothing is said of it."""
    return _EXPLICIT.get((written or "").strip().lower())


def read_episode_type(written: str | None) -> EpisodeType | None:
    """Return what an episode is to its podcast; None for any type that Apple does not know."""
    return _TYPES.get((written or "").strip().lower())
