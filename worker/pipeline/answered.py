"""What becomes of a feed by its answer: when it is polled next, and a row in the ledger."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import xxhash

from worker.errors import PollError, RejectedError, TransientError
from worker.manage.intervals import bounds_within
from worker.schedule.failure import after_failure, extend_streak
from worker.schedule.rhythm import arrival_times, learn_rhythm
from worker.schedule.success import after_success, follow_move, is_believed
from worker.values.due_feeds import Document, DueFeed, Fetched, NotModified, Validators
from worker.values.entries import ParsedDocument
from worker.values.outcomes import NextPoll, Outcome, PollRecord, PollResult
from worker.values.schedules import Bounds, Hints, Rhythm

# A note is for people.
_MOST_REASONS = 5
_UNDECIDED = NextPoll(None, "decided when its entries are known")


@dataclass(frozen=True, slots=True)
class Answered:
    """A feed that was asked under a lease, and how that ended."""

    feed: DueFeed
    token: str | None
    """The lease; None for a document from a file."""
    started_at: datetime
    fetched: Fetched
    bounds: Bounds
    said_at: datetime | None = None
    """When the document was made; None where that is when it was read."""
    path: str | None = None
    """Of a wire's file, its path within the folder it is read from."""
    seed_uri: str | None = None
    """Of a seed file, its URI: one that has been read and not changed is not read again."""


def conclude_failure(answered: Answered, error: PollError, now: datetime, *, was_outage: bool = False) -> PollResult:
    """Return what a failed poll writes: when to try again, and a row in the ledger.

    ``was_outage`` says that the failure before this one was an outage of our own network.
    """
    streak = extend_streak(answered.feed.streak, error.error_class, now, was_outage=was_outage)
    next_poll = after_failure(now, answered.bounds, error, streak, _spread())
    return _result(answered, _record(answered, next_poll, error=error))


def conclude_unchanged(answered: Answered, now: datetime) -> PollResult:
    """Return what a poll writes that found nothing to read: a 304, or the very bytes of last time."""
    answer = answered.fetched.answer
    assert isinstance(answer, NotModified | Document), "a failure is concluded elsewhere"
    feed = answered.feed
    result = _result(answered, _record(answered, _after_success(answered, feed.hints, feed.rhythm, now)))
    result = replace(result, validators=answer.validators, body_hash=feed.body_hash, edition=feed.edition)
    return _moved(result, answered, now)


def conclude_read(answered: Answered, parsed: ParsedDocument, now: datetime, *, is_whole: bool) -> PollResult:
    """Return what a poll writes that read a document, but for what the document's entries decide.

    ``is_whole`` says that nothing of it is embargoed.
    """
    feed, document = answered.feed, answered.fetched.answer
    assert isinstance(document, Document), "only a document can be parsed"
    is_up_to_date = answered.token is not None or feed.host_id is None
    result = replace(
        _result(answered, _record(answered, _UNDECIDED, parsed=parsed)),
        # What is held back must be read again, and 304 would never let it.
        validators=document.validators if is_whole else Validators(),
        body_hash=hash_body(document) if is_whole else None,
        hints=parsed.hints if is_up_to_date else None,
        title=parsed.title,
        site_url=parsed.site_url,
        is_document=True,
    )
    return _moved(result, answered, now)


def conclude_document(
    answered: Answered, result: PollResult, arrived: Sequence[datetime | None], now: datetime
) -> PollResult:
    """Return what a poll writes that read a document, with the decision when to poll again.

    ``arrived`` are the dates of entries that the feed had not carried before.
    """
    rhythm = _rhythm(answered.feed, arrived, now) if answered.token is not None else None
    next_poll = _after_success(answered, result.hints or Hints(), rhythm, now)
    return replace(result, record=replace(result.record, next_poll=next_poll), rhythm=rhythm)


def bounds_of(feed: DueFeed, bounds: Bounds) -> Bounds:
    """Return the bounds of one feed's schedule."""
    return bounds_within(feed.options.interval, bounds)


def hash_body(document: Document) -> bytes:
    """Return the fingerprint by which an unchanged document is known before it is parsed."""
    return xxhash.xxh3_128_digest(document.body)


def _rhythm(feed: DueFeed, published: Sequence[datetime | None], now: datetime) -> Rhythm:
    """Return when the feed publishes, as far as is known now."""
    arrived = arrival_times(published, feed.last_success_at if feed.rhythm else None, now)
    return learn_rhythm(feed.rhythm, arrived, now) if arrived or feed.rhythm is None else feed.rhythm


def _after_success(answered: Answered, hints: Hints, rhythm: Rhythm | None, now: datetime) -> NextPoll:
    if answered.token is None:
        return _never()
    fetched = answered.fetched
    hints = replace(hints, fresh_for=fetched.fresh_for, retry_after=fetched.retry_after)
    return after_success(now, answered.bounds, hints, rhythm, _spread())


def _moved(result: PollResult, answered: Answered, now: datetime) -> PollResult:
    """Return the result with what the poll tells of where the feed lives."""
    before = answered.feed.move
    move = follow_move(before, answered.fetched.moved_to, now)
    if answered.token is None or move == before:
        return result
    result = replace(result, move=move, is_move_changed=True)
    return _believed(result, move.url) if move and is_believed(move, now) else result


def _believed(result: PollResult, url: str) -> PollResult:
    """Return the result with the feed's new address."""
    note = f"{result.record.url} is believed to have moved here for good"
    record = replace(result.record, url=url, note=join_notes(result.record.note, note))
    return replace(result, record=record, moves_to=url)


def join_notes(*notes: str | None) -> str | None:
    """Return what is to be told of a poll, in one line; None for nothing."""
    return "; ".join(filter(None, notes)) or None


def _never() -> NextPoll:
    return NextPoll(None, "a file is read when it is ingested, never polled")


def _spread() -> float:
    return random.random()  # noqa: S311 -- jitter, not a secret


def _record(
    answered: Answered, next_poll: NextPoll, *, error: PollError | None = None, parsed: ParsedDocument | None = None
) -> PollRecord:
    fetched = answered.fetched
    return PollRecord(
        feed_id=answered.feed.feed_id,
        url=answered.feed.url,
        started_at=answered.started_at,
        duration=fetched.duration,
        # Whether a document brought anything new is known only when it has been stored.
        outcome=_failed(error) if error else Outcome.UNCHANGED,
        next_poll=next_poll,
        http_status=fetched.http_status,
        error=error,
        bytes_received=fetched.bytes_received,
        entries=len(parsed.entries) if parsed else None,
        parser=parsed.parser if parsed else None,
        note=_note(parsed) if parsed else None,
    )


def _failed(error: PollError) -> Outcome:
    if isinstance(error, RejectedError):
        return Outcome.REJECTED
    return Outcome.TRANSIENT if isinstance(error, TransientError) else Outcome.PERMANENT


def _note(parsed: ParsedDocument) -> str | None:
    dropped = f"{parsed.dropped_entries} oldest entries beyond FEEDMILL_MAX_ENTRIES were left out"
    told = [dropped] if parsed.dropped_entries else []
    told += [f"{count} left out: {reason}" for reason, count in Counter(parsed.skipped).most_common(_MOST_REASONS)]
    return "; ".join(told) or None


def _result(answered: Answered, record: PollRecord) -> PollResult:
    feed = answered.feed
    return PollResult(record, host_id=feed.host_id, token=answered.token, instructions=feed.instructions)
