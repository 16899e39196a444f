"""The rolling window: one task keeps many polls in flight and tops the window up as slots come free.

A feed that hangs never holds up its neighbours: whatever ends first is read and stored first, and a host that has kept
us waiting for a while gives its slot to another. Polls share commits: those that brought nothing, and documents that
were read in one turn.
"""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from worker.basics.stopping import is_interruption
from worker.database.clock import Clock
from worker.database.conflicts import is_conflict, is_store_failing
from worker.database.locks import HostRelease
from worker.errors import ErrorClass, PermanentError, PollError
from worker.pipeline.answered import Answered, bounds_of, conclude_failure, conclude_unchanged, hash_body
from worker.pipeline.conclude import store_documents
from worker.pipeline.shared_commit import ReadDocument, SharedCommit, in_bunches
from worker.pipeline.tools import Tools
from worker.pipeline.visits import Visit
from worker.values.due_feeds import ClaimedHost, Credentials, Document, DueFeed, Fetched, FetchRequest, NotModified
from worker.values.outcomes import PollRecord, PollResult

# With more documents than this waiting for the parser nothing more is claimed.
_PARSER_BACKLOG = 20
_LOOK_IN = timedelta(milliseconds=5)
# Longer than nearly every host takes that answers at all.
_PATIENCE = timedelta(seconds=2)
_LOG = structlog.get_logger(__name__)
# The parser may still answer for a window that was given up: no number is ever used twice.
_KEYS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class _Begun:
    feed: DueFeed
    visit: Visit
    started_at: datetime


