"""A feed's publishing rhythm, learnt from the arrivals of its articles.

We take arrivals for an inhomogeneous Poisson process: a rate, times a profile of the day, times one of the week. All
three fade, the rate sooner than the profiles.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import accumulate
from math import cos, exp2, floor, log, log2, pi, sin, sqrt

from worker.values.schedules import Rhythm

DIAL = 2 * pi / 60
"""The angle of a minute on a dial of one hour."""

_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
_NO_TIME = timedelta(0)
_HALF_LIFE = timedelta(days=21)
_PROFILE_HALF_LIFE = timedelta(days=120)
# The hours that are observed in an endless time, as they fade.
_MOST_HOURS = _HALF_LIFE / _HOUR / log(2)
# We begin as if half an article had come in 72 hours. Rates differ by a factor of ten thousand from feed to feed, so a
# few articles must overrule this: three halve those hours.
_PRIOR_ARTICLES, _PRIOR_HOURS, _OVERRULED_BY = 0.5, 72.0, 3.0
# When so many expected articles have not come, half the rate is believed.
_PATIENCE = 12.0
# Two polls further apart do not tell the hour in which an article arrived between them.
_TELLS_THE_HOUR = 3 * _HOUR
_MIDNIGHT = time()
_ALMOST_ONE, _UNITS = 0.95, (("day", 24.0), ("week", 168.0), ("month", 730.0))
# "Mostly" is this share of the known arrivals, if there are enough of them and half a day holds it.
_MOSTLY, _ENOUGH, _HALF_A_DAY = 0.75, 6.0, 12
# One in so many articles may stay in a document for ever.
_ONE_STAYS_IN = 20


def follow_rhythm(
    rhythm: Rhythm | None, published: Iterable[datetime | None], seen_before: datetime | None, now: datetime
) -> Rhythm | None:
    """Return the rhythm after a poll whose new entries have these dates; None while it is not known.

    ``seen_before`` is when the feed was last polled with success, None at its first poll. All that the first document
    tells of a rhythm are dates: without any, only a second poll shows how much is new.
    """
    if rhythm is None and seen_before:
        rhythm = Rhythm(since=seen_before, latest=seen_before)
    arrived = arrival_times(published, seen_before if rhythm else None, now)
    return learn_rhythm(rhythm, arrived, now) if arrived else rhythm


def arrival_times(published: Iterable[datetime | None], seen_before: datetime | None, now: datetime) -> list[datetime]:
    """Estimate when articles that were found now arrived in the feed; the moments are in order.

    At the first poll (``seen_before`` is None) their dates are all we know. Later, whatever an article's date, it
    arrived after the last successful poll. A date at exactly midnight names a day and no hour.
    """
    if seen_before is None:
        return sorted(date for date in published if date and date <= now)
    return sorted(_arrival(date, seen_before, now) for date in published)


def _arrival(date: datetime | None, seen_before: datetime, now: datetime) -> datetime:
    middle = seen_before + (now - seen_before) / 2
    if date and date <= now and date.time() != _MIDNIGHT:
        if date > seen_before:
            return date
        # Dated shortly before the last poll, which missed it: guess that it arrived as long after that poll.
        if seen_before - date <= middle - seen_before:
            return seen_before + (seen_before - date)
    if now - seen_before <= _TELLS_THE_HOUR:
        return middle
    return middle.replace(hour=0, minute=0, second=0, microsecond=0)


def learn_rhythm(rhythm: Rhythm | None, arrived: Sequence[datetime], now: datetime) -> Rhythm:
    """Return the rhythm with the arrivals up to now, which are in order; the same rhythm when there are none."""
    if rhythm is None:
        rhythm, arrived = _begin(arrived, now)
    if not arrived:
        return rhythm
    latest = max(rhythm.latest, arrived[-1])
    articles = rhythm.articles * _fading(latest - rhythm.latest, _HALF_LIFE)
    fading = _fading(latest - rhythm.latest, _PROFILE_HALF_LIFE)
    profiles = rhythm.hours, rhythm.weekdays, rhythm.minutes
    hours, weekdays, (east, north, timed) = ([count * fading for count in profile] for profile in profiles)
    hours_of = [moment.replace(minute=0, second=0, microsecond=0) for moment in arrived]
    together = Counter(hours_of)
    for moment, hour in zip(arrived, hours_of, strict=True):
        articles += _fading(latest - moment, _HALF_LIFE)
        # A burst is no more proof of its hour than a few articles are.
        weight = _fading(latest - moment, _PROFILE_HALF_LIFE) / sqrt(together[hour])
        weekdays[moment.weekday()] += weight
        if moment.time() != _MIDNIGHT:
            hours[moment.hour] += weight
            # Stragglers at unusual hours do not blur the minute.
            weight = weight * hours[moment.hour] / max(hours)
            angle = moment.minute * DIAL
            east, north, timed = east + weight * sin(angle), north + weight * cos(angle), timed + weight
    return Rhythm(rhythm.since, latest, articles, tuple(hours), tuple(weekdays), (east, north, timed))


def _begin(arrived: Sequence[datetime], now: datetime) -> tuple[Rhythm, Sequence[datetime]]:
    """Return the rhythm of a feed before its first document, and the arrivals that count."""
    if not arrived:
        return Rhythm(since=now, latest=now), arrived
    # Everything published since the oldest article is in the document: observation begins with it.
    oldest = len(arrived) // _ONE_STAYS_IN
    since = arrived[oldest]
    return Rhythm(since=since, latest=since), arrived[oldest + 1 :]


def _fading(age: timedelta, half_life: timedelta) -> float:
    return exp2(-max(age / half_life, 0.0))


def expected_rate(rhythm: Rhythm, now: datetime) -> float:
    """Return how many articles an hour are expected, on average over a week; never zero."""
    silence = max(now - rhythm.latest, _NO_TIME)
    observed = max(now - rhythm.since, _NO_TIME)
    articles = rhythm.articles * exp2(-(silence / _HALF_LIFE))
    # The observed hours fade as well: a steady feed of one article an hour has as many articles left as hours.
    hours = (1 - exp2(-(observed / _HALF_LIFE))) * _MOST_HOURS
    rate = (_PRIOR_ARTICLES + articles) / (_PRIOR_HOURS / (1 + articles / _OVERRULED_BY) + hours)
    # A day's silence may be a night. A longer one of a busy feed says more than the articles before it.
    overdue = (silence - _DAY) / _HOUR * rate if silence > _DAY else 0.0
    return rate / (1 + overdue / _PATIENCE)


def long_run_rate(rhythm: Rhythm) -> float:
    """Return how many articles an hour came over the months up to the newest one; those of one burst count less."""
    hours = (1 - _fading(rhythm.latest - rhythm.since, _PROFILE_HALF_LIFE)) * (_PROFILE_HALF_LIFE / _HOUR / log(2))
    return sum(rhythm.weekdays) / hours if hours else 0.0


def doubts_silence(rhythm: Rhythm | None, answered_at: datetime | None, now: datetime) -> bool:
    """Say whether so much is overdue that a feed which calls itself unchanged is asked for all of it, whatever it says.

    That is once when twelve articles should have come, or after a day if that is later, then at twice as long, and so
    on: some hosts answer 304 for ever. ``answered_at`` is when the feed last answered well.
    """
    # Most have published within a day, and are not looked at more closely.
    if rhythm is None or answered_at is None or now - rhythm.latest < _DAY:
        return False
    first = max(timedelta(hours=_PATIENCE / expected_rate(rhythm, rhythm.latest)), _DAY)
    if now - rhythm.latest < first:
        return False
    before, after = (floor(log2(max((moment - rhythm.latest) / first, 0.5))) for moment in (answered_at, now))
    return after > before


def describe_rhythm(rhythm: Rhythm, now: datetime, rate: float | None = None) -> str:
    """Return how often the feed publishes, in words: "about 3 articles a day, mostly 06–18 UTC".

    ``rate`` is its expected rate, where the caller knows it.
    """
    if not rhythm.articles:
        return "nothing new so far"
    rate = expected_rate(rhythm, now) if rate is None else rate
    unit, hours = next(((unit, hours) for unit, hours in _UNITS if rate * hours > _ALMOST_ONE), ("", 0.0))
    if not unit:
        return "less than one article a month"
    count = round(rate * hours)
    # A document of one day does not tell the hours of other days.
    usually = _busy_hours(rhythm.hours) if now - rhythm.since > _WEEK else ""
    return f"about {count} article{'s' if count > 1 else ''} a {unit}{usually}"


def _busy_hours(hours: tuple[float, ...]) -> str:
    """Return the hours within which most articles come, in words; an empty string where they come at all hours."""
    if sum(hours) < _ENOUGH:
        return ""
    sums = list(accumulate(hours * 2, initial=0.0))
    most = _MOSTLY * sums[24]
    end, width, first = 0, len(sums), 0
    for begin in range(24):
        aim = sums[begin] + most
        while sums[end] < aim:
            end += 1
        if end - begin < width:
            width, first = end - begin, begin
    return f", mostly {first:02}–{(first + width) % 24:02} UTC" if width <= _HALF_A_DAY else ""
