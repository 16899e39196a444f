"""The dead man's switch: a URL that is asked for after work was done well.

Whoever serves it (Healthchecks, Uptime Kuma, Dead Man's Snitch) raises the alarm once it is asked for no more. Its path
is its secret, so nothing here names more of it than the host.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine

from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.task_turns import find_note, note_turn
from worker.discovery.single_fetch import fetch_document
from worker.errors import ErrorClass, PollError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.look.work import LATE, VERY_LATE, Verdict, describe_work, judge_work, read_work
from worker.settings import Settings

HEARTBEAT_TURN = timedelta(minutes=2)
"""A turn may be taken again after half of it: at most once a minute, however many workers and ticks there are."""
_TURN = "heartbeat"
_TIMEOUT = timedelta(seconds=10)
_CONNECT_TIMEOUT = timedelta(seconds=5)
# What such a service answers is a word or two.
_MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How one ended."""

    reason: str | None
    """Why there was none, or why it was not taken; None where it was."""
    is_news: bool
    """Whether that was otherwise the time before."""


def send_heartbeat(engine: Engine, chosen: Settings, stop: Callable[[], bool] = lambda: False) -> Heartbeat | None:
    """Ask for the URL unless the work is in a critical state; None where no URL is set, or this process is to end."""
    if not chosen.heartbeat_url:
        return None
    with reading(engine) as connection:
        work = read_work(connection, read_clock(connection).now())
    if judge_work(work, LATE, VERY_LATE) is Verdict.CRITICAL:
        reason: str | None = f"no heartbeat is sent: {describe_work(work)}"
    else:
        reason = _ask(chosen, chosen.heartbeat_url.get_secret_value(), stop)
    if stop():
        # Nobody knows what would have become of it.
        return None
    return Heartbeat(reason, write(engine, lambda connection: _note(connection, reason)))


def _ask(chosen: Settings, url: str, stop: Callable[[], bool]) -> str | None:
    limits = FetchLimits(
        _TIMEOUT,
        min(chosen.connect_timeout, _CONNECT_TIMEOUT),
        max_body=_MOST_BYTES,
        user_agent=chosen.user_agent,
        proxy=chosen.proxy,
        ca_bundle=str(chosen.ca_bundle) if chosen.ca_bundle else None,
    )
    with Transfers(limits, Guard.allowing(chosen.allow_hosts)) as transfers:
        try:
            fetch_document(transfers, url, stop)
        except PollError as error:
            # A feed with nothing in it has failed; a heartbeat has arrived.
            if error.error_class is ErrorClass.INCOMPLETE and error.http_status in {200, 201, 202, 204}:
                return None
            return f"the heartbeat is not taken: {error.sentence}"
    return None


def _note(connection: Connection, reason: str | None) -> bool:
    """Record how it ended and return whether that is news: workers take turns, and each knows of its own alone."""
    before = find_note(connection, _TURN)
    if reason or before:
        note_turn(connection, _TURN, reason, read_clock(connection).now())
    return bool(reason) != bool(before)
