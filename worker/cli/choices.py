"""What an operator chooses on the command line for one feed or one host; ``default`` goes back to the settings."""

from datetime import timedelta

from worker.errors import UsageError
from worker.measures import parse_duration, show_duration

_DEFAULT = "default"


def read_duration(option: str, text: str, shortest: timedelta, longest: timedelta) -> timedelta | None:
    """Read a duration within bounds, or null for ``default``; UsageError says what is accepted."""
    if text == _DEFAULT:
        return None
    try:
        duration = parse_duration(text)
    except ValueError:
        duration = None
    if duration is None or not shortest <= duration <= longest:
        least, most = (show_duration(bound) if bound else "0s" for bound in (shortest, longest))
        raise UsageError(f"{option} is {least} to {most}, written as 90s, 15m, 6h or 2d, or default; not {text!r}.")
    return duration


def read_count(option: str, text: str, most: int) -> int | None:
    """Read a number from 1 to ``most``, or null for ``default``; UsageError says what is accepted."""
    if text == _DEFAULT:
        return None
    # Only such digits as int() takes; a long row of them is not worth reading.
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004 -- digits
    if not 1 <= count <= most:
        raise UsageError(f"{option} is a number from 1 to {most}, or default; not {text!r}.")
    return count
