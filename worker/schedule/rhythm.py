"""A feed's publishing rhythm: learnt from the arrivals of its articles, used to guess when the next ones come.

Arrivals are taken for an inhomogeneous Poisson process: a rate, times a profile of the day, times one of the week. A
poll is worth its price when the articles that should be waiting by then have waited long enough, all together.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from math import exp2, sqrt

from worker.values import Rhythm

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_HALF_LIFE = timedelta(days=21)
_HALF_LIFE_OF_PROFILES = timedelta(days=90)
_LN2 = 0.6931471805599453
# What is assumed before anything is seen: this many articles in so many hours.
_PRIOR_ARTICLES, _PRIOR_HOURS = 0.5, 72.0
# How many articles it takes to believe a profile half.
_FLAT_HOURS, _FLAT_WEEKDAYS = 8.0, 8.0
# After so many articles that did not come as expected, half the rate is believed.
_PATIENCE = 4.0
# A found article whose date says nothing arrived between two polls: closer ones tell the hour.
_TELLS_THE_HOUR = 3 * _HOUR
_MIDNIGHT = time()


def arrivals(published: Iterable[datetime | None], seen_before: datetime | None, now: datetime) -> list[datetime]:
    """Return when articles that were found now arrived in the feed, as far as that can be told, in order.

    At the first poll (``seen_before`` is null) their dates are all there is. Later, what was not there at the last
    successful poll arrived since: a date from before is of another day than the arrival, and says nothing of it.
    A moment at exactly midnight is a day without an hour.
    """
    if seen_before is None:
        return sorted(moment for moment in published if moment and moment <= now)
    unknown = seen_before + (now - seen_before) / 2
    if now - seen_before > _TELLS_THE_HOUR:
        unknown = unknown.replace(hour=0, minute=0, second=0, microsecond=0)
    return sorted(
        moment if moment and seen_before < moment <= now and moment.time() != _MIDNIGHT else unknown
        for moment in published
    )


def observe(rhythm: Rhythm | None, arrived: Sequence[datetime], now: datetime) -> Rhythm:
    """Return the rhythm with what arrived up to now, in order; the same one when nothing did."""
    if rhythm is None:
        # The oldest of a document only says since when the others are all there is.
        since, arrived = (arrived[0], arrived[1:]) if arrived else (now, arrived)
        rhythm = Rhythm(since=since, latest=since)
    if not arrived:
        return rhythm
    latest = max(rhythm.latest, arrived[-1])
    slots = Counter(_slot(moment) for moment in arrived)
    fade = _fading(latest - rhythm.latest, _HALF_LIFE)
    slow = _fading(latest - rhythm.latest, _HALF_LIFE_OF_PROFILES)
    hours = [count * slow for count in rhythm.hours]
    weekdays = [count * slow for count in rhythm.weekdays]
    articles = rhythm.articles * fade
    for (slot, tells_the_hour), count in slots.items():
        articles += count * _fading(latest - slot, _HALF_LIFE)
        # A burst is no more proof of its hour than a few articles are.
        weight = sqrt(count) * _fading(latest - slot, _HALF_LIFE_OF_PROFILES)
        weekdays[slot.weekday()] += weight
        hours[slot.hour] += weight if tells_the_hour else 0.0
    return Rhythm(rhythm.since, latest, articles, tuple(hours), tuple(weekdays))


def best_wait(rhythm: Rhythm, now: datetime, interval: timedelta, limits: tuple[timedelta, timedelta]) -> timedelta:
    """Return how long to wait for the next poll to be worth it, between ``limits``.

    It is when the articles expected until then will have waited half an interval, all together: for a feed with an even
    rhythm that is the square-root law, which has the least total delay of all schedules with as many polls.
    """
    shortest, longest = limits
    worth, end = interval / _HOUR / 2, longest / _HOUR
    rate = _rate(rhythm, now)
    hours, weekdays = rhythm.hours, rhythm.weekdays
    flat_hour, flat_day = _FLAT_HOURS / 24, _FLAT_WEEKDAYS / 7
    scale = rate * 168 / ((sum(hours) + _FLAT_HOURS) * (sum(weekdays) + _FLAT_WEEKDAYS))
    hour, day = now.hour, now.weekday()
    step = 1 - (now.minute * 60 + now.second) / 3600
    waited = waiting = elapsed = 0.0
    today = scale * (weekdays[day] + flat_day)
    while elapsed < end:
        coming = today * (hours[hour] + flat_hour)
        more = waited + (waiting + coming * step / 2) * step
        if more >= worth:
            missing = worth - waited
            elapsed += 2 * missing / (waiting + sqrt(waiting * waiting + 2 * coming * missing) or 1.0)
            break
        waited, waiting, elapsed, step, hour = more, waiting + coming * step, elapsed + step, 1.0, hour + 1
        if hour == len(hours):
            hour, day = 0, (day + 1) % 7
            today = scale * (weekdays[day] + flat_day)
    return max(shortest, min(longest, elapsed * _HOUR))


def describe(rhythm: Rhythm, now: datetime) -> str:
    """Say how often the feed publishes, for people."""
    return f"about {_rate(rhythm, now) * 24:.2g} articles a day"


def _slot(moment: datetime) -> tuple[datetime, bool]:
    """Return the hour that a moment is in, and whether it tells the hour."""
    return moment.replace(minute=0, second=0, microsecond=0), moment.time() != _MIDNIGHT


def _fading(age: timedelta, half_life: timedelta) -> float:
    return exp2(-max(age / half_life, 0.0))


def _rate(rhythm: Rhythm, now: datetime) -> float:
    """Return how many articles an hour are expected, on average over a week."""
    silence = max(now - rhythm.latest, timedelta(0))
    observed = max(now - rhythm.since, timedelta(0))
    articles = rhythm.articles * _fading(silence, _HALF_LIFE)
    exposure = (1 - _fading(observed, _HALF_LIFE)) * (_HALF_LIFE / _HOUR / _LN2)
    rate = (_PRIOR_ARTICLES + articles) / (_PRIOR_HOURS + exposure)
    overdue = max(silence - _DAY, timedelta(0)) / _HOUR * rate
    return rate / (1 + overdue / _PATIENCE)
