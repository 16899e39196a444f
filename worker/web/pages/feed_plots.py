"""What a feed's page draws: its polls as a strip, its articles by day, and at which hours of the week they come.

Days and hours are those of UTC, for a drawing cannot follow the zone of whoever looks at it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from markupsafe import Markup

from worker.basics.moments import ONE_DAY
from worker.basics.units import counted
from worker.look.listings import Listed
from worker.plots.axes import DAYS
from worker.plots.drawing import WIDE, Figure, draw_both
from worker.plots.palette import Tone
from worker.plots.poll_strip import StripPoll, draw_poll_strip
from worker.plots.stacked_columns import Series, Slots, draw_columns
from worker.plots.week_heat import draw_week
from worker.values.outcomes import Outcome
from worker.values.schedules import Rhythm
from worker.wording.sentences import explain_poll

_DAYS_SHOWN = 30
_MIDNIGHT = time()
# On a phone the strip has three rows; the table has the same polls.
_ON_A_PHONE = 129
_HOUR_WIDTH, _MARK_HEIGHT = 3, 16
_FAILED = {Outcome.TRANSIENT, Outcome.PERMANENT, Outcome.REJECTED}
Counts = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing, and what it shows in a sentence."""

    svg: str
    finding: str


def draw_polls(polls: Sequence[Listed]) -> Drawn | None:
    """Draw polls, which come the newest first, each with how it ended and why the next was to be when it was."""
    if not polls:
        return None
    marks = [
        StripPoll(poll["started_at"], Outcome(poll["outcome"]), "; ".join(explain_poll(poll)))
        for poll in reversed(polls)
    ]
    counts = Counter(mark.outcome for mark in marks)
    failed = sum(counts[outcome] for outcome in _FAILED)
    last = "The last " if len(marks) > 1 else ""
    finding = (
        f"{last}{counted(len(marks), 'poll')}: {counts[Outcome.NEW]:,} brought something new, "
        f"{counts[Outcome.UNCHANGED]:,} did not, {failed:,} failed."
    )
    figure = Figure("Polls, the newest last", finding)
    return _draw(figure, lambda sized: draw_poll_strip(sized, marks if sized.width == WIDE else marks[-_ON_A_PHONE:]))


def draw_days(dates: Sequence[datetime], known_from: datetime | None, now: datetime) -> Drawn:
    """Draw how many articles there are of each of the last days; nothing is known of days before ``known_from``."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    slots = Slots(today - (_DAYS_SHOWN - 1) * ONE_DAY, ONE_DAY, _DAYS_SHOWN)
    by_day = Counter((date - slots.begins) // ONE_DAY for date in dates if date >= slots.begins)
    counts = [
        None if known_from and slots.begins + (day + 1) * ONE_DAY <= known_from else by_day[day]
        for day in range(_DAYS_SHOWN)
    ]
    most = max(range(_DAYS_SHOWN), key=lambda day: counts[day] or 0)
    total = sum(count or 0 for count in counts)
    busiest = f"; most on {slots.begins + most * ONE_DAY:%A, %-d %B}: {counts[most]:,}" if total else ""
    since = f"since {known_from:%A, %-d %B}" if known_from and known_from > slots.begins else f"in {_DAYS_SHOWN} days"
    finding = f"{counted(total, 'article')} {since}{busiest}."
    figure = Figure("Articles a day", finding)
    series = [Series("articles", Tone.NEWS, counts)]
    return _draw(figure, lambda sized: draw_columns(sized, slots, series))


def draw_rhythm(dates: Sequence[datetime], rhythm: Rhythm | None) -> Drawn | None:
    """Draw at which hours of the week a feed publishes, by its articles, or by what was learnt if that is more."""
    # A date at exactly midnight names a day and no hour.
    timed = [date for date in dates if date.time() != _MIDNIGHT]
    learnt = learnt_week(rhythm) if rhythm and sum(rhythm.hours) > len(timed) else None
    if not (learnt or timed):
        return None
    week = learnt or count_week(timed)
    day, hour = max(((day, hour) for day in range(7) for hour in range(24)), key=lambda at: week[at[0]][at[1]])
    whence = "as learnt from all that has come" if learnt else f"of {counted(len(timed), 'article')}"
    finding = f"Most come on {DAYS[day]} from {hour:02}:00 to {hour + 1:02}:00 UTC, {whence}."
    figure = Figure("Hours of the week, UTC", finding)
    return _draw(figure, lambda sized: draw_week(sized, week))


def _draw(figure: Figure, draw: Callable[[Figure], str]) -> Drawn:
    return Drawn(draw_both(lambda width: draw(replace(figure, width=width))), figure.finding)


def count_week(dates: Sequence[datetime]) -> Counts:
    """Count moments by weekday, Monday first, and hour."""
    counts = Counter((date.weekday(), date.hour) for date in dates)
    return [[counts[day, hour] for hour in range(24)] for day in range(7)]


def learnt_week(rhythm: Rhythm) -> Counts:
    """Return the hours of a week by a rhythm that knows weekdays and hours apart."""
    whole = sum(rhythm.weekdays) or 1.0
    return [[round(share / whole * count, 1) for count in rhythm.hours] for share in rhythm.weekdays]


def draw_hours(rhythm: Rhythm | None) -> Markup:
    """Draw a small mark of the hours of the day (UTC) at which a feed publishes; nothing where that is not known."""
    most = max(rhythm.hours) if rhythm else 0.0
    if not rhythm or not most:
        return Markup("")
    outline = "".join(
        f"M{hour * _HOUR_WIDTH} {_MARK_HEIGHT}v-{max(count / most * _MARK_HEIGHT, 1):.1f}h2V{_MARK_HEIGHT}z"
        for hour, count in enumerate(rhythm.hours)
        if count
    )
    size = f"0 0 {24 * _HOUR_WIDTH} {_MARK_HEIGHT}"
    return Markup('<svg class="hours" viewBox="{}" aria-hidden="true"><path d="{}"/></svg>').format(size, outline)
