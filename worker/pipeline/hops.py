"""Hops: requests of polls under way that wait for a host besides the one that their feed's lease is on.

A redirect to another host waits for that host's lease and pace, as a guest of its visit. What is to be asked again over
HTTP/2 waits for the pace of the same host. A request to a name with siblings waits, once its address is known, for the
pace that the names at that address share. Meanwhile nothing counts: no deadline runs, and the host that redirected may
be asked for other feeds.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from worker.claim.families import FoundName, note_addresses
from worker.claim.leasing import claim_as_guest
from worker.database.clock import Clock
from worker.database.conflicts import must_stop, write
from worker.fetch import HeldHop
from worker.pipeline.pace import Pace
from worker.pipeline.servers import Servers
from worker.pipeline.shared_commit import SharedCommit
from worker.pipeline.tools import Tools
from worker.pipeline.visits import Visit
from worker.values.due_feeds import ClaimedHost, DueFeed
from worker.values.outcomes import WAITS_FOR_TURN, PutOff

# How soon a lease that another worker holds is asked for again, and how long a poll that did not get it is put off.
_ASK_AGAIN = timedelta(seconds=1)
_PUT_OFF = timedelta(minutes=1)
_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class Begun:
    """A feed that is being asked for; not frozen, for redirects lead it from host to host."""

    feed: DueFeed
    visit: Visit
    """Of the feed's host: under its lease the poll is stored."""
    started_at: datetime
    asked: Visit | None
    """Of the host that its present request is for; None while that is not leased."""
    pace: Pace | None
    """What its present request counts for; None while that has not been sent."""
    hop: HeldHop | None = None
    """The request that waits."""
    is_answered: bool = False
    """Whether a host has answered it already, and what it said led to another request."""
    name: str = ""
    """The name that its present request is for, where that has siblings: ``hostname:port``."""
    is_elsewhere: bool = False
    """Whether its last answer came from another server than the one that the leased row stands for."""

    @property
    def is_guest(self) -> bool:
        """Whether its present request is for another host than its feed's."""
        return self.asked is not self.visit


