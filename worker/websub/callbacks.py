"""What hubs say where they were told to call: that they verify or deny a subscription, and what they deliver.

Nothing is read here but what a hub's signature covers: a delivery is kept for a worker. What is refused is told in a
sentence, which never holds what was sent.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

import xxhash
from sqlalchemy import Connection, Engine, func, select

from worker.basics.one_line import one_line
from worker.basics.text import clean
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.statements import upsert
from worker.database.websub_tables import DeliveryRow
from worker.values.hubs import SubscriptionState
from worker.websub.credentials import Credentials
from worker.websub.leases import lease_of
from worker.websub.subscriptions import (
    Mode,
    Subscription,
    find_subscription,
    lock_subscription,
    note_denied,
    note_unsubscribed,
    note_verified,
)

# Section 7: hubs choose one of these.
_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})
_LONGEST_CHALLENGE = 1_000
_LONGEST_CONTENT_TYPE = _LONGEST_REASON = 200
# Of one feed; more than these wait only where nobody reads them.
_MOST_WAITING = 20
_DENIED = "denied"
_LARGEST_ID = 2**63 - 1
_MOST_DIGITS = len(str(_LARGEST_ID))
_PUSHING = (SubscriptionState.ASKED, SubscriptionState.ACTIVE, SubscriptionState.FAILING)


@dataclass(frozen=True, slots=True)
class HubAnswer:
    """What a hub is answered."""

    status: int
    text: str = ""
    feed_id: int | None = None
    refusal: str | None = None
    """Why what it said is not believed, for the log; None where it is."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a hub sends: a document, or nothing but the news that there is one."""

    body: bytes
    content_type: str | None
    signature: str | None


_UNKNOWN = HubAnswer(HTTPStatus.NOT_FOUND, "There is no such subscription.", refusal="there is no such subscription")
_GONE = HubAnswer(HTTPStatus.GONE, "This subscription has ended.", refusal="it is for a subscription that has ended")


def find_called(engine: Engine, credentials: Credentials, number: str, token: str) -> Subscription | None:
    """Return the subscription that a URL which was called is of; None where it is of none."""
    # Python reads no number of thousands of digits.
    is_number = number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS
    if not (is_number and int(number) <= _LARGEST_ID):
        return None
    with reading(engine) as connection:
        found = find_subscription(connection, int(number))
    return found if found and credentials.is_token(found.salt, token) else None


def answer_intent(engine: Engine, called: Subscription | None, said: Mapping[str, str]) -> HubAnswer:
    """Return the answer to a hub that asks whether a subscription is meant, or says that it denies it (section 5.3).

    Only what was asked for is confirmed: the hub's challenge is then what is answered.
    """
    if called is None:
        return _UNKNOWN
    if fault := _find_fault(called, said):
        return _refuse(called, fault)
    mode = said["hub.mode"]
    if mode == _DENIED:
        write(engine, lambda connection: _deny(connection, called, said.get("hub.reason", "")))
        return HubAnswer(HTTPStatus.OK, feed_id=called.feed_id)
    if write(engine, lambda connection: _confirm(connection, called, mode, said.get("hub.lease_seconds"))):
        return HubAnswer(HTTPStatus.OK, said["hub.challenge"], called.feed_id)
    return _refuse(called, f"nobody asked the hub to {mode}")


def _find_fault(called: Subscription, said: Mapping[str, str]) -> str | None:
    """Return what is wrong with what a hub says, whatever it was asked for; None where nothing is."""
    if said.get("hub.topic") != called.topic:
        return "the hub names another topic than it was asked for"
    mode, challenge = said.get("hub.mode"), said.get("hub.challenge", "")
    if mode not in {*Mode, _DENIED}:
        return "the hub names no mode that there is"
    is_text = challenge.isascii() and challenge.isprintable()
    if mode != _DENIED and not (0 < len(challenge) <= _LONGEST_CHALLENGE and is_text):
        return f"the hub's challenge is empty, longer than {_LONGEST_CHALLENGE:,} characters or no text"
    if mode == Mode.SUBSCRIBE and lease_of(said.get("hub.lease_seconds")) is None:
        # Section 5.3: with any other it is to be ignored.
        return "the hub gives a lease that is no number of seconds"
    return None


