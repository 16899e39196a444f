"""What a poll writes: when to poll its feed next and why, the feed's new URL if it moved, and the ledger's row.

Nothing is written here: that is for ``conclude``, once it has the locks.

A poll that failed or found nothing new is concluded at once. One that read a document is concluded in two steps:
``conclude_read`` before its entries are matched with articles, ``conclude_document`` afterwards.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import xxhash

from worker.basics.urls import is_feed_url
from worker.errors import ErrorClass, PollError, RejectedError, TransientError
from worker.manage.feed_requests import find_withheld
from worker.manage.intervals import bounds_within
from worker.schedule.failure import after_failure, extend_streak
from worker.schedule.pushes import count_missed, find_push, is_same_push
from worker.schedule.rhythm import follow_rhythm
from worker.schedule.success import after_success, follow_move, is_believed
from worker.store.documents import pack_document
from worker.values.due_feeds import (
    FILE_NEVER_POLLED,
    NO_VALIDATORS,
    Document,
    DueFeed,
    Fetched,
    NotModified,
)
from worker.values.entries import ParsedDocument
from worker.values.frozen import dataclass, replace
from worker.values.kept_documents import PackedDocument
from worker.values.outcomes import PUSHED, NextPoll, Outcome, PollRecord, PollResult
from worker.values.schedules import NO_HINTS, Bounds, Hints, Rhythm
from worker.values.seed_states import SeedState

# People read the ledger's notes: the commonest reasons are enough for them.
_MOST_REASONS = 5
# A better parser may find a feed in what failed so; there is none in an empty document, nor in a wall's page.
_MAY_BE_READ = {ErrorClass.NOT_A_FEED, ErrorClass.PARSE, ErrorClass.TOO_BIG, ErrorClass.INTERNAL}
_UNDECIDED = NextPoll(None, "decided when its entries are known")
_NEVER = NextPoll(None, FILE_NEVER_POLLED)
_PUSHED = NextPoll(None, PUSHED)


@dataclass(frozen=True, slots=True)
class Answered:
    """A feed that was asked under a lease, or read from a file, and what came of it."""

    feed: DueFeed
    token: str | None
    """The lease; None for a document from a file, or from a hub."""
    started_at: datetime
    fetched: Fetched
    bounds: Bounds
    said_at: datetime | None = None
    """When the document was made; None: when it was read."""
    path: str | None = None
    """The path of a wire's file within the folder that was ingested."""
    seed_uri: str | None = None
    """The URI of a seed file: it is remembered, so that an unchanged file is not read again."""
    seed_state: SeedState | None = None
    """What is remembered of it."""
    file_in_feed: str | None = None
    """The path of a file within the folder that is its feed; None where a document is all that its feed has."""
    is_edited_file: bool = False
    """Whether it is a file that was read before, with another content."""
    is_to_keep: bool = False
    """Whether the document's bytes are kept, to be read again by a better parser."""
    is_older: bool = False
    """Whether it is an older document, which the feed's newest one led to."""
    is_pushed: bool = False
    """Whether the feed's hub brought it: it holds what is new, and perhaps nothing else."""
    brings_only_new: bool = False
    """Whether it holds only what came since the last poll, as a mailbox does: nothing in it had another name then."""

    @property
    def document(self) -> Document:
        """What came; only a document can be parsed, prepared and stored."""
        answer = self.fetched.answer
        assert isinstance(answer, Document), "only a document can be parsed"
        return answer

    @property
    def is_of_its_feed(self) -> bool:
        """Whether the answer came from the feed itself; a saved document of a polled feed may be an old one."""
        return self.token is not None or self.feed.host_id is None


