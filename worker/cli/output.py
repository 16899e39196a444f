"""What commands print: tables for people, one JSON object a line for programs."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn, TextIO, TypeVar

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from worker.basics.measures import parse_duration, show_duration
from worker.cli.choices import Whole

# Tables show so many rows unless --limit says otherwise.
TABLE_ROWS = 50
MOST_ROWS = 1_000_000_000
_WIDE = 120
# Where nobody reads a table from a screen, it is as wide as what it shows.
_UNBOUNDED = 100_000
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
    limit = click.option("--limit", type=Whole(1, MOST_ROWS), help=f"Rows (tables: {TABLE_ROWS}, JSON: all).")
    return json(limit(command))


def print_json(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows as JSON Lines: times in ISO 8601 UTC, durations in seconds."""
    for row in rows:
        sys.stdout.buffer.write(orjson.dumps(dict(row), default=_as_json, option=_JSON_OPTIONS))
    sys.stdout.buffer.flush()


def print_table(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], *, when_empty: str) -> None:
    """Print rows as a table that fits the terminal, or ``when_empty`` where there are none."""
    is_on_screen = has_screen(sys.stdout)
    table = Table(box=None, pad_edge=False, header_style="bold", expand=is_on_screen)
    for column in columns:
        table.add_column(
            column.heading,
            overflow="fold" if column.wraps else "ellipsis",
            no_wrap=not column.wraps,
            max_width=column.widest if is_on_screen else None,
            ratio=None if column.widest else 1,
        )
    for row in rows:
        table.add_row(*(plain(column.show(row)) for column in columns))
    if not table.row_count:
        click.echo(when_empty)
        return
    print_trimmed(table, console(width=None if is_on_screen else _UNBOUNDED))


def print_trimmed(table: Table, out: Console) -> None:
    """Print a table without the blanks up to its margin: they would be part of what is copied or piped."""
    with out.capture() as printed:
        out.print(table)
    click.echo("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()), nl=False)


def write_line(sentence: str) -> None:
    """Print one line for a person, whatever a feed may have put into it."""
    click.echo(_CONTROL.sub(" ", sentence))


def counted(count: int, thing: str) -> str:
    """Say how many there are of something: ``1 feed``, ``1,200 feeds``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """Return where people's output goes; without a terminal it is as wide as a page, unless ``width`` is given."""
    if not width:
        width = None if has_screen(sys.stderr if stderr else sys.stdout) else _WIDE
    return _Console(stderr=stderr, width=width, highlight=False, markup=False, soft_wrap=False)


def has_screen(stream: TextIO) -> bool:
    """Say whether what is printed must fit a screen: a terminal's, or the one that COLUMNS speaks of."""
    return stream.isatty() or "COLUMNS" in os.environ


def share_of_page(parts: int) -> int:
    """Return one of so many equal parts of the page's width, in characters."""
    return console().width // parts


def room(least: int, beside: int) -> int:
    """Return how wide a column may be, in characters: ``least``, or what a wide page leaves ``beside`` the others."""
    return max(least, console().width - beside)


class _Console(Console):
    """A console whose reader may stop at any time: what that means is decided where commands end."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise what rich caught; by itself it would end the process as a failure."""
        raise BrokenPipeError


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
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)).astimezone(UTC)
    except OverflowError as error:
        raise click.BadParameter(f"{text!r} is no moment that can be told in UTC", param_hint="--since") from error


# Names of states and outcomes are keys too, and orjson takes no subclass of str for a str.
_JSON_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


def _as_json(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


# --- Progress of long work: on standard error, and only when a person is there to see it.

_Item = TypeVar("_Item")


def with_progress(
    items: Iterable[_Item], doing: str, total: int | None = None, name: Callable[[_Item], str] = str
) -> Iterator[_Item]:
    """Pass items on while showing how many there have been (of ``total``, where that is known) and the last one."""
    if not sys.stderr.isatty():
        yield from items
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[last]}"),
    )
    # What is printed meanwhile appears above the bar; but what goes to a file or a pipe must get there.
    redirect = sys.stdout.isatty()
    with Progress(*columns, console=console(stderr=True), transient=True, redirect_stdout=redirect) as progress:
        task = progress.add_task(doing, total=total, last="")
        for item in items:
            progress.update(task, advance=1, last=name(item)[-60:])
            yield item
