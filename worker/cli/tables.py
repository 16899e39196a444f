"""Tables: rows for people, as wide as their screen, and JSON Lines for programs.

Where nobody reads a table from a screen, it is as wide as what it shows.
"""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from rich.table import Table
from rich.text import Text

from worker.basics.moments import show_bare_moment, show_moment, zone_of
from worker.cli.output import console, has_screen, plain_text, print_json, print_trimmed, write_line
from worker.look.counts import Counted

_UNBOUNDED = 100_000
_NARROW = 72


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
    is_spare: bool = False
    """Whether a narrow screen does without it, so that there is room for the others."""

    def value_of(self, row: Mapping[Any, Any]) -> object:
        """Return what the column shows of a row."""
        return row[self.value] if isinstance(self.value, str) else self.value(row)


@dataclass(frozen=True, slots=True)
class StandIn:
    """A moment that stands in a table for one that is not known."""

    moment: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """How many rows of a listing a table shows, and how many there are; its rows are asked for with one more."""

    most: int | None
    """None for all."""
    count: Callable[[], Counted[int] | None]
    """Called only where there are more; None where counting would take too long."""


_WHOLE = Page(None, lambda: None)


def print_rows(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[Column],
    *,
    as_json: bool,
    when_empty: str,
    page: Page = _WHOLE,
) -> None:
    """Print rows as JSON Lines or as a table; ``when_empty`` stands in for a table without rows."""
    if as_json:
        print_json(rows)
    else:
        print_table(columns, rows, when_empty=when_empty, page=page)


def print_table(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], *, when_empty: str, page: Page = _WHOLE
) -> None:
    """Print rows as a table that fits the terminal, or ``when_empty`` where there are none.

    Where there are more rows than the page shows, a last line says how many.
    """
    is_on_screen = has_screen(sys.stdout)
    if is_on_screen and console().width < _NARROW:
        columns = [column for column in columns if not column.is_spare]
    remaining = iter(rows)
    lines = [[column.value_of(row) for column in columns] for row in islice(remaining, page.most)]
    if not lines:
        write_line(when_empty)
        return
    print_trimmed(_make_table(columns, lines, is_on_screen), console(width=None if is_on_screen else _UNBOUNDED))
    if next(remaining, None) is not None:
        write_line(f"{_say_how_many(len(lines), page.count())}; --limit 0 shows all.")


def _say_how_many(shown: int, found: Counted[int] | None) -> str:
    if found is None:
        return f"The first {shown:,}, and there are more"
    return f"{shown:,} of {found.how + ' ' if found.how else ''}{found.count:,}"


def _make_table(columns: Sequence[Column], lines: Sequence[Sequence[object]], is_on_screen: bool) -> Table:  # noqa: FBT001 -- named by its only caller
    moments = (_moment_in(value) for line in lines for value in line)
    zones = {zone_of(moment) for moment in moments if moment}
    # The heading names the zone, unless some are of the summer and some of the winter.
    zone = zones.pop() if len(zones) == 1 else None
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, values in zip(columns, zip(*lines, strict=True), strict=True):
        has_moments = any(map(_moment_in, values))
        table.add_column(
            f"{column.heading} {zone}" if zone and has_moments else column.heading,
            overflow="fold" if column.wraps else "ellipsis",
            no_wrap=not column.wraps,
            max_width=column.widest if is_on_screen else None,
            ratio=None if column.widest else 1,
        )
    for line in lines:
        table.add_row(*(_cell(value, zone) for value in line))
    # Where all fits, columns that took what room is left would drift apart.
    table.expand = is_on_screen and any(column.widest is None for column in columns) and not _fits(table)
    return table


def _fits(table: Table) -> bool:
    return console(width=_UNBOUNDED).measure(table).maximum <= console().width


def _cell(value: object, zone: str | None) -> Text:
    if moment := _moment_in(value):
        shown = show_bare_moment(moment) if zone else show_moment(moment)
        return Text(f"~{shown}" if isinstance(value, StandIn) else shown)
    return plain_text(value)


def _moment_in(value: object) -> datetime | None:
    found = value.moment if isinstance(value, StandIn) else value
    return found if isinstance(found, datetime) else None
