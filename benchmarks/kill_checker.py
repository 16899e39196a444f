"""The checker of the kill test: every guarantee that a store and the publisher's own ledger can show broken."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain

from benchmarks.kill_ledger import FOREVER, Edition, Ledger, Visit, gaps, is_rising, too_close
from benchmarks.kill_store import Stored, StoredArticle, StoredPoll

# Clocks of two processes on one machine, each read some time before or after the fact.
_ABOUT = 0.3
# So long after the last byte a whole visit has been stored, if nobody is killed meanwhile.
_STORED_WITHIN = 15.0

_Entry = tuple[int, int]
"""A feed and the number of one of its entries."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What was promised, in seconds."""

    recovery: float
    """Within this an undisturbed Feedmill has read what is published, whatever was killed before."""
    gap: float
    lease: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checker found."""

    violations: list[str]
    owed: int
    """Articles that had to be there."""
    lost: int
    doubled: int
    excused: int
    """Requests too close to another of their host: its worker was frozen past its lease, or its connection died."""


def check(ledger: Ledger, stored: Stored, promise: Promise) -> Verdict:
    """Hold a store that has come to rest against what was published and served."""
    owed = _owed(ledger, stored, promise)
    held: dict[_Entry, StoredArticle] = {each.said[:2]: each for each in stored.articles if each.said}
    lost = [entry for entry in owed if entry not in held]
    doubled = [entry for entry, count in _counts(stored).items() if count > 1]
    excused, impolite = _politeness(ledger, promise)
    return Verdict(
        violations=[
            *(f"lost: entry {number} of feed {feed}, {owed[feed, number][1]}" for feed, number in lost),
            *(f"doubled: entry {number} of feed {feed}" for feed, number in doubled),
            *_wrong_words(ledger, owed, held),
            *_wrong_articles(ledger, stored),
            *_wrong_counts(stored),
            *_unread_validators(ledger),
            *_wrong_state(stored),
            *impolite,
        ],
        owed=len(owed),
        lost=len(lost),
        doubled=len(doubled),
        excused=excused,
    )


def _owed(ledger: Ledger, stored: Stored, promise: Promise) -> dict[_Entry, tuple[int, str]]:
    """Return the entries that must be there: which version at least, and why."""
    debts = chain(
        *(_kept(ledger, feed, promise) for feed in ledger.editions),
        _whole_visits(ledger),
        _told(ledger, stored),
        _believed(ledger, stored),
    )
    owed: dict[_Entry, tuple[int, str]] = {}
    for feed, (number, version), why in debts:
        if version > owed.get((feed, number), (0, ""))[0]:
            owed[feed, number] = version, why
    return owed


_Debts = Iterator[tuple[int, tuple[int, int], str]]


def _kept(ledger: Ledger, feed: int, promise: Promise) -> _Debts:
    """Yield what was published for long enough with nothing broken."""
    spans = list(ledger.quiet_spans(feed))
    for entry, began, ended in ledger.presences(feed):
        if any(min(ended, until) - max(began, since) >= promise.recovery for since, until in spans):
            yield feed, entry, f"version {entry[1]} published from {began:.1f} to {ended:.1f}"


def _whole_visits(ledger: Ledger) -> _Debts:
    """Yield what was served in whole when nothing was broken, nor soon after."""
    # What a lying publisher does to a feed does nothing to a visit that was served.
    spans = list(gaps(fault for fault in ledger.faults if fault.feed is None))
    for visit in ledger.visits:
        is_quiet = any(since + 1 < visit.began_at and visit.ended_at + _STORED_WITHIN < until for since, until in spans)
        if visit.edition and is_quiet and visit.ended_at + _STORED_WITHIN < ledger.ended_at:
            yield from _of(visit.edition, f"served in whole at {visit.ended_at:.1f}")


def _told(ledger: Ledger, stored: Stored) -> _Debts:
    """Yield what polls served that are in the store's ledger: all of a poll is stored, or nothing."""
    visits: dict[int, list[Visit]] = defaultdict(list)
    for visit in ledger.visits:
        visits[visit.feed].append(visit)
    for poll in stored.polls:
        if poll.is_success and poll.status == HTTPStatus.OK:
            meant = [visit for visit in visits[poll.feed] if _is_of(visit, poll)]
            # Two at once are a frozen worker's and another's: which is which nobody knows.
            if len(meant) == 1 and meant[0].edition:
                yield from _of(meant[0].edition, f"of the poll that is stored as begun at {poll.began_at:.1f}")


def _is_of(visit: Visit, poll: StoredPoll) -> bool:
    return poll.began_at - _ABOUT <= visit.began_at <= poll.ended_at + _ABOUT


def _believed(ledger: Ledger, stored: Stored) -> _Debts:
    """Yield what is in documents whose validators are kept: those were stored, or they must not be kept."""
    for etag in {visit.asked for visit in ledger.visits if visit.asked} | set(stored.etags.values()):
        if edition := ledger.edition_of(etag):
            yield from _of(edition, f"of the document whose validator {etag} is kept")


def _of(edition: Edition, why: str) -> _Debts:
    for entry in edition.entries:
        yield edition.feed, entry, f"version {entry[1]} {why}"


def _counts(stored: Stored) -> Counter[_Entry]:
    return Counter(each.said[:2] for each in stored.articles if each.said)


