"""What the kill test knows by itself: what was published, what was served to whom, and which faults there were."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

FOREVER = float("inf")
_TITLE = re.compile(r"Report (\d+)\.(\d+)\.(\d+) ")


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a feed's document."""

    feed: int
    number: int
    began_at: float
    """When it began to be published; it ends with the next one."""
    entries: tuple[tuple[int, int], ...]
    """Each entry's number and which version of it, newest first."""

    @property
    def etag(self) -> str:
        """The validator that goes with it."""
        return f'"{self.feed}-{self.number}"'


@dataclass(slots=True)
class Visit:
    """One request and its answer, as the publisher saw them."""

    feed: int
    host: str
    began_at: float
    asked: str | None
    """The ETag that was sent back."""
    ended_at: float = FOREVER
    status: int | None = None
    edition: Edition | None = None
    """What was sent, in whole."""
    is_reset: bool = False
    """Whether the connection was reset in place of an answer."""


@dataclass(slots=True)
class Fault:
    """Something that was broken, from when until when it was whole again."""

    kind: str
    began_at: float
    ended_at: float = FOREVER
    feed: int | None = None
    """The feed whose publisher failed; null for a fault of ours."""


@dataclass(slots=True)
class Ledger:
    """All of it."""

    editions: dict[int, list[Edition]] = field(default_factory=dict)
    """By feed, in order."""
    visits: list[Visit] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ended_at: float = FOREVER

    def all_editions(self) -> Iterator[Edition]:
        """Return the documents of all feeds."""
        return chain.from_iterable(self.editions.values())

    def edition_of(self, etag: str) -> Edition | None:
        """Return the document that an ETag names; null for one that was never ours."""
        feed, _, number = etag.strip('"').partition("-")
        if not (feed.isdecimal() and number.isdecimal()):
            return None
        return next((each for each in self.editions.get(int(feed), ()) if each.number == int(number)), None)

    def presences(self, feed: int) -> Iterator[tuple[tuple[int, int], float, float]]:
        """Yield each version of each entry of a feed with when it began and stopped to be published."""
        began: dict[tuple[int, int], float] = {}
        editions = self.editions[feed]
        for edition, until in zip(editions, chain(editions[1:], (None,)), strict=True):
            for entry in edition.entries:
                began.setdefault(entry, edition.began_at)
            for entry in set(edition.entries).difference(until.entries if until else ()):
                yield entry, began[entry], until.began_at if until else self.ended_at

    def quiet_spans(self, feed: int) -> Iterator[tuple[float, float]]:
        """Yield the spans in which neither we nor the publisher of a feed had a fault."""
        yield from gaps(fault for fault in self.faults if fault.feed in {None, feed})


def gaps(faults: Iterable[Fault]) -> Iterator[tuple[float, float]]:
    """Yield the spans between faults, from the beginning of time to its end."""
    ended = -FOREVER
    for fault in sorted(faults, key=lambda fault: fault.began_at):
        if fault.began_at > ended:
            yield ended, fault.began_at
        ended = max(ended, fault.ended_at)
    if ended < FOREVER:
        yield ended, FOREVER


def title_of(feed: int, entry: tuple[int, int]) -> str:
    """Return the title of a version of an entry; ``told_by`` reads it."""
    return f"Report {feed}.{entry[0]}.{entry[1]}"


def told_by(title: str) -> tuple[int, int, int] | None:
    """Return the feed, entry and version that a stored title names; null for words that were never published."""
    found = _TITLE.match(title)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def too_close(visits: Sequence[Visit], gap: float) -> Iterator[tuple[Visit, Visit]]:
    """Yield requests to one host that began before the one before had ended, or within ``gap`` seconds of its end."""
    last: Visit | None = None
    for visit in sorted(visits, key=lambda visit: visit.began_at):
        if last and visit.began_at < last.ended_at + gap:
            yield last, visit
        last = max(last, visit, key=lambda each: each.ended_at) if last else visit


def is_rising(numbers: Sequence[int]) -> bool:
    """Say whether each number is above the one before."""
    return all(one < other for one, other in pairwise(numbers))
