"""Webhooks: every change arrives, in order and signed, whatever the receiver does; and a slow one holds up nobody."""

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from tests.servers.messages import Request
from tests.servers.publisher import Answer, Publisher
from tests.waiting import wait_for
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.outbox_tables import EventRow, WebhookRow
from worker.errors import NamedError
from worker.fetch import Transfers
from worker.manage.webhooks import Webhook, add_webhook, is_any_webhook_due, remove_webhook, resume_webhook
from worker.outbox import number_events
from worker.retention.pruning import prune
from worker.settings import Settings
from worker.webhooks.deliver import Delivered, deliver, delivering_transfers, signing_key

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def transfers(publisher: Publisher) -> Iterator[Transfers]:
    with delivering_transfers(Settings(allow_hosts=(publisher.authority,))) as transfers:
        yield transfers


def _write(store: Engine, *kinds: str, ago: timedelta = timedelta(0)) -> None:
    with writing(store) as connection:
        at = read_clock(connection).now() - ago
        connection.execute(insert(EventRow), [{"created_at": at, "kind": kind} for kind in kinds])


def _add(store: Engine, url: str, since: int | None = 0) -> Webhook:
    number_events(store)
    with writing(store) as connection:
        return add_webhook(connection, read_clock(connection).now(), url, since)


def _deliver(store: Engine, transfers: Transfers, secret: str | None = SECRET) -> list[Delivered]:
    return list(deliver(store, transfers, secret, lambda: False))


def _make_due(store: Engine) -> None:
    with writing(store) as connection:
        connection.execute(
            update(WebhookRow).values(next_attempt_at=read_clock(connection).now() - timedelta(seconds=1))
        )


def _row(store: Engine) -> WebhookRow:
    with reading(store) as connection:
        return connection.execute(select(WebhookRow)).one()


def _kinds(request: Request) -> list[str]:
    return [change["kind"] for change in json.loads(request.body)["data"]["changes"]]


def test_changes_arrive_in_order_with_a_signature_that_holds(
    store: Engine, transfers: Transfers, publisher: Publisher
) -> None:
    webhook = _add(store, publisher.on("/hook", Answer()))
    _write(store, "one", "two")
    _deliver(store, transfers)
    (request,) = publisher.requests
    said = json.loads(request.body)
    assert (said["type"], said["data"]["cursor"], _kinds(request)) == ("feedmill.changes", 2, ["one", "two"])
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    signature = base64.b64encode(hmac.digest(signing_key(SECRET, webhook.salt), signed, "sha256")).decode()
    assert request.headers["webhook-signature"] == f"v1,{signature}"


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("article killed", {"by": 12, "words": "There is no ferry"}),
        ("article corrected", {"by": 12, "words": "Corrects year"}),
        ("article reinstated", None),
        ("article grouped", {"story_id": 3}),
        ("stories merged", {"story_id": 3, "taken_in": 5}),
    ],
)
def test_what_is_told_of_a_change_arrives_with_it(
    store: Engine, transfers: Transfers, publisher: Publisher, kind: str, details: dict[str, Any] | None
) -> None:
    _add(store, publisher.on("/hook", Answer()))
    with writing(store) as connection:
        told = {"kind": kind, "details": details, "article_id": 7, "created_at": read_clock(connection).now()}
        connection.execute(insert(EventRow), [told])
    number_events(store)
    _deliver(store, transfers)
    (request,) = publisher.requests
    (change,) = json.loads(request.body)["data"]["changes"]
    assert (change["kind"], change["details"], change["article_id"]) == (kind, details, 7)


def test_a_backlog_arrives_in_batches_without_gaps(store: Engine, transfers: Transfers, publisher: Publisher) -> None:
    _write(store, *(str(number) for number in range(250)))
    _add(store, publisher.on("/hook", Answer()))
    _deliver(store, transfers)
    batches = [_kinds(request) for request in publisher.requests]
    assert [len(batch) for batch in batches] == [100, 100, 50]
    assert [kind for batch in batches for kind in batch] == [str(number) for number in range(250)]
    assert (_row(store).position, _row(store).sending_to) == (250, None)


def test_a_new_webhook_gets_what_happens_from_then_on(
    store: Engine, transfers: Transfers, publisher: Publisher
) -> None:
    _write(store, "before")
    _add(store, publisher.on("/hook", Answer()), since=None)
    _write(store, "after")
    _deliver(store, transfers)
    assert [_kinds(request) for request in publisher.requests] == [["after"]]


def test_what_was_not_taken_comes_again_as_it_was_and_the_rest_after_it(
    store: Engine, transfers: Transfers, publisher: Publisher
) -> None:
    _write(store, "one")
    _add(store, publisher.on("/hook", [Answer(status=500), Answer()]))
    (failed,) = _deliver(store, transfers)
    assert failed.error
    _write(store, "two")
    assert _deliver(store, transfers) == []
    _make_due(store)
    _deliver(store, transfers)
    first, again, rest = publisher.requests
    assert [_kinds(request) for request in (first, again, rest)] == [["one"], ["one"], ["two"]]
    assert first.headers["webhook-id"] == again.headers["webhook-id"] != rest.headers["webhook-id"]


def test_a_failure_is_told_with_when_it_is_tried_again(
    store: Engine, transfers: Transfers, publisher: Publisher
) -> None:
    _write(store, "one")
    _add(store, publisher.on("/hook", Answer(status=503, headers={"Retry-After": "600"})))
    _deliver(store, transfers)
    row = _row(store)
    assert (row.state, row.failures, row.error) == ("active", 1, "127.0.0.1 answered 503 (Service Unavailable)")
    assert row.next_attempt_at - row.failing_since >= timedelta(minutes=10)


