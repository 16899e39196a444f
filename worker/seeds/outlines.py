"""Adding the feeds of OPML: of a seed file, of a file that is named, or of a document on the web."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from worker.basics.urls import is_feed_url
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.discovery.asking import fetch_document
from worker.errors import PollError, SeedError
from worker.manage.feeds import NewFeed, add_feeds
from worker.manage.opml import FROM_NETWORK, OpmlLimits, Outline, read_opml
from worker.pipeline.tools import Tools
from worker.seeds.files import read_seed_file
from worker.values.due_feeds import Document


@dataclass(frozen=True, slots=True)
class Imported:
    """How many feeds of an OPML document were added, and how many were there already."""

    added: int
    known: int


def import_opml(tools: Tools, source: str, max_body: int) -> Imported:
    """Add the feeds of an OPML file, or of a document on the web; SeedError or PollError when it cannot be read."""
    if source.startswith(("http://", "https://")):
        outlines = list(read_opml([_fetch(tools, source).body], FROM_NETWORK))
    else:
        document, _ = read_seed_file(Path(source), max_body)
        outlines = list(read_opml([document.body], OpmlLimits()))
    added = write(tools.engine, lambda connection: _add_outlines(connection, outlines, revive=True))
    return Imported(added, len(outlines) - added)


def add_outlines(tools: Tools, path: Path, document: Document) -> int:
    """Add the feeds of a seed file that were not there yet and return how many; SeedError when it cannot be read."""
    try:
        return write(
            tools.engine,
            lambda connection: _add_outlines(connection, read_opml([document.body], OpmlLimits()), revive=False),
        )
    except SeedError as error:
        raise SeedError(f"{path} was not read: {error}") from error


def _fetch(tools: Tools, url: str) -> Document:
    try:
        return fetch_document(tools.transfers, url)
    except PollError as error:
        raise SeedError(f"{url} was not read: {error.sentence}.") from error


def _add_outlines(connection: Connection, outlines: Iterable[Outline], *, revive: bool) -> int:
    """Add the feeds whose URLs can be polled; return how many were not there yet."""
    feeds = (NewFeed(outline.url, outline.title, outline.site_url) for outline in outlines if is_feed_url(outline.url))
    return add_feeds(connection, read_clock(connection).now(), feeds, revive=revive)
