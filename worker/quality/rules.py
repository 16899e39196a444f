"""Which state a feed is in, and why: a rule a state, and the first whose reason holds decides.

What begins a state is more than what keeps it up, so that a feed near a threshold does not change again and again.
``docs/quality.md`` has these numbers in words.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, log, log2
from types import MappingProxyType

from worker.quality.marks import GAP_HALF_LIFE, a_day, fade
from worker.schedule.forecast import expect_by
from worker.schedule.rhythm import describe_rhythm, expected_rate, long_run_rate
from worker.values.due_feeds import FeedState
from worker.values.feed_quality import FeedFacts, Marks, Quality, QualityState
from worker.values.schedules import Rhythm


@dataclass(frozen=True, slots=True)
class _Threshold:
    """What begins a state, and what is still enough to keep it up."""

    begins: float
    stays: float

    def is_passed(self, figure: float, *, is_held: bool) -> bool:
        return figure >= (self.stays if is_held else self.begins)


FEWEST_ENTRIES = 3
"""A feed that has brought fewer is new."""
DEAD_AFTER, FEWEST_FAILURES = timedelta(days=7), 5
"""A feed that has failed for so long, and so often, is dead: perhaps we did not run meanwhile."""
MOVED_FOR = timedelta(days=14)
"""So long after its move a feed counts as moved."""
FEWEST_REDIRECTS = 2
"""So many polls in a row must have been redirected for good."""
AS_LIKELY_AS = 1 / 1000
"""A feed is silent when its own rhythm, as well as that is known, makes so long a silence no likelier."""
SHORTEST_SILENCE, WHILE_UNKNOWN, KNOWN_AFTER = timedelta(days=1), timedelta(days=4), timedelta(days=9)
"""No silence is shorter; of a feed that has been known for less than nine days it must outlast a long weekend."""
LONG_SILENCE = timedelta(days=90)
"""Shorter silences only a rhythm tells; so long must a feed be known for its past to tell others."""
BAD_ENTRIES = _Threshold(begins=0.5, stays=0.2)
"""The share of the newest entries that makes a feed degraded."""
SHORTENED = _Threshold(begins=1.5, stays=1.0)
"""Texts are shorter than the feed's norm by so many halvings …"""
_LONG, _SHORT = log2(1000), log2(700)
"""… of letters, where the norm is a full text and these are none."""
TIMES_THE_NORM, LEAST_VOLUME = _Threshold(begins=5.0, stays=2.5), _Threshold(begins=30.0, stays=10.0)
"""A feed is spammy that brings so many times what it used to, and so many articles a day."""
RECENT_GAPS = _Threshold(begins=0.9, stays=0.5)
"""A feed is gapped from one gap on, until a week has brought no other."""
_HOURS_OF_A_MONTH = 730
_FEWEST_KNOWN, _MOST_SPANS = 0.5, 50.0
_BAD: Mapping[str, str] = MappingProxyType(
    {
        "ahead": "are dated in the future",
        "undated": "have no date that can be read",
        "cut": "end before their end, in an ellipsis or “read more”",
        "renamed": "come back under other guids",
        "unfit": "cannot be read",
    }
)


def judge_quality(facts: FeedFacts, now: datetime) -> Quality:
    """Return the state that a feed is in."""
    for state, find_reason in _RULES.items():
        if reason := find_reason(facts, now):
            return Quality(state, reason)
    if facts.marks is None or facts.marks.seen < FEWEST_ENTRIES:
        return Quality(QualityState.NEW, f"fewer than {FEWEST_ENTRIES} entries have been judged")
    return Quality(QualityState.HEALTHY)


def _find_death(facts: FeedFacts, now: datetime) -> str | None:
    if facts.state in {FeedState.GONE, FeedState.QUARANTINED}:
        return facts.state_reason or str(facts.state)
    since = facts.failing_since
    if since is None or facts.failures < FEWEST_FAILURES or now - since < DEAD_AFTER:
        return None
    return f"it has failed since {_day(since)}: {facts.error}"


def _find_silence(facts: FeedFacts, _: datetime) -> str | None:
    rhythm, answered_at = facts.rhythm, facts.last_success_at
    if rhythm is None or answered_at is None:
        return None
    # Only a poll shows that nothing has come: while none answers, nobody knows.
    if answered_at <= silent_from(rhythm, facts.marks):
        return None
    # One arrival after long silence tells a month of a rate that the months before deny.
    is_rare = long_run_rate(rhythm) * _HOURS_OF_A_MONTH < 1
    usual = "less than one article a month" if is_rare else describe_rhythm(rhythm, rhythm.latest)
    return f"nothing new since {_day(rhythm.latest)}; before that {usual}"


