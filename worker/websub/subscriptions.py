"""The subscriptions with hubs in the store: claiming those that are due, and noting what hubs answer and say.

Who writes about a feed locks the feed first, then its subscription.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, delete, or_, select, update

from worker.claim.due import request_polls
from worker.database.feed_tables import FeedRow
from worker.database.locks import lock_feeds
from worker.database.value_columns import Columns
from worker.database.websub_tables import SubscriptionRow
from worker.errors import PollError
from worker.store.feed_hubs import trust_until
from worker.values.due_feeds import FeedState
from worker.values.hubs import SubscriptionState
from worker.websub.leases import is_trusted, renew_at, retry_at

VERIFIED_WITHIN = timedelta(hours=1)
"""A hub that was asked has so long to verify that it was us."""
_ASK_DENIED_AGAIN = timedelta(days=7)
_BUSY_FOR = timedelta(minutes=1)
# A hub that cannot be told to stop is left to the end of its lease.
_MOST_FAREWELLS = 3
_SLICE = 200
# Of those that are due; most are asked for something, the first of them.
_LOOKED_AT = 20


class Mode(StrEnum):
    """What a hub is asked for."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it is stored."""

    subscription_id: int
    feed_id: int
    hub_url: str
    topic: str
    salt: str
    state: SubscriptionState
    asking: str | None
    asked_at: datetime | None
    lease_until: datetime | None
    is_named: bool
    failures: int
    proofs: int
    missed: int

    def may_verify(self, mode: str) -> bool:
        """Say whether its hub may verify this: what it was asked for, or asked too late for us to hear its answer."""
        return self.asking == mode or (mode == Mode.SUBSCRIBE and self.state is SubscriptionState.FAILING)

    def has_lease(self, now: datetime) -> bool:
        """Say whether the hub still pushes."""
        return self.lease_until is not None and self.lease_until > now


_SUBSCRIPTION = Columns(Subscription, subscription_id="id")


def find_subscription(connection: Connection, subscription_id: int) -> Subscription | None:
    """Return a subscription; None where there is none of this id."""
    row = connection.execute(select(SubscriptionRow).where(SubscriptionRow.id == subscription_id)).mappings().first()
    return _SUBSCRIPTION.read(row) if row else None


def lock_subscription(connection: Connection, subscription: Subscription) -> Subscription | None:
    """Lock a subscription's feed and the subscription; return it as it is now, None where it is gone."""
    lock_feeds(connection, [subscription.feed_id])
    mine = select(SubscriptionRow).where(SubscriptionRow.id == subscription.subscription_id).with_for_update()
    row = connection.execute(mine).mappings().first()
    return _SUBSCRIPTION.read(row) if row else None


def claim_due(connection: Connection, now: datetime, fingerprint: str) -> tuple[Subscription, Mode] | None:
    """Claim the subscription that has been due the longest, with what to ask its hub for; None where none is due.

    It is due again when its hub has not verified that in time. What needs no asking is settled at once.
    """
    due = (
        select(SubscriptionRow, (FeedRow.state == FeedState.ACTIVE).label("is_polled"))
        .join(FeedRow, FeedRow.id == SubscriptionRow.feed_id)
        .where(SubscriptionRow.next_attempt_at <= now)
        .order_by(SubscriptionRow.next_attempt_at, SubscriptionRow.id)
        .limit(_LOOKED_AT)
        .with_for_update(skip_locked=True, of=SubscriptionRow)
    )
    for row in connection.execute(due).mappings():
        subscription = _SUBSCRIPTION.read(row)
        if mode := _choose_mode(row, subscription, now):
            _note_asking(connection, now, subscription, mode, fingerprint)
            return subscription, mode
        _settle(connection, subscription)
    return None


def _choose_mode(row: RowMapping, subscription: Subscription, now: datetime) -> Mode | None:
    if row["is_polled"] and subscription.is_named:
        return Mode.SUBSCRIBE
    may_push = subscription.has_lease(now) or subscription.asking == Mode.SUBSCRIBE
    is_told = subscription.asking == Mode.UNSUBSCRIBE and subscription.failures >= _MOST_FAREWELLS
    return Mode.UNSUBSCRIBE if may_push and not is_told else None


def _note_asking(
    connection: Connection, now: datetime, subscription: Subscription, mode: Mode, fingerprint: str
) -> None:
    # Before the hub is asked: it may verify before it answers.
    is_again = subscription.asking == mode
    failures = subscription.failures + 1 if is_again else 0 if mode is Mode.UNSUBSCRIBE else subscription.failures
    again_at = max(now + VERIFIED_WITHIN, retry_at(now, failures, None, 0.0))
    values = {"asking": mode, "asked_at": now, "asked_under": fingerprint, "failures": failures}
    if is_again:
        values["reason"] = f"asked to {mode}, its hub took it and did not verify it: FEEDMILL_PUBLIC_URL must reach us"
        if not subscription.has_lease(now):
            values["state"] = SubscriptionState.FAILING
    _update(connection, subscription, next_attempt_at=again_at, **values)


def _settle(connection: Connection, subscription: Subscription) -> None:
    """Forget a subscription whose hub is not named any more; keep one whose feed may be polled again."""
    if subscription.is_named:
        note_ended(connection, subscription)
    else:
        connection.execute(delete(SubscriptionRow).where(SubscriptionRow.id == subscription.subscription_id))