def conclude_failure(answered: Answered, error: PollError, now: datetime, *, was_outage: bool = False) -> PollResult:
    """Return what to write for a failed poll; ``was_outage``: the failure before it was an outage of our network."""
    streak = extend_streak(answered.feed.streak, error.error_class, now, was_outage=was_outage)
    if answered.fetched.retry_after:
        # What came was taken for a document at first, and turned out to be none.
        error = replace(error, retry_after=answered.fetched.retry_after)
    next_poll = after_failure(now, answered.bounds, error, streak, _random_spread())
    record, unread = _make_record(answered, next_poll, error=error), _pack_unread(answered, error)
    return PollResult(record, answered.feed.host_id, answered.token, answered.feed.instructions, unread=unread)


def _pack_unread(answered: Answered, error: PollError) -> PackedDocument | None:
    is_kept = answered.is_to_keep and error.error_class in _MAY_BE_READ
    return pack_document(answered.document) if is_kept and isinstance(answered.fetched.answer, Document) else None


def conclude_unchanged(answered: Answered, now: datetime) -> PollResult:
    """Return what to write for a poll with nothing to read: a 304, or the same bytes as last time."""
    feed, answer = answered.feed, answered.fetched.answer
    assert isinstance(answer, NotModified | Document), "a failure is concluded elsewhere"
    rhythm = follow_rhythm(feed.rhythm, (), feed.last_success_at, now)
    result = PollResult(
        _make_record(answered, _after_success(answered, feed.hints, rhythm, now)),
        feed.host_id,
        answered.token,
        feed.instructions,
        edition=feed.edition,
        validators=answer.validators,
        body_hash=feed.body_hash,
        rhythm=None if rhythm is feed.rhythm else rhythm,
    )
    return _with_move(result, answered, now)


def conclude_read(answered: Answered, parsed: ParsedDocument, now: datetime, *, is_whole: bool) -> PollResult:
    """Return what to write for a poll that read a document, without what its entries decide.

    ``is_whole`` says that no entry is embargoed, or was lost to a fault.
    """
    document = answered.document
    result = PollResult(
        _make_record(answered, _UNDECIDED, parsed=parsed),
        answered.feed.host_id,
        answered.token,
        answered.feed.instructions,
        # An entry that is embargoed or lost must be read again later, which a 304 would prevent.
        validators=document.validators if is_whole else NO_VALIDATORS,
        body_hash=hash_body(document) if is_whole else None,
        hints=parsed.hints if answered.is_of_its_feed else None,
        title=parsed.title,
        site_url=parsed.site_url,
        is_document=True,
        is_in_ledger=not answered.is_older,
        is_partial=answered.is_pushed,
    )
    return _with_move(_with_push(result, answered, document, parsed), answered, now)


def conclude_document(
    answered: Answered, result: PollResult, published: Sequence[datetime | None], now: datetime
) -> PollResult:
    """Complete what ``conclude_read`` returned with the next poll and the rhythm.

    ``published`` are the dates of the entries that the feed had not carried before.
    """
    feed = answered.feed
    if result.gap and feed.last_success_at:
        answered = replace(answered, bounds=replace(answered.bounds, missed_within=now - feed.last_success_at))
    is_poll = answered.token is not None
    if is_poll and (missed := count_missed(feed.push, published, now)):
        result = _with_missed(result, missed)
        answered = replace(answered, bounds=replace(answered.bounds, pushed_until=None))
    rhythm = follow_rhythm(feed.rhythm, published, feed.last_success_at, now) if is_poll else None
    next_poll = _after_success(answered, result.hints or NO_HINTS, rhythm, now)
    return replace(result, record=replace(result.record, next_poll=next_poll), rhythm=rhythm)


def _after_success(answered: Answered, hints: Hints, rhythm: Rhythm | None, now: datetime) -> NextPoll:
    if answered.token is None:
        return _PUSHED if answered.is_pushed else _NEVER
    fetched = answered.fetched
    if (fetched.fresh_for, fetched.retry_after) != (hints.fresh_for, hints.retry_after):
        hints = replace(hints, fresh_for=fetched.fresh_for, retry_after=fetched.retry_after)
    return after_success(now, answered.bounds, hints, rhythm, _random_spread())


