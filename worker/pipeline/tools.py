"""What a process keeps from poll to poll: the fetcher and the parser, beside the store's engine."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from worker.basics.languages import find_detector
from worker.basics.stopping import TimeLimits, time_limits
from worker.claim.due import ClaimTerms
from worker.database.engine import store_engine
from worker.fetch import FetchLimits, Guard, Transfers
from worker.normalise.language import Detect
from worker.parse import ParseLimits, Parser
from worker.settings import Settings, settings
from worker.store.outages import Outages
from worker.values.schedules import Bounds

# --- How many files and sockets a process may hold open: the soft limit most systems set is meant for smaller
# programs.


def allow_descriptors(wanted: int) -> int:
    """Let this process hold ``wanted`` descriptors open, as far as its hard limit goes; return how many it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


# Of a host with a gap so short that it allows more: what one task can be expected to get through.
_FEEDS_PER_HOST = 200
# A hanging host costs a socket and its handle. With 300 slots that is 1,000 polls a second of which 5 % hang for 30 s.
_HANGING_PER_SLOT = 5
# Idle connections, second addresses that are tried, the store, the broker, the parser, logs.
_OTHER_DESCRIPTORS = 300
# By process, for a forked child must not use its parent's.
_idle: dict[int, list["Tools"]] = {}


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything polling needs; the fetcher and the parser serve one caller at a time."""

    engine: Engine
    transfers: Transfers
    parser: Parser
    detect: Detect | None
    """Null without the extra ``language``."""
    outages: Outages
    terms: ClaimTerms
    bounds: Bounds
    limits: TimeLimits
    slots: int
    """Hosts in flight at once, but for those that hang."""
    hanging: int
    """Hosts that may hang beside them; any more take a slot."""

    def close(self) -> None:
        """Drop connections and the parser's child."""
        self.transfers.close()
        self.parser.close()


@contextmanager
def borrowed_tools() -> Iterator[Tools]:
    """Lend tools of this process that nobody uses, made where there are none: each serves one caller at a time."""
    idle = _idle.setdefault(os.getpid(), [])
    try:
        tools = idle.pop()
    except IndexError:
        tools = make_tools(settings(), store_engine())
    try:
        yield tools
    finally:
        idle.append(tools)


def make_tools(chosen: Settings, engine: Engine) -> Tools:
    """Make the tools that the settings ask for."""
    limits = time_limits(chosen.fetch_timeout)
    return Tools(
        engine=engine,
        transfers=Transfers(
            FetchLimits(
                timeout=chosen.fetch_timeout,
                connect_timeout=chosen.connect_timeout,
                max_body=chosen.max_body,
                user_agent=chosen.user_agent,
            ),
            Guard.allowing(chosen.allow_hosts),
        ),
        parser=Parser(ParseLimits(max_entries=chosen.max_entries)),
        detect=find_detector(),
        outages=Outages(engine),
        terms=ClaimTerms(
            lease=limits.lease,
            gap=chosen.host_gap,
            parallel=chosen.host_parallel,
            hosts=chosen.batch_size,
            feeds_per_host=_FEEDS_PER_HOST,
        ),
        bounds=bounds_of_settings(chosen),
        limits=limits,
        slots=chosen.fetch_parallel,
        hanging=_room_to_hang(chosen.fetch_parallel),
    )


def bounds_of_settings(chosen: Settings) -> Bounds:
    """Return how often a feed may be polled for which its operator chose nothing of its own."""
    return Bounds(chosen.poll_interval, chosen.poll_interval_min, chosen.poll_interval_max)


def _room_to_hang(slots: int) -> int:
    """Return how many hosts may hang, as far as the sockets of this process go."""
    wanted = _HANGING_PER_SLOT * slots
    return max(0, min(wanted, allow_descriptors(slots + wanted + _OTHER_DESCRIPTORS) - slots - _OTHER_DESCRIPTORS))
