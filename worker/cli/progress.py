"""Progress of long work: on standard error, and only when a person is there to see it."""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from worker.cli.output import console

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
