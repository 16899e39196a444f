"""Polling the feeds that somebody names, by URL or id, and saying what became of each name."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from worker.basics.mailbox_urls import is_mailbox_url
from worker.basics.stopping import stops_after
from worker.basics.units import read_id
from worker.claim.due import ClaimTerms, find_requested, request_polls
from worker.claim.leasing import claim_named_feeds, claim_requested_feeds, find_next_requested
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.errors import ErrorClass, NamedError
from worker.manage.feeds import NamedFeed, NewFeed, add_feeds, find_feed, is_removed, remove_feed
from worker.manage.mailbox_feeds import add_mailboxes, find_mailboxes
from worker.manage.named_feeds import find_polled, polled_feed_called
from worker.pipeline.mailbox_polls import poll_named_mailboxes
from worker.pipeline.polling import PATIENCE, Claim, Stop, poll_in_window
from worker.pipeline.tools import Tools
from worker.pipeline.window import Window
from worker.store.decided_articles import StaleDecisionError
from worker.stories.story_locks import StaleStoriesError
from worker.values.due_feeds import ClaimedHost, Credentials
from worker.values.outcomes import PollRecord

LEFT_TO_WORKERS = "its host is being polled, or it or its host asked to be left alone; the next free worker polls it"
_STOPPED = "we were told to stop before; the next free worker polls it"


@dataclass(frozen=True, slots=True)
class NamedPoll:
    """What became of a name: a poll, or a sentence that says why there was none."""

    name: str
    record: PollRecord | None = None
    refusal: str | None = None
    is_kept: bool = True
    """False for an unknown URL whose answer was not a feed: it was not added."""
    feed_id: int | None = None
    """Of a feed whose poll is left to the workers."""

    @property
    def is_waiting(self) -> bool:
        """Whether the poll is left to the workers."""
        return self.feed_id is not None

    @property
    def why_not_added(self) -> str | None:
        """Why an unknown URL was not added, in a sentence; None where there is a poll of a feed, or a refusal."""
        if self.is_kept or not self.record:
            return None
        assert self.record.error, "only a feed whose poll failed is forgotten again"
        is_page = self.record.error.error_class is ErrorClass.NOT_A_FEED
        hint = f"; `feedmill add {self.name}` looks for its feed" if is_page else ""
        return f"{self.name} was not added: {self.record.error.sentence}{hint}"


@dataclass(frozen=True, slots=True)
class _Found:
    feed: NamedFeed | None = None
    refusal: str | None = None
    is_new: bool = False
    """Whether it was added because it was named."""
    has_past: bool = False
    """Of a new one: whether it had been removed, and left articles."""


def poll_by_name(
    tools: Tools, names: Sequence[str], stop: Stop, *, force: bool = False, credentials: Credentials | None = None
) -> Iterator[NamedPoll]:
    """Poll the named feeds now. An unknown URL is added first, and taken back unless its answer is a feed."""
    found = write(tools.engine, lambda connection: {name: _find_or_add(connection, tools, name) for name in names})
    # Several names may mean one feed.
    waiting: dict[int, list[str]] = defaultdict(list)
    for name, named in found.items():
        if named.feed:
            waiting[named.feed.feed_id].append(name)
        else:
            yield NamedPoll(name, refusal=named.refusal)
    new = {named.feed.feed_id: named for named in found.values() if named.feed and named.is_new}
    for record in poll_named(tools, list(waiting), stop, force=force, credentials=credentials):
        is_kept = record.error is None or record.feed_id not in new
        if not is_kept:
            _take_back(tools, record.feed_id, has_past=new[record.feed_id].has_past)
        yield from (NamedPoll(name, record, is_kept=is_kept) for name in waiting.pop(record.feed_id))
    why = _STOPPED if waiting and stop() else LEFT_TO_WORKERS
    for feed_id, name in ((feed_id, name) for feed_id, left in waiting.items() for name in left):
        yield NamedPoll(name, refusal=f"{name} was not polled now: {why}", feed_id=feed_id)


def _find_or_add(connection: Connection, tools: Tools, name: str) -> _Found:
    is_new = has_past = False
    if is_mailbox_url(name) and name not in tools.mail.mailboxes:
        return _Found(refusal=f"{name} cannot be polled: FEEDMILL_MAILBOX does not name it.")
    try:
        if is_mailbox_url(name):
            add_mailboxes(connection, read_clock(connection).now(), [name])
        if read_id(name) is None and find_feed(connection, name) is None:
            is_new, has_past = True, is_removed(connection, name)
            add_feeds(connection, read_clock(connection).now(), [NewFeed(name)])
        return _Found(polled_feed_called(connection, name), is_new=is_new, has_past=has_past)
    except ValueError as error:
        return _Found(refusal=f"{name} cannot be polled: {error}")
    except NamedError as error:
        return _Found(refusal=str(error))


def _take_back(tools: Tools, feed_id: int, *, has_past: bool) -> None:
    """Remove a feed that was added only because it was named; what it left when it was removed before stays."""
    also = StaleDecisionError, StaleStoriesError
    write(tools.engine, lambda connection: remove_feed(connection, feed_id, articles=not has_past), also)


def poll_named(
    tools: Tools, feed_ids: Collection[int], stop: Stop, *, force: bool = False, credentials: Credentials | None = None
) -> Iterator[PollRecord]:
    """Poll these feeds now, due or not, however long it takes; a feed stays requested until it has been polled.

    A feed whose host another worker holds is left to the next tick. ``force`` also polls feeds and hosts that asked to
    be left alone.
    """
    left = dict.fromkeys(feed_ids)
    for record in poll_named_mailboxes(tools, _find_mailboxes(tools, left), stop):
        left.pop(record.feed_id, None)
        yield record
    claim_feeds = claim_named_feeds
    while left and not stop():
        before = len(left)
        remaining = deque(left)
        claim = _claim_some_of(remaining, claim_feeds, force=force)
        while remaining and not stop():
            for record in poll_in_window(Window(tools, credentials, force=force), claim, stop, time.monotonic()):
                left.pop(record.feed_id, None)
                yield record
        # A claim takes only so many feeds of a host, and a window has only so much time: the next round takes the rest.
        # They stay requested: asked for anew, those that a redirect leads to a busy host would be polled before their
        # turn there, and their own host be asked in vain.
        claim_feeds = claim_requested_feeds
        if len(left) == before and not _wait_for_gap(tools, left):
            break
    if left and stop():
        # Some may not have been claimed yet, which is what requests them.
        request_named(tools.engine, left, force=force)


def _find_mailboxes(tools: Tools, feed_ids: Collection[int]) -> list[int]:
    if not tools.mail.mailboxes:
        return []
    with reading(tools.engine) as connection:
        return find_mailboxes(connection, feed_ids)


def _wait_for_gap(tools: Tools, feed_ids: Collection[int]) -> bool:
    """Wait until one of these feeds may be polled; return False at once where it takes ``PATIENCE`` or more."""
    with reading(tools.engine) as connection:
        at = find_next_requested(connection, feed_ids)
        wait = at - read_clock(connection).now() if at else PATIENCE
    if not timedelta(0) < wait < PATIENCE:
        return False
    time.sleep(wait.total_seconds())
    return True


def request_named(engine: Engine, feed_ids: Collection[int], *, force: bool = False) -> None:
    """Note in SQL that these feeds are to be polled: the next ticks do it, even if messages or workers are lost.

    ``force`` is as in ``poll_named``.
    """
    write(engine, lambda connection: request_polls(connection, read_clock(connection).now(), feed_ids, force=force))


def request_by_name(engine: Engine, names: Sequence[str], *, force: bool = False) -> tuple[list[int], list[str]]:
    """Note in SQL that feeds are to be polled, named by id or URL; return their ids, and why others are not polled.

    ``force`` is as in ``poll_named``.
    """
    # Looked up before anything is written: while SQLite is written to, everybody else waits.
    with reading(engine) as connection:
        found = find_polled(connection, names).values()
    feed_ids = list(dict.fromkeys(feed.feed_id for feed in found if isinstance(feed, NamedFeed)))
    request_named(engine, feed_ids, force=force)
    return feed_ids, [str(error) for error in found if isinstance(error, NamedError)]


def poll_requested(tools: Tools, feed_ids: Collection[int], stop: Stop, *, force: bool = False) -> Iterator[PollRecord]:
    """Poll those of these feeds that are still requested, as many as one task's time allows.

    The others stay requested, so that the next ticks poll them. ``force`` is as in ``poll_named``.
    """
    began, is_over = time.monotonic(), stops_after(tools.limits.stop_claiming)
    with reading(tools.engine) as connection:
        remaining = deque(find_requested(connection, feed_ids))
    claim = _claim_some_of(remaining, claim_requested_feeds, force=force)
    while remaining and not stop() and not is_over():
        yield from poll_in_window(Window(tools, force=force), claim, stop, began)


def _claim_some_of(remaining: deque[int], claim: Callable[..., list[ClaimedHost]], *, force: bool) -> Claim:
    """Return a claim that takes from ``remaining`` as many feeds at a time as it may claim hosts."""

    def claim_some(connection: Connection, now: datetime, terms: ClaimTerms) -> list[ClaimedHost]:
        some = [remaining.popleft() for _ in range(min(terms.hosts, len(remaining)))]
        return claim(connection, now, terms, some, force=force) if some else []

    return claim_some