def test_success_forgets_the_failures(store: Engine, transfers: Transfers, publisher: Publisher) -> None:
    _write(store, "one")
    _add(store, publisher.on("/hook", [Answer(status=500), Answer()]))
    _deliver(store, transfers)
    _make_due(store)
    _deliver(store, transfers)
    row = _row(store)
    assert (row.position, row.failures, row.failing_since, row.error) == (1, 0, None, None)
    assert row.delivered_at


def test_a_webhook_that_failed_for_days_is_dead_and_can_be_resumed_without_a_gap(
    store: Engine, transfers: Transfers, publisher: Publisher
) -> None:
    _write(store, "one", "two")
    webhook = _add(store, publisher.on("/hook", [Answer(status=500), Answer(status=500), Answer()]))
    _deliver(store, transfers)
    with writing(store) as connection:
        connection.execute(update(WebhookRow).values(failing_since=_row(store).failing_since - timedelta(days=5)))
    _make_due(store)
    _deliver(store, transfers)
    assert _row(store).state == "dead"
    _make_due(store)
    assert _deliver(store, transfers) == []
    with writing(store) as connection:
        resume_webhook(connection, read_clock(connection).now(), webhook, None)
    _deliver(store, transfers)
    assert (_row(store).state, _row(store).position, _kinds(publisher.requests[-1])) == ("active", 2, ["one", "two"])


def test_a_receiver_that_is_gone_ends_it_at_once(store: Engine, transfers: Transfers, publisher: Publisher) -> None:
    _write(store, "one")
    _add(store, publisher.on("/hook", Answer(status=410)))
    _deliver(store, transfers)
    assert (_row(store).state, _row(store).state_reason) == ("dead", "the receiver wants no more (410)")


def test_changes_are_replayed_from_a_cursor(store: Engine, transfers: Transfers, publisher: Publisher) -> None:
    _write(store, "one", "two", "three")
    webhook = _add(store, publisher.on("/hook", Answer()))
    _deliver(store, transfers)
    with writing(store) as connection:
        resume_webhook(connection, read_clock(connection).now(), webhook, 1)
    _deliver(store, transfers)
    assert [_kinds(request) for request in publisher.requests] == [["one", "two", "three"], ["two", "three"]]


def test_a_webhook_behind_retention_is_dead_rather_than_led_past_a_gap(
    store: Engine, transfers: Transfers, publisher: Publisher
) -> None:
    _write(store, "old", ago=timedelta(days=15))
    webhook = _add(store, publisher.on("/hook", Answer()))
    prune(store, Settings())
    _write(store, "new")
    _deliver(store, transfers)
    assert publisher.requests == []
    assert _row(store).state == "dead"
    assert _row(store).state_reason.startswith("Changes after 0 are no longer kept")
    with writing(store) as connection:
        now = read_clock(connection).now()
        with pytest.raises(NamedError, match="no longer kept"):
            resume_webhook(connection, now, webhook, None)
        assert resume_webhook(connection, now, webhook, 0) == 1


def test_a_slow_receiver_holds_up_no_other(store: Engine, transfers: Transfers, publisher: Publisher) -> None:
    _write(store, *(str(number) for number in range(150)))
    release = threading.Event()
    slow = publisher.on("/slow", Answer(hold=release))
    quick = publisher.on("/quick", Answer())
    _add(store, slow)
    _add(store, quick)
    taken = []
    for delivered in deliver(store, transfers, SECRET, lambda: False):
        taken.append(delivered.batch.url)
        if taken == [quick, quick]:
            release.set()
    assert taken == [quick, quick, slow, slow]


def test_while_one_delivers_nobody_else_does(store: Engine, transfers: Transfers, publisher: Publisher) -> None:
    _write(store, "one")
    release = threading.Event()
    _add(store, publisher.on("/hook", Answer(hold=release)))
    first = threading.Thread(target=lambda: _deliver(store, transfers))
    first.start()
    wait_for(lambda: publisher.requests, "the first delivery is under way")
    with delivering_transfers(Settings(allow_hosts=(publisher.authority,))) as others:
        assert _deliver(store, others) == []
    release.set()
    first.join()
    assert len(publisher.requests) == 1


def test_a_stop_leaves_what_is_in_flight_to_be_sent_again(
    store: Engine, transfers: Transfers, publisher: Publisher
) -> None:
    _write(store, "one")
    _add(store, publisher.on("/hook", Answer()))
    assert list(deliver(store, transfers, SECRET, lambda: True)) == []
    assert publisher.requests == []


def test_an_address_that_is_not_public_is_not_sent_to(store: Engine, publisher: Publisher) -> None:
    _write(store, "one")
    _add(store, publisher.on("/hook", Answer()))
    with delivering_transfers(Settings()) as transfers:
        _deliver(store, transfers)
    assert publisher.connections == 0
    assert "is not a public address" in _row(store).error


def test_without_the_secret_nothing_is_sent(store: Engine, transfers: Transfers, publisher: Publisher) -> None:
    _write(store, "one")
    _add(store, publisher.on("/hook", Answer()))
    _deliver(store, transfers, secret=None)
    assert publisher.requests == []
    assert _row(store).error.startswith("FEEDMILL_WEBHOOK_SECRET is not set")


def test_only_a_webhook_with_something_to_get_is_due(store: Engine, publisher: Publisher) -> None:
    def is_due() -> bool:
        with reading(store) as connection:
            return is_any_webhook_due(connection, read_clock(connection).now())

    webhook = _add(store, publisher.url("/hook"))
    assert not is_due()
    _write(store, "one")
    number_events(store)
    assert is_due()
    with writing(store) as connection:
        remove_webhook(connection, webhook)
    assert not is_due()
