"""Writing what a poll tells of the feed itself: title, publisher's hints, rhythm, redirects, and how polling ends."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Update, bindparam, or_, update

from worker.database.events import tell
from worker.database.feed_tables import FeedRow
from worker.database.feed_values import store_hints, store_rhythm
from worker.database.values_events import EventKind
from worker.values import PollResult


def store_feed(connection: Connection, result: PollResult, now: datetime) -> None:
    """Write the facts that differ from those that are stored; a poll that says nothing of the feed writes nothing."""
    facts = _facts(result)
    if facts:
        feed_id, ending = result.record.feed_id, result.record.next_poll.ends_as
        connection.execute(_update(tuple(facts)), facts | {"b_feed_id": feed_id})
        if ending:
            details = {"reason": result.record.next_poll.reason}
            tell(connection, now, EventKind(f"feed {ending}"), [{"feed_id": feed_id, "details": details}])


@cache
def _update(names: tuple[str, ...]) -> Update:
    values = {name: bindparam(name, type_=FeedRow.__table__.c[name].type) for name in names}
    differs = or_(*(FeedRow.__table__.c[name].is_distinct_from(value) for name, value in values.items()))
    return update(FeedRow).where(FeedRow.id == bindparam("b_feed_id"), differs).values(values)


def _facts(result: PollResult) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if result.title:
        facts["title"] = result.title
    if result.site_url:
        facts["site_url"] = result.site_url
    if result.hints is not None:
        facts["hints"] = store_hints(result.hints)
    if result.rhythm is not None:
        facts["rhythm"] = store_rhythm(result.rhythm)
    if result.is_move_changed:
        url, polls, since = (result.move.url, result.move.polls, result.move.since) if result.move else (None, 0, None)
        facts |= {"moved_to": url, "moved_polls": polls, "moved_since": since}
    if rule := result.guid_rule:
        facts |= {"guid_policy": rule.policy, "guid_reason": rule.reason, "guid_renamings": rule.renamings}
    if result.record.next_poll.ends_as:
        facts |= {"state": result.record.next_poll.ends_as, "state_reason": result.record.next_poll.reason}
    return facts
