"""Claims of webhooks: one deliverer at a time, and none whose claim has passed to another has a say any more."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text, update

from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.outbox_tables import EventRow, WebhookRow
from worker.manage.webhooks import Webhook, add_webhook, resume_webhook
from worker.outbox import number_events
from worker.webhooks.batches import LEASE, Batch, NextAttempt, claim_batches, note_failed, note_taken

INSTANT, MINUTE, DAY = timedelta(milliseconds=1), timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def now(store: Engine) -> datetime:
    with reading(store) as connection:
        return read_clock(connection).now()


@pytest.fixture
def webhook(store: Engine, now: datetime) -> Webhook:
    """A webhook with three changes to take."""
    _write(store, now, 3)
    return _add(store, now, "https://a.example/hook")


def _write(store: Engine, now: datetime, changes: int) -> None:
    with writing(store) as connection:
        connection.execute(insert(EventRow), [{"created_at": now, "kind": "article created"}] * changes)
    number_events(store)


def _add(store: Engine, now: datetime, url: str) -> Webhook:
    with writing(store) as connection:
        return add_webhook(connection, now, url, 0)


def _claim(store: Engine, at: datetime) -> list[Batch]:
    with writing(store) as connection:
        return claim_batches(connection, at)


def _take(store: Engine, at: datetime, batch: Batch) -> None:
    with writing(store) as connection:
        note_taken(connection, at, batch)


def _fail(store: Engine, at: datetime, batch: Batch, why: str, dead_because: str | None = None) -> None:
    with writing(store) as connection:
        note_failed(connection, at, batch, why, NextAttempt(at + DAY, dead_because))


def _resume(store: Engine, now: datetime, webhook: Webhook, since: int) -> Webhook:
    with writing(store) as connection:
        position = resume_webhook(connection, now, webhook, since)
    return Webhook(webhook.webhook_id, webhook.url, webhook.salt, position)


def _row(store: Engine) -> Any:
    with reading(store) as connection:
        return connection.execute(select(WebhookRow)).one()


def test_a_claim_holds_until_its_lease_has_run_out(store: Engine, now: datetime, webhook: Webhook) -> None:
    (batch,) = _claim(store, now)
    assert _claim(store, now) == _claim(store, now + LEASE - INSTANT) == []
    (again,) = _claim(store, now + LEASE)
    assert batch.message_id == f"feedmill_{webhook.webhook_id}_1_3"
    assert (again.message_id, again.body) == (batch.message_id, batch.body)


def test_two_claimers_at_once_get_different_webhooks(postgres: Engine) -> None:
    with reading(postgres) as connection:
        now = read_clock(connection).now()
    _write(postgres, now, 1)
    first = _add(postgres, now, "https://a.example/hook")
    with writing(postgres) as one, writing(postgres) as other:
        # A claimer that waited for the other would wait for this very test.
        other.execute(text("SET LOCAL lock_timeout = '2s'"))
        assert [batch.webhook_id for batch in claim_batches(one, now)] == [first.webhook_id]
        second = _add(postgres, now, "https://b.example/hook")
        assert [batch.webhook_id for batch in claim_batches(other, now)] == [second.webhook_id]


def test_the_webhooks_that_have_been_due_the_longest_are_claimed_first_and_no_more_than_fifty(
    store: Engine, now: datetime
) -> None:
    _write(store, now, 1)
    webhooks = [_add(store, now, f"https://h{number}.example/hook").webhook_id for number in range(52)]
    with writing(store) as connection:
        longest = update(WebhookRow).where(WebhookRow.id.in_(webhooks[-2:]))
        connection.execute(longest.values(next_attempt_at=now - MINUTE))
    claimed = [batch.webhook_id for batch in _claim(store, now)]
    assert claimed == webhooks[-2:] + webhooks[:48]
    assert [batch.webhook_id for batch in _claim(store, now)] == webhooks[48:50]


@pytest.mark.parametrize("is_late_one_taken", [True, False])
def test_a_deliverer_whose_claim_ran_out_changes_nothing_of_what_its_successor_wrote(
    store: Engine, now: datetime, webhook: Webhook, is_late_one_taken: bool
) -> None:
    (late,) = _claim(store, now)
    (successor,) = _claim(store, now + LEASE)
    _take(store, now + LEASE, successor)
    written = _row(store)
    if is_late_one_taken:
        _take(store, now + 2 * LEASE, late)
    else:
        _fail(store, now + 2 * LEASE, late, "it did not answer", dead_because="it never answers")
    assert (written.position, written.failures, written.state) == (3, 0, "active")
    assert _row(store) == written


@pytest.mark.parametrize("dead_because", [None, "it never answers"])
def test_a_deliverer_whose_claim_ran_out_does_not_end_that_of_its_successor(
    store: Engine, now: datetime, webhook: Webhook, dead_because: str | None
) -> None:
    (late,) = _claim(store, now)
    (successor,) = _claim(store, now + LEASE)
    written = _row(store)
    _fail(store, now + LEASE, late, "it did not answer", dead_because)
    _take(store, now + LEASE, late)
    assert _row(store) == written
    _take(store, now + LEASE, successor)
    assert (_row(store).position, _row(store).failures) == (3, 0)


def test_a_deliverer_that_is_late_still_has_the_say_while_nobody_took_its_claim_over(
    store: Engine, now: datetime, webhook: Webhook
) -> None:
    (late,) = _claim(store, now)
    _take(store, now + 2 * LEASE, late)
    assert _row(store).position == 3


def test_a_deliverer_whose_claim_ran_out_says_nothing_of_the_batch_that_followed(
    store: Engine, now: datetime, webhook: Webhook
) -> None:
    (late,) = _claim(store, now)
    (successor,) = _claim(store, now + LEASE)
    _take(store, now + LEASE, successor)
    _write(store, now, 2)
    (following,) = _claim(store, now + LEASE)
    _fail(store, now + LEASE, late, "it did not answer")
    assert _row(store).failures == 0
    _take(store, now + LEASE, late)
    assert (_row(store).position, _row(store).sending_to) == (3, 5)
    _take(store, now + LEASE, following)
    assert _row(store).position == 5


@pytest.mark.parametrize("cursors", [[1], [1, 0]], ids=["forward", "forward and back"])
def test_a_deliverer_says_nothing_of_a_webhook_that_was_moved_to_another_cursor(
    store: Engine, now: datetime, webhook: Webhook, cursors: list[int]
) -> None:
    (late,) = _claim(store, now)
    for cursor in cursors:
        webhook = _resume(store, now, webhook, cursor)
    _take(store, now, late)
    _fail(store, now, late, "it did not answer")
    row = _row(store)
    assert (row.position, row.failures, row.delivered_at, row.error) == (cursors[-1] or 0, 0, None, None)


def test_a_deliverer_says_nothing_of_a_batch_that_ends_like_its_own_and_begins_elsewhere(
    store: Engine, now: datetime, webhook: Webhook
) -> None:
    (late,) = _claim(store, now)
    _resume(store, now, webhook, 1)
    (successor,) = _claim(store, now)
    assert (late.up_to, successor.up_to, successor.after) == (3, 3, 1)
    _fail(store, now, late, "it did not answer")
    _take(store, now, late)
    assert (_row(store).position, _row(store).failures) == (1, 0)


def test_a_batch_is_kept_as_it_was_until_it_is_taken_though_more_has_happened(
    store: Engine, now: datetime, webhook: Webhook
) -> None:
    (batch,) = _claim(store, now)
    _fail(store, now, batch, "it did not answer")
    _write(store, now, 1)
    assert _claim(store, now + DAY - INSTANT) == []
    (again,) = _claim(store, now + DAY)
    assert (again.up_to, again.changes, again.failures, again.failing_since) == (3, 3, 1, now)
    _fail(store, now + DAY, again, "it did not answer")
    assert (_row(store).failures, _row(store).failing_since) == (2, now)
