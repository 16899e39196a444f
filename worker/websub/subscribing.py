"""Asking hubs to push feeds, to go on, and to stop: one after the other, each under the lease of its host."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import Connection

from worker.basics.stopping import counts_down
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.discovery.single_fetch import Lookup
from worker.errors import ErrorClass, PollError
from worker.pipeline import Stop, Tools
from worker.values.due_feeds import Message
from worker.websub.credentials import Credentials
from worker.websub.leases import WANTED_LEASE
from worker.websub.subscriptions import (
    Mode,
    Subscription,
    claim_due,
    forget_asked,
    note_busy,
    note_failed,
    note_taken,
)
from worker.websub.waiting_deliveries import forget_deliveries

_FORM = ("Content-Type: application/x-www-form-urlencoded",)
_UNREACHABLE = "FEEDMILL_PUBLIC_URL is not set"
_CHANGED = "FEEDMILL_PUBLIC_URL or FEEDMILL_WEBSUB_SECRET was changed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A hub that was asked, what for, and what stood in the way."""

    subscription: Subscription
    mode: Mode
    error: PollError | None = None


def keep_subscriptions(tools: Tools, credentials: Credentials | None, stop: Stop) -> Iterator[Asked]:
    """Ask the hubs that are due, as many as one task's time allows; without ``credentials`` none, and trust none."""
    left = counts_down(tools.limits.stop_claiming)
    _forget(tools, credentials, lambda: stop() or not left())
    while credentials and not stop() and (time_left := left()):
        due = write(tools.engine, lambda connection: _claim(connection, credentials))
        if due is None:
            return
        yield _ask(tools, credentials, Asked(*due), stop, time_left)


def _forget(tools: Tools, credentials: Credentials | None, stop: Stop) -> None:
    """Delete old deliveries, and forget what was asked of hubs under other settings than the present ones."""
    fingerprint, reason = (credentials.fingerprint, _CHANGED) if credentials else (None, _UNREACHABLE)

    def forget(connection: Connection) -> int:
        now = read_clock(connection).now()
        return forget_deliveries(connection, now) + forget_asked(connection, now, fingerprint, reason)

    while write(tools.engine, forget) and not stop():
        pass


def _claim(connection: Connection, credentials: Credentials) -> tuple[Subscription, Mode] | None:
    return claim_due(connection, read_clock(connection).now(), credentials.fingerprint)


def _ask(tools: Tools, credentials: Credentials, asked: Asked, stop: Stop, time_left: timedelta) -> Asked:
    message = _compose(credentials, asked.subscription, asked.mode)
    error = None
    try:
        with Lookup(tools, stop, time_left) as lookup:
            lookup.send(asked.subscription.hub_url, message)
    except PollError as refusal:
        error = refusal
    asked = replace(asked, error=error)
    write(tools.engine, lambda connection: _note(connection, asked))
    return asked


def _compose(credentials: Credentials, subscription: Subscription, mode: Mode) -> Message:
    """Return the form that asks a hub (section 5.1); ``hub.verify`` is for hubs of PubSubHubbub before 0.4."""
    form = {
        "hub.mode": mode,
        "hub.topic": subscription.topic,
        "hub.callback": credentials.callback_url(subscription.subscription_id, subscription.salt),
        "hub.verify": "async",
    }
    if mode is Mode.SUBSCRIBE:
        form["hub.lease_seconds"] = str(int(WANTED_LEASE.total_seconds()))
        form["hub.secret"] = credentials.hub_secret(subscription.salt)
    # Section 5.1: a hub may move what it is asked for.
    return Message(urlencode(form).encode(), _FORM, may_be_redirected=True)


def _note(connection: Connection, asked: Asked) -> None:
    now = read_clock(connection).now()
    if asked.error is None:
        note_taken(connection, asked.subscription)
    elif asked.error.error_class is ErrorClass.BUSY:
        note_busy(connection, now, asked.subscription)
    else:
        note_failed(connection, now, asked.subscription, asked.mode, asked.error)
