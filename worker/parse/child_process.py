"""One child of the parser: the parent sends it documents and reads its answers without ever blocking, or ends it.

What they say to each other over its pipes is in ``frames``.
"""

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from worker.basics.event_lines import JSON_LINES, speaks_in_events
from worker.basics.units import show_duration
from worker.errors import ErrorClass, PermanentError, PollError
from worker.parse.frames import LENGTHS, LONGEST_SENTENCE, pack_request, unpack_answer
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

_PACKAGES = str(Path(__file__).parents[2])
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What reading one document may cost."""

    max_entries: int = 2000
    cpu: timedelta = timedelta(seconds=10)
    wall: timedelta = timedelta(seconds=15)
    memory: int = 1_000_000_000
    """Bytes of address space of the child."""


class ChildDiedError(Exception):
    """The child is gone, with the document it had; the sentence says what it died of."""


class ChildProcess:
    """A running child and how far it is with its document; a class because it owns the process and its pipes."""

    def __init__(self, limits: ParseLimits) -> None:
        self.owner = os.getpid()
        self._limits = limits
        self._unsent = memoryview(b"")
        self._heard = bytearray()
        self._asked_at: float | None = None
        speech = [JSON_LINES] if speaks_in_events() else []
        self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter, our own module
            # -P: a folder called worker where the process was started must not be taken for ours.
            [sys.executable, "-P", "-m", "worker.parse.child", str(limits.memory), *speech],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": _PACKAGES, "PATH": os.defpath},
            # Ctrl-C is for the parent; the child ends when its pipe does.
            start_new_session=True,
            bufsize=0,
        )
        assert self._process.stdin, "it has a pipe"
        assert self._process.stdout, "it has a pipe"
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        if hasattr(fcntl, "F_SETPIPE_SZ"):
            # Room for a whole document: the child reads it while the parent stores the one before.
            fcntl.fcntl(self._to, fcntl.F_SETPIPE_SZ, _CHUNK)
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)

    @property
    def is_busy(self) -> bool:
        """True while a document has been asked for and not answered."""
        return self._asked_at is not None

    @property
    def has_ended(self) -> bool:
        """True when the process is gone, whoever ended it."""
        return self._process.poll() is not None

    def ask(self, document: Document) -> None:
        """Begin to send a document."""
        self._unsent = memoryview(pack_request(document, self._limits.max_entries, self._limits.cpu))
        self._heard.clear()
        self._asked_at = time.monotonic()

    def move(self, wait: float) -> ParsedDocument | PollError | None:
        """Send and hear what can be sent and heard within ``wait`` seconds; return the answer once it is whole.

        ChildDiedError when the child has ended, or had to be.
        """
        assert self._asked_at is not None, "a document was asked for"
        left = self._asked_at + self._limits.wall.total_seconds() - time.monotonic()
        if left <= 0:
            self.end()
            raise ChildDiedError(f"the document took more than {show_duration(self._limits.wall)} to read")
        readable, writable = self._poll(max(min(wait, left), 0.0))
        if writable:
            self._send()
        if readable and not self._hear():
            raise ChildDiedError(self._cause_of_death())
        return self._answer()

    def end(self) -> None:
        """Kill the child and wait for its end; nothing it could still say is wanted."""
        if self.owner == os.getpid():
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _poll(self, wait: float) -> tuple[bool, bool]:
        # poll, not select: a process with many connections has descriptors that select cannot name.
        poll = select.poll()
        poll.register(self._from, select.POLLIN)
        if self._unsent:
            poll.register(self._to, select.POLLOUT)
        ready = dict(poll.poll(wait * 1000))
        return self._from in ready, self._to in ready

    def _send(self) -> None:
        try:
            sent = os.write(self._to, self._unsent[:_CHUNK])
        except BlockingIOError:
            return
        except BrokenPipeError:
            # The child is gone; hearing the end of its answers says so, and why.
            self._unsent = memoryview(b"")
            return
        self._unsent = self._unsent[sent:]

    def _hear(self) -> bool:
        """Take in what the child says; return False when it will say no more."""
        try:
            said = os.read(self._from, _CHUNK)
        except BlockingIOError:
            return True
        self._heard += said
        return bool(said)

    def _answer(self) -> ParsedDocument | PollError | None:
        if len(self._heard) < LENGTHS.size:
            return None
        length, _ = LENGTHS.unpack_from(self._heard)
        if len(self._heard) < LENGTHS.size + length:
            return None
        self._asked_at = None
        try:
            return unpack_answer(bytes(self._heard[LENGTHS.size : LENGTHS.size + length]))
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            return PermanentError(ErrorClass.PARSE, f"the parser's answer makes no sense ({error})"[:LONGEST_SENTENCE])

    def _cause_of_death(self) -> str:
        code = self._process.wait()
        self.end()
        if code == -signal.SIGXCPU:
            return f"the document took more than {show_duration(self._limits.cpu)} of CPU to read"
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"the document made its parser crash ({name})"
