"""Lines that were printed and not logged, as JSON events: where logs are for machines every line is one."""

import json
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from io import UnsupportedOperation
from typing import TextIO

_STANDARD_ERROR = 2
JSON_LINES = "json-lines"
"""The argument by which the parser's child is told to speak as its parent does."""


class EventLines:
    """Stands in for a stream of text: each line that is written to it is an event; a class because it holds begun ones.

    It has no ``fileno``: what Celery would write past all streams from its signal handlers is not written at all.
    """

    encoding = "utf-8"
    errors = "backslashreplace"
    closed = False

    def __init__(self, under: TextIO, level: str) -> None:
        """Write events of this level to the stream ``under`` this one."""
        self.under = under
        self._level = level
        self._begun = ""
        try:
            self._descriptor = under.fileno()
        except UnsupportedOperation:
            self._descriptor = _STANDARD_ERROR

    def write(self, text: str) -> int:
        """Write the lines that are complete, and hold back the rest."""
        *lines, self._begun = (self._begun + text).split("\n")
        for line in filter(str.strip, lines):
            write_event(line.rstrip(), self._level, self._descriptor)
        return len(text)

    def flush(self) -> None:
        """Do nothing: a complete line is written at once, and half of one is no event."""

    def isatty(self) -> bool:
        """Return False: nobody reads JSON from a screen."""
        return False


def write_event(event: str, level: str, descriptor: int = _STANDARD_ERROR) -> None:
    """Write an event past all buffers: a signal handler may, whatever it has interrupted."""
    # When something was printed is no decision about a feed: this clock is for the reader alone.
    line = {"event": event, "level": level, "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z")}
    with suppress(OSError):
        os.write(descriptor, json.dumps(line).replace("\x7f", "\\u007f").encode() + b"\n")


def stream_under(stream: TextIO) -> TextIO:
    """Return the stream itself, or the one for which event lines stand in."""
    return stream.under if isinstance(stream, EventLines) else stream


def speaks_in_events() -> bool:
    """Return whether what this process prints is made into events."""
    return isinstance(sys.stderr, EventLines)
