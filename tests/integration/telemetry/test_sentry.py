"""What Sentry is sent, over HTTP to a server that keeps it: faults with their tracebacks, and no secret."""

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import pytest
import sentry_sdk
import structlog

from tests.servers.messages import Answer, Request
from tests.servers.publisher import Publisher
from worker import logs
from worker.cli.output import show_fault
from worker.errors import SettingsError
from worker.logs import set_up_logs
from worker.settings import Settings
from worker.telemetry import sentry

pytestmark = pytest.mark.usefixtures("restored_logs", "restored_reports")
_LOG = structlog.get_logger("feedmill")


@pytest.fixture
def restored_reports() -> Iterator[None]:
    yield
    sentry_sdk.get_client().close(0)
    sentry_sdk.get_global_scope().set_client(None)
    logs._LISTENERS.clear()
    sentry._REPORTED.clear()


@pytest.fixture
def receive(publisher: Publisher) -> Callable[[], list[dict[str, Any]]]:
    """Report to a server; what it was sent, once all is sent."""
    publisher.on("/api/7/envelope/", Answer(b"{}"))
    chosen = Settings(
        sentry_dsn=f"http://key@{publisher.authority}/7",
        database_url="postgresql://feedmill:hunter2@db/feedmill",
        heartbeat_url="https://hc.example/ping/s3cret",
        webhook_secret="the secret of all webhooks, and long",
        websub_secret="the secret of all hubs, and long enough",
    )
    set_up_logs(chosen)
    sentry.report_faults(chosen)
    sentry.report_faults(chosen)

    def read() -> list[dict[str, Any]]:
        sentry_sdk.flush(10)
        return [_event(request) for request in publisher.requests]

    return read


def _event(request: Request) -> dict[str, Any]:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(request.headers.get("content-encoding", ""), bytes)
    event: dict[str, Any] = json.loads(unpack(request.body).split(b"\n")[2])
    return event


def test_a_fault_is_sent_once_with_its_traceback_and_facts(receive: Callable[[], list[dict[str, Any]]]) -> None:
    try:
        raise KeyError("of a feed")
    except KeyError:
        _LOG.exception("poll failed inside feedmill", feed_id=12, task_name="feeds.poll_due")
    (event,) = receive()
    assert event["exception"]["values"][0]["type"] == "KeyError"
    assert event["tags"] == {"task": "feeds.poll_due"}
    assert (event["extra"]["event"], event["extra"]["feed_id"]) == ("poll failed inside feedmill", 12)


def test_a_traceback_of_the_parsers_child_is_sent_by_what_it_ends_in(
    receive: Callable[[], list[dict[str, Any]]],
) -> None:
    trace = "Traceback (most recent call last):\n  …\nValueError: year is out of range"
    _LOG.error("entry not read", feed_url="https://h.example/feed", entry="one", exception=trace)
    (event,) = receive()
    assert event["message"] == "entry not read: ValueError: year is out of range"
    assert event["fingerprint"] == ["entry not read", "ValueError: year is out of range"]
    assert event["extra"]["traceback"] == trace


def test_what_is_expected_is_not_sent(receive: Callable[[], list[dict[str, Any]]]) -> None:
    _LOG.warning("polled", error="timeout: h.example did not answer")
    _LOG.error("The store cannot be reached.")
    try:
        raise ConnectionError
    except ConnectionError:
        _LOG.warning("connection lost", exc_info=True)
    assert receive() == []


def test_no_secret_is_sent(receive: Callable[[], list[dict[str, Any]]]) -> None:
    unnamed = "a local variable's"  # noqa: F841 -- must not be sent
    try:
        raise ValueError("https://me:swordfish@h.example/feed?key=abcdef with hunter2", "/ping/s3cret")
    except ValueError:
        _LOG.exception("document not read", url="https://me:swordfish@h.example/feed?key=abcdef")
    (event,) = receive()
    sent = json.dumps(event, ensure_ascii=False)
    assert event["extra"]["url"] == "https://…@h.example/feed?…"
    assert [word for word in ("swordfish", "hunter2", "abcdef", "vars", "s3cret") if word in sent] == []


def test_no_setting_that_is_a_secret_is_sent(receive: Callable[[], list[dict[str, Any]]]) -> None:
    words = (
        "the secret of all webhooks, and long; the secret of all hubs, and long enough; https://hc.example/ping/s3cret"
    )
    try:
        raise ValueError(words)
    except ValueError:
        _LOG.exception("document not read")
    (event,) = receive()
    assert event["exception"]["values"][0]["value"] == "…; …; …"


def test_a_dsn_that_is_none_is_named_without_being_shown() -> None:
    with pytest.raises(SettingsError) as raised:
        sentry.report_faults(Settings(sentry_dsn="https://hunter2.example/nothing"))
    assert str(raised.value) == (
        "FEEDMILL_SENTRY_DSN is wrong: it is the DSN of a project, as its settings in Sentry show it"
    )


def test_what_ends_a_command_is_sent_too(receive: Callable[[], list[dict[str, Any]]]) -> None:
    show_fault(ZeroDivisionError("nobody thought of it"))
    (event,) = receive()
    assert event["exception"]["values"][0]["type"] == "ZeroDivisionError"


def test_without_a_dsn_nothing_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SENTRY_DSN", raising=False)
    sentry.report_faults(Settings())
    assert logs._LISTENERS == []
