"""The tools that a process keeps from poll to poll: the store's engine, the fetcher, the parser, and their limits."""

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine

from worker.basics.languages import find_detector
from worker.basics.stopping import TimeLimits, time_limits
from worker.claim.due import ClaimTerms
from worker.database.engine import file_of, store_engine
from worker.fetch import FetchLimits, Guard, Secrets, SecretsFile, Transfers
from worker.fetch.mailbox_access import MailAccess
from worker.fetch.mailbox_session import MailLimits
from worker.normalise.language import Detect
from worker.parse import ParseLimits, Parser
from worker.settings import Settings, read_feed_variables, settings
from worker.store.network_outages import Outages
from worker.values.schedules import Bounds
from worker.values.tallies import Tally

# The most that one task can be expected to poll of one host, however short the host's gap.
_FEEDS_PER_HOST = 200
# A host that hangs costs a socket and its handle. With 300 slots this allows 1,000 polls a second of which 5 % hang for
# 30 s.
_HANGING_PER_SLOT = 5
# Idle connections, second addresses that are tried, the store, the broker, the parser, logs.
_OTHER_DESCRIPTORS = 300


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything that polling needs; the fetcher and the parser serve one caller at a time."""

    engine: Engine
    transfers: Transfers
    guard: Guard
    """Of the fetcher: for judging addresses that nobody has dialled yet."""
    parser: Parser
    detect: Detect | None
    """None without the extra ``language``."""
    outages: Outages
    terms: ClaimTerms
    bounds: Bounds
    limits: TimeLimits
    slots: int
    """Hosts in flight at once, not counting those that hang."""
    hanging: int
    """Hosts that may hang besides; each further one takes a slot."""
    mail: MailAccess
    keeps_documents: bool = False
    """Whether what hosts serve is kept, to be read again by a better parser."""
    tally: Tally = field(default_factory=Tally)
    """What was counted and has not been added to the store yet."""

    def close(self) -> None:
        """Drop connections and the parser's child."""
        self.transfers.close()
        self.parser.close()


class SharedTools:
    """Tools that threads borrow, each of them for itself; a class because idle ones are kept from poll to poll."""

    def __init__(self, make: Callable[[], Tools]) -> None:
        self._make = make
        # By process: a forked child must not use its parent's tools.
        self._idle: dict[int, list[Tools]] = {}
        self._is_closed = False

    @contextmanager
    def borrowed(self) -> Iterator[Tools]:
        """Lend tools of this process that nobody else is using, and make new ones where there are none."""
        idle = self._idle.setdefault(os.getpid(), [])
        try:
            tools = idle.pop()
        except IndexError:
            tools = self._make()
        try:
            yield tools
        finally:
            if self._is_closed:
                tools.close()
            else:
                idle.append(tools)

    def close(self) -> None:
        """Close this process's tools: the idle ones now, those that are lent when they come back."""
        self._is_closed = True
        idle = self._idle.get(os.getpid(), [])
        while idle:
            idle.pop().close()


_OF_TASKS = SharedTools(lambda: make_tools(settings(), store_engine()))


def borrowed_tools() -> AbstractContextManager[Tools]:
    """Lend the tools of this process's tasks, which are made as the settings ask for."""
    return _OF_TASKS.borrowed()


def make_tools(chosen: Settings, engine: Engine, *, is_guest: bool = False) -> Tools:
    """Make the tools that the settings ask for; as a guest in another program leave its limit of open files alone."""
    limits = time_limits(chosen.fetch_timeout)
    fetch_limits = FetchLimits(
        chosen.fetch_timeout,
        chosen.connect_timeout,
        max_body=chosen.max_body,
        user_agent=chosen.user_agent,
        proxy=chosen.proxy,
        ca_bundle=str(chosen.ca_bundle) if chosen.ca_bundle else None,
    )
    secrets = Secrets(open_secrets_file(chosen, engine), read_feed_variables())
    guard = Guard.allowing(chosen.allow_hosts)
    return Tools(
        engine=engine,
        transfers=Transfers(fetch_limits, guard, secrets),
        guard=guard,
        parser=Parser(ParseLimits(max_entries=chosen.max_entries)),
        detect=find_detector(),
        outages=Outages(engine),
        terms=ClaimTerms(
            limits.lease, chosen.host_gap, chosen.host_parallel, hosts=chosen.batch_size, feeds_per_host=_FEEDS_PER_HOST
        ),
        bounds=bounds_of_settings(chosen),
        limits=limits,
        slots=chosen.fetch_parallel,
        hanging=_room_to_hang(chosen.fetch_parallel, may_raise=not is_guest),
        mail=_mail_access(chosen, secrets.file),
        keeps_documents=chosen.retain_documents is not None,
    )


def _mail_access(chosen: Settings, secrets: SecretsFile) -> MailAccess:
    ca_bundle = str(chosen.ca_bundle) if chosen.ca_bundle else None
    every = chosen.mailbox_interval
    return MailAccess(
        mailboxes={each.url: each for each in chosen.mailbox},
        limits=MailLimits(chosen.fetch_timeout, chosen.connect_timeout, chosen.max_body, ca_bundle),
        bounds=Bounds(every, every, chosen.poll_interval_max, is_fixed=True),
        secrets=secrets,
        password=chosen.mailbox_password.get_secret_value() if chosen.mailbox_password else None,
    )


def open_secrets_file(chosen: Settings, engine: Engine) -> SecretsFile:
    """Return the secrets file that the settings name, else the one beside an SQLite store."""
    store = file_of(engine)
    beside = store.with_name(f"{store.name}.secrets") if store else None
    return SecretsFile(chosen.secrets_file or beside)


def bounds_of_settings(chosen: Settings) -> Bounds:
    """Return the bounds for feeds whose operator chose no interval of their own."""
    return Bounds(chosen.poll_interval, chosen.poll_interval_min, chosen.poll_interval_max)


def _room_to_hang(slots: int, *, may_raise: bool) -> int:
    """Return how many hosts may hang at once, as far as this process may open sockets for them."""
    wanted = _HANGING_PER_SLOT * slots
    allowed = _allow_descriptors(slots + wanted + _OTHER_DESCRIPTORS, may_raise=may_raise)
    return max(0, min(wanted, allowed - slots - _OTHER_DESCRIPTORS))


def _allow_descriptors(wanted: int, *, may_raise: bool) -> int:
    """Let this process hold ``wanted`` files and sockets open, or as many as its hard limit allows; return how many.

    The soft limit of most systems is meant for smaller programs.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    if not may_raise:
        return soft
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most
