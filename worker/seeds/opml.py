"""Reading OPML, lists of feeds: as XML, and where that fails as its writer meant it.

``read_opml``: strictly by expat → where a document is not well-formed, ``opml_markup`` reads it from its beginning →
``opml_outlines`` makes feeds of the outlines that either finds
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from xml.parsers import expat

from worker.basics.charset import decode
from worker.basics.text import clean, fold
from worker.errors import SeedError
from worker.fetch import Guard
from worker.manage.feeds import NewFeed
from worker.seeds.opml_markup import declares_entities, has_outlines, read_tags
from worker.seeds.opml_outlines import Outlines, UnreadOutline
from worker.values.due_feeds import Document

_LONGEST_SHOWN = 40
# No honest list nests so deep, and expat keeps what it needs for each element that is open.
_DEEPEST = 5_000
_HEAD = 4_000
_ELEMENT = re.compile(r"<[A-Za-z][\w:.-]{0,40}")


@dataclass(frozen=True, slots=True)
class FeedList:
    """What an OPML document names."""

    feeds: Sequence[NewFeed]
    """One feed may be among them several times, with other tags."""
    unread: Sequence[UnreadOutline] = ()
    """What names no feed that can be added, in the order of lines."""


class _UnreadError(Exception):
    """A document that is not to be read strictly: its outlines may begin behind something else."""


def read_opml(document: Document, guard: Guard) -> FeedList:
    """Return the feeds of a document, and what of it cannot be read; SeedError when it is no OPML."""
    found = _read_strictly(document.body, guard)
    if isinstance(found, FeedList):
        return found
    text = decode(document.body, document.content_type)
    # It may be sound, but in another encoding: expat knows few, and would believe what a document says of its own.
    if (body := text.encode("utf-8", "replace")) != document.body:
        found = _read_strictly(body, guard)
    return found if isinstance(found, FeedList) else _read_forgivingly(text, guard, fault=found)


def _read_strictly(body: bytes, guard: Guard) -> FeedList | str:
    """Return what a well-formed document in UTF-8 names; of any other, what is wrong with it, if expat says so."""
    reader = _StrictReader(guard)
    try:
        return reader.read(body)
    except expat.ExpatError as error:
        return f"it is broken at line {error.lineno}: {expat.errors.messages[error.code]}."
    except _UnreadError:
        return ""


class _StrictReader:
    """An expat parser and its place in the document; a class because expat calls back."""

    def __init__(self, guard: Guard) -> None:
        self._outlines = Outlines(guard)
        self._depth = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._leave_unread

    def read(self, body: bytes) -> FeedList:
        self._parser.Parse(body, True)
        return FeedList(self._outlines.feeds, self._outlines.unread)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if name.lower() == "outline":
            self._outlines.begin({key.lower(): value for key, value in attributes.items()}, self._line)
        elif self._depth == 1 and name.lower() != "opml":
            raise _UnreadError
        elif self._depth > _DEEPEST:
            raise SeedError(f"it nests deeper than {_DEEPEST:,} elements.")

    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name.lower() == "outline":
            self._outlines.end()

    def _leave_unread(self, *_: object) -> None:
        # An entity that a document type declares elsewhere would vanish from texts; chains of them crash old expat.
        raise _UnreadError


def _read_forgivingly(text: str, guard: Guard, fault: str) -> FeedList:
    """Return what any document names in whose text outlines are found."""
    if not has_outlines(text):
        raise SeedError(f"it is no OPML document: it begins with {_show_start(text)}.")
    if declares_entities(text):
        raise SeedError("it declares entities, which is refused.")
    outlines, lines = Outlines(guard), _line_counter(text)
    for tag in read_tags(text):
        if tag.is_end:
            outlines.end()
        elif tag.is_cut:
            outlines.leave_out(tag.attributes, lines(tag.place), "it is cut off.")
        else:
            outlines.begin(tag.attributes, partial(lines, tag.place))
            if tag.is_empty:
                outlines.end()
    if fault and not (outlines.feeds or outlines.unread):
        raise SeedError(fault)
    return FeedList(outlines.feeds, outlines.unread)


def _show_start(text: str) -> str:
    """Return the first element of a document, or the first words of a text."""
    head = fold(clean(text[:_HEAD], _HEAD))
    element = _ELEMENT.search(head) if head.startswith("<") else None
    return f"{element[0]}>" if element else repr(head[:_LONGEST_SHOWN])


def _line_counter(text: str) -> Callable[[int], int]:
    """Return a function that gives the line of a place, for places in their order: each line is counted once."""
    line, counted_to = 1, 0
    line_break = "\n" if "\n" in text else "\r"

    def line_of(place: int) -> int:
        nonlocal line, counted_to
        line += text.count(line_break, counted_to, place)
        counted_to = place
        return line

    return line_of
