"""Delivering: to many webhooks at once, one batch at a time to each, so that a slow one holds up no other.

Messages are signed as the Standard Webhooks specification has it (version 1, symmetric):
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

The keys are made from one secret of the deployment and a salt of each webhook. So the store, every table of which its
readers may see, holds no key, and no receiver can sign as another.
"""

import base64
import hmac
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from worker.database.clock import Clock, read_clock
from worker.database.conflicts import write
from worker.database.tally_table import add_counts
from worker.errors import ErrorClass, PermanentError, PollError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.outbox import number_events
from worker.settings import Settings
from worker.values.due_feeds import FetchRequest, Message
from worker.values.tallies import DELIVERIES, FAILED, TAKEN, Tally
from worker.webhooks.batches import Batch, NextAttempt, after_failed_delivery, claim_batches, note_failed, note_taken

_TIMEOUT = timedelta(seconds=15)
# One call claims for so many seconds, then waits at most one delivery's time, or after a stop only this long. What is
# still in flight then, as where a claim took long, is sent again once its claim has run out.
_CLAIM_FOR = 8.0
_GRACE = 5.0
_TURN = timedelta(milliseconds=100)
_NO_SECRET = PermanentError(ErrorClass.INTERNAL, "FEEDMILL_WEBHOOK_SECRET is not set where deliveries are made")


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery and how it ended; an error means that the batch is kept."""

    batch: Batch
    error: PollError | None = None
    next_attempt: NextAttempt | None = None


def delivering_transfers(chosen: Settings) -> Transfers:
    """Return the fetcher that brings messages to webhooks, through the guard that all fetches pass."""
    limits = FetchLimits(
        timeout=_TIMEOUT,
        connect_timeout=min(chosen.connect_timeout, _TIMEOUT),
        max_body=chosen.max_body,
        user_agent=chosen.user_agent,
        ca_bundle=str(chosen.ca_bundle) if chosen.ca_bundle else None,
    )
    return Transfers(limits, Guard.allowing(chosen.allow_hosts))


def deliver(engine: Engine, transfers: Transfers, secret: str | None, stop: Callable[[], bool]) -> Iterator[Delivered]:
    """Bring changes to every webhook that is due, batch after batch, until none is or the time of one task is over."""
    began = time.monotonic()
    ends_at = began + _CLAIM_FOR + _TIMEOUT.total_seconds()
    in_flight: dict[int, Batch] = {}
    may_be_due = True
    while time.monotonic() < ends_at:
        is_stopping = stop()
        if is_stopping:
            ends_at = min(ends_at, time.monotonic() + _GRACE)
        if may_be_due and not is_stopping and time.monotonic() - began < _CLAIM_FOR:
            clock, batches = _claim(engine)
            may_be_due = False
            if secret is None:
                yield from (_conclude(engine, batch, _NO_SECRET, clock.now()) for batch in batches)
                continue
            for batch in batches:
                in_flight[batch.webhook_id] = batch
                message = sign_message(signing_key(secret, batch.salt), batch.message_id, clock.now(), batch.body)
                transfers.start(FetchRequest(batch.webhook_id, batch.url, message=message))
        if not in_flight:
            break
        for fetched in transfers.step(_TURN):
            error = fetched.answer if isinstance(fetched.answer, PollError) else None
            yield _conclude(engine, in_flight.pop(fetched.request.feed_id), error, clock.now())
            may_be_due = True


def _claim(engine: Engine) -> tuple[Clock, list[Batch]]:
    number_events(engine)

    def work(connection: Connection) -> tuple[Clock, list[Batch]]:
        clock = read_clock(connection)
        return clock, claim_batches(connection, clock.now())

    return write(engine, work)


def _conclude(engine: Engine, batch: Batch, error: PollError | None, now: datetime) -> Delivered:
    """Note how a delivery ended, in a transaction of its own."""
    if error is None:

        def note(connection: Connection) -> None:
            note_taken(connection, now, batch)
            _count(connection, now, TAKEN)

        write(engine, note)
        return Delivered(batch)
    jitter = random.random()  # noqa: S311 -- not a secret
    next_attempt = after_failed_delivery(now, batch.failures + 1, batch.failing_since or now, error, jitter)

    def note_failure(connection: Connection) -> None:
        note_failed(connection, now, batch, error.sentence, next_attempt)
        _count(connection, now, FAILED)

    write(engine, note_failure)
    return Delivered(batch, error, next_attempt)


def _count(connection: Connection, now: datetime, labels: str) -> None:
    tally = Tally()
    tally.count(DELIVERIES, labels=labels)
    add_counts(connection, tally, now)


def signing_key(secret: str, salt: str) -> bytes:
    """Return the 32 bytes that sign what is delivered to the webhook with this salt."""
    return hmac.digest(secret.encode(), f"feedmill webhook {salt}".encode(), "sha256")


def show_secret(key: bytes) -> str:
    """Return a key in the specification's form, for the receiver who checks signatures."""
    return "whsec_" + base64.b64encode(key).decode("ascii")


def sign_message(key: bytes, message_id: str, at: datetime, body: bytes) -> Message:
    """Return a body with the header lines that sign it, as of ``at``: a receiver refuses what is too old."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode("ascii")
    return Message(
        body,
        (
            "Content-Type: application/json",
            f"webhook-id: {message_id}",
            f"webhook-timestamp: {timestamp}",
            f"webhook-signature: v1,{signature}",
        ),
    )
