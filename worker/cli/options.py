"""What is typed on the command line: numbers, durations, tags, and ``default``, which goes back to the settings."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click

from worker.basics.text import is_storable
from worker.basics.units import FOREVER, LARGEST_ID, SHORTEST_RETENTION, parse_duration, show_duration
from worker.cli.moments import utc_option
from worker.errors import UsageError
from worker.retention.choices import Retention
from worker.settings import settings

TABLE_ROWS = 50
"""How many rows a table shows without --limit."""
MOST_ROWS = 1_000_000_000
_LONGEST_RETENTION = timedelta(days=36_500)
DEFAULT = "default"
"""What goes back to the settings."""


class Whole(click.ParamType[int]):
    """A whole number within bounds; any other text is refused in our own words."""

    name = "number"

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number; BadParameter says what is accepted."""
        number = _read_whole(str(value), self._least, self._most)
        if number is None:
            self.fail(f"{str(value)[:40]!r} is not a number from {self._least} to {self._most:,}", param, ctx)
        return number


class Cursor(click.ParamType[int]):
    """The place of a change, after which others are followed; unlike ``--since`` elsewhere it is no moment."""

    name = "cursor"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the cursor; BadParameter says where cursors stand, and what goes by moments."""
        number = _read_whole(str(value), 0, LARGEST_ID)
        if number is None:
            self.fail(
                f"{str(value)[:40]!r} is no cursor, which is the number before each change that `feedmill follow` "
                "prints; 0 begins with the oldest that is kept, and `export events --since 2d` goes by moments",
                param,
                ctx,
            )
        return number


class Words(click.ParamType[str]):
    """Text to look for in the store, which holds nothing but text."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002 -- click's signature
        """Return the text; UsageError where it is empty, or no stored text could hold it."""
        option = param.opts[0] if param else self.name
        if not value.strip():
            raise UsageError(f"{option} is empty: say what is looked for, or leave it out to find all.")
        if not is_storable(value):
            raise UsageError(f"{option} is text in UTF-8, without NUL, as all in the store is; not {value}.")
        return value


def as_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a listing the options --json, --limit and --utc."""
    json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
    limit = click.option("--limit", type=Whole(0, MOST_ROWS), help=f"Rows, 0: all (tables: {TABLE_ROWS}, JSON: all).")
    return json(limit(utc_option(command)))


def most_rows(limit: int | None, *, as_json: bool) -> int | None:
    """Return how many rows a listing shows at the most; None for all."""
    if limit is None:
        return None if as_json else TABLE_ROWS
    return limit or None


def read_count(option: str, text: str, most: int) -> int | None:
    """Read a number from 1 to ``most``, or None for ``default``; UsageError says what is accepted."""
    if text == DEFAULT:
        return None
    count = _read_whole(text, 1, most)
    if count is None:
        raise UsageError(f"{option} is a number from 1 to {most}, or default; not {text!r}.")
    return count


def _read_whole(text: str, least: int, most: int) -> int | None:
    # int() takes other digits than ours, and refuses a row of thousands.
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1  # noqa: PLR2004 -- digits
    return number if least <= number <= most else None


def read_retention(option: str, text: str) -> Retention | None:
    """Read how long articles are kept, None for ``default``; UsageError says what is accepted.

    No shorter than the longest time between two polls: else a feed might not be asked once in that time.
    """
    if text == FOREVER:
        return Retention(None)
    shortest = max(SHORTEST_RETENTION, settings().poll_interval_max)
    try:
        kept_for = read_duration(option, text, shortest, _LONGEST_RETENTION)
    except UsageError as error:
        accepted = str(error).partition(", or default")[0]
        raise UsageError(f"{accepted}, or {FOREVER}, or default; not {text!r}.") from error
    return Retention(kept_for) if kept_for else None


def show_retention(chosen: Retention | None) -> str:
    """Say how long articles are kept."""
    if chosen is None:
        return "articles are kept as others are"
    return f"articles are kept {'for ' + show_duration(chosen.kept_for) if chosen.kept_for else 'for ever'}"


def read_duration(option: str, text: str, shortest: timedelta, longest: timedelta) -> timedelta | None:
    """Read a duration within bounds, or None for ``default``; UsageError says what is accepted."""
    if text == DEFAULT:
        return None
    try:
        duration = parse_duration(text)
    except ValueError:
        duration = None
    if duration is None or not shortest <= duration <= longest:
        least, most = map(show_duration, (shortest, longest))
        raise UsageError(
            f"{option} is {least} to {most}, written as 90s, 15m, 6h, 2d or 1h30m, or default; not {text!r}."
        )
    return duration
