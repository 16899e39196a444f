"""Commits that many polls share, because a commit is much of a poll's cost.

Polls that brought nothing share one; so do documents that were read.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from worker.basics.log_lines import get_logger
from worker.database.clock import Clock
from worker.database.conflicts import must_stop
from worker.database.locks import HostRelease
from worker.errors import OUR_FAULT, ErrorClass, PermanentError
from worker.pipeline.conclude import store_results
from worker.pipeline.results import Answered
from worker.values.entries import ParsedDocument
from worker.values.outcomes import Outcome, PollRecord, PollResult, PutOff

# A poll, or a document, waits for its commit until so many wait, or for so long.
_MOST = 50
_LONGEST = timedelta(seconds=1)
# Of the documents of one commit at most so many entries were read, unless it is a single document.
_MOST_ENTRIES = 400
# Bodies stay in memory until their documents are stored.
_MOST_BYTES = 8_000_000
_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class ReadDocument:
    """A document that was read and is to be stored, and the end of a lease that follows."""

    answered: Answered
    parsed: ParsedDocument
    release: HostRelease | None


def in_bunches(documents: Iterable[ReadDocument]) -> Iterator[list[ReadDocument]]:
    """Yield documents in bunches that are small enough for one commit."""
    bunch: list[ReadDocument] = []
    entries = 0
    for each in documents:
        read = len(each.parsed.entries)
        entries += read
        if bunch and entries > _MOST_ENTRIES:
            yield bunch
            bunch, entries = [], read
        bunch.append(each)
    if bunch:
        yield bunch


class ReadDocuments:
    """Documents that were read and wait for their commit; a class because they wait from turn to turn."""

    def __init__(self) -> None:
        self._since: dict[ReadDocument, float] = {}

    def __len__(self) -> int:
        return len(self._since)

    def __iter__(self) -> Iterator[ReadDocument]:
        return iter(list(self._since))

    def add(self, document: ReadDocument) -> None:
        """Let a document wait for the next commit."""
        self._since[document] = time.monotonic()

    def remove(self, document: ReadDocument) -> None:
        """Forget a document that was stored or given up."""
        del self._since[document]

    def first_bunch(self) -> list[ReadDocument]:
        """Return the documents of the next commit, those that have waited longest; none where none waits."""
        return next(in_bunches(self._since), [])

    @property
    def held_bytes(self) -> int:
        """How many bytes the bodies of the documents have together."""
        return sum(len(each.answered.document.body) for each in self._since)

    @property
    def is_due(self) -> bool:
        """True when enough documents wait, or one has waited long enough, or may not wait.

        A feed cannot be claimed again until its host's lease ends, which follows its document. Where the lease goes on,
        another poll may end it first, so such a document is stored at once.
        """
        oldest = next(iter(self._since.values()), None)
        if oldest is None:
            return False
        return (
            len(self) >= _MOST
            or time.monotonic() - oldest >= _LONGEST.total_seconds()
            or any(each.release is None for each in self._since)
            or sum(len(each.parsed.entries) for each in self._since) >= _MOST_ENTRIES
            or self.held_bytes >= _MOST_BYTES
        )


class SharedCommit:
    """Polls and ends of leases that wait for their commit; a class because they wait from turn to turn."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._results: list[PollResult] = []
        self._releases: list[HostRelease] = []
        self._put_off: list[PutOff] = []
        self._since = 0.0

    def __len__(self) -> int:
        return len(self._results) + len(self._releases) + len(self._put_off)

    def add(self, result: PollResult | None, release: HostRelease | None, put_off: PutOff | None = None) -> None:
        """Let a poll, the end of a lease, what is put off, or several of them wait for the next commit."""
        if not self:
            self._since = time.monotonic()
        if result:
            self._results.append(result)
        if release:
            self._releases.append(release)
        if put_off:
            self._put_off.append(put_off)

    @property
    def is_due(self) -> bool:
        """True when enough polls wait, or one has waited long enough."""
        # Most polls end a lease too, and are not counted twice.
        most = max(len(self._results), len(self._releases), len(self._put_off))
        return most >= _MOST or (bool(self) and time.monotonic() - self._since >= _LONGEST.total_seconds())

    def commit(self, clock: Clock) -> list[PollRecord]:
        """Write everything that waits, and return the ledger's rows; a poll that cannot be stored costs no other."""
        now = clock.now()
        try:
            records = store_results(self._engine, self._results, self._releases, now, self._put_off)
        except Exception as error:
            if must_stop(error):
                raise
            records = list(self._store_one_by_one(now))
            store_results(self._engine, [], self._releases, now, self._put_off)
        self._results, self._releases, self._put_off = [], [], []
        return records

    def _store_one_by_one(self, now: datetime) -> Iterator[PollRecord]:
        while self._results:
            result = self._results[0]
            try:
                yield from store_results(self._engine, [result], [], now)
            except Exception as error:
                if must_stop(error):
                    raise
                _LOG.exception("poll failed inside feedmill", feed_id=result.record.feed_id, url=result.record.url)
                # Stored all the same: a feed without a next poll would be polled again at once, and again.
                yield from store_results(self._engine, [_as_fault(result)], [], now)
            del self._results[0]


def _as_fault(result: PollResult) -> PollResult:
    """Return a poll as a fault of ours: when to poll next stays, but no word of what was found."""
    error = PermanentError(ErrorClass.INTERNAL, OUR_FAULT)
    next_poll = replace(result.record.next_poll, reason=OUR_FAULT)
    record = replace(result.record, outcome=Outcome.PERMANENT, error=error, next_poll=next_poll, note=None)
    return PollResult(record, result.host_id, result.token, result.instructions)
