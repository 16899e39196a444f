"""Sentences about the rows of the store, for listings and pages.

Of a feed and a poll: what happened, when the next poll is and why then. Of a wire's notice: which article it updates,
corrects or kills, and which notices act on an article.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from worker.basics.codec import unpack
from worker.basics.moments import from_now, moment_from_now, show_moment
from worker.basics.request_rules import show_proxy
from worker.basics.units import counted, show_duration, show_size
from worker.database.value_columns import read_request_settings
from worker.values.due_feeds import FeedState
from worker.values.entries import Notice
from worker.values.feed_quality import QualityState
from worker.values.outcomes import PUSHED, Outcome
from worker.values.promised import Poll
from worker.values.request_settings import UNREADABLE, RequestSettings
from worker.values.schedules import Hints
from worker.wire.bylines import read_opening

_Row = Mapping[Any, Any]
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# What a notice does to another article, and what is done to that one.
_ACTS = {
    Notice.UPDATE: ("Updates", "Updated by"),
    Notice.CORRECTION: ("Corrects", "Corrected by"),
    Notice.REPEAT: ("Repeats", "Repeated by"),
    Notice.TAKE: ("Continues", "Continued by"),
    Notice.KILL: ("Kills", "Killed by"),
}
# A take and a kill are no versions of the article they act on.
_VERSIONS = {Notice.UPDATE, Notice.CORRECTION, Notice.REPEAT}
# Listings need not tell these; None is a file's.
_WELL = {QualityState.HEALTHY, QualityState.NEW, None}


def next_poll(feed: _Row, now: datetime) -> str:
    """Say when a feed is polled next: ``in 12m``, ``due``, or the state in which it is not polled."""
    at = expected_at(feed)
    if feed["state"] != FeedState.ACTIVE:
        return str(feed["state"])
    if at is None:
        return "never"
    return from_now(at, now) if at > now else "due"


def expected_at(feed: _Row) -> datetime | None:
    """Return when a feed can be polled next: when it is due, but not while its host is left alone; None for never."""
    due_at: datetime | None = feed["next_poll_at"]
    left_alone = feed["left_alone_until"]
    return max(due_at, left_alone) if due_at and left_alone else due_at


def explain_feed(feed: _Row, now: datetime) -> Sequence[str]:
    """Say how a feed's last poll ended, and why the next one is when it is."""
    ended = _last_poll(feed, now)
    due_at, until = feed["next_poll_at"], feed["left_alone_until"]
    why = [feed["next_poll_reason"]]
    if due_at and until and due_at < until:
        why.append(f"its host asked to be left alone until {moment_from_now(until, now)}")
    asked = explain_request(read_request_settings(feed["request"]))
    worse = explain_quality(feed, now) if feed["quality"] not in _WELL else None
    if feed["error"] or until or asked:
        return [line for line in (ended, "; ".join(filter(None, why)), asked, worse) if line]
    return [line for line in ("; ".join(filter(None, [ended, *why])), worse) if line]


def explain_quality(feed: _Row, now: datetime) -> str | None:
    """Say how good a feed was found to be, since when and why; None for a file."""
    since = f" since {moment_from_now(feed['quality_since'], now)}" if feed["quality_since"] else ""
    reason = f": {feed['quality_reason']}" if feed["quality_reason"] else ""
    return f"{feed['quality']}{since}{reason}" if feed["quality"] else None


def _last_poll(feed: _Row, now: datetime) -> str:
    if feed["last_attempt_at"] is None:
        return ""
    ago = from_now(feed["last_attempt_at"], now)
    if not feed["error"]:
        return f"answered {ago}"
    success = f"last success {from_now(feed['last_success_at'], now)}" if feed["last_success_at"] else "never succeeded"
    return f"{feed['error']} ({ago}; {success})"


def explain_poll(poll: _Row) -> Sequence[str]:
    """Say how one poll ended and what it found, and why the next one was to be when it was."""
    found = poll["error"] or _what_it_found(poll)
    ended = f"{poll['outcome']}{': ' if found else ''}{found} ({_how_answered(poll)})"
    return [line for line in (ended, poll["note"], poll["next_poll_reason"]) if line]


def _how_answered(poll: _Row) -> str:
    took = show_duration(poll["duration"])
    # A failure's sentence names the status already.
    if poll["error"]:
        return took
    if poll["http_status"]:
        return f"{poll['http_status']}, {took}"
    if is_pushed(poll):
        return "pushed"
    # A mailbox answers without a status; a file is read in no time.
    return took if poll["duration"] else "file"