class Window:
    """The polls that one task has in flight; a class because they outlive each turn of its loop."""

    def __init__(self, tools: Tools, credentials: Credentials | None = None) -> None:
        self.tools = tools
        self._clock: Clock
        self._credentials = credentials
        self._visits: dict[int, Visit] = {}
        # Those with feeds that have not begun; most hosts have one feed, and are looked at once.
        self._waiting: dict[int, Visit] = {}
        self._on_the_wire: dict[int, _Begun] = {}
        # In the order they began; those that have hung for long enough are taken off at the front.
        self._young: deque[_Begun] = deque()
        self._hanging: set[int] = set()
        self._being_read: dict[int, tuple[Visit, Answered]] = {}
        self._unstored: list[ReadDocument] = []
        self._quiet = SharedCommit(tools.engine)

    @property
    def is_busy(self) -> bool:
        """True while anything that was claimed has not been given back."""
        return bool(self._visits or self._quiet)

    @property
    def room(self) -> int:
        """How many more hosts may be claimed now: none until half a batch fits, to make each claim worth its while."""
        hanging = min(len(self._hanging), self.tools.hanging)
        room = min(self.tools.slots - len(self._visits) + hanging, self.tools.terms.hosts)
        is_behind = self.tools.parser.pending > _PARSER_BACKLOG
        return 0 if is_behind or 2 * room < min(self.tools.terms.hosts, self.tools.slots) else room

    def admit(self, clock: Clock, hosts: Iterable[ClaimedHost]) -> None:
        """Take in claimed hosts, and the reading of the database's clock that their claim was made at."""
        self._clock = clock
        for host in hosts:
            self._visits[host.host_id] = self._waiting[host.host_id] = Visit(host, clock.now())

    def begin_no_more(self) -> None:
        """Give back what has not begun: it stays due and is not counted."""
        for visit in self._waiting.values():
            visit.begin_no_more()

    def turn(self, wait: timedelta) -> Iterator[PollRecord]:
        """Begin what may begin, wait a moment for answers, and store what has ended."""
        self._begin()
        self._tell_who_hangs()
        transfers, parser = self.tools.transfers, self.tools.parser
        # The parser cannot wake a wait for the network: look in on it often while it works.
        wait = min(wait, _LOOK_IN) if parser.pending else wait
        for fetched in transfers.step(wait, held_bytes=parser.pending_bytes):
            self._sort(fetched)
        self._unstored += self._read()
        for documents in in_bunches(list(self._unstored)):
            yield from self._store(documents)
        if self._quiet.is_due or (self._quiet and not self._visits):
            yield from self._quiet.commit(self._clock)

    def close(self) -> list[PollRecord]:
        """Give up what is in flight, give back all hosts, and store what still waits for its commit."""
        for feed_id in self._on_the_wire:
            self.tools.transfers.abandon(feed_id)
        if self._being_read:
            self.tools.parser.close()
        self._give_back(list(self._unstored), None)
        for visit in self._visits.values():
            self._quiet.add(None, visit.release(self._clock.now()))
        for held in (self._on_the_wire, self._being_read, self._visits, self._waiting, self._young, self._hanging):
            held.clear()
        return self._quiet.commit(self._clock) if self._quiet else []

    def _begin(self) -> None:
        for host_id, visit in list(self._waiting.items()):
            while feed := visit.begin(self._clock.now()):
                begun = self._on_the_wire[feed.feed_id] = _Begun(feed, visit, self._clock.now())
                self._young.append(begun)
                request = FetchRequest(feed.feed_id, feed.url, feed.validators, self._credentials)
                self.tools.transfers.start(request)
            if not visit.is_waiting:
                del self._waiting[host_id]
                if visit.is_over:
                    self._quiet.add(None, self._visits.pop(host_id).release(self._clock.now()))

    def _tell_who_hangs(self) -> None:
        while self._young and self._clock.now() - self._young[0].started_at > _PATIENCE:
            begun = self._young.popleft()
            if begun.feed.feed_id in self._on_the_wire:
                self._hanging.add(begun.visit.host.host_id)

    def _sort(self, fetched: Fetched) -> None:
        """Send a document to the parser; any other answer is concluded at once."""
        begun = self._on_the_wire.pop(fetched.request.feed_id)
        now = self._clock.now()
        begun.visit.answered(now)
        self._hanging.discard(begun.visit.host.host_id)
        bounds = bounds_of(begun.feed, self.tools.bounds)
        answered = Answered(begun.feed, begun.visit.host.token, begun.started_at, fetched, bounds)
        match fetched.answer:
            case Document() as document if hash_body(document) != begun.feed.body_hash:
                key = next(_KEYS)
                self._being_read[key] = (begun.visit, answered)
                self.tools.parser.submit(key, document)
            case Document() | NotModified():
                self._end_quietly(begun.visit, conclude_unchanged(answered, now))
            case PollError() as error:
                self._fail(begun.visit, answered, error)

    def _read(self) -> Iterator[ReadDocument]:
        """Yield the documents that have been read since the last turn; what is none is concluded at once."""
        for parsed in self.tools.parser.collect(timedelta(0)):
            if parsed.key in self._being_read:
                visit, answered = self._being_read.pop(parsed.key)
                if isinstance(parsed.answer, PollError):
                    self._fail(visit, answered, parsed.answer)
                else:
                    # The lease ends with the shared commit, after the polls of its host that wait there: else their
                    # feeds would be claimed again while they are still due.
                    yield ReadDocument(answered, parsed.answer, self._finish(visit, None, is_success=True))

    def _store(self, documents: Sequence[ReadDocument]) -> Iterator[PollRecord]:
        """Store documents in one commit, or each in its own where that fails."""
        now = self._clock.now()
        try:
            read = [(each.answered, each.parsed) for each in documents]
            records = store_documents(self.tools.engine, read, now, self.tools.detect)
        except Exception as error:
            # One feed that finds a fault in our code, or in whose way others are, must not stop its neighbours.
            if is_interruption(error):
                raise
            if len(documents) > 1 and not _is_gone(error):
                for each in documents:
                    yield from self._store([each])
                return
            if is_store_failing(error):
                # With the database gone there is no use in going on: leases expire, and the feeds are polled again.
                raise
            feed = documents[0].answered.feed
            _LOG.exception("poll failed inside feedmill", feed_id=feed.feed_id, url=feed.url)
            fault = PermanentError(ErrorClass.INTERNAL, "a fault in Feedmill itself; its log has the details")
            self._give_back(documents, conclude_failure(documents[0].answered, fault, now))
        else:
            self._give_back(documents, None)
            yield from records

    def _give_back(self, documents: Iterable[ReadDocument], result: PollResult | None) -> None:
        for each in documents:
            self._unstored.remove(each)
            self._quiet.add(result, each.release)

    def _fail(self, visit: Visit, answered: Answered, error: PollError) -> None:
        now = self._clock.now()
        was_outage = self.tools.outages.explains(answered.feed.streak, now)
        self._end_quietly(visit, conclude_failure(answered, error, now, was_outage=was_outage))

    def _end_quietly(self, visit: Visit, result: PollResult) -> None:
        host_wait, is_success = result.record.next_poll.host_wait, result.record.error is None
        self._quiet.add(result, self._finish(visit, host_wait, is_success=is_success))

    def _finish(self, visit: Visit, host_wait: timedelta | None, *, is_success: bool) -> HostRelease | None:
        release = visit.finish(host_wait, self._clock.now(), is_success=is_success)
        if release:
            del self._visits[visit.host.host_id]
            # A host that refuses is given back with feeds that have not begun.
            self._waiting.pop(visit.host.host_id, None)
        return release


def _is_gone(error: Exception) -> bool:
    """Say whether the database is gone, and not only busy with others."""
    return is_store_failing(error) and not (isinstance(error, DBAPIError) and is_conflict(error))
