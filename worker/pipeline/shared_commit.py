"""Commits that many polls share, because a commit is much of a poll's cost.

Polls that brought nothing share one; so do documents that were read in one turn.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from worker.database.clock import Clock
from worker.database.conflicts import must_stop
from worker.database.locks import HostRelease
from worker.errors import OUR_FAULT, ErrorClass, PermanentError
from worker.pipeline.conclude import store_results
from worker.pipeline.results import Answered
from worker.values.entries import ParsedDocument
from worker.values.outcomes import Outcome, PollRecord, PollResult, PutOff

# A poll waits for its commit until so many wait, or for so long.
_MOST = 50
_LONGEST = timedelta(seconds=1)
# The documents of one commit hold at most so many entries together, unless it is a single document.
_MOST_ENTRIES = 400
_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
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
        entries += each.parsed.size
        if bunch and entries > _MOST_ENTRIES:
            yield bunch
            bunch, entries = [], each.parsed.size
        bunch.append(each)
    if bunch:
        yield bunch


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
        return len(self) >= _MOST or (bool(self) and time.monotonic() - self._since >= _LONGEST.total_seconds())

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
