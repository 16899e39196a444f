"""Feeds that go wrong at a known moment, polled by their rhythm and judged on the way."""

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from benchmarks.kinds import DORMANT, KINDS, Kind
from benchmarks.replay import BOUNDS, ZERO
from benchmarks.rhythms import DAY, SimulatedFeed, draw_feed, draw_poisson
from worker.quality.marks import follow_marks
from worker.quality.rules import judge_quality
from worker.schedule.rhythm import follow_rhythm
from worker.schedule.success import after_success
from worker.values.feed_quality import DocumentMarks, EntryMarks, FeedFacts, Marks, QualityState
from worker.values.schedules import NO_HINTS, Rhythm


class Fault(StrEnum):
    """What happens to a feed."""

    NONE = "nothing"
    SILENT = "falls silent"
    AHEAD = "dates in the future"
    UNDATED = "dates left out"
    CUT = "texts end in …"
    SUMMARIES = "summaries for full texts"
    RENAMED = "guids made anew"
    SPAM = "floods"
    GAPS = "document too short"


_BAD_ENTRIES = (Fault.AHEAD, Fault.UNDATED, Fault.CUT, Fault.SUMMARIES, Fault.RENAMED)
EXPECTED = {
    Fault.NONE: {QualityState.HEALTHY, QualityState.NEW},
    Fault.SILENT: {QualityState.SILENT},
    # A document that is too short for it holds only a part of a flood.
    Fault.SPAM: {QualityState.SPAMMY, QualityState.GAPPED},
    Fault.GAPS: {QualityState.GAPPED},
} | {fault: {QualityState.DEGRADED} for fault in _BAD_ENTRIES}
OFFICE = Kind("office", 0.06, (6.0, 2.0), (2, 3), weekend=(0.0, 0.02), unrest=0.2, entries=(20, 30, 50))
"""Feeds that sleep at night and at weekends."""
# These must be busy enough for their document to be too short.
_BUSY = {"newsroom", "wire", "office"}
_FLOOD_LASTS, _FLOOD, _LEAST_FLOOD = 5 * DAY, (8.0, 20.0), 60.0
_JUDGED_EVERY = 6.0
_BURSTS_OF_A_PERIOD = 5
# So much of the past tells how often a feed publishes.
_PAST = 90 * DAY
_HABIT = 2
# No feed goes wrong before its weekends could be known.
_KNOWN_AFTER, _WEEKENDS, _SATURDAY = 9 * DAY, 0.05, 5
_SLIPS, _LETTERS, _TOO_FEW = 0.03, (7.8, 0.5), 3


@dataclass(frozen=True, slots=True)
class FaultyFeed:
    """A feed, what happens to it, and from which hour on."""

    feed: SimulatedFeed
    fault: Fault
    begins: float
    ends: float
    judged_at: float
    """Two periods later. A period is the time in which it usually brings five bursts of articles, at least a day; of
    a feed that hardly publishes at weekends those do not count."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a feed was found to be at some hour."""

    hour: float
    state: QualityState
    is_gap_known: bool
    """Whether entries were really missed in the week before."""


def draw_feeds(count: int, days: int, seed: int) -> Iterator[FaultyFeed]:
    """Draw feeds of all kinds; of those that publish often enough every other one goes wrong."""
    for kind in (*KINDS, OFFICE):
        for number in range(round(count * kind.share)):
            chance = Random(f"{seed} {kind.name} {number}")
            feed = draw_feed(replace(kind, silences=0.0, undated=0.0), chance, days * DAY)
            yield _go_wrong(feed, chance, number)


