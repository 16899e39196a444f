"""What commands print: tables and sentences for people, one JSON object a line for programs, and progress.

Nothing else writes to the terminal, and nothing that came from outside, a file's name or an argument included, gets
there as it is: ``make_visible`` takes from it what could move, colour or reorder the screen. Progress goes to standard
error, and only when a person is there to see it.
"""

import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn, TextIO, TypeVar

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from worker.basics.faults import name_fault
from worker.basics.text import make_visible
from worker.basics.units import show_duration

# Columns of a page where no screen sets them.
_WIDE = 120
# Where nobody reads a table from a screen, it is as wide as what it shows.
_UNBOUNDED = 100_000
# In a cell of a table and in a line of a page they part words.
_BREAKS = re.compile("[\t-\r\x85\u2028\u2029]")
# What make_visible finds, in UTF-8, but for what JSON escapes by itself; by the byte it begins with, which is rarer.
_UNSHOWN = (
    (b"\x7f", re.compile(rb"\x7f")),
    (b"\xc2", re.compile(rb"\xc2[\x80-\x9f]")),
    (b"\xe2", re.compile(rb"\xe2(?:\x80[\xa8-\xae]|\x81[\xa6-\xa9])")),
)
# Names of states and outcomes are keys too, and orjson takes no subclass of str for a str.
_JSON_OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
# What a URL may hold before its host: no sentence shows it.
_CREDENTIALS = re.compile(r"//[^/?#\s]*@")
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, what it shows of a row, and how wide it may grow."""

    heading: str
    value: str | Callable[[Mapping[Any, Any]], object]
    """The key of a row's value, or a function that makes it; several values are shown below one another."""
    widest: int | None = None
    """Characters; None for a column that takes the room the others leave."""
    wraps: bool = False
    """Whether text that does not fit goes on in the next line; else it is cut."""

    def value_of(self, row: Mapping[Any, Any]) -> object:
        """Return what the column shows of a row."""
        return row[self.value] if isinstance(self.value, str) else self.value(row)


def print_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column], *, as_json: bool, when_empty: str) -> None:
    """Print rows as JSON Lines or as a table; ``when_empty`` stands in for a table without rows."""
    if as_json:
        print_json(rows)
    else:
        print_table(columns, rows, when_empty=when_empty)


