"""Claiming the webhooks that are due, each with its next batch of changes, and noting how the delivery ended.

Like everything else that waits, a webhook is claimed in SQL: while it is being sent to it is not due, until the claim
runs out. A batch that was sent keeps its bounds until it is taken, so that its repetition has the same id and changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Update, select, update

from worker.basics.units import show_duration
from worker.database.outbox_tables import WebhookRow
from worker.errors import NamedError, PollError
from worker.manage.webhooks import is_webhook_due
from worker.outbox import Change, read_changes

LEASE = timedelta(minutes=1)
"""How long a claim holds: more than a delivery may take."""
# Changes in one message, and webhooks claimed at once.
_BATCH = 100
_AT_ONCE = 50
# The shortest and the longest wait after a failed delivery.
_FIRST = timedelta(seconds=5)
_LONGEST = timedelta(hours=6)
# Well within what FEEDMILL_RETAIN_EVENTS keeps by default: there is time to notice, and to resume without a gap.
_PATIENCE = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Batch:
    """The changes that one webhook gets next, and how its deliveries have gone so far."""

    webhook_id: int
    url: str
    salt: str
    after: int
    """The position up to which the webhook has taken changes."""
    up_to: int
    changes: int
    """How many."""
    body: bytes
    failures: int
    failing_since: datetime | None
    claimed_until: datetime
    """Identifies the claim: a later claim of the same webhook holds for longer."""

    @property
    def message_id(self) -> str:
        """The id that repetitions have in common: it names the webhook and the changes."""
        return f"feedmill_{self.webhook_id}_{self.after + 1}_{self.up_to}"


@dataclass(frozen=True, slots=True)
class NextAttempt:
    """When to try again after a failed delivery, or why the webhook is dead and nothing is delivered any more."""

    at: datetime
    dead_because: str | None = None


def claim_batches(connection: Connection, now: datetime) -> list[Batch]:
    """Claim the webhooks that have been due the longest; one whose next changes are no longer kept is dead."""
    due = (
        select(WebhookRow)
        .where(is_webhook_due(now))
        .order_by(WebhookRow.next_attempt_at, WebhookRow.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    batches = []
    for row in connection.execute(due).all():
        claimed = update(WebhookRow).where(WebhookRow.id == row.id)
        try:
            changes = read_changes(connection, row.position, _BATCH)
        except NamedError as error:
            connection.execute(claimed.values(state="dead", state_reason=str(error)))
            continue
        if batch := _make_batch(row, changes, now + LEASE):
            connection.execute(claimed.values(next_attempt_at=batch.claimed_until, sending_to=batch.up_to))
            batches.append(batch)
    return batches


def _make_batch(row: Row[Any], changes: Sequence[Change], claimed_until: datetime) -> Batch | None:
    sent = [change for change in changes if row.sending_to is None or change["cursor"] <= row.sending_to]
    if not sent:
        return None
    up_to: int = sent[-1]["cursor"]
    content = {"type": "feedmill.changes", "timestamp": sent[-1]["at"], "data": {"cursor": up_to, "changes": sent}}
    return Batch(
        webhook_id=row.id,
        url=row.url,
        salt=row.salt,
        after=row.position,
        up_to=up_to,
        changes=len(sent),
        body=orjson.dumps(content, option=orjson.OPT_UTC_Z),
        failures=row.failures,
        failing_since=row.failing_since,
        claimed_until=claimed_until,
    )


def note_taken(connection: Connection, now: datetime, batch: Batch) -> None:
    """Let a webhook that took its batch go on with the changes after it."""
    done = {"position": batch.up_to, "sending_to": None, "failures": 0, "failing_since": None, "error": None}
    connection.execute(_claimed(batch).values(next_attempt_at=now, delivered_at=now, **done))


def note_failed(connection: Connection, now: datetime, batch: Batch, sentence: str, next_attempt: NextAttempt) -> None:
    """Keep a batch that was not taken for another attempt, or for the operator who resumes the webhook."""
    dead = {"state": "dead", "state_reason": next_attempt.dead_because} if next_attempt.dead_because else {}
    connection.execute(
        _claimed(batch).values(
            next_attempt_at=next_attempt.at,
            failures=batch.failures + 1,
            failing_since=batch.failing_since or now,
            error=sentence,
            **dead,
        )
    )


def _claimed(batch: Batch) -> Update:
    # Nothing is noted where another worker took the claim over, or the operator moved the webhook to another cursor.
    claim = (WebhookRow.id == batch.webhook_id, WebhookRow.next_attempt_at == batch.claimed_until)
    sent = (WebhookRow.position == batch.after, WebhookRow.sending_to == batch.up_to)
    return update(WebhookRow).where(*claim, *sent)


def after_failed_delivery(
    now: datetime, failures: int, failing_since: datetime, error: PollError, spread: float
) -> NextAttempt:
    """Return when to try again after ``failures`` in a row, or why the webhook is dead; the wait doubles each time.

    Jitter adds up to half of it (``spread``, 0 to 1); the receiver's Retry-After is never undercut.
    """
    wait = min(_FIRST * 2.0 ** min(failures - 1, 16), _LONGEST) * (1 + spread / 2)
    at = now + max(wait, error.retry_after or timedelta(0))
    if error.http_status == HTTPStatus.GONE:
        # The specification's way for a receiver to end it.
        return NextAttempt(at, "the receiver wants no more (410)")
    if now - failing_since >= _PATIENCE:
        return NextAttempt(at, f"nothing was taken for {show_duration(_PATIENCE)}: {error.sentence}")
    return NextAttempt(at)