def is_pushed(poll: _Row) -> bool:
    """Say whether a hub brought what the ledger has as a poll."""
    return bool(poll["next_poll_reason"] == PUSHED)


def describe_poll(poll: Poll) -> str:
    """Say in one line what one poll found, and when the next one is and why then."""
    found = f"{poll.new:,} new, {poll.updated:,} updated" if poll.outcome is Outcome.NEW else str(poll.outcome)
    said = f" ({poll.error or poll.note})" if poll.error or poll.note else ""
    following = f"next {from_now(poll.next_poll_at, poll.started_at + poll.duration)}: " if poll.next_poll_at else ""
    return f"{poll.url}  {found}{said}; {following}{poll.next_poll_reason}"


def _what_it_found(poll: _Row) -> str:
    if poll["entries"] is None:
        return ""
    new = f"{poll['new']:,} new, {poll['updated']:,} updated" if poll["new"] or poll["updated"] else "none new"
    return f"{new} of {counted(poll['entries'], 'entry', 'entries')}"


def explain_lateness(feed: _Row, now: datetime) -> str | None:
    """Say why a feed that is due has not been polled; None for one that is not due.

    ``feed`` holds its host's lease and queue too, and ``last_poll_at`` of any feed.
    """
    if feed["next_poll_at"] is None or feed["next_poll_at"] > now:
        return None
    since = f"due since {moment_from_now(feed['next_poll_at'], now)}"
    leased, left_alone = feed["leased_until"], feed["left_alone_until"]
    if leased and leased > now:
        return f"{since}; a worker is polling its host now, until {moment_from_now(leased, now)} at the latest"
    if left_alone and left_alone > now:
        return f"{since}, but its host asked to be left alone until {moment_from_now(left_alone, now)}"
    ahead = f", after {counted(feed['ahead'], 'feed')} of its host due before it" if feed["ahead"] else ""
    if feed["claimable_at"] and feed["claimable_at"] > now:
        return f"{since}; its host may be asked again {from_now(feed['claimable_at'], now)}{ahead}"
    newest = f"the last poll of any feed was {from_now(feed['last_poll_at'], now)}" if feed["last_poll_at"] else None
    return f"{since}; it waits for a worker{ahead} ({newest or 'no feed has been polled yet'})"


def explain_hints(stored: Mapping[str, Any] | None) -> str:
    """Say what a feed's newest document asks of those who poll it, by the ``hints`` that the store keeps of it."""
    hints = unpack(Hints, stored) or Hints()
    asked = {name: show_duration(wait) for name, wait in hints.waits().items()}
    hours = ", ".join(f"{hour:02}" for hour in sorted(hints.skip_hours))
    days = ", ".join(_DAYS[day] for day in sorted(hints.skip_days))
    asked |= {"skipHours": hours and f"{hours} UTC", "skipDays": days}
    return ", ".join(f"{name} {value}" for name, value in asked.items() if value)


def explain_gaps(gaps: int) -> str | None:
    """Say how often entries of a feed were missed between two polls; None where that never happened."""
    if not gaps:
        return None
    return f"{counted(gaps, 'poll')} found only new entries and none of the former: some were missed in between"


def explain_backfill(backfill: _Row | None, now: datetime) -> str | None:
    """Say how far the reading of a feed's older documents has come, or how it ended; None where there was none."""
    if backfill is None:
        return None
    why = "asked for" if backfill["is_asked"] else "for a gap"
    read = f"{counted(backfill['documents'], 'document')}, {counted(backfill['articles'], 'new article')}"
    said = f"{why} {moment_from_now(backfill['begun_at'], now)}: {read}"
    if backfill["next_read_at"]:
        last = f", after: {backfill['reason']}" if backfill["reason"] else ""
        goes_on = "it goes on" if backfill["next_read_at"] > now else "it has waited for a worker since"
        return f"{said}; {goes_on} {moment_from_now(backfill['next_read_at'], now)}{last}"
    return f"{said}; {backfill['outcome']}: {backfill['reason']}"


