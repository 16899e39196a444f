"""Axes: at which counts and at which moments a plot has its marks, and what is written there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from math import floor, log10

from worker.basics.units import show_offset
from worker.plots.drawing import element, group, words
from worker.plots.lettering import TEXT, measure
from worker.plots.palette import paint

DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Stands for a calendar's month.
_MONTH = 28 * _DAY
_STEPS = (
    *(_MINUTE * count for count in (1, 5, 15, 30)),
    *(_HOUR * count for count in (1, 3, 6, 12)),
    *(_DAY * count for count in (1, 2, 7, 14)),
    *(_MONTH * count for count in (1, 3, 6, 12, 60)),
)
# Between two labels.
_APART = 14


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time that an axis shows, from left to right."""

    begins: datetime
    ends: datetime
    left: float
    right: float
    zone: tzinfo = UTC

    def place(self, moment: datetime) -> float:
        """Return where a moment is, in pixels."""
        return self.left + (self.right - self.left) * ((moment - self.begins) / (self.ends - self.begins))


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis."""

    at: float
    label: str


def count_ticks(most: float, marks: int = 3) -> list[int]:
    """Return round counts from 0 to ``most``, at the most ``marks`` above 0."""
    step = _round_step(max(most, 1) / marks)
    return [step * number for number in range(int(max(most, 1) / step) + 1)]


def _round_step(least: float) -> int:
    magnitude = 10 ** floor(log10(max(least, 1)))
    return next(int(times * magnitude) for times in (1, 2, 5, 10) if times * magnitude >= least)


def short_count(count: float) -> str:
    """Write a count for an axis: ``950``, ``1.2k``, ``30k``, ``4M``."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + unit
    return f"{count:g}"


def time_ticks(stretch: Stretch) -> list[Tick]:
    """Return marks at round hours or days of the axis's zone, as many as there is room for."""
    room = stretch.right - stretch.left
    for step in _STEPS:
        if (stretch.ends - stretch.begins) / step > room / _APART:
            continue
        ticks = list(_ticks_of(stretch, step))
        if sum(measure(tick.label) + _APART for tick in ticks) <= room:
            return ticks
    return []


def draw_time_axis(stretch: Stretch, y: float) -> str:
    """Return the axis of a time below a plot, which says its zone at the right end."""
    zone = name_zone(stretch.begins, stretch.zone)
    base = y + 6 + TEXT
    marks, names, free_from = [], [], stretch.left - _APART
    for tick in time_ticks(stretch):
        half = measure(tick.label) / 2
        left = max(tick.at - half, stretch.left - 4)
        if left > free_from and left + 2 * half < stretch.right - measure(zone) - _APART / 2:
            marks.append(f"M{tick.at:.1f} {y:.1f}v5")
            names.append(words(tick.label, (left + half, base), anchor="middle"))
            free_from = left + 2 * half + _APART / 2
    axis = element("path", d="".join(marks), stroke=paint("soft"))
    return axis + group({"fill": paint("soft")}, *names, words(zone, (stretch.right, base), anchor="end"))


def _ticks_of(stretch: Stretch, step: timedelta) -> Iterator[Tick]:
    for moment in _round_moments(stretch, step):
        yield Tick(stretch.place(moment), _name(moment.astimezone(stretch.zone), step))


def _round_moments(stretch: Stretch, step: timedelta) -> Iterator[datetime]:
    # By the clock of the zone: across a change of it, midnight stays midnight.
    here = stretch.begins.astimezone(stretch.zone).date()
    bare = datetime.combine(_first_day(here, step), time())
    while (moment := bare.replace(tzinfo=stretch.zone)) < stretch.ends:
        if moment >= stretch.begins:
            yield moment.astimezone(UTC)
        bare = _add_months(bare, step // _MONTH) if step >= _MONTH else bare + step


def _first_day(day: date, step: timedelta) -> date:
    if step >= _MONTH:
        return day.replace(month=1, day=1)
    return day - timedelta(days=day.weekday()) if step >= 7 * _DAY else day


def _add_months(moment: datetime, count: int) -> datetime:
    years, month = divmod(moment.month - 1 + count, 12)
    return moment.replace(year=moment.year + years, month=month + 1)


def _name(moment: datetime, step: timedelta) -> str:
    if step >= _MONTH:
        return f"{MONTHS[moment.month - 1]} {moment.year}"
    if step >= _DAY or moment.time() == time():
        return name_day(moment.date())
    return f"{moment:%H:%M}"


def name_day(day: date) -> str:
    """Write a day of this or the last months: ``24 Nov``."""
    return f"{day.day} {MONTHS[day.month - 1]}"


def name_moment(moment: datetime, zone: tzinfo) -> str:
    """Write a moment with its zone: ``Tue 24 Nov 2026 12:50 UTC+1``."""
    here = moment.astimezone(zone)
    return f"{DAYS[here.weekday()]} {name_day(here.date())} {here.year} {here:%H:%M} {name_zone(moment, zone)}"


def name_zone(moment: datetime, zone: tzinfo) -> str:
    """Write how far a zone is from UTC at a moment: ``UTC``, ``UTC+1``, ``UTC-3:30``."""
    return show_offset(moment.astimezone(zone).utcoffset() or timedelta(0))
