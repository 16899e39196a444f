"""Spans for OpenTelemetry: one a task, and in it one a poll; nothing where it is not installed and switched on.

It is set up by its own variables, OTEL_EXPORTER_OTLP_ENDPOINT above all, and sends over HTTP from a thread of its own.
"""

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from worker.basics.log_lines import get_logger
from worker.settings import settings
from worker.telemetry.redaction import redact, secrets_of
from worker.values.outcomes import PollRecord

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_FLUSH_MILLISECONDS = 2000


@contextmanager
def task_span(name: str, task_id: str | None) -> Iterator[None]:
    """Make a span of what is done meanwhile; an exception that comes through is told with it."""
    provider = _provider()
    if provider is None:
        yield
        return
    attributes = {"messaging.system": "celery", "messaging.message.id": task_id or ""}
    tracer = provider.get_tracer("feedmill")
    with tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except Exception as error:
            _note_exception(span, error)
            raise


def _note_exception(span: "Span", error: Exception) -> None:
    """Tell of an exception as OpenTelemetry itself would, without what may be secret in its words."""
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 -- of an extra

    told = {
        "exception.type": type(error).__qualname__,
        "exception.message": str(error),
        "exception.stacktrace": "".join(traceback.format_exception(error)),
    }
    told = redact(told, secrets_of(settings()))
    span.add_event("exception", told)
    span.set_status(StatusCode.ERROR, f"{told['exception.type']}: {told['exception.message']}")


def note_poll(record: PollRecord) -> None:
    """Make a span of a poll that is over; that it failed is said by its attributes, for it is no fault of ours."""
    provider = _provider()
    if provider is None:
        return
    told: dict[str, str | int | None] = {
        "feedmill.feed_id": record.feed_id,
        "feedmill.outcome": str(record.outcome),
        "feedmill.error_class": str(record.error.error_class) if record.error else None,
        "feedmill.new": record.new,
        "feedmill.updated": record.updated,
        "http.response.status_code": record.http_status,
    }
    attributes = {name: value for name, value in told.items() if value is not None}
    tracer = provider.get_tracer("feedmill")
    span = tracer.start_span("poll", start_time=_nanoseconds(record.started_at), attributes=attributes)
    span.end(_nanoseconds(record.started_at + record.duration))


def flush_spans() -> None:
    """Send what this process has not sent yet, before it ends."""
    if _provider.cache_info().currsize and (provider := _provider()):
        provider.force_flush(_FLUSH_MILLISECONDS)


@cache
def _provider() -> "TracerProvider | None":
    """Return what makes this process's spans: each pool process makes its own, with its own thread that sends."""
    if not any(map(os.environ.get, _ENDPOINTS)) or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 -- of an extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 -- likewise
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 -- likewise
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 -- likewise
    except ModuleNotFoundError:
        get_logger("feedmill").warning(
            "no spans are sent: OpenTelemetry is not installed (`pip install '.[otel]'` in the clone of Feedmill)"
        )
        return None
    is_named = "OTEL_SERVICE_NAME" in os.environ or "service.name" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    provider = TracerProvider(resource=Resource.create({} if is_named else {"service.name": "feedmill"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000
