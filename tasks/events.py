"""Numbering events, and delivering them to webhooks."""

import structlog

from tasks.decorator import task
from worker.basics.stopping import is_stopping
from worker.database.clock import read_clock
from worker.database.engine import reading, store_engine
from worker.manage.webhooks import is_any_webhook_due
from worker.outbox import number_events as number_committed_events
from worker.settings import settings
from worker.webhooks.deliver import Delivered, deliver, delivering_transfers

_LOG = structlog.get_logger("feedmill")


@task("maintenance.number_events", at_most=1)
def number_events() -> None:
    """Give the events that have been committed their positions, and wake a delivery where a webhook waits for them."""
    engine = store_engine()
    number_committed_events(engine)
    with reading(engine) as connection:
        is_due = is_any_webhook_due(connection, read_clock(connection).now())
    if is_due:
        deliver_webhooks.delay()


@task("maintenance.deliver_webhooks", at_most=1)
def deliver_webhooks() -> None:
    """Bring changes to the webhooks that are due, as many as one task's time allows."""
    chosen = settings()
    secret = chosen.webhook_secret.get_secret_value() if chosen.webhook_secret else None
    with delivering_transfers(chosen) as transfers:
        for delivered in deliver(store_engine(), transfers, secret, is_stopping):
            _log_delivery(delivered)


def _log_delivery(delivered: Delivered) -> None:
    batch = delivered.batch
    facts = {"webhook_id": batch.webhook_id, "changes": batch.changes, "cursor": batch.up_to}
    if delivered.error is None or delivered.next_attempt is None:
        _LOG.info("delivered", **facts)
    elif delivered.next_attempt.dead_because:
        _LOG.error("webhook dead", **facts, reason=delivered.next_attempt.dead_because)
    else:
        next_at = delivered.next_attempt.at.isoformat()
        _LOG.warning("not delivered", **facts, error=delivered.error.sentence, next_attempt_at=next_at)
