"""Logs: one structured line an event, for people (console) or machines (json), ours and our libraries' alike."""

import logging
import sys
from typing import Any

import structlog

from worker.settings import Settings
from worker.values import Outcome, PollRecord

_SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
)


def set_up_logs(chosen: Settings) -> None:
    """Send every log line of this process to standard error in the chosen format."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Both renderers escape line breaks and ESC in what a feed may have put into a value.
    final: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if chosen.log_format == "json":
        final += [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
    else:
        final += [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=final))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(chosen.log_level.upper())
    # A line for each message, many times a minute, would bury ours; and memory:// has no host to name.
    for name in ("celery.worker.strategy", "celery.app.trace", "celery.beat"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)


def log_poll(record: PollRecord) -> None:
    """Log one poll: what it found, what it cost, when the next one is and why."""
    log = structlog.get_logger("feedmill")
    write = log.info if record.outcome in {Outcome.NEW, Outcome.UNCHANGED} else log.warning
    write(
        "polled",
        feed_id=record.feed_id,
        url=record.url,
        outcome=str(record.outcome),
        http_status=record.http_status,
        new=record.new,
        updated=record.updated,
        seconds=round(record.duration.total_seconds(), 3),
        error=str(record.error) if record.error else None,
        next_poll_at=record.next_poll.at.isoformat(timespec="seconds") if record.next_poll.at else None,
        next_poll_reason=record.next_poll.reason,
    )