def silent_from(rhythm: Rhythm, marks: Marks | None) -> datetime:
    """Return from when on a feed with this rhythm is silent, if nothing comes until then.

    A rhythm forgets in months: of a feed that hardly ever publishes it remembers too little. All that has come since it
    was first known tells how long is long for that one.
    """
    by_rhythm = _silent_by_rhythm(rhythm, marks)
    span = rhythm.latest - rhythm.since
    if marks is None or span < LONG_SILENCE:
        return by_rhythm
    known = marks.seen / max(marks.burst, 1.0)
    # As many as have come were expected in that span.
    missing_spans = min(_bursts_that_are_missed(known) / max(known, 1.0), _MOST_SPANS)
    return min(by_rhythm, rhythm.latest + max(span * missing_spans, LONG_SILENCE))


def _silent_by_rhythm(rhythm: Rhythm, marks: Marks | None) -> datetime:
    is_known = rhythm.latest - rhythm.since >= KNOWN_AFTER
    least = SHORTEST_SILENCE if is_known else WHILE_UNKNOWN
    burst = max(marks.burst, 1.0) if marks else 1.0
    missing = _bursts_that_are_missed(sum(rhythm.weekdays)) * burst * _recent_haste(rhythm)
    return max(expect_by(rhythm, missing), rhythm.latest + least)


def _bursts_that_are_missed(known: float) -> float:
    """Return how many bursts must have been expected for their absence to be no chance.

    If the rate were certain that would be 6.9. It is known from ``known`` arrivals, so that none of ``n`` expected ones
    come with a chance of (1 + n / known) ** -known (Gamma-Poisson): 27 where three are known, 10 where ten are.
    """
    known = max(known, _FEWEST_KNOWN)
    return known * (exp(-log(AS_LIKELY_AS) / known) - 1)


def _recent_haste(rhythm: Rhythm) -> float:
    """Return how many times as often it has published lately as over some months; 1 where it was not more."""
    usual = long_run_rate(rhythm)
    return max(expected_rate(rhythm, rhythm.latest) / usual, 1.0) if usual else 1.0


def _find_flood(facts: FeedFacts, now: datetime) -> str | None:
    marks, is_held = facts.marks, facts.before is QualityState.SPAMMY
    if marks is None or not marks.usual_volume:
        return None
    volume = a_day(marks, now)
    is_many = LEAST_VOLUME.is_passed(volume, is_held=is_held)
    if not is_many or not TIMES_THE_NORM.is_passed(volume / marks.usual_volume, is_held=is_held):
        return None
    return f"it brings more than {TIMES_THE_NORM.stays:g} times as many entries as it used to"


def _find_gap(facts: FeedFacts, now: datetime) -> str | None:
    marks, is_held = facts.marks, facts.before is QualityState.GAPPED
    if marks is None:
        return None
    gaps = fade(marks.gaps, now - marks.at, GAP_HALF_LIFE)
    if not RECENT_GAPS.is_passed(gaps, is_held=is_held):
        return None
    return "entries were missed between two polls: its document holds less than came in that time"


def _find_defects(facts: FeedFacts, _: datetime) -> str | None:
    marks = facts.marks
    if marks is None or marks.seen < FEWEST_ENTRIES:
        return None
    defects = list(_list_defects(marks, is_held=facts.before is QualityState.DEGRADED))
    return "; ".join(defects) or None


def _list_defects(marks: Marks, *, is_held: bool) -> Iterator[str]:
    bad = [what for name, what in _BAD.items() if BAD_ENTRIES.is_passed(getattr(marks, name), is_held=is_held)]
    if bad:
        yield f"many of its newest entries {', '.join(bad)}"
    # Against a norm of its own: a feed that has always brought summaries is none the worse for it.
    halvings = marks.usual_letters - marks.letters
    if marks.usual_letters >= _LONG and marks.letters <= _SHORT and SHORTENED.is_passed(halvings, is_held=is_held):
        yield "its texts have become much shorter than they used to be"


def _find_move(facts: FeedFacts, now: datetime) -> str | None:
    if facts.move and facts.move.polls >= FEWEST_REDIRECTS:
        return f"it is redirected for good, since {_day(facts.move.since)}, to {facts.move.url}"
    if facts.moved_at and now - facts.moved_at < MOVED_FOR:
        return f"it moved on {_day(facts.moved_at)}"
    return None


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


_RULES: Mapping[QualityState, Callable[[FeedFacts, datetime], str | None]] = MappingProxyType(
    {
        QualityState.DEAD: _find_death,
        QualityState.SILENT: _find_silence,
        QualityState.SPAMMY: _find_flood,
        QualityState.GAPPED: _find_gap,
        QualityState.DEGRADED: _find_defects,
        QualityState.MOVED: _find_move,
    }
)
