"""A feed out as somebody asks for it: which articles, in which format, under which title; and the document of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from urllib.parse import urlsplit, urlunsplit

import orjson
import xxhash
from sqlalchemy import Connection

from worker.feeds_out import atom_writing, json_writing, rss_writing
from worker.feeds_out.found_articles import find_articles
from worker.feeds_out.out_entry import OutEntry, OutFeed, name_feed
from worker.feeds_out.outgoing import Outgoing, read_outgoing
from worker.search.query_reading import read_query

USUAL_ENTRIES, MOST_ENTRIES = 50, 1_000
"""How many articles a feed has unless somebody says so, and how many it may have."""
# Raised when the same articles are written otherwise: readers that know a document are then given the new one.
_WRITTEN_VERSION = 1
_EVERYTHING = "All articles"


@dataclass(frozen=True, slots=True)
class OutFormat:
    """How entries are written, and as what the document is served."""

    media_type: str
    write: Callable[[OutFeed, Iterable[OutEntry]], Iterator[str]]


FORMATS: Mapping[str, OutFormat] = {
    "atom": OutFormat(atom_writing.MEDIA_TYPE, atom_writing.write_atom),
    "rss": OutFormat(rss_writing.MEDIA_TYPE, rss_writing.write_rss),
    "json": OutFormat(json_writing.MEDIA_TYPE, json_writing.write_json_feed),
}
"""By the names that commands and URLs give them."""


@dataclass(frozen=True, slots=True)
class AskedFeed:
    """What somebody asks for."""

    query: str = ""
    """In the language of `feedmill search`; empty for all articles."""
    format: str = "atom"
    limit: int = USUAL_ENTRIES
    title: str | None = None
    is_collapsed: bool = False
    """Whether of each story only the first article that is found goes out, and names the others."""
    self_url: str | None = None
    before: int | None = None
    """On a further page: the id of the last article of the page before it."""
    is_paged: bool = False
    """Whether further pages are found where it is, under the parameter ``before``."""

    def read(self, connection: Connection) -> Outgoing:
        """Read the articles that go out, the newest first; QueryError says what is wrong with the query."""
        found = find_articles(
            connection,
            read_query(self.query),
            limit=self.limit,
            before=self.before,
            is_collapsed=self.is_collapsed,
        )
        return read_outgoing(connection, found, with_copies=self.is_collapsed)

    def write(self, outgoing: Outgoing) -> Iterator[bytes]:
        """Yield the document in UTF-8."""
        here, rest = self.self_url, outgoing.before
        feed = OutFeed(
            title=self.title or self.query or _EVERYTHING,
            # All pages are of one feed.
            id=_at_page(here, None) if here else name_feed(f"{self.query} {self.is_collapsed}"),
            updated_at=outgoing.updated_at,
            self_url=here,
            next_url=_at_page(here, rest) if self.is_paged and here and rest else None,
        )
        return (piece.encode() for piece in FORMATS[self.format].write(feed, outgoing.entries()))

    def tag(self, outgoing: Outgoing) -> str:
        """Return a hash of all that the document is made of, so that nothing need be written to know it again."""
        asked = orjson.dumps((_WRITTEN_VERSION, *astuple(self)))
        return xxhash.xxh3_128_hexdigest(asked + outgoing.stamp())


def _at_page(url: str, before: int | None) -> str:
    """Return the URL of another page of a feed; that of the first one where there is nothing before it."""
    parts = urlsplit(url)
    others = [part for part in parts.query.split("&") if part and not part.startswith("before=")]
    return urlunsplit(parts._replace(query="&".join(others if before is None else [*others, f"before={before}"])))
