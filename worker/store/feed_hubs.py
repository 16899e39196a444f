"""What polls write of the hubs that push their feeds (WebSub): which one a feed names, and what it failed to bring.

Nothing here asks a hub: whoever keeps subscriptions finds the rows that are due.
"""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, insert, select, update

from worker.basics.codec import pack, unpack
from worker.database.feed_tables import FeedRow
from worker.database.websub_tables import DeliveryRow, SubscriptionRow
from worker.values.hubs import Push, SubscriptionState
from worker.values.outcomes import PollResult

# Some feeds name another hub, or call themselves otherwise, in each document: what changes is asked once it stays.
_SETTLES_WITHIN = timedelta(days=1)
_MISSED = "a poll found what its hub had not pushed"


def note_push(connection: Connection, result: PollResult, now: datetime) -> None:
    """Write which hub a polled feed names from now on, or that a trusted one has missed entries; the feed is locked."""
    if result.is_push_changed:
        _change_hub(connection, result.feed_id, result.push, now)
    else:
        _note_missed(connection, result.feed_id)


def _change_hub(connection: Connection, feed_id: int, push: Push | None, now: datetime) -> None:
    named, settled_at = (SubscriptionRow.feed_id == feed_id, SubscriptionRow.is_named), now + _SETTLES_WITHIN
    # Of a hub that was never asked for anything nothing need be taken back.
    unasked = connection.execute(delete(SubscriptionRow).where(*named, SubscriptionRow.asked_at.is_(None)))
    left = {"is_named": False, "next_attempt_at": settled_at}
    former = connection.execute(update(SubscriptionRow).where(*named).values(left))
    connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(push=pack(push) if push else None))
    if push is None:
        return
    same = (SubscriptionRow.hub_url == push.hub_url, SubscriptionRow.topic == push.topic)
    again = update(SubscriptionRow).where(SubscriptionRow.feed_id == feed_id, *same)
    if not connection.execute(again.values(is_named=True, next_attempt_at=settled_at)).rowcount:
        ask_at = settled_at if unasked.rowcount or former.rowcount else now
        salt = {"salt": secrets.token_hex(16), "state": SubscriptionState.NAMED, "next_attempt_at": ask_at}
        row = {"feed_id": feed_id, "hub_url": push.hub_url, "topic": push.topic} | salt
        connection.execute(insert(SubscriptionRow).values(row))


def _note_missed(connection: Connection, feed_id: int) -> None:
    """Trust a feed's hub no more until it has proved itself again, unless what it brought still waits to be read."""
    mine = (SubscriptionRow.feed_id == feed_id, SubscriptionRow.is_named)
    waiting = exists().where(DeliveryRow.subscription_id == SubscriptionRow.id, DeliveryRow.claimable_at.is_not(None))
    missed = {"missed": SubscriptionRow.missed + 1, "proofs": 0, "reason": _MISSED}
    if connection.execute(update(SubscriptionRow).where(*mine, ~waiting).values(missed)).rowcount:
        trust_until(connection, feed_id, None)


def wake_subscriptions(connection: Connection, feed_id: int, now: datetime) -> None:
    """Let a feed's hubs be asked as its state wants it: to push one that is polled, and to stop with any other."""
    mine = SubscriptionRow.feed_id == feed_id
    connection.execute(update(SubscriptionRow).where(mine).values(next_attempt_at=now))


def trust_until(connection: Connection, feed_id: int, until: datetime | None) -> Push | None:
    """Trust a locked feed's hub until a moment, or no longer; return how it was trusted, None without a hub."""
    push = unpack(Push, connection.execute(select(FeedRow.push).where(FeedRow.id == feed_id)).scalar())
    if push and push.until != until:
        trusted = pack(replace(push, until=until))
        connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(push=trusted))
    return push
