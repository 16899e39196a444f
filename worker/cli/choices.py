"""What is chosen on the command line: numbers, and for a feed or host what ``default`` takes back to the settings."""

from datetime import timedelta

import click

from worker.basics.measures import parse_duration, show_duration
from worker.errors import UsageError

_DEFAULT = "default"


class Whole(click.ParamType[int]):
    """A whole number within bounds, and a sentence of ours for what is none."""

    name = "number"

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; BadParameter says what is accepted."""
        # Only such digits as int() takes; a long row of them is not worth reading.
        text = str(value)
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1  # noqa: PLR2004 -- digits
        if not self._least <= number <= self._most:
            self.fail(f"{text[:40]!r} is not a number from {self._least} to {self._most:,}", param, ctx)
        return number


def read_duration(option: str, text: str, shortest: timedelta, longest: timedelta) -> timedelta | None:
    """Read a duration within bounds, or null for ``default``; UsageError says what is accepted."""
    if text == _DEFAULT:
        return None
    try:
        duration = parse_duration(text)
    except ValueError:
        duration = None
    if duration is None or not shortest <= duration <= longest:
        least, most = map(show_duration, (shortest, longest))
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
