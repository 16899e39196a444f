"""Asking hosts outside a poll, as politely as in one: under their leases, one request at a time, with their gaps."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Self

from sqlalchemy import Connection

from worker.basics.urls import host_key
from worker.claim.leasing import claim_as_guest
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.locks import HostRelease
from worker.errors import ErrorClass, PollError, TransientError
from worker.fetch import Location, Transfers
from worker.pipeline import Stop, Tools
from worker.pipeline.conclude import store_results
from worker.schedule.refusals import follow_answer
from worker.values.due_feeds import ClaimedHost, Document, Fetched, FetchRequest, Message, NotModified, Taken
from worker.values.request_settings import RequestSettings

# No feed has this number.
_NO_FEED = 0
_TURN = timedelta(milliseconds=200)


class Lookup:
    """The requests that look for one feed; a class because it holds the leases of all the hosts it asks.

    No request begins after ``time_left``. It waits up to ``patience`` for hosts that another worker holds.
    """

    def __init__(
        self,
        tools: Tools,
        stop: Stop,
        time_left: timedelta,
        patience: timedelta = timedelta(0),
        settings: RequestSettings | None = None,
    ) -> None:
        """Look for a feed as it is polled: ``settings`` are those of its requests."""
        self._tools = tools
        self._settings = settings
        self._stop = stop
        with reading(tools.engine) as connection:
            self._clock = read_clock(connection)
        self._ends_at = self._clock.now() + time_left
        self._patience_ends_at = self._clock.now() + patience
        # The last request may take as long as any fetch, and the leases must not end before it.
        self._terms = replace(tools.terms, lease=time_left + tools.limits.deadline)
        self._hosts: dict[int, ClaimedHost] = {}
        # Several names may share one host's lease.
        self._host_ids: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Give the hosts back."""
        now = self._clock.now()
        releases = [
            HostRelease(host.host_id, host.token, host.next_request_at or now, refusals=host.refusals)
            for host in self._hosts.values()
        ]
        self._hosts.clear()
        if releases:
            store_results(self._tools.engine, [], releases, now)

    def ask(self, url: str) -> Document:
        """Return the document at a URL; raises the PollError that stands in the way.

        Each host that a redirect leads to is asked under its own lease, after its own gap.
        """
        answer = self._request(FetchRequest(_NO_FEED, url, settings=self._settings))
        assert isinstance(answer, Document), "without validators nothing is unmodified"
        return answer

    def send(self, url: str, message: Message) -> None:
        """Send a message to a URL, as ``ask`` asks for a document."""
        self._request(FetchRequest(_NO_FEED, url, message=message))

    def _request(self, request: FetchRequest) -> Document | NotModified | Taken:
        asked = [self._turn_to(request.url)]

        def follow(location: Location) -> None:
            if not self._tools.guard.objection_to(location):
                self._note_request(asked[-1], None)
                asked.append(self._turn_to(location.href))

        try:
            answer = _fetch(self._tools.transfers, request, self._stop, follow)
        except PollError as error:
            self._note_request(asked[-1], error)
            raise
        self._note_request(asked[-1], None)
        return answer

    def _turn_to(self, url: str) -> ClaimedHost:
        """Return the URL's host once it may be asked."""
        host = self.hold(url)
        self._wait_for_gap(host)
        return host

    def hold(self, url: str) -> ClaimedHost:
        """Return the URL's host, leased until the lookup ends; TransientError when another worker keeps it."""
        name = host_key(url)
        while (host := self._claim(name)) is None:
            if self._clock.now() >= self._patience_ends_at or self._stop():
                raise _busy(f"{name} is being polled at the moment")
            time.sleep(_TURN.total_seconds())
        return host

    def _claim(self, name: str) -> ClaimedHost | None:
        """Return a host that this lookup holds, or can lease now."""

        def claim(connection: Connection) -> tuple[dict[str, int], list[ClaimedHost]]:
            return claim_as_guest(connection, self._clock.now(), self._terms, [name])

        if self._host_ids.get(name) not in self._hosts:
            host_ids, hosts = write(self._tools.engine, claim)
            self._host_ids |= host_ids
            self._hosts |= {host.host_id: host for host in hosts}
        return self._hosts.get(self._host_ids[name])

    def may_ask(self, host: ClaimedHost) -> bool:
        """Say whether the host may be asked before the lookup's time is over."""
        return host.next_request_at is None or host.next_request_at <= self._ends_at

    def _wait_for_gap(self, host: ClaimedHost) -> None:
        if not self.may_ask(host):
            raise _busy(f"{host.name} is not to be asked again before {host.next_request_at:%Y-%m-%d %H:%M} UTC")
        begins_at = host.next_request_at or self._clock.now()
        while (wait := begins_at - self._clock.now()) > timedelta(0) and not self._stop():
            time.sleep(min(wait, _TURN).total_seconds())
        if self._clock.now() > self._ends_at:
            raise _busy("there was no time left to ask")

    def _note_request(self, host: ClaimedHost, error: PollError | None) -> None:
        """Let the host be asked next after its gap, or once it is no longer held for its refusals."""
        now = self._clock.now()
        refusals = follow_answer(host.refusals, None, error, now)
        next_request_at = max(now + host.gap, refusals.held_until or now)
        self._hosts[host.host_id] = replace(host, next_request_at=next_request_at, refusals=refusals)


def fetch_document(
    transfers: Transfers,
    url: str,
    stop: Stop = lambda: False,
    settings: RequestSettings | None = None,
    follow: Callable[[Location], None] | None = None,
) -> Document:
    """Return one document, fetched through the same guard and limits as any feed; raises the PollError it ended in.

    ``follow`` is called before a redirect to another host is followed, and may wait or raise.
    """
    answer = _fetch(transfers, FetchRequest(_NO_FEED, url, settings=settings), stop, follow)
    assert isinstance(answer, Document), "without validators nothing is unmodified"
    return answer


def _fetch(
    transfers: Transfers, request: FetchRequest, stop: Stop, follow: Callable[[Location], None] | None = None
) -> Document | NotModified | Taken:
    transfers.start(request, is_paced=follow is not None)
    fetched: list[Fetched] = []
    try:
        while not fetched:
            if stop():
                raise TransientError(ErrorClass.INCOMPLETE, "feedmill was told to stop")
            fetched = transfers.step(_TURN)
            for hop in transfers.take_held():
                if follow:
                    follow(hop.location)
                transfers.send(_NO_FEED)
    finally:
        # If this is interrupted, whoever uses these transfers next must not get the answer.
        transfers.abandon(_NO_FEED)
    answer = fetched[0].answer
    if isinstance(answer, PollError):
        raise answer
    return answer


def _busy(sentence: str) -> TransientError:
    return TransientError(ErrorClass.BUSY, sentence)