class Hops:
    """The hops of one window that wait; a class because they wait from turn to turn."""

    def __init__(self, tools: Tools, visits: dict[int, Visit], shared: SharedCommit, *, force: bool = False) -> None:
        """``visits`` are the window's: a host that only guests ask is added to them."""
        self._tools = tools
        self._visits = visits
        self._shared = shared
        self._force = force
        self._waiting: dict[int, Begun] = {}
        self._ask_again_at: dict[str, datetime] = {}
        self._promised: dict[str, datetime] = {}
        self._servers = Servers()
        self._is_over = False
        self.put_off_until: datetime | None = None
        """By when all polls have their turn that are put off for nothing but the gap of a host."""

    def __len__(self) -> int:
        return len(self._waiting)

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def begin_no_more(self) -> None:
        """Give up what cannot be sent at once, now and from now on, and whatever would be its feed's first request."""
        self._is_over = True

    def take(self, begun: Begun, hop: HeldHop, now: datetime) -> None:
        """Take in a request that the fetcher has not sent, and send it at once where nothing speaks against that."""
        begun.hop = hop
        if hop.addresses:
            self._meet(begun, hop)
        else:
            self._wait_for_host(begun, hop, now)

    def send(self, clock: Clock) -> list[tuple[Begun, PutOff | None]]:
        """Send what may be sent by now; return the polls that are given up, and until when each is put off.

        A poll whose feed's host has not been asked yet is not put off: it stays due, and its host says when.
        """
        now = clock.now()
        self._find_hosts(clock)
        given_up = []
        for feed_id, begun in list(self._waiting.items()):
            if self._count_request(begun, now):
                del self._waiting[feed_id]
                self._send(begun)
            elif self._must_give_up(begun, now):
                del self._waiting[feed_id]
                given_up.append((begun, self._put_off(begun, now)))
                self._leave(begun, now)
            elif begun.asked and now > begun.asked.begin_until:
                # That lease is about to end; what still waits needs another one.
                self._leave(begun, now)
        return given_up

    def note_server(self, begun: Begun, address: str) -> None:
        """Let what was answered count for the server that it came from."""
        if begun.name and address and begun.asked and begun.pace:
            found = FoundName(begun.name, address, None if begun.is_guest else begun.feed.feed_id)
            begun.is_elsewhere = self._servers.note_answer(begun.asked, begun.pace, found)

    def store_found(self, clock: Clock) -> None:
        """Note where names were found whose visits are over, so that other workers know of it too."""
        for found in self._servers.take_found(self._visits):
            try:
                write(self._tools.engine, partial(note_addresses, now=clock.now(), found=found))
            except Exception as error:
                if must_stop(error):
                    raise
                _LOG.exception("address not noted", host=found.name)

    def end(self, visit: Visit, now: datetime) -> None:
        """End the lease of a visit that is over."""
        if visit.is_over and visit.host.host_id in self._visits:
            del self._visits[visit.host.host_id]
            self._shared.add(None, visit.release(now))

    def _meet(self, begun: Begun, hop: HeldHop) -> None:
        """Let a request to a name whose address is known count for the pace that the names there share."""
        assert begun.asked, "a name is looked up for a host that is leased"
        asked, begun.name, begun.is_elsewhere = begun.asked, hop.location.place, False
        pace = self._servers.find_pace(asked, hop.addresses)
        if pace is begun.pace:
            self._send(begun)
            return
        if begun.pace:
            begun.pace.withdraw()
        begun.pace = None
        asked.pace = pace
        self._waiting[begun.feed.feed_id] = begun

    def _wait_for_host(self, begun: Begun, hop: HeldHop, now: datetime) -> None:
        """Let a request that an answer led to wait for its host: the one before it has ended."""
        assert begun.pace, "what was answered had been sent"
        begun.pace.note_answer(now)
        self.note_server(begun, hop.served_from)
        begun.is_answered = True
        self._leave(begun, now)
        if self._tools.guard.objection_to(hop.location):
            # Nobody is asked; the fetcher says why.
            begun.asked, begun.pace = begun.visit, begun.visit.pace
            begun.pace.note_request(now)
            self._send(begun)
        else:
            self._waiting[begun.feed.feed_id] = begun

    def _leave(self, begun: Begun, now: datetime) -> None:
        """Let a poll be nobody's guest any more."""
        asked, begun.asked, begun.pace = begun.asked, None, None
        begun.name, begun.is_elsewhere = "", False
        if asked and asked is not begun.visit:
            asked.give_back()
            self.end(asked, now)

    def _send(self, begun: Begun) -> None:
        assert begun.hop, "something waited"
        assert begun.asked, "its host is leased"
        shows_addresses = begun.asked.host.domain is not None
        at = begun.asked.pace.address
        self._tools.transfers.send(begun.feed.feed_id, shows_addresses=shows_addresses, dial_first=at)
        begun.hop = None

    def _count_request(self, begun: Begun, now: datetime) -> bool:
        """Count a request that waits for the host that it is for, if it may be sent now."""
        asked = begun.asked
        if asked is None or now > min(asked.begin_until, begun.visit.begin_until):
            return False
        begins = not begun.is_answered
        if (begins and self._is_over) or not asked.send_hop(now, is_guest=begun.is_guest):
            return False
        begun.pace = asked.pace
        return True

    def _must_give_up(self, begun: Begun, now: datetime) -> bool:
        until = begun.visit.begin_until
        is_held_too_long = begun.asked is not None and begun.asked.pace.is_too_late(until)
        return self._is_over or now > until or is_held_too_long

    def _put_off(self, begun: Begun, now: datetime) -> PutOff | None:
        if not begun.is_answered:
            return None
        assert begun.hop, "it waits"
        host, name = begun.visit.host, begun.hop.location.place
        gap = begun.asked.pace.gap if begun.asked else self._tools.terms.gap
        free_at = begun.asked.pace.next_request_at if begun.asked else now + _PUT_OFF
        # Those that wait for one host are not all to come back at one moment.
        at = self._promised[name] = max(filter(None, (free_at, self._promised.get(name), now))) + gap
        if begun.asked and not begun.asked.pace.is_too_late(now + gap):
            self.put_off_until = at
        reason = f"{WAITS_FOR_TURN}{name}, {begun.hop.why}"
        return PutOff(begun.feed.feed_id, host.host_id, host.token, begun.feed.instructions, at, reason)

    def _find_hosts(self, clock: Clock) -> None:
        """Find a visit for each hop that needs one: the window has it, or its host is leased for it now."""
        now = clock.now()
        homeless: dict[str, list[Begun]] = defaultdict(list)
        for begun in self._waiting.values():
            if begun.asked is None and begun.hop:
                homeless[begun.hop.location.place].append(begun)
        if not homeless:
            return
        for visit in self._visits.values():
            if visit.host.name in homeless and now <= visit.begin_until:
                _receive(visit, homeless.pop(visit.host.name))
        names = [name for name in homeless if self._ask_again_at.get(name, now) <= now]
        for name, visit in self._lease(names, clock):
            _receive(visit, homeless.pop(name))
        self._ask_again_at = {name: at for name, at in self._ask_again_at.items() if at > now} | dict.fromkeys(
            (name for name in names if name in homeless), now + _ASK_AGAIN
        )

    def _lease(self, names: list[str], clock: Clock) -> Iterator[tuple[str, Visit]]:
        """Lease hosts, and yield the names of those that this window holds now."""
        if not names:
            return
        now, terms = clock.now(), self._tools.terms

        def claim(connection: Connection) -> tuple[dict[str, int], list[ClaimedHost]]:
            return claim_as_guest(connection, now, terms, names, force=self._force)

        host_ids, hosts = write(self._tools.engine, claim)
        self._visits.update((host.host_id, Visit(host, now)) for host in hosts)
        for name, host_id in host_ids.items():
            visit = self._visits.get(host_id)
            if visit and now <= visit.begin_until:
                yield name, visit


def _receive(visit: Visit, guests: list[Begun]) -> None:
    for begun in guests:
        begun.asked = visit
        if begun.is_guest:
            visit.take_guest()