def _wrong_words(
    ledger: Ledger, owed: Mapping[_Entry, tuple[int, str]], held: Mapping[_Entry, StoredArticle]
) -> Iterator[str]:
    newest: dict[_Entry, int] = {}
    for feed, editions in ledger.editions.items():
        for number, version in chain.from_iterable(edition.entries for edition in editions):
            newest[feed, number] = max(version, newest.get((feed, number), 0))
    for entry, article in held.items():
        assert article.said, "it is known by that"
        least, why = owed.get(entry, (1, ""))
        if not least <= article.said[2] <= newest.get(entry, 0):
            yield f"entry {entry[1]} of feed {entry[0]} shows version {article.said[2]}, not {least}: {why}"


def _wrong_articles(ledger: Ledger, stored: Stored) -> Iterator[str]:
    """Yield articles that disagree with themselves, or with what is published now."""
    present = {(feed, entry) for feed, editions in ledger.editions.items() for entry, _ in editions[-1].entries}
    for article in stored.articles:
        if article.said is None:
            yield f"invented: article {article.id} says what nobody published"
            continue
        shown = article.said[2]
        if not is_rising(article.revisions) or article.revisions[-1:] != (shown,):
            yield f"article {article.id} shows version {shown}, its revisions say {article.revisions}"
        if article.sightings != 1 or article.is_present != (article.said[:2] in present):
            yield f"article {article.id}: {article.sightings} sightings, said to be present: {article.is_present}"
        if (article.created, article.revised) != (1, len(article.revisions) - 1):
            yield (
                f"article {article.id} with {len(article.revisions)} revisions: "
                f"{article.created} times told as created, {article.revised} as revised"
            )


def _unread_validators(ledger: Ledger) -> Iterator[str]:
    """Yield requests that sent back the validator of a document that had never been served in whole."""
    served: dict[str, float] = {}
    for visit in ledger.visits:
        if visit.edition:
            served[visit.edition.etag] = min(visit.ended_at, served.get(visit.edition.etag, visit.ended_at))
    for visit in ledger.visits:
        edition = ledger.edition_of(visit.asked) if visit.asked else None
        if edition and served.get(edition.etag, FOREVER) > visit.began_at:
            yield f"feed {visit.feed} was asked with {edition.etag}, which had not been served in whole"


def _wrong_counts(stored: Stored) -> Iterator[str]:
    """Yield feeds whose ledger does not add up to what is stored."""
    for name, told, there in (
        ("new", _sums((poll.feed, poll.new) for poll in stored.polls), _sums(_new(stored))),
        ("updated", _sums((poll.feed, poll.updated) for poll in stored.polls), _sums(_updated(stored))),
    ):
        for feed in sorted(told.keys() | there.keys()):
            if told[feed] != there[feed]:
                yield f"feed {feed}: its polls tell of {told[feed]} {name} articles, the store of {there[feed]}"


def _new(stored: Stored) -> Iterator[tuple[int, int]]:
    return ((each.said[0], each.sightings) for each in stored.articles if each.said)


def _updated(stored: Stored) -> Iterator[tuple[int, int]]:
    return ((each.said[0], len(each.revisions) - 1) for each in stored.articles if each.said)


def _sums(pairs: Iterator[tuple[int, int]]) -> Counter[int]:
    sums: Counter[int] = Counter()
    for feed, count in pairs:
        sums[feed] += count
    return sums


def _wrong_state(stored: Stored) -> Iterator[str]:
    yield from stored.inactive
    yield from (f"{name} is still leased" for name in stored.leased)
    positions = sorted(position for position in stored.positions if position is not None)
    if len(positions) < len(stored.positions):
        yield f"{len(stored.positions) - len(positions)} events have no position"
    if positions != list(range(1, len(positions) + 1)) or stored.numbered_to != len(positions):
        yield f"{len(positions)} events have positions up to {positions[-1:]}, numbered to {stored.numbered_to}"


def _politeness(ledger: Ledger, promise: Promise) -> tuple[int, list[str]]:
    """Return how many requests too close to another are excused, and those that are not."""
    by_host: dict[str, list[Visit]] = defaultdict(list)
    for visit in ledger.visits:
        by_host[visit.host].append(visit)
    excused, impolite = 0, []
    for host, visits in by_host.items():
        for one, other in too_close(visits, promise.gap):
            if _is_asked_anew(one, other) or _outlived_lease(ledger, one, promise):
                excused += 1
            else:
                wait = other.began_at - one.ended_at
                impolite.append(
                    f"{host}: feed {other.feed} asked for at {other.began_at:.2f}, {wait:+.2f} s after "
                    f"feed {one.feed} (asked for at {one.began_at:.2f}, {one.status or 'no answer'})"
                )
    return excused, impolite


def _is_asked_anew(one: Visit, other: Visit) -> bool:
    """Say whether libcurl itself asked once more, as it does when a kept connection dies (RFC 9112, section 9.3.1)."""
    return one.is_reset and one.feed == other.feed


def _outlived_lease(ledger: Ledger, visit: Visit, promise: Promise) -> bool:
    """Say whether a request was in flight when its worker may have been frozen past its lease."""
    return any(
        fault.kind in {"freeze", "clock"}
        and fault.ended_at - fault.began_at >= promise.lease - 1
        and visit.began_at < fault.ended_at
        and visit.ended_at > fault.began_at
        for fault in ledger.faults
    )
