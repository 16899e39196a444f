"""The rolling window: one task keeps many polls in flight and tops the window up as slots come free.

A feed that hangs never holds up its neighbours: what is answered first is stored first, and a host that has kept us
waiting for a while gives its slot to another. Polls that brought nothing share commits; so do documents that were read.

claimed hosts → ``Visit`` → transfers → unchanged or failed: ``SharedCommit``; a document: parser → ``store_documents``
"""

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from worker.basics.faults import as_failure, is_interruption
from worker.basics.log_lines import get_logger
from worker.database.clock import Clock
from worker.database.conflicts import is_store_failing, is_store_gone, write
from worker.database.engine import reading
from worker.database.locks import HostRelease
from worker.errors import PollError
from worker.pipeline.conclude import store_documents
from worker.pipeline.hops import Begun, Hops
from worker.pipeline.prepared_document import READING
from worker.pipeline.results import Answered, bounds_of, conclude_failure, conclude_unchanged
from worker.pipeline.shared_commit import ReadDocument, ReadDocuments, SharedCommit
from worker.pipeline.tools import Tools
from worker.pipeline.visits import Visit, make_request
from worker.store.outlines import find_outlines, forget_outline
from worker.values.due_feeds import (
    ClaimedHost,
    Credentials,
    Document,
    DueFeed,
    Fetched,
    NotModified,
)
from worker.values.outcomes import PollRecord, PollResult
from worker.values.tallies import DOCUMENTS, NO_DOCUMENTS, PARSE_SECONDS, STORE_SECONDS

# While more documents than this wait for the parser nothing is claimed.
_PARSER_BACKLOG = 20
# While the parser works, wait no longer than this for the network: the parser's answers cannot end that wait.
_LOOK_IN = timedelta(milliseconds=5)
# A request without an answer after this hangs; nearly every host answers sooner.
_PATIENCE = timedelta(seconds=2)
_LOG = get_logger(__name__)
# The parser may still answer for a window that was given up, so no key is ever used twice.
_KEYS = itertools.count(1)


