"""What commands print: tables and sentences for people, one JSON object a line for programs, and progress.

Nothing else writes to the terminal, and nothing that came from outside, a file's name or an argument included, gets
there as it is: ``make_visible`` takes from it what could move, colour or reorder the screen. Progress goes to standard
error, and only when a person is there to see it.
"""

import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from datetime import datetime, timedelta
from io import StringIO
from typing import Any, BinaryIO, Literal, NoReturn, TextIO, TypeVar, cast

import click
from rich.console import Console, ConsoleRenderable
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.text import Text

from worker.basics.event_lines import speaks_in_events, write_event
from worker.basics.faults import name_fault
from worker.basics.json_lines import escape_unshown, write_json_line
from worker.basics.moments import show_moment
from worker.basics.screen_lines import cut_line
from worker.basics.text import make_visible
from worker.basics.units import show_duration
from worker.logs import log_fault, tell_listeners

# Columns of a page where no screen sets them.
_PAGE = 80
# In a cell of a table and in a line of a page they part words.
_BREAKS = re.compile("[\t-\r\x85\u2028\u2029]")
# What a URL may hold before its host: no sentence shows it.
_CREDENTIALS = re.compile(r"//[^/?#\s]*@")
_Item = TypeVar("_Item")


def print_json(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print rows as JSON Lines: times in ISO 8601 UTC, durations in seconds; what no screen gets is escaped."""
    _write_bytes(map(write_json_line, rows))


def print_markup(chunks: Iterable[bytes]) -> None:
    """Print a document of HTML or XML in UTF-8; what no screen gets is written as references, which mean the same."""
    _write_bytes(escape_unshown(chunk, "&#x{:x};") for chunk in chunks)


def print_json_document(chunks: Iterable[bytes]) -> None:
    """Print one document of JSON that comes in pieces; what no screen gets is escaped."""
    _write_bytes(map(escape_unshown, chunks))


def print_text(text: str) -> None:
    """Print a text for a program, exactly as it is; nothing in it came from outside."""
    click.echo(text, nl=False)


def binary_output() -> BinaryIO:
    """Return standard output as a file of bytes; what no screen gets is escaped where it is a screen."""
    return cast("BinaryIO", _Screen()) if sys.stdout.isatty() else sys.stdout.buffer


class _Screen:
    """A screen that bytes are written to which a program should read."""

    def write(self, chunk: bytes) -> None:
        """Show them."""
        sys.stdout.buffer.write(escape_unshown(chunk))

    def flush(self) -> None:
        """Show all that was written."""
        sys.stdout.buffer.flush()


def _write_bytes(chunks: Iterable[bytes]) -> None:
    for chunk in chunks:
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


@contextmanager
def paged(*, is_wanted: bool) -> Iterator[None]:
    """Send what is printed meanwhile through a pager where a person's screen is too small for it."""
    if not (is_wanted and sys.stdin.isatty() and sys.stdout.isatty()):
        yield
        return
    with redirect_stdout(_Held()) as held:
        yield
    page = held.getvalue()
    if page.count("\n") < console().height:
        click.echo(page, nl=False)
    else:
        click.echo_via_pager(page.rstrip("\n"))


class _Held(StringIO):
    """What is held back of a screen, for which it is made."""

    def isatty(self) -> bool:
        """Return True: colours and widths are those of the screen."""
        return True


def print_trimmed(shown: ConsoleRenderable, out: Console) -> None:
    """Print a table or a text without blanks at the ends of lines: they would be part of what is copied or piped."""
    with out.capture() as printed:
        out.print(shown)
    click.echo("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()), nl=False)


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """Return a console for a person; without a terminal it is as wide as a page, unless ``width`` is given."""
    if not width and not has_screen(sys.stderr if stderr else sys.stdout):
        width = _PAGE
    # With NO_COLOR rich would still write in bold.
    colours: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    return _Console(stderr=stderr, width=width, color_system=colours, highlight=False, markup=False, soft_wrap=False)


class _Console(Console):
    """A console whose reader may stop at any time: ``main`` decides what that means."""

    def on_broken_pipe(self) -> NoReturn:
        """Raise BrokenPipeError again: rich would end the process as a failure."""
        raise BrokenPipeError


def has_screen(stream: TextIO) -> bool:
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
    if isinstance(value, Text):
        return value
    if value is None:
        return Text("")
    if isinstance(value, list | tuple):
        return Text("\n").join(map(plain_text, value))
    if isinstance(value, datetime):
        return Text(show_moment(value))
    if isinstance(value, timedelta):
        return Text(show_duration(value))
    return Text(make_visible(_BREAKS.sub(" ", str(value))), style=style)


def emphasised_text(parts: Iterable[tuple[str, bool]]) -> Text:
    """Return parts of a text for a person, on one line; those with True stand out on a screen."""
    return Text().join(plain_text(part, "bold" if stands_out else "") for part, stands_out in parts)


def write_line(sentence: str) -> None:
    """Print one line for a person."""
    click.echo(_clear(sentence))


def fit_screen(line: str) -> str:
    """Return a line of many as a screen has room for it; whole where nobody reads it from one."""
    return cut_line(make_visible(line), console().width) if has_screen(sys.stdout) else line


def write_failure(sentence: object) -> None:
    """Print on standard error, in one line, what failed and why."""
    click.echo(_clear(f"feedmill: {sentence}"), err=True)


def write_note(sentence: str) -> None:
    """Print one line for a person on standard error: what is no failure, and no part of the output."""
    click.echo(_clear(sentence), err=True)


def _clear(sentence: str) -> str:
    """Return a sentence as it may be shown: without passwords of URLs, which are quoted as they were typed."""
    return make_visible(_CREDENTIALS.sub("//…@", sentence))


def write_stop(sentence: str) -> None:
    """Print on standard error, below the ^C that a terminal shows, that Ctrl-C was heard."""
    if speaks_in_events():
        # It is no failure, as all else on that stream may be.
        write_event(sentence, "info")
        return
    click.echo(("\n" if sys.stderr.isatty() else "") + sentence, err=True)


def show_usage_error(error: click.ClickException) -> None:
    """Print on standard error what is wrong with a command line, as click does; its words quote what was typed."""
    if isinstance(error, click.UsageError) and error.ctx:
        click.echo(f"{error.ctx.get_usage()}\nTry '{error.ctx.command_path} --help' for help.\n", err=True)
    click.echo(_clear(f"Error: {error.format_message()}"), err=True)


def show_help(error: click.ClickException) -> None:
    """Print on standard error what there is to choose from, where nothing was chosen."""
    click.echo(error.format_message(), err=True)


def show_fault(error: Exception) -> None:
    """Print on standard error the traceback of what nobody thought of, and below it a sentence."""
    if speaks_in_events():
        log_fault(f"ended by {name_fault(error)}", error)
        return
    tell_listeners({"event": "ended by a fault", "level": "critical", "exc_info": error})
    # Not splitlines: an error's own words may hold other signs that part lines.
    for line in "".join(traceback.format_exception(error)).rstrip("\n").split("\n"):
        write_note(line)
    write_failure(f"This is {name_fault(error)}: please report it, with these lines.")


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