def note_ended(connection: Connection, subscription: Subscription) -> None:
    """Note that a hub pushes no more, for nobody polls its feed."""
    nothing = {"asking": None, "asked_under": None, "lease_until": None, "next_attempt_at": None, "failures": 0}
    _update(connection, subscription, state=SubscriptionState.ENDED, reason="its feed is not polled", **nothing)


def note_taken(connection: Connection, subscription: Subscription) -> None:
    """Note that a hub has taken what it was asked for, unless it has verified it already."""
    waits = (SubscriptionRow.id == subscription.subscription_id, SubscriptionRow.asking.is_not(None))
    is_idle = SubscriptionRow.state.not_in([SubscriptionState.ACTIVE, SubscriptionState.FAILING])
    connection.execute(
        update(SubscriptionRow).where(*waits, is_idle).values(state=SubscriptionState.ASKED, reason=None)
    )


def note_busy(connection: Connection, now: datetime, subscription: Subscription) -> None:
    """Ask a hub in a minute, uncounted: its host could not be asked now."""
    before = {"asking": subscription.asking, "asked_at": subscription.asked_at, "failures": subscription.failures}
    _update(connection, subscription, next_attempt_at=now + _BUSY_FOR, **before)


def note_failed(
    connection: Connection, now: datetime, subscription: Subscription, mode: Mode, error: PollError
) -> None:
    """Ask a hub that could not be asked again later and later."""
    failures = subscription.failures + 1
    again_at = retry_at(now, failures, error.retry_after, _spread())
    state = SubscriptionState.ACTIVE if subscription.has_lease(now) else SubscriptionState.FAILING
    values = {"state": state, "reason": error.sentence, "failures": failures, "next_attempt_at": again_at}
    # A hub that is to be told to stop is told only so often.
    unasked = {"asking": None} if mode is Mode.SUBSCRIBE else {}
    _update(connection, subscription, **values, **unasked)


def note_verified(connection: Connection, now: datetime, subscription: Subscription, lease: timedelta) -> None:
    """Note a locked subscription's lease, which its hub has just verified."""
    until = now + lease
    done = {"asking": None, "failures": 0, "reason": None, "state": SubscriptionState.ACTIVE}
    renewal = renew_at(now, lease, _spread())
    _update(connection, subscription, verified_at=now, lease_until=until, next_attempt_at=renewal, **done)
    if is_trusted(subscription.proofs, subscription.missed):
        trust_until(connection, subscription.feed_id, until)


def note_unsubscribed(connection: Connection, now: datetime, subscription: Subscription) -> None:
    """Note that a locked subscription has ended, as its hub has verified."""
    _update(connection, subscription, asking=None, lease_until=None, next_attempt_at=now)


def note_denied(connection: Connection, now: datetime, subscription: Subscription, reason: str) -> None:
    """Note that a hub does not push, or not any more; its feed is polled as if there were none."""
    reason = f"its hub denied it: {reason}" if reason else "its hub denied it and does not say why"
    nothing = {"asking": None, "lease_until": None, "proofs": 0}
    denied = {"state": SubscriptionState.DENIED, "reason": reason, "next_attempt_at": now + _ASK_DENIED_AGAIN}
    _update(connection, subscription, **nothing, **denied)
    trust_no_more(connection, now, [subscription.feed_id])


def trust_no_more(connection: Connection, now: datetime, feed_ids: Sequence[int]) -> None:
    """Poll locked feeds as often as they are worth, beginning now, where they were left to their hubs."""
    pushes = {feed_id: trust_until(connection, feed_id, None) for feed_id in feed_ids}
    if left := [feed_id for feed_id, push in pushes.items() if push and push.until]:
        request_polls(connection, now, left)


def forget_asked(connection: Connection, now: datetime, fingerprint: str | None, reason: str) -> int:
    """Take subscriptions that were asked for under other settings for not asked; return how many, of 200 at a time.

    ``fingerprint`` is that of the present settings, None where hubs cannot reach us at all. What the hubs still send
    is refused for good, so that they end it.
    """
    asked = SubscriptionRow.asked_under
    # As two ranges, which the index has.
    is_other = or_(asked < fingerprint, asked > fingerprint) if fingerprint else asked.is_not(None)
    query = select(SubscriptionRow.id, SubscriptionRow.feed_id).where(is_other).order_by(SubscriptionRow.id)
    found = {row.id: row.feed_id for row in connection.execute(query.limit(_SLICE))}
    feed_ids = sorted(set(found.values()))
    lock_feeds(connection, feed_ids)
    unasked = {"asking": None, "asked_under": None, "lease_until": None, "failures": 0, "proofs": 0}
    named = {"state": SubscriptionState.NAMED, "reason": reason, "next_attempt_at": now}
    mine = update(SubscriptionRow).where(SubscriptionRow.id.in_(found))
    connection.execute(mine.values(unasked | named))
    trust_no_more(connection, now, feed_ids)
    return len(found)


def _spread() -> float:
    return random.random()  # noqa: S311 -- jitter, not a secret


def _update(connection: Connection, subscription: Subscription, **values: object) -> None:
    mine = SubscriptionRow.id == subscription.subscription_id
    connection.execute(update(SubscriptionRow).where(mine).values(values))
