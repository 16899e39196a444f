"""Polling named feeds: at once and however long it takes, or as far as one task's time goes."""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from worker.basics.time_limits import stops_after
from worker.claim.leasing import claim_named_feeds, claim_requested_feeds, find_next_claim_of
from worker.claim.requests import find_requested, request_polls
from worker.claim.terms import ClaimTerms
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.pipeline.polling import PATIENCE, Claim, Stop, drive
from worker.pipeline.tools import Tools
from worker.pipeline.window import Window
from worker.values import ClaimedHost, Credentials, PollRecord


def poll_named(
    tools: Tools, feed_ids: Collection[int], stop: Stop, *, force: bool = False, credentials: Credentials | None = None
) -> Iterator[PollRecord]:
    """Poll these feeds now, due or not, however long that takes; they stay requested until they have been polled.

    Those whose host another worker holds are left to the next tick. Without ``force`` a host that asked to be left
    alone (429, 503) is left alone.
    """
    left = dict.fromkeys(feed_ids)
    while left and not stop():
        before = len(left)
        remaining = deque(left)
        claim = _some_at_a_time(claim_named_feeds, remaining, force=force)
        while remaining and not stop():
            for record in drive(Window(tools, credentials), claim, stop, time.monotonic()):
                left.pop(record.feed_id, None)
                yield record
        # A claim takes so many feeds of a host, and a window has so much time: the next one takes the rest.
        if len(left) == before and not _wait_for_gap(tools, left):
            break


def _wait_for_gap(tools: Tools, feed_ids: Collection[int]) -> bool:
    """Wait until a host of these feeds may be asked again; False where that takes longer than a gap."""
    with reading(tools.engine) as connection:
        at = find_next_claim_of(connection, feed_ids)
        wait = at - read_clock(connection).now() if at else PATIENCE
    if not timedelta(0) < wait < PATIENCE:
        return False
    time.sleep(wait.total_seconds())
    return True


def request_named(engine: Engine, feed_ids: Collection[int]) -> None:
    """Ask in SQL for polls of these feeds: whatever becomes of messages and workers, the next ticks make them."""
    write(engine, lambda connection: request_polls(connection, read_clock(connection).now(), feed_ids))


def poll_requested(tools: Tools, feed_ids: Collection[int], stop: Stop, *, force: bool = False) -> Iterator[PollRecord]:
    """Poll those of these feeds whose request nobody has answered yet, as many as one task's time allows.

    The others stay requested, so that the next ticks poll them. ``force`` is as in ``poll_named``.
    """
    began, is_over = time.monotonic(), stops_after(tools.limits.stop_claiming)
    with reading(tools.engine) as connection:
        remaining = deque(find_requested(connection, feed_ids))
    claim = _some_at_a_time(claim_requested_feeds, remaining, force=force)
    while remaining and not stop() and not is_over():
        yield from drive(Window(tools), claim, stop, began)


def _some_at_a_time(claim: Callable[..., list[ClaimedHost]], remaining: deque[int], *, force: bool) -> Claim:
    """Return a claim that takes as many of the remaining feeds as it may claim hosts."""

    def claim_some(connection: Connection, now: datetime, terms: ClaimTerms) -> list[ClaimedHost]:
        some = [remaining.popleft() for _ in range(min(terms.hosts, len(remaining)))]
        return claim(connection, now, terms, some, force=force) if some else []

    return claim_some
