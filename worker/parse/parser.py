"""The parser as its caller sees it: documents go in, what they publish comes out, whatever happens to the child.

Most are read here, in a millisecond; the others in a child that they may crash or keep busy, and hold up none of these.
"""

import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Self

from worker.errors import ErrorClass, PermanentError, PollError
from worker.parse.child_process import ChildDiedError, ChildProcess, ParseLimits
from worker.parse.well_formed import FAULTS, read_well_formed
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

# --- What is read in the worker's own process: documents that are sound, and small enough not to hold up other
# polls.

# Together they bound what reading one may take to about a tenth of a second, whatever is in it.
_LARGEST = 2_000_000
_MOST_TAGS = 100_000


def read_here(document: Document, max_entries: int) -> ParsedDocument | PollError | None:
    """Return what a document publishes, or why it is no feed; null for one that is the child's to read."""
    if len(document.body) > _LARGEST or document.body.count(b"<") > _MOST_TAGS:
        return None
    try:
        return read_well_formed(document, max_entries, patience=max_entries)
    except PollError as error:
        return error
    except FAULTS:
        return None


# How long to read here in one go, before the caller may look at its network again.
_AT_ONCE = timedelta(milliseconds=50)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What became of a submitted document."""

    key: int
    answer: ParsedDocument | PollError


class Parser:
    """Owns one child process, started when it is first needed and again when it has died; a class for its sake."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        self._unread: deque[tuple[int, Document]] = deque()
        # Those for the child, in its hands the first.
        self._queue: deque[tuple[int, Document]] = deque()
        self._child: ChildProcess | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pending(self) -> int:
        """How many documents have been submitted and not answered."""
        return len(self._unread) + len(self._queue)

    @property
    def pending_bytes(self) -> int:
        """How large they are together."""
        return sum(len(document.body) for _, document in chain(self._unread, self._queue))

    def submit(self, key: int, document: Document) -> None:
        """Take in a document; ``key`` comes back with its answer, which may overtake others."""
        self._unread.append((key, document))

    def collect(self, wait: timedelta) -> list[Parsed]:
        """Return what has been answered, after at most ``wait``, sooner when something is; zero does not block."""
        ends_at = time.monotonic() + wait.total_seconds()
        answered = list(self._read_here())
        while self._queue:
            answer = self._turn(0.0 if answered or self._unread else max(ends_at - time.monotonic(), 0.0))
            if answer is not None:
                answered.append(Parsed(self._queue.popleft()[0], answer))
            elif answered or self._unread or time.monotonic() >= ends_at:
                break
        return answered

    def parse(self, document: Document) -> ParsedDocument:
        """Read one document and wait for it; raises the PollError it ended in. Nothing else may be pending."""
        self.submit(0, document)
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
        """End the child and forget what was pending; the next document starts another."""
        self._unread.clear()
        self._queue.clear()
        if self._child:
            self._child.end()
        self._child = None

    def _read_here(self) -> Iterator[Parsed]:
        """Read for a moment what can be read here, and put aside what is for the child."""
        ends_at = time.monotonic() + _AT_ONCE.total_seconds()
        while self._unread and time.monotonic() < ends_at:
            key, document = self._unread.popleft()
            answer = read_here(document, self._limits.max_entries)
            if answer is None:
                self._queue.append((key, document))
            else:
                yield Parsed(key, answer)

    def _turn(self, wait: float) -> ParsedDocument | PollError | None:
        """Move the first document of the queue on; return its answer if that is complete."""
        child = self._child = self._usable_child()
        if not child.is_busy:
            child.ask(self._queue[0][1])
        try:
            return child.move(wait)
        except ChildDiedError as death:
            self._child = None
            return PermanentError(ErrorClass.PARSE, str(death))

    def _usable_child(self) -> ChildProcess:
        """Return the child, or a new one where it is another's or has ended between two documents."""
        child = self._child
        # A child inherited through a fork is the parent's: only this process's ends of its pipes are closed.
        if child and (child.owner != os.getpid() or (not child.is_busy and child.has_ended)):
            child.end()
            child = None
        return child or ChildProcess(self._limits)
