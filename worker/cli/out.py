"""Writing what a search finds as a feed: ``out``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from worker.basics.units import counted
from worker.basics.urls import absolute_url
from worker.cli.open_store import reading_store
from worker.cli.options import Whole
from worker.cli.output import print_json_document, print_markup, write_line
from worker.datasets.whole_files import explaining, whole_file
from worker.errors import UsageError
from worker.feeds_out.asked_feed import FORMATS, MOST_ENTRIES, USUAL_ENTRIES, AskedFeed

_USUAL = "atom"
_ENDINGS = {f".{name}": name for name in FORMATS} | {".xml": _USUAL}


@click.command("out")
@click.argument("query", nargs=-1)
@click.option("--format", "named", type=click.Choice([*FORMATS]), help=f"Else as FILE ends, else {_USUAL}.")
@click.option("--limit", type=Whole(1, MOST_ENTRIES), default=USUAL_ENTRIES, show_default=True, help="Articles.")
@click.option("--title", help="The feed's title; by default the query.")
@click.option("--collapse-stories", "is_collapsed", is_flag=True, help="Of each story one article, naming the others.")
@click.option("--url", help="Where the feed will be found: its self link, and its id.")
@click.option("--to", metavar="FILE", help="Write this file, when it is whole.")
def out_command(*, query: tuple[str, ...], named: str | None, url: str | None, to: str | None, **asked: Any) -> None:
    """Write the newest articles that QUERY finds as a feed: Atom, RSS or JSON Feed.

    QUERY is as in `feedmill search`, and its dates are of UTC; without one all articles are found. With --to a file
    that would be the same is left as it is, so that whoever serves it can answer that it was not modified.
    """
    self_url = absolute_url(url) if url else None
    if url and not self_url:
        raise UsageError(f"--url is where the feed will be found, such as https://news.example/out.atom; not {url!r}.")
    file_format = named or _read_format(to)
    feed = AskedFeed(" ".join(query), file_format, self_url=self_url, **asked)
    with reading_store() as connection:
        outgoing = feed.read(connection)
    document = feed.write(outgoing)
    if to is None:
        (print_json_document if file_format == "json" else print_markup)(document)
        return
    is_new = _write_file(Path(to), document)
    write_line(f"{to}: {counted(len(outgoing.rows), 'article')}{'' if is_new else ', as before'}.")


def _read_format(to: str | None) -> str:
    """Return the format that a file's name ends in; UsageError where it ends in none."""
    if to is None:
        return _USUAL
    if found := _ENDINGS.get(Path(to).suffix.lower()):
        return found
    *first, last = FORMATS
    endings = ", ".join(_ENDINGS)
    raise UsageError(f"{to} does not end as a feed ({endings}): say --format {', '.join(first)} or {last}.")


def _write_file(path: Path, document: Iterator[bytes]) -> bool:
    """Write a file when all of it is there, and return whether it was not the same already."""
    written = b"".join(document)
    with explaining(path):
        if path.is_file() and path.read_bytes() == written:
            return False
    with whole_file(path) as stream:
        stream.write(written)
    return True