def _with_push(result: PollResult, answered: Answered, document: Document, parsed: ParsedDocument) -> PollResult:
    """Add the hub that a poll's answer names, where that is not the known one."""
    known = answered.feed.push
    named = find_push(answered.feed.url, document, parsed) if answered.token is not None else known
    if named is known or is_same_push(known, named):
        return result
    return replace(result, push=named, is_push_changed=True)


def _with_missed(result: PollResult, missed: int) -> PollResult:
    """Add that the feed's hub had not brought entries that the poll found."""
    note = join_notes(result.record.note, f"entries that its hub had not pushed: {missed}")
    return replace(result, missed=missed, record=replace(result.record, note=note))


def _with_move(result: PollResult, answered: Answered, now: datetime) -> PollResult:
    """Add the permanent redirect that the poll was led by, and the feed's new URL once the redirect is believed."""
    move = follow_move(answered.feed.move, answered.fetched.moved_to, now)
    if answered.token is None or move == answered.feed.move:
        return result
    result = replace(result, move=move, is_move_changed=True)
    if not move or not is_believed(move, now) or not is_feed_url(move.url):
        return result
    moved = f"{result.record.url} is believed to have moved here for good"
    note = join_notes(result.record.note, moved, _note_withheld(answered.feed, move.url))
    return replace(result, record=replace(result.record, url=move.url, note=note), moves_to=move.url)


def _note_withheld(feed: DueFeed, url: str) -> str | None:
    """Say that a feed's user and headers do not go where it has moved to; None where they do, or there are none."""
    origin = find_withheld(feed.request, url) if feed.request else None
    return f"what was given for {origin} is not sent here: `feedmill set` it again" if origin else None


def _random_spread() -> float:
    return random.random()  # noqa: S311 -- jitter, not a secret


def _make_record(
    answered: Answered, next_poll: NextPoll, *, error: PollError | None = None, parsed: ParsedDocument | None = None
) -> PollRecord:
    feed, fetched = answered.feed, answered.fetched
    return PollRecord(
        feed_id=feed.feed_id,
        url=feed.url,
        started_at=answered.started_at,
        duration=fetched.duration,
        # Whether a document brought anything new is known only once it is stored.
        outcome=_failed_as(error) if error else Outcome.UNCHANGED,
        next_poll=next_poll,
        http_status=fetched.http_status,
        error=error,
        bytes_received=fetched.bytes_received,
        entries=parsed.size if parsed else None,
        lost=len(parsed.faults) if parsed else 0,
        parser=parsed.parser if parsed else None,
        note=join_notes(_note_left_out(parsed), *parsed.doubts) if parsed else None,
    )


def _failed_as(error: PollError) -> Outcome:
    if isinstance(error, RejectedError):
        return Outcome.REJECTED
    return Outcome.TRANSIENT if isinstance(error, TransientError) else Outcome.PERMANENT


def _note_left_out(parsed: ParsedDocument) -> str | None:
    dropped = f"{parsed.dropped_entries} oldest entries beyond FEEDMILL_MAX_ENTRIES were left out"
    lost = (f"it could not be read: {fault.sentence}" for fault in parsed.faults)
    skipped = Counter([*lost, *parsed.skipped]).most_common(_MOST_REASONS)
    reasons = (f"{count} left out: {reason}" for reason, count in skipped)
    return join_notes(dropped if parsed.dropped_entries else None, *reasons)


def join_notes(*notes: str | None) -> str | None:
    """Return the notes on a poll as one line; None when there are none."""
    return "; ".join(filter(None, notes)) or None


def bounds_of(feed: DueFeed, bounds: Bounds) -> Bounds:
    """Return the bounds of one feed's schedule."""
    bounds = bounds_within(feed.options.interval, bounds)
    return replace(bounds, pushed_until=feed.push.until) if feed.push and feed.push.until else bounds


def hash_body(document: Document) -> bytes:
    """Return the hash by which an unchanged document is recognised before it is parsed."""
    return xxhash.xxh3_128_digest(document.body)
