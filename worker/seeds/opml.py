"""OPML 2.0, lists of feeds: reading them, adding their feeds, and writing a list that reads back.

A document that declares entities is refused.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from sqlalchemy import Connection

from worker.basics.text import clean, fold
from worker.basics.urls import is_feed_url
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.statements import slices
from worker.discovery.single_fetch import fetch_document
from worker.errors import PollError, SeedError
from worker.manage.feeds import NewFeed, add_feeds
from worker.pipeline import Tools
from worker.seeds.files import MOST_OPML_BYTES, read_seed_file
from worker.values.due_feeds import Document

_DEEPEST = 50
_LONGEST = 4000
# Feeds added in one transaction: nobody else can write to SQLite meanwhile.
_SLICE = 5_000


def import_opml(tools: Tools, source: str) -> tuple[int, int]:
    """Add the feeds of an OPML file, or of a document on the web; SeedError when it cannot be read.

    Return how many were added, and how many were known already.
    """
    is_on_web = source.startswith(("http://", "https://"))
    document = _fetch(tools, source) if is_on_web else read_seed_file(Path(source), MOST_OPML_BYTES)[0]
    feeds = read_opml(document.body)
    added = _add_pollable(tools, feeds, revive=True)
    return added, len(feeds) - added


def add_feeds_of_seed(tools: Tools, path: Path, document: Document) -> int:
    """Add the feeds of an OPML seed file and return how many were not there yet; SeedError when it cannot be read."""
    try:
        feeds = read_opml(document.body)
    except SeedError as error:
        raise SeedError(f"{path} was not read: {error}") from error
    return _add_pollable(tools, feeds, revive=False)


def _fetch(tools: Tools, url: str) -> Document:
    try:
        return fetch_document(tools.transfers, url)
    except PollError as error:
        raise SeedError(f"{url} was not read: {error.sentence}.") from error


def _add_pollable(tools: Tools, feeds: Iterable[NewFeed], *, revive: bool) -> int:
    """Add the feeds whose URLs can be polled; return how many were not there yet."""

    def add(connection: Connection, some: Sequence[NewFeed]) -> int:
        return add_feeds(connection, read_clock(connection).now(), some, revive=revive)

    pollable = (feed for feed in feeds if is_feed_url(feed.url))
    return sum(write(tools.engine, partial(add, some=some)) for some in slices(pollable, _SLICE))


def read_opml(body: bytes) -> list[NewFeed]:
    """Return the feeds of a document (http and https only); SeedError says what is wrong."""
    return _Reader().read(body)


def write_opml(feeds: Iterable[NewFeed], title: str, created_at: datetime) -> Iterator[bytes]:
    """Yield a document that lists the feeds, one a line."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head>\n'
        f"<title>{escape(title)}</title>\n<dateCreated>{format_datetime(created_at)}</dateCreated>\n</head>\n<body>\n"
    ).encode()
    for feed in feeds:
        name = _attribute(feed.title or feed.url)
        site = f" htmlUrl={_attribute(feed.site_url)}" if feed.site_url else ""
        yield f'<outline type="rss" text={name} title={name} xmlUrl={_attribute(feed.url)}{site}/>\n'.encode()
    yield b"</body>\n</opml>\n"


def _attribute(text: str) -> str:
    # quoteattr also writes tabs and line breaks as references; a parser would turn them into spaces otherwise.
    return quoteattr(clean(text, _LONGEST))


class _Reader:
    """An expat parser and its place in the document; a class because expat calls back."""

    def __init__(self) -> None:
        self._depth = 0
        self._found: list[NewFeed] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._refuse_entity

    def read(self, body: bytes) -> list[NewFeed]:
        try:
            self._parser.Parse(body, True)
        except expat.ExpatError as error:
            raise SeedError(
                f"The OPML document is broken at line {error.lineno}: {expat.errors.messages[error.code]}."
            ) from error
        return self._found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and name.lower() != "opml":
            raise SeedError(f"This is no OPML document: it begins with <{clean(name, 40)}>.")
        if self._depth > _DEEPEST:
            raise SeedError(f"The OPML document nests deeper than {_DEEPEST} outlines.")
        if name.lower() == "outline":
            self._take_element({key.lower(): fold(clean(value, _LONGEST)) for key, value in attributes.items()})

    def _take_element(self, given: dict[str, str]) -> None:
        title = given.get("title") or given.get("text") or ""
        url = given.get("xmlurl", "")
        if url.lower().startswith(("http://", "https://")):
            self._found.append(NewFeed(url, title or None, given.get("htmlurl") or None))

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _refuse_entity(self, *_: object) -> None:
        # An honest list of feeds needs no entities, and chains of entities crash expat itself.
        raise SeedError("The OPML document declares entities, which is refused.")
