"""Polling the feeds that are due: a loop that claims hosts into a window, and ends when the time of a task is over."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from worker.basics.garbage import rare_collections
from worker.basics.stopping import BEGIN_WITHIN, stops_after
from worker.claim.due import ClaimTerms
from worker.claim.leasing import (
    claim_due_hosts,
    claim_isolated_hosts,
    count_claimable_hosts,
    find_next_claim,
    is_any_isolated_claimable,
)
from worker.database.clock import Clock, read_clock
from worker.database.clock_steps import mend_clock_step
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.tally_table import add_tally
from worker.pipeline.mailbox_polls import poll_due_mailboxes
from worker.pipeline.tools import Tools
from worker.pipeline.window import Window
from worker.values.due_feeds import ClaimedHost
from worker.values.outcomes import PollRecord
from worker.values.tallies import CLAIM_SECONDS, CLAIMED_FEEDS, CLAIMED_HOSTS, Tally

# How long one turn waits for the network, how soon a claim that found nothing is made again, how long a stop may take.
_TURN = timedelta(milliseconds=100)
_CLAIM_AGAIN = timedelta(seconds=1)
_GRACE = timedelta(seconds=5)
# "Everything that is due" leaves out hosts that may not be asked for longer than this.
PATIENCE = timedelta(seconds=10)
# How long one task polls suspects alone, while all other feeds wait.
_APART_FOR = timedelta(seconds=10)
# How long a window claims when no Celery message waits to be acknowledged. At its end only hosts that hang are in
# flight and slots stand idle, so that must be rare.
_CLAIM_FOR = timedelta(minutes=10)

Stop = Callable[[], bool]
"""Asked on every turn: once it returns True nothing more begins, and what is in flight gets a few seconds."""

Claim = Callable[[Connection, datetime, ClaimTerms], list[ClaimedHost]]
"""Leases hosts with feeds to poll; none when there is nothing to do at the moment."""


def poll_due(tools: Tools, stop: Stop) -> Generator[PollRecord, None, datetime | None]:
    """Poll feeds that are due, until none is or the time of one task is over; yield each poll once it is stored.

    Return by when all those have their turn that must wait for the gap of a host that redirects lead to, if any must.
    """
    began = time.monotonic()
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
        # Messages may have piled up while nobody worked: each of them costs only this look.
        if not count_claimable_hosts(connection, now, 1):
            return None
        has_suspects = is_any_isolated_claimable(connection, now)
    # Feeds that may be killing workers are polled first and alone: a death is then certainly theirs.
    is_over = stops_after(_APART_FOR)
    while has_suspects and not (stop() or is_over()):
        found: list[ClaimedHost] = []
        yield from poll_in_window(Window(tools), _claim_isolated_once(found), stop, began)
        if not found:
            break
    window = Window(tools)
    yield from poll_in_window(window, claim_due_hosts, stop, began)
    return window.put_off_until


def _claim_isolated_once(found: list[ClaimedHost]) -> Claim:
    """Return a claim of suspects that adds the hosts to ``found``, and claims nothing more once there are any."""

    def claim(connection: Connection, now: datetime, terms: ClaimTerms) -> list[ClaimedHost]:
        hosts = [] if found else claim_isolated_hosts(connection, now, terms)
        found.extend(hosts)
        return hosts

    return claim


def poll_all_due(tools: Tools, stop: Stop) -> Iterator[PollRecord]:
    """Poll every feed that is due now, however long it takes, except where a host asked to be left alone."""
    mend_clock_step(tools.engine, tools.terms.lease, tools.terms.gap)
    yield from poll_due_mailboxes(tools, stop)
    with reading(tools.engine) as connection:
        due_by = read_clock(connection).now()
    deadline = _CLAIM_FOR + tools.limits.deadline - tools.limits.stop_claiming
    tools = replace(tools, limits=replace(tools.limits, stop_claiming=_CLAIM_FOR, deadline=deadline))
    while not stop():
        due_by = max(due_by, (yield from poll_due(tools, stop)) or due_by)
        with reading(tools.engine) as connection:
            now = read_clock(connection).now()
            at = find_next_claim(connection, due_by, now + PATIENCE)
        if at is None:
            break
        # What makes us wait here is the gap of a host with many feeds.
        time.sleep(max((at - now).total_seconds(), 0.0))


def count_poll_tasks(engine: Engine, hosts_per_task: int, most: int) -> int:
    """Return how many poll tasks have work now, ``most`` at the most."""
    with reading(engine) as connection:
        claimable = count_claimable_hosts(connection, read_clock(connection).now(), hosts_per_task * most)
    return -(-claimable // hosts_per_task)


def poll_in_window(window: Window, claim: Claim, stop: Stop, began: float) -> Iterator[PollRecord]:
    """Keep the window full until the time to stop claiming, then drain it; at the end add what was counted."""
    tally = window.tools.tally
    with rare_collections():
        for record in _poll_in_window(window, claim, stop, began):
            tally.count_poll(record)
            yield record
    add_tally(window.tools.engine, tally)


def _poll_in_window(window: Window, claim: Claim, stop: Stop, began: float) -> Iterator[PollRecord]:
    limits = window.tools.limits
    ends_at = began + limits.deadline.total_seconds()
    claim_again_at = began
    try:
        while (now := time.monotonic()) < ends_at:
            stopping = stop()
            if stopping:
                ends_at = min(ends_at, now + _GRACE.total_seconds())
            if stopping or now - began >= limits.stop_claiming.total_seconds():
                window.begin_no_more()
            elif (now >= claim_again_at or not window.is_busy) and window.room:
                left = min(limits.stop_claiming - timedelta(seconds=now - began), BEGIN_WITHIN)
                if not _top_up(window, claim, left):
                    claim_again_at = now + _CLAIM_AGAIN.total_seconds()
            if not window.is_busy:
                break
            yield from window.turn(_TURN)
        yield from window.store_read(is_last=True)
        yield from window.close()
    finally:
        # Also when interrupted in mid-turn: hosts are given back, and polls that wait for their commit are stored.
        window.close()


def _top_up(window: Window, claim: Claim, left: timedelta) -> int:
    """Claim as many hosts as there is room for, with feeds that can begin in the time left; return how many."""
    terms = replace(window.tools.terms, hosts=window.room, begin_within=left)

    def read_and_claim(connection: Connection) -> tuple[Clock, list[ClaimedHost]]:
        clock = read_clock(connection)
        return clock, claim(connection, clock.now(), terms)

    asked_at = time.monotonic()
    clock, hosts = write(window.tools.engine, read_and_claim)
    if hosts:
        _count_claim(window.tools.tally, hosts, time.monotonic() - asked_at)
    window.admit(clock, hosts)
    return len(hosts)


def _count_claim(tally: Tally, hosts: Sequence[ClaimedHost], seconds: float) -> None:
    tally.observe(CLAIM_SECONDS, seconds)
    tally.count(CLAIMED_HOSTS, len(hosts))
    tally.count(CLAIMED_FEEDS, sum(len(host.feeds) for host in hosts))
