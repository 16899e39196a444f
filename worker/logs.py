"""Logs: one structured line for each event, ours or a library's, for people (console) or for machines (json).

Nothing that came from outside gets into a line as it is: ``make_visible`` takes from it what could forge another line,
or move, colour or reorder the screen.
"""

import io
import json
import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, TextIO

import structlog

from worker.basics.event_lines import EventLines, speaks_in_events, stream_under
from worker.basics.faults import is_interruption
from worker.basics.screen_lines import cut_line, screen_width, wrap_lines
from worker.basics.text import make_visible
from worker.settings import Settings
from worker.values.outcomes import Outcome, PollRecord

# These write a line for each message, many times a minute, which would bury ours.
_TALKATIVE = ("celery.worker.strategy", "celery.app.trace", "celery.beat")
# Fields of a poll that only its row in the ledger shows to people.
_IN_THE_LEDGER = {"http_status", "next_poll_at", "next_poll_reason", "feed_id", "started_at"}
# Which task wrote a line is bound to all lines of that task; people see it by the line.
_OF_THE_TASK = {"task_name", "task_id"}
_LEVELS = {name.lower(): level for name, level in logging.getLevelNamesMapping().items()}
# Made once: ``json.dumps`` would make another for each line.
_JSON = json.JSONEncoder(default=repr)
_LISTENERS: list[Callable[[MutableMapping[str, Any]], None]] = []
# Their lines are no use where the broker is in this process's own memory.
_OF_THE_BROKER = ("celery.worker.consumer.connection", "celery.apps.worker", "kombu.connection")


