"""When a feed is worth its next poll, going by its rhythm."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import atan2, hypot, inf, sqrt

from worker.schedule.rhythm import DIAL, expected_rate
from worker.values.schedules import Rhythm

_HOUR = timedelta(hours=1)
# How many articles it takes to believe half of what the hours, the weekdays or the minutes say.
_FLAT_HOURS, _FLAT_WEEKDAYS, _FLAT_MINUTES = 2.0, 3.0, 0.5
# A document is rarely written in the very minute of its newest article's date.
_WRITING = timedelta(minutes=8)
# Only the last so many moments are compared: what came before them would have been worth a poll by itself.
_LOOK_BACK = 4
_HOURS_OF_A_WEEK = 24 * 7
_LONGEST = timedelta(days=36_500)


def best_wait(
    rhythm: Rhythm, now: datetime, interval: timedelta, limits: tuple[timedelta, timedelta], rate: float | None = None
) -> timedelta:
    """Return how long to wait until the next poll is worth it, between ``limits`` (shortest, longest).

    ``rate`` is the rhythm's expected rate, where the caller knows it.

    It is worth it when the articles expected until then will have waited half an interval, all together. For an even
    rhythm this is the square-root law: of all schedules with as many polls it has the least total delay.
    """
    shortest, longest = limits[0] / _HOUR, limits[1] / _HOUR
    rate = expected_rate(rhythm, now) if rate is None else rate
    worth = interval / _HOUR / 2
    at = waiting = waited = 0.0
    marks = []
    for length, even, at_once in _hours_ahead(rhythm, now, rate):
        coming, end = even * length, at + length
        total = waited + (waiting + coming / 2) * length
        if total >= worth or end >= longest:
            rest = min(length, longest - at, _time_until(worth - waited, waiting, even))
            marks.append((at + rest, waiting + even * rest))
            break
        at, waited, waiting = end, total, waiting + coming + at_once
        if at >= shortest:
            marks.append((at, waiting))
    return max(limits[0], _best_of(marks, worth, shortest, rate) * _HOUR)


def expect_by(rhythm: Rhythm, articles: float) -> datetime:
    """Return by when so many articles should have come since the newest one, going by the rhythm as it was then."""
    since = rhythm.latest
    rate = expected_rate(rhythm, since)
    # All weeks are alike: only of the last one the hours count.
    weeks = int(articles / (rate * _HOURS_OF_A_WEEK))
    at, left = weeks * float(_HOURS_OF_A_WEEK), articles - weeks * rate * _HOURS_OF_A_WEEK
    for length, even, at_once in _hours_ahead(rhythm, since, rate):
        coming = even * length + at_once
        if coming >= left:
            break
        at, left = at + length, left - coming
    return since + min(at + length, _LONGEST / _HOUR) * _HOUR


def _hours_ahead(rhythm: Rhythm, now: datetime, rate: float) -> Iterator[tuple[float, float, float]]:
    """Yield the hours ahead, endlessly: how long each is, how many articles come evenly in it, how many as it ends.

    Where articles come at a certain minute, hours end at that minute.
    """
    hours, weekdays = rhythm.hours, rhythm.weekdays
    sharp = _sharpness(*rhythm.minutes)
    if sharp:
        now -= timedelta(minutes=atan2(*rhythm.minutes[:2]) / DIAL % 60) + _WRITING
    flat_hour, flat_day = _FLAT_HOURS / 24, _FLAT_WEEKDAYS / 7
    scale = rate * 168 / ((sum(hours) + _FLAT_HOURS) * (sum(weekdays) + _FLAT_WEEKDAYS))
    hour, day = now.hour, now.weekday()
    today = scale * (weekdays[day] + flat_day)
    coming = today * (hours[hour] + flat_hour)
    length, smooth = 1 - (now.minute + now.second / 60) / 60, 1 - sharp
    while True:
        for articles in hours[hour + 1 :]:
            following = today * (articles + flat_hour)
            yield length, coming * smooth, following * sharp
            length, coming = 1.0, following
        hour, day = -1, (day + 1) % 7
        today = scale * (weekdays[day] + flat_day)


def _sharpness(east: float, north: float, articles: float) -> float:
    """Return the share of the articles that come at one certain minute of the hour."""
    # Directions at random add up to about this much.
    chance = sqrt(articles)
    return max(0.0, (hypot(east, north) - chance) / (articles - chance + _FLAT_MINUTES))


def _time_until(worth: float, waiting: float, coming: float) -> float:
    """Return after how many hours ``waiting`` articles and ``coming`` more an hour have waited ``worth`` hours."""
    root = waiting + sqrt(waiting * waiting + 2 * coming * worth)
    return 2 * worth / root if root else inf


def _best_of(marks: Sequence[tuple[float, float]], worth: float, shortest: float, rate: float) -> float:
    """Return the best moment up to the last one: right after many articles came is better than some time later.

    ``marks`` are moments, each with the articles waiting then. An earlier poll saves its articles the rest of the time,
    leaves those that come later to the poll after it, and costs more in proportion as it is earlier.
    """
    last = marks[-1][0]
    if len(marks) == 1:
        return last
    after_next = last + max(shortest, min(last, sqrt(worth / rate)))
    return max(marks[-_LOOK_BACK:], key=lambda mark: mark[1] * (after_next - mark[0]) + worth * mark[0] / last)[0]
