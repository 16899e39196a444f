"""What a feed's JSON columns hold, as the values that the stages pass around, and back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from worker.values.due_feeds import FeedOptions
from worker.values.entries import GuidPolicy, GuidRule
from worker.values.schedules import Hints, Rhythm

FROM_DOCUMENT = "known from a saved document: `feedmill resume` polls it"
"""Why a feed is paused that nobody has asked for."""


def read_options(stored: Mapping[str, Any] | None) -> FeedOptions:
    """Return what an operator chose for a feed; what nothing can be made of counts as not chosen."""
    options = stored if isinstance(stored, Mapping) else {}
    seconds, policy = options.get("interval"), options.get("guid_policy")
    return FeedOptions(
        interval=timedelta(seconds=seconds) if isinstance(seconds, int | float) and 0 < seconds < _YEAR else None,
        guid_policy=GuidPolicy(policy) if policy in list(GuidPolicy) else None,
    )


def with_option(stored: Mapping[str, Any] | None, name: str, value: object) -> dict[str, Any] | None:
    """Return a feed's options as JSON with one of them chosen anew, null for what the settings or the audit say."""
    options = {**(stored if isinstance(stored, Mapping) else {}), name: value}
    return {name: value for name, value in options.items() if value is not None} or None


def read_guid_rule(row: Row[Any]) -> GuidRule:
    """Return by what a feed's entries are known, from its guid columns and options."""
    if chosen := read_options(row.options).guid_policy:
        return GuidRule(chosen, "chosen by its operator", is_fixed=True)
    return GuidRule(GuidPolicy(row.guid_policy), row.guid_reason, row.guid_renamings)


def store_hints(hints: Hints) -> dict[str, Any] | None:
    """Return a document's hints as JSON, null for none; how long HTTP calls it fresh goes with each answer anew."""
    told = {
        "ttl": hints.ttl and hints.ttl.total_seconds(),
        "update_period": hints.update_period and hints.update_period.total_seconds(),
        "skip_hours": sorted(hints.skip_hours),
        "skip_days": sorted(hints.skip_days),
    }
    return {name: value for name, value in told.items() if value} or None


def read_hints(stored: Mapping[str, Any] | None) -> Hints:
    """Return the hints that JSON tells of."""
    if not stored:
        return _NO_HINTS
    return Hints(
        ttl=_duration(stored.get("ttl")),
        update_period=_duration(stored.get("update_period")),
        skip_hours=frozenset(stored.get("skip_hours", ())),
        skip_days=frozenset(stored.get("skip_days", ())),
    )


def store_rhythm(rhythm: Rhythm) -> dict[str, Any]:
    """Return a rhythm as JSON."""
    return {
        "since": rhythm.since.isoformat(),
        "latest": rhythm.latest.isoformat(),
        "articles": round(rhythm.articles, 3),
        "hours": [round(share, 3) for share in rhythm.hours],
        "weekdays": [round(share, 3) for share in rhythm.weekdays],
        "minutes": [round(share, 3) for share in rhythm.minutes],
    }


def read_rhythm(stored: Mapping[str, Any] | None) -> Rhythm | None:
    """Return the rhythm that JSON tells of."""
    if not stored:
        return None
    return Rhythm(
        since=datetime.fromisoformat(stored["since"]),
        latest=datetime.fromisoformat(stored["latest"]),
        articles=stored["articles"],
        hours=tuple(stored["hours"]),
        weekdays=tuple(stored["weekdays"]),
        minutes=tuple(stored["minutes"]),
    )


_NO_HINTS = Hints()
_YEAR = timedelta(days=366).total_seconds()


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