class Window:
    """The polls that one task has in flight; a class because they outlive each turn of its loop."""

    def __init__(self, tools: Tools, credentials: Credentials | None = None, *, force: bool = False) -> None:
        """With ``force`` hosts that asked to be left alone are asked where redirects lead to them."""
        self.tools = tools
        self._clock: Clock
        self._credentials = credentials
        self._visits: dict[int, Visit] = {}
        # The visits with feeds that have not begun: most hosts have one feed, and leave this at once.
        self._waiting: dict[int, Visit] = {}
        self._on_the_wire: dict[int, Begun] = {}
        # The requests that do not hang yet, in the order in which they began.
        self._young: deque[Begun] = deque()
        self._hanging: set[int] = set()
        self._unread: list[tuple[int, DueFeed, Document]] = []
        self._being_read: dict[int, tuple[Begun, Answered]] = {}
        self._unstored = ReadDocuments()
        self._shared = SharedCommit(tools.engine)
        self._hops = Hops(tools, self._visits, self._shared, force=force)

    @property
    def is_busy(self) -> bool:
        """True while any claimed host has not been given back."""
        return bool(self._visits or self._unstored or self._shared)

    @property
    def room(self) -> int:
        """How many more hosts may be claimed now: none until half a batch fits, so that each claim is worth it."""
        hanging = min(len(self._hanging), self.tools.hanging)
        room = min(self.tools.slots - len(self._visits) + hanging, self.tools.terms.hosts)
        is_behind = self.tools.parser.pending > _PARSER_BACKLOG
        return 0 if is_behind or 2 * room < min(self.tools.terms.hosts, self.tools.slots) else room

    @property
    def put_off_until(self) -> datetime | None:
        """By when all polls have their turn that were put off for nothing but the gap of a host; None without any."""
        return self._hops.put_off_until

    def admit(self, clock: Clock, hosts: Iterable[ClaimedHost]) -> None:
        """Take in claimed hosts, and the database's clock as it was read for their claim."""
        self._clock, now = clock, clock.now()
        for host in hosts:
            self._visits[host.host_id] = self._waiting[host.host_id] = Visit(host, now)

    def begin_no_more(self) -> None:
        """Give back the feeds that have not begun: they stay due and are not counted."""
        for visit in self._waiting.values():
            visit.begin_no_more()
        self._hops.begin_no_more()

    def turn(self, wait: timedelta) -> Iterator[PollRecord]:
        """Begin the requests that may begin, wait a moment for answers, and store the polls that have ended."""
        if self._hops:
            self._send_hops()
        self._begin()
        self._note_hanging_hosts()
        parser = self.tools.parser
        wait = min(wait, _LOOK_IN) if parser.pending else wait
        for fetched in self.tools.transfers.step(wait, parser.pending_bytes + self._unstored.held_bytes):
            self._take_answer(fetched)
        for hop in self.tools.transfers.take_held():
            self._hops.take(self._on_the_wire[hop.feed_id], hop, self._clock.now())
        self._submit_documents()
        for document in self._read():
            self._unstored.add(document)
        yield from self.store_read(is_last=not self._visits)
        if self._shared.is_due or (self._shared and not self._visits):
            yield from self._commit()

    def store_read(self, *, is_last: bool) -> Iterator[PollRecord]:
        """Store the documents whose commit is due; if it ``is_last``, all that were read."""
        while self._unstored.is_due or (is_last and self._unstored):
            yield from self._store(self._unstored.first_bunch())

    def close(self) -> list[PollRecord]:
        """Give up the polls in flight, give back all hosts, and store the polls that wait for their commit."""
        for feed_id in self._on_the_wire:
            self.tools.transfers.abandon(feed_id)
        if self._being_read:
            self.tools.parser.close()
        self._drop(self._unstored, None)
        for visit in self._visits.values():
            self._shared.add(None, visit.release(self._clock.now()))
        for held in (
            self._on_the_wire,
            self._unread,
            self._being_read,
            self._visits,
            self._waiting,
            self._young,
            self._hanging,
            self._hops,
        ):
            held.clear()
        return self._commit() if self._shared else []

    def _commit(self) -> list[PollRecord]:
        with self.tools.tally.timing(STORE_SECONDS, NO_DOCUMENTS):
            records = self._shared.commit(self._clock)
        self._hops.store_found(self._clock)
        return records

    def _send_hops(self) -> None:
        """Send the hops that may be sent; give back the feeds whose hops cannot be in time."""
        for begun, put_off in self._hops.send(self._clock):
            feed_id = begun.feed.feed_id
            del self._on_the_wire[feed_id]
            self._hanging.discard(begun.visit.host.host_id)
            self.tools.transfers.abandon(feed_id)
            begun.visit.give_back()
            self._shared.add(None, None, put_off)
            self._hops.end(begun.visit, self._clock.now())

    def _begin(self) -> None:
        for host_id, visit in list(self._waiting.items()):
            now = self._clock.now()
            while feed := visit.begin(now):
                begun = Begun(feed, visit, now, asked=visit, pace=visit.pace)
                self._on_the_wire[feed.feed_id] = begun
                self._young.append(begun)
                request = make_request(feed, self._credentials, now)
                shows_addresses = visit.host.domain is not None
                self.tools.transfers.start(request, is_paced=True, shows_addresses=shows_addresses)
            if not visit.is_waiting:
                del self._waiting[host_id]
                if visit.is_over:
                    self._hops.end(visit, now)

    def _note_hanging_hosts(self) -> None:
        while self._young and self._clock.now() - self._young[0].started_at > _PATIENCE:
            begun = self._young.popleft()
            if begun.feed.feed_id in self._on_the_wire:
                self._hanging.add(begun.visit.host.host_id)

    def _take_answer(self, fetched: Fetched) -> None:
        """Keep a document for the parser; conclude any other answer at once."""
        begun = self._on_the_wire.pop(fetched.request.feed_id)
        now = self._clock.now()
        assert begun.pace, "what was answered had been sent"
        begun.pace.note_answer(now)
        self._hops.note_server(begun, fetched.served_from)
        self._hanging.discard(begun.visit.host.host_id)
        bounds = bounds_of(begun.feed, self.tools.bounds)
        is_to_keep = self.tools.keeps_documents
        answered = Answered(
            begun.feed, begun.visit.host.token, begun.started_at, fetched, bounds, is_to_keep=is_to_keep
        )
        match fetched.answer:
            case Document() as document:
                key = next(_KEYS)
                self._being_read[key] = (begun, answered)
                self._unread.append((key, begun.feed, document))
            case NotModified():
                self._conclude(begun, conclude_unchanged(answered, now), now)
            case PollError() as error:
                self._conclude_failure(begun, answered, error, now)

    def _submit_documents(self) -> None:
        """Send the documents that came in to the parser, with the outlines of their feeds' last ones."""
        if editions := {feed.feed_id: feed.edition for _, feed, _ in self._unread if feed.edition}:
            with reading(self.tools.engine) as connection:
                outlines = find_outlines(connection, editions, READING)
        else:
            outlines = {}
        for key, feed, document in self._unread:
            self.tools.parser.submit(key, document, outlines.get(feed.feed_id))
        self._unread.clear()

    def _read(self) -> Iterator[ReadDocument]:
        """Yield the documents that were parsed since the last turn; conclude at once those that could not be."""
        for parsed in self.tools.parser.collect(timedelta(0)):
            if parsed.key in self._being_read:
                now = self._clock.now()
                self.tools.tally.observe(PARSE_SECONDS, parsed.seconds)
                begun, answered = self._being_read.pop(parsed.key)
                if isinstance(parsed.answer, PollError):
                    if trace := parsed.answer.trace:
                        _LOG.error("document not read", url=answered.feed.url, exception=trace)
                    self._conclude_failure(begun, answered, parsed.answer, now)
                else:
                    # The lease ends in the shared commit, after the polls of its host that wait there: otherwise their
                    # feeds, which are still due until then, would be claimed again.
                    yield ReadDocument(answered, parsed.answer, self._finish(begun, None, now))

    def _store(self, documents: Sequence[ReadDocument]) -> Iterator[PollRecord]:
        """Store documents in one commit, or each in a commit of its own where that fails."""
        now = self._clock.now()
        try:
            read = [(each.answered, each.parsed) for each in documents]
            with self.tools.tally.timing(STORE_SECONDS, DOCUMENTS):
                records = store_documents(self.tools.engine, read, now, self.tools.detect)
        except Exception as error:
            # One feed that meets a fault in our code, or a conflict with others, must not stop its neighbours.
            if is_interruption(error):
                raise
            if len(documents) > 1 and not is_store_gone(error):
                for each in documents:
                    yield from self._store([each])
                return
            if is_store_failing(error):
                # Without the database there is no use in going on: leases expire, and the feeds are polled again.
                raise
            feed = documents[0].answered.feed
            _LOG.exception("poll failed inside feedmill", feed_id=feed.feed_id, url=feed.url)
            # Should the fault be that some entries were left unread, it does not come again.
            write(self.tools.engine, partial(forget_outline, feed_id=feed.feed_id))
            self._drop(documents, conclude_failure(documents[0].answered, as_failure(error), now))
        else:
            self._drop(documents, None)
            yield from records

    def _drop(self, documents: Iterable[ReadDocument], result: PollResult | None) -> None:
        """Forget documents that were stored or given up, and let their leases end with the next shared commit."""
        for each in documents:
            self._unstored.remove(each)
            self._shared.add(result, each.release)

    def _conclude_failure(self, begun: Begun, answered: Answered, error: PollError, now: datetime) -> None:
        was_outage = self.tools.outages.explains(answered.feed.streak, now)
        self._conclude(begun, conclude_failure(answered, error, now, was_outage=was_outage), now)

    def _conclude(self, begun: Begun, result: PollResult, now: datetime) -> None:
        self._shared.add(result, self._finish(begun, result.record.error, now))

    def _finish(self, begun: Begun, error: PollError | None, now: datetime) -> HostRelease | None:
        if begun.is_guest and begun.asked:
            self._shared.add(None, self._finish_at(begun.asked, begun, error, now))
            # The feed's own host answered well: it said where to go.
            error = None
        return self._finish_at(begun.visit, begun, error, now)

    def _finish_at(self, visit: Visit, begun: Begun, error: PollError | None, now: datetime) -> HostRelease | None:
        is_elsewhere = begun.is_elsewhere and visit is begun.asked
        release = visit.finish(begun.feed.feed_id, error, now, is_elsewhere=is_elsewhere)
        if release:
            del self._visits[visit.host.host_id]
            # A host that refused us is given back although some of its feeds have not begun.
            self._waiting.pop(visit.host.host_id, None)
        return release
