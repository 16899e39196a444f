"""What commands print: tables for people, one JSON object a line for programs."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

from worker.database.ids import LARGEST_ID
from worker.measures import parse_duration, show_duration

# Tables show so many rows unless --limit says otherwise.
TABLE_ROWS = 50
_WIDE = 120
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, what it shows of a row, and how wide it may grow."""

    heading: str
    show: Callable[[Mapping[Any, Any]], object]
    """A value, or several to be shown below one another."""
    widest: int | None = None
    """Characters; null for the column that takes the room the others leave."""
    wraps: bool = False
    """Whether what does not fit goes on in the next line; else it is cut."""


def as_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a listing the options --json and --limit."""
    json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
    limit = click.option("--limit", type=click.IntRange(1, LARGEST_ID), help=f"Rows (tables: {TABLE_ROWS}, JSON: all).")
    return json(limit(command))


def print_json(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows as JSON Lines: times in ISO 8601 UTC, durations in seconds."""
    for row in rows:
        sys.stdout.buffer.write(orjson.dumps(dict(row), default=_as_json, option=_JSON_OPTIONS))
    sys.stdout.buffer.flush()


def print_table(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], *, when_empty: str) -> None:
    """Print rows as a table that fits the terminal, or ``when_empty`` where there are none."""
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for column in columns:
        table.add_column(
            column.heading,
            overflow="fold" if column.wraps else "ellipsis",
            no_wrap=not column.wraps,
            max_width=column.widest,
            ratio=None if column.widest else 1,
        )
    for row in rows:
        table.add_row(*(plain(column.show(row)) for column in columns))
    if table.row_count:
        console().print(table)
    else:
        click.echo(when_empty)


def write_line(sentence: str) -> None:
    """Print one line for a person, whatever a feed may have put into it."""
    click.echo(_CONTROL.sub(" ", sentence))


def console(*, stderr: bool = False) -> Console:
    """Return where people's output goes; without a terminal it is as wide as a page."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else _WIDE
    return Console(stderr=stderr, width=width, highlight=False, markup=False, soft_wrap=False)


def share_of_page(parts: int) -> int:
    """Return one of so many equal parts of the page's width, in characters."""
    return console().width // parts


def plain(value: object) -> Text:
    """Return a value for a person: no line breaks, no control characters, nothing that styles the terminal."""
    if value is None:
        return Text("")
    if isinstance(value, list | tuple):
        return Text("\n").join(map(plain, value))
    if isinstance(value, datetime):
        return Text(f"{value:%Y-%m-%d %H:%M}")
    if isinstance(value, timedelta):
        return Text(show_duration(value))
    return Text(_CONTROL.sub(" ", str(value)))


def from_now(moment: datetime | None, now: datetime) -> str:
    """Say how far a moment is from now: ``in 12m``, ``3h ago``, ``now``."""
    if moment is None:
        return ""
    if abs(moment - now) < timedelta(seconds=1):
        return "now"
    distance = show_duration(timedelta(seconds=round(abs(moment - now).total_seconds()))).split(" ")[0]
    return f"in {distance}" if moment > now else f"{distance} ago"


def parse_since(text: str | None, now: datetime) -> datetime | None:
    """Read ``--since``: a duration before now (2d), or a day or moment (2026-11-24, UTC)."""
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
            f"{text!r} is neither a duration such as 2d nor a date such as 2026-11-24", param_hint="--since"
        ) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


_JSON_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


def _as_json(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
