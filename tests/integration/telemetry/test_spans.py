"""What OpenTelemetry is sent, over HTTP to a server that keeps it: a span a task, and in it one a poll."""

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from worker.errors import ErrorClass, TransientError
from worker.telemetry import spans
from worker.values.outcomes import NextPoll, Outcome, PollRecord

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAILED = PollRecord(
    7,
    "https://h.example/feed?key=secret",
    AT,
    timedelta(seconds=2),
    Outcome.TRANSIENT,
    NextPoll(AT, "tried again"),
    503,
    TransientError(ErrorClass.HTTP_5XX, "h.example answered 503"),
)


@pytest.fixture(autouse=True)
def restored_provider() -> Iterator[None]:
    spans._provider.cache_clear()
    yield
    if spans._provider.cache_info().currsize and (provider := spans._provider()):
        provider.shutdown()
    spans._provider.cache_clear()


@pytest.fixture
def receive(publisher: Publisher, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[Any]]:
    """Send spans to a server; what it was sent."""
    publisher.on("/v1/traces", Answer(b""))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", publisher.url(""))

    def read() -> list[Any]:
        spans.flush_spans()
        resources = []
        for request in publisher.requests:
            is_packed = request.headers.get("content-encoding") == "gzip"
            body = gzip.decompress(request.body) if is_packed else request.body
            resources += ExportTraceServiceRequest.FromString(body).resource_spans
        return resources

    return read


def test_a_poll_is_a_span_of_its_task(receive: Callable[[], list[Any]]) -> None:
    with spans.task_span("feeds.poll_due", "4711"):
        spans.note_poll(FAILED)
    (resource,) = receive()
    poll, task = resource.scope_spans[0].spans
    assert (task.name, poll.name, poll.parent_span_id) == ("feeds.poll_due", "poll", task.span_id)
    assert poll.end_time_unix_nano - poll.start_time_unix_nano == 2_000_000_000
    told = {each.key: each.value.string_value or each.value.int_value for each in poll.attributes}
    assert told == {
        "feedmill.feed_id": 7,
        "feedmill.outcome": "transient",
        "feedmill.error_class": "http 5xx",
        "feedmill.new": 0,
        "feedmill.updated": 0,
        "http.response.status_code": 503,
    }
    assert "feedmill" in {each.value.string_value for each in resource.resource.attributes}


def test_an_exception_is_told_without_secrets(receive: Callable[[], list[Any]]) -> None:
    with pytest.raises(ValueError, match="swordfish"), spans.task_span("feeds.poll_due", None):
        raise ValueError("https://me:swordfish@h.example/feed?key=abcdef")
    (resource,) = receive()
    (task,) = resource.scope_spans[0].spans
    (event,) = task.events
    told = {each.key: each.value.string_value for each in event.attributes}
    assert (event.name, told["exception.type"]) == ("exception", "ValueError")
    assert told["exception.message"] == "https://…@h.example/feed?…"
    assert told["exception.stacktrace"].startswith("Traceback (most recent call last):")
    assert task.status.message == "ValueError: https://…@h.example/feed?…"
    assert [word for word in ("swordfish", "abcdef") if word in str(resource)] == []


@pytest.mark.parametrize("disabled", ["", "true"])
def test_nothing_is_sent_unless_it_is_switched_on(
    disabled: str, receive: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", disabled)
    if not disabled:
        monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT")
    with spans.task_span("feeds.poll_due", None):
        spans.note_poll(FAILED)
    assert receive() == []
