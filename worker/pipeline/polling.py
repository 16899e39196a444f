"""Polling every feed that is due, as the tasks and the commands call it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from worker.basics.stopping import BEGIN_WITHIN, stops_after
from worker.claim.due import ClaimTerms
from worker.claim.leasing import claim_due_hosts, claim_isolated_hosts, count_claimable_hosts, find_next_claim
from worker.database.clock import Clock, read_clock
from worker.database.clock_steps import mend_clock_step
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.pipeline.tools import Tools
from worker.pipeline.window import Window
from worker.values.due_feeds import ClaimedHost
from worker.values.outcomes import PollRecord

# How long one turn may wait for the network, how soon a meagre claim is followed by another, how long a stop may take.
_TURN = timedelta(milliseconds=100)
_CLAIM_AGAIN = 1.0
_GRACE = 5.0
# How long a host may ask to wait before "everything that is due" goes without it.
PATIENCE = timedelta(seconds=10)
# How long one task goes on with suspects: the others must not wait for them.
_APART_FOR = timedelta(seconds=10)
# How long a window claims where no message waits to be acknowledged: its end, when nothing is in flight but what hangs,
# must not come often.
_CLAIM_FOR = timedelta(minutes=10)

Stop = Callable[[], bool]
"""Asked on every turn: once it says so nothing more begins, and what is in flight gets a few seconds."""

Claim = Callable[[Connection, datetime, ClaimTerms], list[ClaimedHost]]
"""Leases hosts with feeds to poll, none when there is nothing to do at the moment."""


def poll_due(tools: Tools, stop: Stop) -> Iterator[PollRecord]:
    """Poll feeds that are due, until none is or the time of one task is over; yield each as it is stored."""
    began = time.monotonic()
    # Messages may have piled up while nobody worked: each costs a look.
    if not count_poll_tasks(tools.engine, 1, 1):
        return
    # Feeds that may be killing workers go first and apart, so that a death can be laid at their door.
    is_over = stops_after(_APART_FOR)
    while not (stop() or is_over()):
        claim = _Once(claim_isolated_hosts)
        yield from drive(Window(tools), claim, stop, began)
        if not claim.found:
            break
    yield from drive(Window(tools), claim_due_hosts, stop, began)


def poll_all_due(tools: Tools, stop: Stop) -> Iterator[PollRecord]:
    """Poll every feed that is due now, however long that takes; one whose host asked to be left alone is left."""
    mend_clock_step(tools.engine, tools.terms.lease)
    due_by = _now(tools)
    deadline = _CLAIM_FOR + tools.limits.deadline - tools.limits.stop_claiming
    tools = replace(tools, limits=replace(tools.limits, stop_claiming=_CLAIM_FOR, deadline=deadline))
    while not stop():
        yield from poll_due(tools, stop)
        with reading(tools.engine) as connection:
            now = read_clock(connection).now()
            at = find_next_claim(connection, due_by, now + PATIENCE)
        if at is None:
            break
        # Only the gap of a host with many feeds can make us wait here.
        time.sleep(max((at - now).total_seconds(), 0.0))


def count_poll_tasks(engine: Engine, hosts_per_task: int, most: int) -> int:
    """Return how many poll tasks there is work for now, counting no further than ``most`` can use."""
    with reading(engine) as connection:
        claimable = count_claimable_hosts(connection, read_clock(connection).now(), hosts_per_task * most)
    return -(-claimable // hosts_per_task)


def _now(tools: Tools) -> datetime:
    with reading(tools.engine) as connection:
        return read_clock(connection).now()


class _Once:
    """A claim that is made until it has found something; how many hosts that were."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self.found = 0

    def __call__(self, connection: Connection, now: datetime, terms: ClaimTerms) -> list[ClaimedHost]:
        """Claim hosts, unless some have been found before."""
        hosts = [] if self.found else self._claim(connection, now, terms)
        self.found += len(hosts)
        return hosts


def drive(window: Window, claim: Claim, stop: Stop, began: float) -> Iterator[PollRecord]:
    """Keep the window full until the time to stop claiming, then drain it."""
    limits = window.tools.limits
    ends_at = began + limits.deadline.total_seconds()
    claim_again_at = began
    try:
        while (now := time.monotonic()) < ends_at:
            stopping = stop()
            if stopping:
                ends_at = min(ends_at, now + _GRACE)
            if stopping or now - began >= limits.stop_claiming.total_seconds():
                window.begin_no_more()
            elif (now >= claim_again_at or not window.is_busy) and window.room:
                left = min(limits.stop_claiming - timedelta(seconds=now - began), BEGIN_WITHIN)
                if not _top_up(window, claim, left):
                    claim_again_at = now + _CLAIM_AGAIN
            if not window.is_busy:
                break
            yield from window.turn(_TURN)
        yield from window.close()
    finally:
        # Also when interrupted in mid-turn: what was claimed is given back, what was found is kept.
        window.close()


def _top_up(window: Window, claim: Claim, left: timedelta) -> int:
    """Claim as many hosts as there is room for, with what can begin in the time left; return how many there were."""
    terms = replace(window.tools.terms, hosts=window.room, begin_within=left)

    def work(connection: Connection) -> tuple[Clock, list[ClaimedHost]]:
        clock = read_clock(connection)
        return clock, claim(connection, clock.now(), terms)

    clock, hosts = write(window.tools.engine, work)
    window.admit(clock, hosts)
    return len(hosts)
