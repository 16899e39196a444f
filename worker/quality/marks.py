"""What is wrong with the entries that a feed brings, entry by entry, and the marks that the feed gets for it.

A share moves towards what a document shows by a step that is half the way after four entries; no document counts for
more than three, so that one slip does not make a state. Of a feed that has brought little the step is larger.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import exp2, log, log2
from typing import Any

from worker.dates.reading import find_moment
from worker.schedule.rhythm import expected_rate
from worker.values.articles import Article
from worker.values.entries import Entry
from worker.values.feed_quality import DocumentMarks, EntryMarks, Marks
from worker.values.frozen import replace
from worker.values.schedules import Rhythm

_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
VOLUME_HALF_LIFE, GAP_HALF_LIFE = _DAY, _WEEK
_HALF_WAY, _MOST_AT_ONCE = 4, 3
# A norm goes half the way in so many entries or in so long, whatever takes longer: it holds against what comes, once
# there is one.
_HALF_WAY_OF_NORM, _HALF_LIFE_OF_NORM, _A_NORM = 40, timedelta(days=30), 10
_ENOUGH = 5_000
# Clocks are not that wrong; a zone that was left out is.
_AHEAD = _HOUR
# What is dated longer before the poll that did not have it is an older article, added later.
_LATE = timedelta(days=2)
# A line that ends so goes on elsewhere; a quotation too may leave words out, but in brackets.
_BRACKETS = ("[…]", "[...]")
_ELLIPSES = ("…", "...", "(…)", "(...)", *_BRACKETS)
_CALL = re.compile(
    r"\b(?:read (?:more|on)|read the (?:rest|full (?:article|story|post))|continue reading"
    r"|weiterlesen|mehr lesen|lire (?:la suite|plus)|leer más|seguir leyendo|leia mais|continua a leggere"
    r"|lees (?:meer|verder)|läs mer|les mer|læs mere|czytaj (?:dalej|więcej)|читать (?:далее|дальше))$",
    re.IGNORECASE,
)
_CALLS_WITH_TITLES = ("continue reading", "read more")
_ARROWS = " »→>"
# Calls are shorter; to look for one in a whole line takes five times as long.
_LONGEST_CALL = 30
# Some publishers end whole texts by a call to read them on their site.
_LONG_TEXT = 1_500
_TAIL, _LONGEST_LAST_LINE = 400, 300


def mark_entry(entry: Entry, article: Article, now: datetime) -> EntryMarks:
    """Return what is good or wrong about an entry and the article that was made of it."""
    return EntryMarks(
        dated=article.published_at,
        is_ahead=_is_ahead(entry, article, now),
        is_cut=is_cut(article.text),
        letters=len(article.text),
    )


def _is_ahead(entry: Entry, article: Article, now: datetime) -> bool:
    if article.published_at:
        return article.published_at > now + _AHEAD
    written = entry.published or entry.updated
    # A date far ahead is no article's date: what was written tells it from one that cannot be read.
    moment = find_moment(written, entry.language) if written else None
    return moment is not None and moment > now + _AHEAD


def is_cut(text: str) -> bool:
    """Say whether a text ends before its end: in an ellipsis, or in a call to read on elsewhere."""
    lines = [line for line in text[-_TAIL:].rstrip().split("\n") if line.strip()]
    before, last = ["", "", *lines][-2:]
    if last.rstrip(_ARROWS).endswith(_ELLIPSES) or (len(text) < _LONG_TEXT and _calls_elsewhere(last)):
        return True
    # "The post … appeared first on …": where many blogs end, behind what they cut.
    return len(last) < _LONGEST_LAST_LINE and (before.rstrip(_ARROWS).endswith(_BRACKETS) or _calls_elsewhere(before))


def _calls_elsewhere(line: str) -> bool:
    end = line.rstrip(f"{_ARROWS}.…")[-_LONGEST_CALL:]
    return bool(_CALL.search(end)) or line.lower().startswith(_CALLS_WITH_TITLES)


def follow_marks(
    marks: Marks | None,
    document: DocumentMarks,
    seen_before: datetime | None,
    now: datetime,
    rhythm: Rhythm | None = None,
) -> Marks:
    """Return a feed's marks after a document that brought something new.

    ``seen_before`` is when the feed was last polled with success, None at its first poll: that document is a backlog,
    and no volume. ``rhythm`` says what volume is usual where no marks do yet.
    """
    before = marks or Marks(at=now)
    elapsed = now - before.at
    met = len(document.arrived) + document.renamed + document.lost
    step = _step(before.seen, met)
    found = _volume(document.arrived, seen_before, now) if seen_before else 0.0
    return replace(
        before,
        at=now,
        renamed=_towards(before.renamed, document.renamed / max(met, 1), step),
        unfit=_towards(before.unfit, document.lost / max(met, 1), step),
        volume=fade(before.volume, elapsed, VOLUME_HALF_LIFE) + found,
        usual_volume=_usual_volume(before, rhythm, now),
        # Of the newest gap only: a week after the last of many is as good as a week after one.
        gaps=1.0 if document.is_gap else fade(before.gaps, elapsed, GAP_HALF_LIFE),
        **_follow_arrived(before, document.arrived, _part_of_time(elapsed)),
    )


def _usual_volume(before: Marks, rhythm: Rhythm | None, now: datetime) -> float:
    """Return the norm of a day, which a flood raises slowly: what is beyond twice the norm does not count.

    Of a feed that has not been known for long it is the mean of that time.
    """
    usual, elapsed = before.usual_volume, max(now - before.at, timedelta(0))
    if rhythm is None:
        return usual
    if not usual:
        return expected_rate(rhythm, rhythm.latest) * (_DAY / _HOUR)
    known_for = max(now - rhythm.since, _HOUR)
    step = max(min(elapsed / known_for, 1.0), _part_of_time(elapsed))
    return _towards(usual, min(a_day(before, now), 2 * usual), step)


def a_day(marks: Marks, now: datetime) -> float:
    """Return how many entries a day come at present."""
    # A steady feed has 1.44 days' entries in a volume that halves in a day.
    return fade(marks.volume, now - marks.at, VOLUME_HALF_LIFE) * log(2) / (VOLUME_HALF_LIFE / _DAY)


def _follow_arrived(marks: Marks, arrived: Sequence[EntryMarks], of_time: float) -> dict[str, Any]:
    """Return the marks that say what entries are like, after new ones; ``of_time`` is how far a norm may go by now."""
    count = len(arrived)
    if not count:
        return {}
    step, letters = _step(marks.seen, count), sum(log2(each.letters + 1) for each in arrived) / count
    of_norm = count / (marks.seen + count) if marks.seen < _A_NORM else min(_part(count, _HALF_WAY_OF_NORM), of_time)
    dated = [each.dated for each in arrived if each.dated]
    hours = {date.replace(minute=0, second=0, microsecond=0) for date in dated}
    return {
        "seen": min(marks.seen + count, _ENOUGH),
        "undated": _towards(marks.undated, sum(not each.dated and not each.is_ahead for each in arrived) / count, step),
        "ahead": _towards(marks.ahead, sum(each.is_ahead for each in arrived) / count, step),
        "cut": _towards(marks.cut, sum(each.is_cut for each in arrived) / count, step),
        "letters": _towards(marks.letters, letters, step),
        "usual_letters": _towards(marks.usual_letters, letters, of_norm),
        # Without dates nobody knows when the entries between two polls came.
        "burst": _towards(marks.burst, len(dated) / len(hours), of_norm) if dated else marks.burst,
    }


def _volume(arrived: Sequence[EntryMarks], seen_before: datetime, now: datetime) -> float:
    """Count entries that were published since the last poll or shortly before it, less as they are older."""
    # Without a date, it came at any time since.
    middle = seen_before + (now - seen_before) / 2
    moments = (each.dated or middle for each in arrived)
    return sum(fade(1.0, now - moment, VOLUME_HALF_LIFE) for moment in moments if moment > seen_before - _LATE)


def fade(count: float, age: timedelta, half_life: timedelta) -> float:
    """Return what is left of a count; a clock that was set back leaves all of it."""
    return count * exp2(-max(age / half_life, 0.0))


def _step(seen: int, count: int) -> float:
    """Return how far a share moves towards that of the next entries: all the way where they are the first."""
    if not seen:
        return 1.0
    some = min(count, _MOST_AT_ONCE)
    return max(some / (seen + some), _part(some, _HALF_WAY))


def _part(count: int, half_way: int) -> float:
    return 1 - exp2(-count / half_way)


def _part_of_time(elapsed: timedelta) -> float:
    return 1 - fade(1.0, elapsed, _HALF_LIFE_OF_NORM)


def _towards(share: float, shown: float, step: float) -> float:
    return share + (shown - share) * step
