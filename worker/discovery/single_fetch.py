"""Asking hosts outside a poll, as politely as in one: under their leases, one request at a time, with their gaps."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Self

from worker.basics.urls import host_key
from worker.claim.leasing import claim_host
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.locks import HostRelease
from worker.errors import ErrorClass, PollError, TransientError
from worker.fetch import Transfers
from worker.pipeline import Stop, Tools
from worker.pipeline.conclude import store_results
from worker.schedule.refusals import follow_answer
from worker.values.due_feeds import ClaimedHost, Document, Fetched, FetchRequest
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
        self._hosts: dict[str, ClaimedHost] = {}

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
        """Return the document at a URL; raises the PollError that stands in the way."""
        host = self.hold(url)
        self._wait_for_gap(host)
        try:
            document = fetch_document(self._tools.transfers, url, self._stop, self._settings)
        except PollError as error:
            self._note_request(host, error)
            raise
        self._note_request(host, None)
        return document

    def hold(self, url: str) -> ClaimedHost:
        """Return the URL's host, leased until the lookup ends; TransientError when another worker keeps it."""
        engine, name = self._tools.engine, host_key(url)
        while name not in self._hosts:
            if claimed := write(
                engine, lambda connection: claim_host(connection, self._clock.now(), self._terms, name)
            ):
                self._hosts[name] = claimed
            elif self._clock.now() >= self._patience_ends_at or self._stop():
                raise _busy(f"{name} is being polled at the moment")
            else:
                time.sleep(_TURN.total_seconds())
        return self._hosts[name]

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
        self._hosts[host.name] = replace(host, next_request_at=next_request_at, refusals=refusals)


def fetch_document(
    transfers: Transfers, url: str, stop: Stop = lambda: False, settings: RequestSettings | None = None
) -> Document:
    """Return one document, fetched through the same guard and limits as any feed; raises the PollError it ended in."""
    transfers.start(FetchRequest(_NO_FEED, url, settings=settings))
    fetched: list[Fetched] = []
    try:
        while not fetched:
            if stop():
                raise TransientError(ErrorClass.INCOMPLETE, "feedmill was told to stop")
            fetched = transfers.step(_TURN)
    finally:
        # If this is interrupted, whoever uses these transfers next must not get the answer.
        transfers.abandon(_NO_FEED)
    answer = fetched[0].answer
    if isinstance(answer, PollError):
        raise answer
    assert isinstance(answer, Document), "without validators nothing is unmodified"
    return answer


def _busy(sentence: str) -> TransientError:
    return TransientError(ErrorClass.BUSY, sentence)