def _go_wrong(feed: SimulatedFeed, chance: Random, number: int) -> FaultyFeed:
    faults = [each for each in Fault if each is not Fault.NONE and (each is not Fault.GAPS or feed.kind in _BUSY)]
    is_well = feed.kind in {DORMANT, "rare blog"} or number % 2 == 0
    fault = Fault.NONE if is_well else faults[number // 2 % len(faults)]
    begins = chance.uniform(_KNOWN_AFTER, feed.ends * 0.5)
    before = [hour for hour in feed.appeared if begins - _PAST < hour < begins]
    bursts = len({int(hour) for hour in before})
    period = max(DAY, _BURSTS_OF_A_PERIOD * _PAST / max(bursts, 1))
    if fault is Fault.SPAM:
        period = DAY
    ends = min(begins + _FLOOD_LASTS, feed.ends) if fault is Fault.SPAM else feed.ends
    changed = _change(feed, fault, (begins, ends), len(before), chance)
    at_weekends = sum(hour // DAY % 7 >= _SATURDAY for hour in before)
    judged_at = begins + 2 * period
    if at_weekends < _WEEKENDS * len(before):
        judged_at = _without_weekends(begins, 2 * period)
    return FaultyFeed(changed, fault, begins, ends, judged_at)


def _without_weekends(begins: float, hours: float) -> float:
    at = begins
    while hours > 0:
        at += 1
        hours -= at // DAY % 7 < _SATURDAY
    return at


def _change(feed: SimulatedFeed, fault: Fault, when: tuple[float, float], before: int, chance: Random) -> SimulatedFeed:
    begins, ends = when
    if fault is Fault.SILENT:
        kept = bisect_right(feed.appeared, begins)
        return replace(feed, appeared=feed.appeared[:kept], dated=feed.dated[:kept])
    if fault is Fault.SPAM:
        a_day = max(before / (_PAST / DAY) * chance.uniform(*_FLOOD), _LEAST_FLOOD)
        more = [chance.uniform(begins, ends) for _ in range(draw_poisson(a_day * (ends - begins) / DAY, chance))]
        both = sorted([*zip(feed.appeared, feed.dated, strict=True), *((hour, hour) for hour in more)])
        return replace(feed, appeared=tuple(hour for hour, _ in both), dated=tuple(date for _, date in both))
    return feed


@dataclass(slots=True)
class _Polled:
    """What polls have found of a feed so far; it grows with each of them."""

    usual_letters: float
    rhythm: Rhythm | None = None
    marks: Marks | None = None
    before: datetime | None = None
    seen: int = 0
    renamings: int = 0
    gap_at: float = -math.inf


def play(faulty: FaultyFeed, seed: int) -> Iterator[Moment]:
    """Poll a feed by its rhythm, and yield what it was found to be at each poll, and every six hours."""
    chance = Random(f"{seed} {faulty.feed.kind} {faulty.begins} polls")
    polled = _Polled(math.exp(chance.gauss(*_LETTERS)))
    state, now, next_poll = QualityState.NEW, 0.0, 0.0
    while now < faulty.feed.ends:
        at = ZERO + timedelta(hours=now)
        if now >= next_poll:
            _poll(polled, faulty, now, chance)
            due = after_success(at, BOUNDS, NO_HINTS, polled.rhythm, chance.random()).at
            assert due, "a feed that answered is polled again"
            next_poll = (due - ZERO) / timedelta(hours=1)
        facts = FeedFacts(before=state, marks=polled.marks, rhythm=polled.rhythm, last_success_at=polled.before)
        state = judge_quality(facts, at).state
        yield Moment(now, state, now - polled.gap_at < 7 * DAY)
        now = min(next_poll, now + _JUDGED_EVERY)


def _poll(polled: _Polled, faulty: FaultyFeed, now: float, chance: Random) -> None:
    feed, at, is_wrong = faulty.feed, ZERO + timedelta(hours=now), faulty.begins <= now
    entries = _TOO_FEW if is_wrong and faulty.fault is Fault.GAPS else feed.entries
    there = bisect_right(feed.appeared, now)
    is_gap = polled.before is not None and there - polled.seen > entries
    if is_gap:
        polled.gap_at = now
    found = range(max(polled.seen, there - entries), there)
    arrived = [_mark(feed, number, faulty, polled.usual_letters, chance) for number in found]
    renamed = 0
    if is_wrong and faulty.fault is Fault.RENAMED and arrived and polled.renamings < _HABIT:
        renamed, polled.renamings = min(entries, there) - len(arrived), polled.renamings + 1
    polled.rhythm = follow_rhythm(polled.rhythm, [each.dated for each in arrived], polled.before, at)
    if arrived:
        document = DocumentMarks(arrived, renamed, 0, is_gap)
        polled.marks = follow_marks(polled.marks, document, polled.before, at, polled.rhythm).rounded()
    polled.seen, polled.before = there, at


def _mark(feed: SimulatedFeed, number: int, faulty: FaultyFeed, usual_letters: float, chance: Random) -> EntryMarks:
    appeared, dated = feed.appeared[number], feed.dated[number]
    fault = faulty.fault if appeared >= faulty.begins else Fault.NONE
    date = None if dated is None else ZERO + timedelta(hours=dated)
    letters = usual_letters * math.exp(chance.gauss(0, 0.7))
    if fault is Fault.AHEAD:
        # Some are so far ahead that they name no date at all.
        hours = chance.choice([5, 9, 400])
        date = None if hours > DAY else (date or ZERO + timedelta(hours=appeared)) + timedelta(hours=hours)
    if fault is Fault.UNDATED:
        date = None
    if fault in {Fault.CUT, Fault.SUMMARIES}:
        letters = chance.uniform(150, 400)
    slips = chance.random() < _SLIPS
    return EntryMarks(date, fault is Fault.AHEAD, fault is Fault.CUT or slips, round(letters))