def set_up_logs(chosen: Settings, least: int = logging.NOTSET) -> None:
    """Send every log line of this process, at the chosen level or ``least``, to standard error in the chosen format."""
    is_json = chosen.log_format == "json"
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso") if is_json else _stamp_for_people(),
        structlog.processors.StackInfoRenderer(),
        _without_none,
        _tell_in_passing,
    ]
    renderers = _renderers(is_json=is_json)
    handler = logging.StreamHandler(stream_under(sys.stderr))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(least, logging.getLevelNamesMapping()[chosen.log_level.upper()]))
    lines = _Lines(handler)
    structlog.configure(
        processors=[*shared, partial(_drop_below, root.level), *renderers],
        # Not kept by those who log: what sets up logs once more, for another level, counts for modules' loggers too.
        logger_factory=lambda *_: lines,
    )
    for name in (*_TALKATIVE, *(_OF_THE_BROKER if chosen.is_broker_in_memory else ())):
        logging.getLogger(name).setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Writes our own lines where a handler writes those of libraries, taking turns with it.

    Through Python's logging a line costs half as much again, and each poll has one.
    """

    handler: logging.StreamHandler[Any]

    def write(self, line: str) -> None:
        """Write a line; what goes wrong is told as the handler tells it."""
        self.handler.acquire()
        try:
            self.handler.stream.write(line + self.handler.terminator)
            self.handler.flush()
        except Exception as error:
            # Whatever is wrong with the stream, it must not end what is logged; the end of a task's time does.
            if is_interruption(error):
                raise
            self.handler.handleError(logging.makeLogRecord({"msg": line}))
        finally:
            self.handler.release()

    debug = info = warning = error = critical = write


def speak_in_json() -> None:
    """Make an event of each line that is printed in this process, of each warning and of each fault nobody caught.

    Logs that are set up from now on go to the streams that were there before.
    """
    if speaks_in_events():
        return
    # Celery's own worker writes to the streams that Python began with.
    sys.stdout = sys.__stdout__ = EventLines(sys.stdout, "info")  # type: ignore[assignment,misc]  # all that print needs
    sys.stderr = sys.__stderr__ = EventLines(sys.stderr, "error")  # type: ignore[assignment,misc]  # likewise
    warnings.showwarning = _log_warning  # type: ignore[assignment]  # what it passes further is of no use
    sys.excepthook = lambda kind, error, trace: log_fault("ended by a fault", (kind, error, trace))
    threading.excepthook = lambda fault: log_fault(
        "a thread ended by a fault", (fault.exc_type, fault.exc_value, fault.exc_traceback)
    )
    sys.unraisablehook = lambda fault: log_fault(
        fault.err_msg or "a fault while tidying up", (fault.exc_type, fault.exc_value, fault.exc_traceback)
    )


def _log_warning(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
    place = {"category": category.__name__, "place": f"{filename}:{lineno}"}
    structlog.get_logger("py.warnings").warning(" ".join(str(message).split()), **place)


def log_fault(event: str, fault: Any) -> None:
    """Log what nobody thought of, an error or what Python knows of one, with its traceback."""
    structlog.get_logger("feedmill").critical(event, exc_info=fault)


def tell_of_events(listen: Callable[[MutableMapping[str, Any]], None]) -> None:
    """Have every event told that is logged from now on, before it is written; it is not for the listener to change."""
    _LISTENERS.append(listen)


def tell_listeners(event: MutableMapping[str, Any]) -> None:
    """Tell of an event that is not logged, for it is shown otherwise."""
    for listen in _LISTENERS:
        listen(event)


def _tell_in_passing(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    tell_listeners(event)
    return event


def log_poll(record: PollRecord) -> None:
    """Log one poll: what it found, what it cost, when the next one is and why."""
    log = structlog.get_logger("feedmill")
    write = log.info if record.outcome in {Outcome.NEW, Outcome.UNCHANGED} else log.warning
    write(
        "polled",
        url=record.url,
        started_at=record.started_at.isoformat(),
        outcome=str(record.outcome),
        new=record.new,
        updated=record.updated,
        error=str(record.error) if record.error else None,
        http_status=record.http_status,
        seconds=round(record.duration.total_seconds(), 3),
        next_poll_at=record.next_poll.at.isoformat(timespec="seconds") if record.next_poll.at else None,
        next_poll_reason=record.next_poll.reason,
        feed_id=record.feed_id,
    )


def _renderers(*, is_json: bool) -> list[Any]:
    # Both print plain tracebacks: by default they would print local variables, and secrets with them.
    if is_json:
        plain = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        as_json = structlog.processors.JSONRenderer(_write_json)
        return [structlog.processors.ExceptionRenderer(plain), as_json, _escape_delete]
    is_coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    console = structlog.dev.ConsoleRenderer(
        colors=is_coloured, sort_keys=False, pad_event_to=8, exception_formatter=_write_traceback
    )
    return [_for_people, _show_safely, partial(_render, console) if screen_width() else console]


def _stamp_for_people() -> Any:
    """Return what tells people when: in their own zone; a screen is read as it is written, and needs no day."""
    form = "%H:%M:%S %z" if screen_width() else "%Y-%m-%d %H:%M:%S %z"

    # Many lines are of one second.
    @lru_cache(maxsize=1)
    def write(second: int) -> str:
        return datetime.fromtimestamp(second, UTC).astimezone().strftime(form)

    def stamp(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["timestamp"] = write(int(time.time()))
        return event

    return stamp


def _drop_below(least: int, _logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if _LEVELS[event["level"]] < least:
        raise structlog.DropEvent
    return event


def _render(console: Any, logger: Any, name: str, event: MutableMapping[str, Any]) -> str:
    """Write an event for people: on a screen polls are cut, for `feedmill polls` tells all, and the rest wraps."""
    is_poll = event.get("event") == "polled"
    line: str = console(logger, name, event)
    width = screen_width()
    if not width:
        return line
    return cut_line(line, width) if is_poll else wrap_lines(line, width)


def _write_json(event: Mapping[str, Any], **_as_structlog_does: object) -> str:
    return _JSON.encode(event)


def _escape_delete(_logger: Any, _name: str, line: str) -> str:
    """Escape the one control that JSON in ASCII may hold."""
    return line.replace("\x7f", "\\u007f")


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A text that the renderer must not write as it is: of anything but a text it writes the ``repr``."""

    text: str

    def __repr__(self) -> str:
        return repr(self.text)


def _show_safely(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    unsafe = {name: text for name, text in event.items() if isinstance(text, str) and make_visible(text) != text}
    words = {"event": make_visible, "exception": _indent}
    return {**event, **{name: words.get(name, _Quoted)(text) for name, text in unsafe.items()}}


def _write_traceback(out: TextIO, raised: Any) -> None:
    plain = io.StringIO()
    structlog.dev.plain_traceback(plain, raised)
    out.write(f"\n{_indent(plain.getvalue())}")


def _indent(traceback: str) -> str:
    """Return a traceback in lines none of which passes for an event's: an error's message may have lines of its own."""
    return "\n".join(f"    {make_visible(line)}" for line in traceback.strip("\n").split("\n"))


def _for_people(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out of a poll's line what `feedmill polls` shows in full, so that it fits on a screen."""
    event = {name: value for name, value in event.items() if name not in _OF_THE_TASK}
    if event.get("event") != "polled":
        return event
    due_at = event.get("next_poll_at")
    # What failed is told by its error.
    hidden = _IN_THE_LEDGER | ({"outcome"} if event.get("error") else set())
    shown = {name: value for name, value in event.items() if name not in hidden and value != 0}
    return shown | ({"next": f"{datetime.fromisoformat(due_at).astimezone():%H:%M}"} if due_at else {})


def _without_none(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value for name, value in event.items() if value is not None}