def explain_hub(feed: _Row, now: datetime) -> str | None:
    """Say how a feed's subscription with its hub stands; None where it names no hub."""
    if not feed["hub_url"]:
        return None
    lease, pushed = moment_from_now(feed["lease_until"], now), moment_from_now(feed["pushed_at"], now)
    facts = (
        f"{feed['hub_url']} ({feed['subscription']})",
        feed["subscription_reason"],
        f"it pushes until {lease}" if lease else None,
        f"it last did {pushed}" if pushed else None,
        f"polls found what it had missed {_times(feed['pushes_missed'])}" if feed["pushes_missed"] else None,
    )
    return "; ".join(filter(None, facts))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def mark_title(article: _Row) -> str:
    """Return a title that says so where the article is killed, or is a kill, so that nobody takes it for news."""
    if article["killed_by"]:
        return f"KILLED: {article['title']}"
    return f"KILL: {article['title']}" if article["notice"] == Notice.KILL else str(article["title"])


def explain_kill(article: _Row) -> str | None:
    """Say what killed an article, and why; None for one that is not killed."""
    if article["killed_by"] == article["id"]:
        return f"Killed by its publisher: {article['note'] or 'without a word'}"
    if article["killed_by"]:
        return f"Killed by {_describe(article['kill'])}" if article["kill"] else f"Killed by {article['killed_by']}"
    return None


def explain_notices(article: _Row) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield what an article acts on, and what acts on it, but for the kill that ``explain_kill`` names."""
    targets = article["kills"] or [article["acted_on"]]
    for label, others in list_notices(article):
        yield label, [_describe(other, other["title"] if other in targets else None) for other in others]


def list_notices(article: _Row) -> Iterator[tuple[str, Sequence[_Row]]]:
    """Yield the articles that an article acts on, and those that act on it, each kind under what it does.

    The kill that ``explain_kill`` names is left out.
    """
    if article["kills"]:
        yield "Kills", article["kills"]
    elif article["acted_on"]:
        yield _ACTS.get(article["notice"], ("Acts on",))[0], [article["acted_on"]]
    for notice, (_, label) in _ACTS.items():
        others = [other for other in article["acted_on_by"] if other["notice"] == notice]
        if others := [other for other in others if other["id"] != article["killed_by"]]:
            yield label, others


def describe_file(url: str, length: int | None, *details: str | None) -> str:
    """Return a file's address with what is known of it: ``https://a.example/1.mp3 (audio/mpeg, 3 MB)``."""
    size = show_size(length) if length else None
    known = ", ".join(filter(None, (*details, size)))
    return f"{url} ({known})" if known else url


def is_other_version(article: _Row) -> bool:
    """Say whether an article is another version of the one it acts on, so that their words can be compared."""
    return bool(article["acted_on"]) and article["notice"] in _VERSIONS


def as_versions(article: _Row) -> tuple[_Row, _Row]:
    """Return what an article acts on and the article, whose words can be compared.

    A dispatch's dateline is no part of its text, while that of a newsroom document stays there: it is no change.
    """
    versions: tuple[_Row, _Row] = article["acted_on"], article
    openings = [read_opening(version["text"], None) for version in versions]
    if None not in openings or openings == [None, None]:
        return versions
    before, after = (
        {**version, "text": version["text"][opening.length :] if opening else version["text"]}
        for version, opening in zip(versions, openings, strict=True)
    )
    return before, after


def _describe(other: _Row, words: str | None = None) -> str:
    """Name another article in one line: its id, number, day, and ``words`` (else its note or title)."""
    moment = other["published_at"] or other["first_seen_at"]
    number = f", {other['notice']} {other['notice_number']}" if other["notice"] and other["notice_number"] else ""
    return f"{other['id']}{number} ({show_moment(moment)}): {words or other['note'] or other['title']}"


def explain_request(settings: RequestSettings | None) -> str:
    """Say how a feed is asked for where that is not as usual: as which user, with which headers, through which proxy.

    Passwords and values of headers are not known here.
    """
    if settings is None:
        return ""
    if settings is UNREADABLE:
        return "its request settings cannot be read"
    headers = ", ".join(header.name for header in settings.headers)
    proxy = show_proxy(settings.proxy) if settings.proxy is not None else ""
    said = {
        f"asked for as user {settings.user}": settings.user is not None,
        f"with {headers}": headers,
        f"under the name {settings.user_agent}": settings.user_agent,
        f"through {proxy}": proxy,
        "over HTTP/2 where it is spoken": settings.offers_http2,
        "CERTIFICATES NOT CHECKED (--insecure)": settings.is_insecure,
    }
    return ", ".join(phrase for phrase, is_said in said.items() if is_said)
