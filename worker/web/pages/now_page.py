"""The page *Now*: whether the work is done, what is due, late and failing, and how much came in hour by hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from worker.basics.moments import in_utc
from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.database.feed_tables import HostRow
from worker.look.backlogs import find_undelivered, find_unfilled, find_ungrouped, find_unnumbered
from worker.look.health import Health, read_health
from worker.look.host_listing import list_hosts
from worker.look.hourly_activity import HOUR, Activity, read_activity
from worker.look.queues import count_queued
from worker.look.work import LATE, VERY_LATE, Verdict, describe_work, find_newest_work, judge_work, read_work
from worker.plots.drawing import Figure, draw_both
from worker.plots.palette import Tone
from worker.plots.stacked_columns import Series, Slots, draw_columns
from worker.settings import Settings
from worker.values.outcomes import Outcome
from worker.web.answers import usable_store
from worker.web.pages.rendering import render
from worker.web.shared_looks import SharedLook

_PATIENCE = timedelta(seconds=10)
_HOURS = 48
_MOST_HOSTS = 10
_FAILED = (Outcome.TRANSIENT, Outcome.PERMANENT, Outcome.REJECTED)
# What is worded on the page: what waits, how much, and for how long.
_WAITING = {
    "articles to be grouped": find_ungrouped,
    "changes to be numbered": lambda connection, now: find_unnumbered(connection, now)[0],
    "changes to be delivered": lambda connection, now: find_undelivered(connection, now).backlog,
    "back-fills to be read": find_unfilled,
}


@dataclass(frozen=True, slots=True)
class Now:
    """All that the page shows."""

    verdict: Verdict
    sentence: str
    health: Health
    held_hosts: Sequence[Mapping[str, Any]]
    newest_work: Mapping[str, datetime | None]
    waiting: Mapping[str, Any]
    queued: Mapping[str, int] | None
    polls_plot: str
    articles_plot: str


def look_at_now(engine: Engine, chosen: Settings) -> SharedLook[Now]:
    """Return the look that all who open the page share."""
    return SharedLook(lambda: _find_now(engine, chosen))


def _find_now(engine: Engine, chosen: Settings) -> Now:
    # A broker that hangs is none of the store's concern: no transaction waits for it.
    queued = count_queued(chosen) if chosen.broker_url.startswith("redis") else {}
    with reading(usable_store(engine)) as connection, in_utc():
        now = read_clock(connection).now()
        work, activity = read_work(connection, now), read_activity(connection, now, _HOURS)
        return Now(
            judge_work(work, LATE, VERY_LATE),
            describe_work(work),
            read_health(connection, now),
            _list_held(connection, now),
            find_newest_work(connection),
            {name: find(connection, now) for name, find in _WAITING.items()},
            queued,
            draw_both(lambda width: _plot_polls(activity, width)),
            draw_both(lambda width: _plot_articles(activity, width)),
        )


def _list_held(connection: Connection, now: datetime) -> list[Mapping[str, Any]]:
    held = select(HostRow.id).where(HostRow.held_until > now).order_by(HostRow.held_until).limit(_MOST_HOSTS)
    host_ids = connection.execute(held).scalars().all()
    return list(list_hosts(connection, now, host_ids=host_ids)) if host_ids else []


def _plot_polls(activity: Activity, width: int) -> str:
    failed = [sum(counts) for counts in zip(*(activity.polls[outcome] for outcome in _FAILED), strict=True)]
    new, unchanged = activity.polls[Outcome.NEW], activity.polls[Outcome.UNCHANGED]
    brought, none, failures = (_sum(activity, counts) for counts in (new, unchanged, failed))
    found = f"{brought} polls brought articles, {none} none, {failures} failed."
    series = (
        Series("brought articles", Tone.NEWS, new),
        Series("nothing new", Tone.QUIET, unchanged),
        Series("failed", Tone.BAD, failed, is_below=True),
    )
    return draw_columns(Figure("Polls by the hour, two days", found, width), _slots(activity), series)


def _plot_articles(activity: Activity, width: int) -> str:
    found = f"{_sum(activity, activity.articles)} articles were first seen."
    figure = Figure("Articles by the hour, two days", found, width)
    return draw_columns(figure, _slots(activity), [Series("articles", Tone.NEWS, activity.articles)])


def _slots(activity: Activity) -> Slots:
    return Slots(activity.begins, HOUR, activity.hours)


def _sum(activity: Activity, counts: Sequence[int]) -> str:
    return f"{'' if activity.is_exact else 'About '}{sum(counts):,}"


async def _show_now(request: Request) -> Response:
    look: SharedLook[Now] = request.app.state.now
    try:
        found = await look.result(_PATIENCE)
    except TimeoutError as error:
        raise HTTPException(503, f"The store does not answer within {_PATIENCE.seconds}s") from error
    return render(request, "now.html", found=found, health=found.health, now=found.health.at)


ROUTES = [Route("/", _show_now)]
