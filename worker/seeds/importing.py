"""Adding the feeds of OPML: of a file, of a document on the web, of what is piped in, of a seed file."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Connection

from worker.basics.units import show_size
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.statements import slices
from worker.discovery.single_fetch import fetch_document
from worker.errors import PollError, SeedError
from worker.manage.feeds import NewFeed, add_feeds
from worker.pipeline import Tools
from worker.seeds.files import MOST_OPML_BYTES, read_seed_file
from worker.seeds.opml import read_opml
from worker.seeds.opml_outlines import UnreadOutline
from worker.values.due_feeds import Document

STANDARD_INPUT = "-"
"""What names it in place of a file."""
# Feeds added in one transaction: nobody else can write to SQLite meanwhile.
_SLICE = 5_000


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a list of feeds."""

    added: int
    known: int
    """Feeds that were there already, and those that the list names again."""
    unread: Sequence[UnreadOutline] = ()


def import_opml(tools: Tools, source: str, standard_input: BinaryIO) -> Imported:
    """Add the feeds of an OPML file, of a document on the web, or of standard input; SeedError when it is no OPML."""
    document = _find_list(tools, source, standard_input)
    return _add(tools, document, revive=True)


def add_feeds_of_seed(tools: Tools, path: Path, document: Document) -> Imported:
    """Add the feeds of an OPML seed file; SeedError when it is no OPML."""
    try:
        return _add(tools, document, revive=False)
    except SeedError as error:
        raise SeedError(f"{path} was not read: {error}") from error


def _find_list(tools: Tools, source: str, standard_input: BinaryIO) -> Document:
    if not source:
        raise SeedError("A list of feeds is named by its file or URL; here its name is empty.")
    if source == STANDARD_INPUT:
        return _read_whole(standard_input)
    if source.lower().startswith(("http://", "https://")):
        return _fetch(tools, source)
    return read_seed_file(Path(source), MOST_OPML_BYTES)[0]


def _read_whole(stream: BinaryIO) -> Document:
    body = stream.read(MOST_OPML_BYTES + 1)
    if len(body) > MOST_OPML_BYTES:
        raise SeedError(f"it is larger than {show_size(MOST_OPML_BYTES)}.")
    if not body.strip():
        raise SeedError("it is empty.")
    return Document("", body)


def _fetch(tools: Tools, url: str) -> Document:
    try:
        return fetch_document(tools.transfers, url)
    except PollError as error:
        raise SeedError(f"{url} was not read: {error.sentence}.") from error


def _add(tools: Tools, document: Document, *, revive: bool) -> Imported:
    def add(connection: Connection, some: Sequence[NewFeed]) -> int:
        return add_feeds(connection, read_clock(connection).now(), some, revive=revive)

    found = read_opml(document, tools.guard)
    added = sum(write(tools.engine, partial(add, some=some)) for some in slices(found.feeds, _SLICE))
    return Imported(added, len(found.feeds) - added, found.unread)
