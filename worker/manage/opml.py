"""OPML 2.0, lists of feeds: read as a stream, refused where it declares entities, written so that it reads back."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from worker.basics.text import clean, fold
from worker.errors import SeedError

_DEEPEST = 50
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed as an OPML document names it."""

    url: str
    title: str | None = None
    site_url: str | None = None


@dataclass(frozen=True, slots=True)
class OpmlLimits:
    """How much of a document from the network is believed; a local file has no such limits."""

    size: int | None = None
    outlines: int | None = None


FROM_NETWORK = OpmlLimits(size=5_000_000, outlines=10_000)


def read_opml(chunks: Iterable[bytes], limits: OpmlLimits) -> Iterator[Outline]:
    """Yield the feeds of a document (http and https only) as its bytes come in; SeedError says what is wrong."""
    reader = _Reader(limits)
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if limits.size is not None and size > limits.size:
            raise SeedError(f"The OPML document is larger than {limits.size:,} bytes.")
        yield from reader.feed(chunk)
    yield from reader.feed(b"", is_last=True)


def write_opml(outlines: Iterable[Outline], title: str, created_at: datetime) -> Iterator[bytes]:
    """Yield a document that names the feeds, a line each."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n<head>\n'
        f"<title>{escape(title)}</title>\n<dateCreated>{format_datetime(created_at)}</dateCreated>\n</head>\n<body>\n"
    ).encode()
    for outline in outlines:
        name = _attribute(outline.title or outline.url)
        site = f" htmlUrl={_attribute(outline.site_url)}" if outline.site_url else ""
        yield f'<outline type="rss" text={name} title={name} xmlUrl={_attribute(outline.url)}{site}/>\n'.encode()
    yield b"</body>\n</opml>\n"


def _attribute(text: str) -> str:
    # quoteattr also writes tabs and line breaks as references, which a parser would else turn into spaces.
    return quoteattr(clean(text, _LONGEST))


class _Reader:
    """An expat parser and where in the document it is; a class because expat calls back."""

    def __init__(self, limits: OpmlLimits) -> None:
        self._limits = limits
        self._depth = 0
        self._seen = 0
        self._found: list[Outline] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._refuse_entity

    def feed(self, chunk: bytes, *, is_last: bool = False) -> Iterator[Outline]:
        try:
            self._parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            raise SeedError(
                f"The OPML document is broken at line {error.lineno}: {expat.errors.messages[error.code]}."
            ) from error
        found, self._found = self._found, []
        yield from found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth == 1 and name.lower() != "opml":
            raise SeedError(f"This is no OPML document: it begins with <{clean(name, 40)}>.")
        if self._depth > _DEEPEST:
            raise SeedError(f"The OPML document nests deeper than {_DEEPEST} outlines.")
        if name.lower() == "outline":
            self._outline({key.lower(): fold(clean(value, _LONGEST)) for key, value in attributes.items()})

    def _outline(self, given: dict[str, str]) -> None:
        self._seen += 1
        if self._limits.outlines is not None and self._seen > self._limits.outlines:
            raise SeedError(f"The OPML document has more than {self._limits.outlines:,} outlines.")
        title = given.get("title") or given.get("text") or ""
        url = given.get("xmlurl", "")
        if url.lower().startswith(("http://", "https://")):
            self._found.append(Outline(url, title or None, given.get("htmlurl") or None))

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _refuse_entity(self, *_: object) -> None:
        # An honest list of feeds has no use for entities; chains of them take expat itself down.
        raise SeedError("The OPML document declares entities, which is refused.")
