"""Polls that share a commit, much of what a poll costs: polls that brought nothing, and documents read in one turn."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Engine

from worker.database.clock import Clock
from worker.database.locks import HostRelease
from worker.pipeline.conclude import store_results
from worker.pipeline.results import Answered
from worker.values.entries import ParsedDocument
from worker.values.outcomes import PollRecord, PollResult

# A poll waits for its commit until so many wait, or for so many seconds.
_MOST = 50
_LONGEST = 1.0
# The documents of one commit hold at most so many entries together, unless it is a single document.
_MOST_ENTRIES = 400


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
        entries += len(each.parsed.entries)
        if bunch and entries > _MOST_ENTRIES:
            yield bunch
            bunch, entries = [], len(each.parsed.entries)
        bunch.append(each)
    if bunch:
        yield bunch


class SharedCommit:
    """Polls and ends of leases that wait for their commit; a class because they wait from turn to turn."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._results: list[PollResult] = []
        self._releases: list[HostRelease] = []
        self._since = 0.0

    def __len__(self) -> int:
        return len(self._results) + len(self._releases)

    def add(self, result: PollResult | None, release: HostRelease | None) -> None:
        """Let a poll, the end of a lease, or both wait for the next commit."""
        if not self:
            self._since = time.monotonic()
        if result:
            self._results.append(result)
        if release:
            self._releases.append(release)

    @property
    def is_due(self) -> bool:
        """True when enough polls wait, or one has waited long enough."""
        return len(self) >= _MOST or (bool(self) and time.monotonic() - self._since >= _LONGEST)

    def commit(self, clock: Clock) -> list[PollRecord]:
        """Write everything that waits; return the ledger's rows."""
        records = store_results(self._engine, self._results, self._releases, clock.now())
        self._results, self._releases = [], []
        return records
