"""What happened to a feed, when it is polled next and why then: sentences from the rows that the store keeps."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from worker.basics.measures import show_duration
from worker.cli.output import from_now
from worker.values.due_feeds import FeedState
from worker.values.entries import Notice

_Row = Mapping[Any, Any]


def next_poll(row: _Row, now: datetime) -> str:
    """Say when a feed is polled next: ``in 12m``, ``due``, or the state in which it is not polled."""
    at = expected_at(row)
    if row["state"] != FeedState.ACTIVE:
        return str(row["state"])
    if at is None:
        return "never"
    return from_now(at, now) if at > now else "due"


def expected_at(row: _Row) -> datetime | None:
    """Return when a feed can be polled next: when it is due, but not while its host is left alone; null when never."""
    due_at: datetime | None = row["next_poll_at"]
    left_alone = row["left_alone_until"]
    return max(due_at, left_alone) if due_at and left_alone else due_at


def explain_feed(row: _Row, now: datetime) -> Sequence[str]:
    """Say how a feed's last poll ended, and why the next one is when it is."""
    ended = _last_poll(row, now)
    why = [row["next_poll_reason"] or "", *_host_wish(row, now)]
    if row["error"] or row["left_alone_until"]:
        return [line for line in (ended, "; ".join(filter(None, why))) if line]
    return ["; ".join(filter(None, [ended, *why]))]


def explain_poll(row: _Row) -> Sequence[str]:
    """Say how one poll ended and what it found, and why the next one was to be when it was."""
    took = show_duration(row["duration"])
    # A failure's sentence names the status already.
    answer = took if row["error"] else f"{row['http_status']}, {took}" if row["http_status"] else "file"
    told = row["error"] or _found(row)
    ended = f"{row['outcome']}{': ' if told else ''}{told} ({answer})"
    return [line for line in (ended, row["note"], row["next_poll_reason"]) if line]


def explain_lateness(row: _Row, now: datetime) -> str | None:
    """Say why a feed that is due has not been polled; null for one that is not due.

    ``row`` holds the feed, its host's lease and queue, and ``last_poll_at`` of any feed.
    """
    if row["next_poll_at"] is None or row["next_poll_at"] > now:
        return None
    since = f"due since {_moment(row['next_poll_at'], now)}"
    if row["leased_until"] and row["leased_until"] > now:
        return f"{since}; a worker is polling its host now, until {_moment(row['leased_until'], now)} at the latest"
    if row["left_alone_until"] and row["left_alone_until"] > now:
        return f"{since}, but its host asked to be left alone until {_moment(row['left_alone_until'], now)}"
    ahead = f", after {row['ahead']:,} others of its host that have waited longer" if row["ahead"] else ""
    if row["claimable_at"] and row["claimable_at"] > now:
        return f"{since}; its host may be asked again {from_now(row['claimable_at'], now)}{ahead}"
    newest = f"the last poll of any feed was {from_now(row['last_poll_at'], now)}" if row["last_poll_at"] else None
    return f"{since}; it waits for a worker{ahead} ({newest or 'no feed has been polled yet'})"


def explain_hints(hints: Mapping[str, Any] | None) -> str:
    """Say what a feed's newest document asks of those who poll it."""
    hints = hints or {}
    hours = ", ".join(f"{hour:02}" for hour in hints.get("skip_hours", ()))
    days = ", ".join(_DAYS[day] for day in hints.get("skip_days", ()))
    told = {
        "ttl": _seconds(hints.get("ttl")),
        "sy:updatePeriod": _seconds(hints.get("update_period")),
        "skipHours": hours and f"{hours} UTC",
        "skipDays": days,
    }
    return ", ".join(f"{name} {value}" for name, value in told.items() if value)


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _last_poll(row: _Row, now: datetime) -> str:
    if row["last_attempt_at"] is None:
        return ""
    ago = from_now(row["last_attempt_at"], now)
    if not row["error"]:
        return f"answered {ago}"
    success = f"last success {from_now(row['last_success_at'], now)}" if row["last_success_at"] else "never succeeded"
    return f"{row['error']} ({ago}; {success})"


def _host_wish(row: _Row, now: datetime) -> Sequence[str]:
    until, due_at = row["left_alone_until"], row["next_poll_at"]
    makes_it_wait = until and due_at and due_at < until
    return [f"its host asked to be left alone until {_moment(until, now)}"] if makes_it_wait else []


def _found(row: _Row) -> str:
    if row["entries"] is None:
        return ""
    of = f"{row['entries']:,} {'entry' if row['entries'] == 1 else 'entries'}"
    return (
        f"{row['new']:,} new, {row['updated']:,} revised of {of}"
        if row["new"] or row["updated"]
        else f"none new of {of}"
    )


def _moment(moment: datetime, now: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} ({from_now(moment, now)})"


def _seconds(seconds: float | None) -> str:
    return show_duration(timedelta(seconds=seconds)) if seconds else ""


# --- What a wire's notices say of one another: which article was updated, corrected or killed, and by which.

_ACTS = {
    Notice.UPDATE: "Updates",
    Notice.CORRECTION: "Corrects",
    Notice.REPEAT: "Repeats",
    Notice.TAKE: "Continues",
    Notice.KILL: "Kills",
}
_IS_ACTED_ON = {
    Notice.UPDATE: "Updated by",
    Notice.CORRECTION: "Corrected by",
    Notice.REPEAT: "Repeated by",
    Notice.TAKE: "Continued by",
    Notice.KILL: "Killed by",
}
# A take and a kill are no versions of what they act on.
_CHANGES_WORDS = {Notice.UPDATE, Notice.CORRECTION, Notice.REPEAT}


def mark_title(row: _Row) -> str:
    """Return a title that nobody takes for standing news where it is killed, or a kill."""
    if row["killed_by"]:
        return f"KILLED: {row['title']}"
    return f"KILL: {row['title']}" if row["notice"] == Notice.KILL else str(row["title"])


def tell_kill(article: _Row) -> str | None:
    """Say what killed an article, and why; null while it stands."""
    if article["killed_by"] == article["id"]:
        return f"Killed by its publisher: {article['note'] or 'without a word'}"
    if article["killed_by"]:
        return f"Killed by {_tell(article['kill'])}" if article["kill"] else f"Killed by {article['killed_by']}"
    return None


def tell_notices(article: _Row) -> Iterator[tuple[str, Any]]:
    """Yield what an article acts on, and what acts on it; its kill has been told."""
    if article["kills"]:
        yield _ACTS[Notice.KILL], [_tell(other, other["title"]) for other in article["kills"]]
    elif article["acted_on"]:
        yield _ACTS.get(article["notice"], "Acts on"), _tell(article["acted_on"], article["acted_on"]["title"])
    for notice, label in _IS_ACTED_ON.items():
        others = [other for other in article["acted_on_by"] if other["notice"] == notice]
        yield label, [_tell(other) for other in others if other["id"] != article["killed_by"]]


def changes_words(article: _Row) -> bool:
    """Say whether an article is another version of what it acts on, so that one may ask what has changed."""
    return bool(article["acted_on"]) and article["notice"] in _CHANGES_WORDS


def _tell(other: _Row, words: str | None = None) -> str:
    moment = other["published_at"] or other["first_seen_at"]
    number = f", {other['notice']} {other['notice_number']}" if other["notice"] and other["notice_number"] else ""
    return f"{other['id']}{number} ({moment:%Y-%m-%d %H:%M}): {words or other['note'] or other['title']}"
