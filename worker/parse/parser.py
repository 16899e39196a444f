"""The parser as its callers see it: they submit documents, and collect what each publishes or why it cannot be read.

Most documents are read in the worker's own process, in a millisecond each. The others go to a child process, which they
may crash or keep busy without holding up the rest.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Self

from worker.basics.faults import is_interruption
from worker.errors import ErrorClass, PermanentError, PollError
from worker.parse.broken import read_broken
from worker.parse.child_process import ChildDiedError, ChildProcess, ParseLimits
from worker.parse.sniff import Kind, sniff
from worker.parse.well_formed import read_well_formed
from worker.values.due_feeds import Document
from worker.values.entries import Outline, ParsedDocument
from worker.values.frozen import dataclass

# Together they keep the reading of any document in the worker's own process to about a tenth of a second.
_LARGEST = 2_000_000
_MOST_TAGS = 100_000
# To mend a document takes ten times as long as to read it, for each of its brackets and ampersands: at worst a third of
# a second, with a tag of very many attributes.
_LARGEST_BROKEN = 500_000
_MOST_MARKS = 10_000
# How long to read in one go before the caller may look at its network again.
_AT_ONCE = timedelta(milliseconds=50)


Reader = Callable[[Document, int, Outline | None], ParsedDocument | PollError | None]
"""Reads a document as ``read_in_process`` does."""


def read_in_process(
    document: Document, max_entries: int, before: Outline | None = None
) -> ParsedDocument | PollError | None:
    """Read a document in this process: return what it publishes, or why it is no feed; None for one for the child.

    Entries that come again as in ``before``, the outline of the feed's last document, may be left out.
    """
    size = len(document.body)
    # Most are too short for so many tags, and counting them took 4 % of a poll with one new entry.
    if size > _LARGEST or (size > _MOST_TAGS and document.body.count(b"<") > _MOST_TAGS):
        return None
    try:
        parsed = read_well_formed(document, max_entries, patience=max_entries, before=before)
        return parsed or _read_broken(document, max_entries, before)
    except PollError as error:
        return error


def _read_broken(document: Document, max_entries: int, before: Outline | None) -> ParsedDocument | None:
    """Read a document that is not well-formed, where it is a feed and little enough to be mended in this process."""
    body = document.body
    is_little = len(body) <= _LARGEST_BROKEN and body.count(b"<") + body.count(b"&") <= _MOST_MARKS
    if not is_little or sniff(body) is not Kind.XML_FEED:
        return None
    return read_broken(document, max_entries, patience=max_entries, before=before, largest=_LARGEST)


def read_whole(document: Document, parsed: ParsedDocument) -> ParsedDocument:
    """Return what a document publishes, with the entries that were left out of ``parsed`` because they came again."""
    whole = read_in_process(document, parsed.size)
    assert isinstance(whole, ParsedDocument), "a document without some of its elements is no sounder than the whole"
    return whole


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of a submitted document."""

    key: int
    answer: ParsedDocument | PollError
    seconds: float = 0.0
    """How long reading it took."""


class Parser:
    """Owns one child process, which is started when it is first needed and again after it has died."""

    def __init__(self, limits: ParseLimits, read: Reader = read_in_process) -> None:
        self._limits = limits
        self._read = read
        self._unread: deque[tuple[int, Document, Outline | None]] = deque()
        # Documents for the child; it is busy with the first.
        self._for_child: deque[tuple[int, Document]] = deque()
        self._child: ChildProcess | None = None
        self._asked_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def max_entries(self) -> int:
        """How many entries of a document are read at the most."""
        return self._limits.max_entries

    @property
    def pending(self) -> int:
        """How many documents have been submitted and not answered."""
        return len(self._unread) + len(self._for_child)

    @property
    def pending_bytes(self) -> int:
        """How many bytes the pending documents have together."""
        unread = (document for _, document, _ in self._unread)
        return sum(len(document.body) for document in chain(unread, (document for _, document in self._for_child)))

    def submit(self, key: int, document: Document, before: Outline | None = None) -> None:
        """Take in a document; ``key`` comes back with its answer, which may overtake others.

        Entries that come again as in ``before``, the outline of the feed's last document, may be left out.
        """
        self._unread.append((key, document, before))

    def collect(self, wait: timedelta) -> list[Parsed]:
        """Return the answers there are, after waiting at most ``wait`` for the first; zero does not block."""
        ends_at = time.monotonic() + wait.total_seconds()
        answered = list(self._read_for_a_moment())
        while self._for_child:
            answer = self._ask_child(0.0 if answered or self._unread else max(ends_at - time.monotonic(), 0.0))
            if answer is not None:
                seconds = time.monotonic() - self._asked_at
                answered.append(Parsed(self._for_child.popleft()[0], answer, seconds))
            elif answered or self._unread or time.monotonic() >= ends_at:
                break
        return answered

    def parse(self, document: Document, before: Outline | None = None) -> ParsedDocument:
        """Read one document while nothing else is pending, and wait for it; raise the PollError it ends in."""
        self.submit(0, document, before)
        try:
            while not (answered := self.collect(self._limits.wall)):
                pass
        finally:
            if self.pending:
                # Interrupted: the next document must not get this one's answer.
                self.close()
        (parsed,) = answered
        if isinstance(parsed.answer, PollError):
            raise parsed.answer
        return parsed.answer

    def close(self) -> None:
        """End the child and forget what is pending; the next document starts another child."""
        self._unread.clear()
        self._for_child.clear()
        if self._child:
            self._child.end()
        self._child = None

    def _read_for_a_moment(self) -> Iterator[Parsed]:
        """Read documents in this process for a moment, and put aside those for the child."""
        ends_at = time.monotonic() + _AT_ONCE.total_seconds()
        while self._unread and time.monotonic() < ends_at:
            key, document, before = self._unread.popleft()
            began = time.monotonic()
            if answer := self._read_here(document, before):
                yield Parsed(key, answer, time.monotonic() - began)
            else:
                self._for_child.append((key, document))

    def _read_here(self, document: Document, before: Outline | None) -> ParsedDocument | PollError | None:
        try:
            return self._read(document, self._limits.max_entries, before)
        except BaseException as error:
            if is_interruption(error):
                raise
            # What nobody foresaw another parser may read, and where it holds up nobody else.
            return None

    def _ask_child(self, wait: float) -> ParsedDocument | PollError | None:
        """Let the child work on the first of its documents; return the answer once it is complete."""
        child = self._child = self._usable_child()
        if not child.is_busy:
            self._asked_at = time.monotonic()
            child.ask(self._for_child[0][1])
        try:
            return child.move(wait)
        except ChildDiedError as death:
            self._child = None
            return PermanentError(ErrorClass.PARSE, str(death))

    def _usable_child(self) -> ChildProcess:
        """Return the child, or a new one where it is another process's or has ended between two documents."""
        child = self._child
        # A child inherited through a fork is the parent's: only this process's ends of its pipes are closed.
        if child and (child.owner != os.getpid() or (not child.is_busy and child.has_ended)):
            child.end()
            child = None
        return child or ChildProcess(self._limits)