def print_json(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows as JSON Lines: times in ISO 8601 UTC, durations in seconds; what no screen gets is escaped."""
    _write_bytes(orjson.dumps(dict(row), default=_as_json, option=_JSON_OPTIONS) for row in rows)


def print_markup(chunks: Iterable[bytes]) -> None:
    """Print a document of HTML or XML in UTF-8; what no screen gets is written as references, which mean the same."""
    _write_bytes(chunks, "&#x{:x};")


def _write_bytes(chunks: Iterable[bytes], escape: str = "\\u{:04x}") -> None:
    def write_escape(found: re.Match[bytes]) -> bytes:
        return escape.format(ord(found[0].decode())).encode()

    for chunk in chunks:
        for first, pattern in _UNSHOWN:
            if first in chunk:
                chunk = pattern.sub(write_escape, chunk)  # noqa: PLW2901 -- one after the other
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def _as_json(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def print_table(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], *, when_empty: str) -> None:
    """Print rows as a table that fits the terminal, or ``when_empty`` where there are none."""
    is_on_screen = _has_screen(sys.stdout)
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
        table.add_row(*(plain_text(column.value_of(row)) for column in columns))
    if table.row_count:
        print_trimmed(table, console(width=None if is_on_screen else _UNBOUNDED))
    else:
        write_line(when_empty)


def print_trimmed(table: Table, out: Console) -> None:
    """Print a table without the blanks up to its margin: they would be part of what is copied or piped."""
    with out.capture() as printed:
        out.print(table)
    click.echo("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()), nl=False)


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """Return a console for a person; without a terminal it is as wide as a page, unless ``width`` is given."""
    if not width and not _has_screen(sys.stderr if stderr else sys.stdout):
        width = _WIDE
    return _Console(stderr=stderr, width=width, highlight=False, markup=False, soft_wrap=False)


class _Console(Console):
    """A console whose reader may stop at any time: ``main`` decides what that means."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise BrokenPipeError again: rich would end the process as a failure."""
        raise BrokenPipeError


def _has_screen(stream: TextIO) -> bool:
    """Return whether output must fit a screen: a terminal, or the width that COLUMNS gives."""
    return stream.isatty() or "COLUMNS" in os.environ


def share_of_page(parts: int) -> int:
    """Return the width of one of so many equal parts of a page, in characters."""
    return console().width // parts


def column_room(least: int, beside: int) -> int:
    """Return a column's width in characters: the page less ``beside``, which the others take; at least ``least``."""
    return max(least, console().width - beside)


def plain_text(value: object, style: str = "") -> Text:
    """Return a value for a person, on one line: its line breaks are spaces, and what no screen gets is escaped."""
    if value is None:
        return Text("")
    if isinstance(value, list | tuple):
        return Text("\n").join(map(plain_text, value))
    if isinstance(value, datetime):
        return Text(f"{value:%Y-%m-%d %H:%M}")
    if isinstance(value, timedelta):
        return Text(show_duration(value))
    return Text(make_visible(_BREAKS.sub(" ", str(value))), style=style)


def write_line(sentence: str) -> None:
    """Print one line for a person."""
    click.echo(_clear(sentence))


def write_failure(sentence: object) -> None:
    """Print on standard error, in one line, what failed and why."""
    click.echo(_clear(f"feedmill: {sentence}"), err=True)


def write_note(sentence: str) -> None:
    """Print one line for a person on standard error: what is no failure, and no part of the output."""
    click.echo(_clear(sentence), err=True)


def _clear(sentence: str) -> str:
    """Return a sentence as it may be shown: without passwords of URLs, which are quoted as they were typed."""
    return make_visible(_CREDENTIALS.sub("//…@", sentence))


def show_usage_error(error: click.ClickException) -> None:
    """Print on standard error what is wrong with a command line, as click does; its words quote what was typed."""
    if isinstance(error, click.UsageError) and error.ctx:
        click.echo(f"{error.ctx.get_usage()}\nTry '{error.ctx.command_path} --help' for help.\n", err=True)
    click.echo(_clear(f"Error: {error.format_message()}"), err=True)


def show_fault(error: Exception) -> None:
    """Print on standard error the traceback of what nobody thought of, and below it a sentence."""
    # Not splitlines: an error's own words may hold other signs that part lines.
    for line in "".join(traceback.format_exception(error)).rstrip("\n").split("\n"):
        write_note(line)
    write_failure(f"This is {name_fault(error)}: please report it, with these lines.")


def counted(count: int, thing: str, things: str = "") -> str:
    """Say how many there are of something: ``1 feed``, ``1,200 feeds``.

    ``things`` is the plural where it is not ``thing`` with an s.
    """
    return f"{count:,} {thing if count == 1 else things or f'{thing}s'}"


def from_now(moment: datetime | None, now: datetime) -> str:
    """Say how far a moment is from now: ``in 12m``, ``3h ago``, ``now``."""
    if moment is None:
        return ""
    if abs(moment - now) < timedelta(seconds=1):
        return "now"
    distance = show_duration(timedelta(seconds=round(abs(moment - now).total_seconds()))).split(" ")[0]
    return f"in {distance}" if moment > now else f"{distance} ago"


def moment_from_now(moment: datetime | None, now: datetime) -> str:
    """Say when, and how far that is from now: ``2026-11-24 12:50 (in 50m)``."""
    return f"{moment:%Y-%m-%d %H:%M} ({from_now(moment, now)})" if moment else ""


def with_progress(
    items: Iterable[_Item], doing: str, total: int | None = None, name: Callable[[_Item], str] = str
) -> Iterator[_Item]:
    """Pass items on while showing how many there have been (of ``total``, where that is known) and the last one."""
    if not sys.stderr.isatty():
        yield from items
        return
    count = TextColumn("{task.completed:,}" if total is None else "{task.completed:,}/{task.total:,}")
    last = TextColumn("{task.fields[last]}", markup=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), count, last)
    # What is printed meanwhile appears above the bar; but what goes to a file or a pipe must get there.
    redirect = sys.stdout.isatty()
    with Progress(*columns, console=console(stderr=True), transient=True, redirect_stdout=redirect) as progress:
        task = progress.add_task(doing, total=total, last="")
        for item in items:
            progress.update(task, advance=1, last=_clear(name(item))[-60:])
            yield item
