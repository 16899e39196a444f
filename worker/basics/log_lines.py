"""Loggers of what runs in other programs too: their lines go where the program sends its own.

In our processes, and where a program has configured structlog, that is structlog. Elsewhere it is Python's logging:
structlog, which nobody has configured there, would print them among the program's own output.
"""

import logging
from dataclasses import dataclass
from typing import Any

import structlog

from worker.basics.text import make_visible


@dataclass(frozen=True, slots=True)
class Logger:
    """Writes an event with its facts."""

    name: str

    def info(self, event: str, **facts: Any) -> None:
        """Write what may be of interest."""
        self._write("info", event, facts)

    def warning(self, event: str, **facts: Any) -> None:
        """Write what somebody may have to see to."""
        self._write("warning", event, facts)

    def error(self, event: str, **facts: Any) -> None:
        """Write what went wrong."""
        self._write("error", event, facts)

    def exception(self, event: str, **facts: Any) -> None:
        """Write what went wrong, with the traceback of the error that is being handled."""
        self._write("exception", event, facts)

    def _write(self, level: str, event: str, facts: dict[str, Any]) -> None:
        if structlog.is_configured():
            getattr(structlog.get_logger(self.name), level)(event, **facts)
        else:
            said = " ".join((event, *(f"{name}={fact!r}" for name, fact in facts.items())))
            getattr(logging.getLogger(self.name), level)("%s", make_visible(said))


def get_logger(name: str) -> Logger:
    """Return the logger of a module."""
    return Logger(name)
