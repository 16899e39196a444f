"""What is typed on the command line: numbers, durations, moments, and ``default``, which goes back to the settings."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from worker.basics.text import is_storable
from worker.basics.units import parse_duration, show_duration
from worker.errors import UsageError

TABLE_ROWS = 50
"""How many rows a table shows without --limit."""
MOST_ROWS = 1_000_000_000
_DEFAULT = "default"


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


class Words(click.ParamType[str]):
    """Text to look for in the store, which holds nothing but text."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002 -- click's signature
        """Return the text; UsageError where no stored text could hold it."""
        if not is_storable(value):
            option = param.opts[0] if param else self.name
            raise UsageError(f"{option} is text in UTF-8, without NUL, as all in the store is; not {value}.")
        return value


def as_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a listing the options --json and --limit."""
    json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
    limit = click.option("--limit", type=Whole(1, MOST_ROWS), help=f"Rows (tables: {TABLE_ROWS}, JSON: all).")
    return json(limit(command))


def read_count(option: str, text: str, most: int) -> int | None:
    """Read a number from 1 to ``most``, or None for ``default``; UsageError says what is accepted."""
    if text == _DEFAULT:
        return None
    count = _read_whole(text, 1, most)
    if count is None:
        raise UsageError(f"{option} is a number from 1 to {most}, or default; not {text!r}.")
    return count


def _read_whole(text: str, least: int, most: int) -> int | None:
    # int() takes other digits than ours, and refuses a row of thousands.
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1  # noqa: PLR2004 -- digits
    return number if least <= number <= most else None


def read_duration(option: str, text: str, shortest: timedelta, longest: timedelta) -> timedelta | None:
    """Read a duration within bounds, or None for ``default``; UsageError says what is accepted."""
    if text == _DEFAULT:
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


def parse_since(text: str | None, now: datetime) -> datetime | None:
    """Read ``--since``: a duration before now (2d, 1h30m), or a day or moment (2026-11-24, UTC)."""
    if text is None:
        return None
    try:
        return now - parse_duration(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is neither a duration such as 2d or 1h30m nor a date such as 2026-11-24", param_hint="--since"
        ) from error
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)).astimezone(UTC)
    except OverflowError as error:
        raise click.BadParameter(f"{text!r} is no moment that can be told in UTC", param_hint="--since") from error