def _refuse(called: Subscription, refusal: str) -> HubAnswer:
    return HubAnswer(HTTPStatus.NOT_FOUND, f"Not confirmed: {refusal}.", called.feed_id, refusal)


def _deny(connection: Connection, called: Subscription, reason: str) -> None:
    if subscription := lock_subscription(connection, called):
        note_denied(connection, read_clock(connection).now(), subscription, one_line(reason, _LONGEST_REASON))


def _confirm(connection: Connection, called: Subscription, mode: str, seconds: str | None) -> bool:
    subscription = lock_subscription(connection, called)
    if subscription is None or not subscription.may_verify(mode):
        return False
    now = read_clock(connection).now()
    if mode == Mode.UNSUBSCRIBE:
        note_unsubscribed(connection, now, subscription)
    elif (lease := lease_of(seconds)) is not None:
        note_verified(connection, now, subscription, lease)
    return True


def refuse_delivery(called: Subscription | None) -> HubAnswer | None:
    """Return the answer to a delivery that nobody wants, by which its hub may end it; None for one to be read."""
    if called is None:
        return _GONE
    return None if called.state in _PUSHING else replace(_GONE, feed_id=called.feed_id)


def take_delivery(engine: Engine, credentials: Credentials, called: Subscription, delivery: Delivery) -> HubAnswer:
    """Keep what a hub delivered for a worker, and return the answer.

    What is not signed, or wrongly, is answered as if it were believed: nobody shall learn from it (section 7.1).
    """
    key = credentials.hub_secret(called.salt)
    if fault := _judge_signature(key, delivery):
        return HubAnswer(HTTPStatus.ACCEPTED, feed_id=called.feed_id, refusal=fault)
    if write(engine, lambda connection: _keep(connection, called, delivery)):
        return HubAnswer(HTTPStatus.ACCEPTED, feed_id=called.feed_id)
    refusal = f"{_MOST_WAITING} deliveries of this feed wait to be read already"
    return HubAnswer(HTTPStatus.SERVICE_UNAVAILABLE, f"Come back later: {refusal}.", called.feed_id, refusal)


def _judge_signature(key: str, delivery: Delivery) -> str | None:
    """Return what is wrong with a delivery's signature; None where it is right."""
    if not delivery.signature:
        return "the delivery is not signed"
    method, _, digest = delivery.signature.strip().partition("=")
    if method.lower() not in _METHODS:
        return "the delivery is signed by no method that WebSub knows"
    own = hmac.digest(key.encode(), delivery.body, method.lower()).hex()
    is_right = hmac.compare_digest(own.encode(), digest.strip().lower().encode())
    return None if is_right else "the delivery's signature is wrong"


def _keep(connection: Connection, called: Subscription, delivery: Delivery) -> bool:
    """Keep a delivery, once however often it comes; return False where too many wait."""
    mine = (DeliveryRow.subscription_id == called.subscription_id, DeliveryRow.claimable_at.is_not(None))
    if connection.execute(select(func.count()).where(*mine)).scalar_one() >= _MOST_WAITING:
        return False
    now = read_clock(connection).now()
    row = {
        "subscription_id": called.subscription_id,
        "received_at": now,
        "content_type": clean(delivery.content_type, _LONGEST_CONTENT_TYPE) or None,
        "body": delivery.body,
        # One that only says that there is something new says the same each time.
        "body_hash": xxhash.xxh3_128_digest(delivery.body) if delivery.body else None,
        "claimable_at": now,
    }
    connection.execute(upsert(connection.dialect.name, DeliveryRow).values(row).on_conflict_do_nothing())
    return True
