"""Moments as people read and type them: in their own zone, which is named, or in UTC with ``--utc``.

JSON has its own way: ISO 8601 in UTC.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import click

from worker.basics.units import parse_duration, show_offset
from worker.errors import UsageError

_IN_UTC = "feedmill.utc"
_ONE_DAY = timedelta(days=1)


def utc_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --utc, which holds for every moment that it shows or reads."""

    def remember(context: click.Context, _option: click.Parameter, is_given: bool) -> None:  # noqa: FBT001 -- click's signature
        context.meta[_IN_UTC] = is_given

    # Eager: other options are read in this zone.
    option = click.option(
        "--utc", is_flag=True, is_eager=True, expose_value=False, callback=remember, help="Times in UTC, not local."
    )
    return option(command)


def show_moment(moment: datetime) -> str:
    """Write a moment with its zone: ``2026-11-24 12:50 UTC+1``."""
    return f"{show_bare_moment(moment)} {zone_of(moment)}"


def show_bare_moment(moment: datetime) -> str:
    """Write a moment where its zone is told elsewhere: ``2026-11-24 12:50``."""
    return f"{_localise(moment):%Y-%m-%d %H:%M}"


def show_second(moment: datetime) -> str:
    """Write a moment to the second, with its zone: ``2026-11-24 12:50:07 UTC+1``."""
    return f"{_localise(moment):%Y-%m-%d %H:%M:%S} {zone_of(moment)}"


def zone_of(moment: datetime) -> str:
    """Return how far from UTC the moment is shown: ``UTC``, ``UTC+1``, ``UTC-3:30``."""
    return show_offset(_localise(moment).utcoffset() or timedelta(0))


def read_since(text: str | None, now: datetime) -> datetime | None:
    """Read ``--since``: a duration before now (2d, 1h30m), a day, from its beginning, or a moment."""
    return _read_bound("--since", text, now, timedelta(0))


def read_until(text: str | None, now: datetime, since: datetime | None = None) -> datetime | None:
    """Read ``--until``: a duration before now, a day, to its end, or a moment.

    UsageError when it is not after ``since``.
    """
    until = _read_bound("--until", text, now, _ONE_DAY)
    if since and until and until <= since:
        raise UsageError("--until is not after --since: nothing lies between them.")
    return until


def _read_bound(option: str, text: str | None, now: datetime, after_a_day: timedelta) -> datetime | None:
    if text is None:
        return None
    try:
        return now - parse_duration(text)
    except ValueError:
        pass
    try:
        return _read_moment(text, after_a_day)
    except ValueError as error:
        raise click.BadParameter(
            f"{text!r} is neither a duration such as 2d or 1h30m nor a date such as 2026-11-24", param_hint=option
        ) from error
    except OverflowError as error:
        raise click.BadParameter(f"{text!r} is no moment that can be told in UTC", param_hint=option) from error


def _read_moment(text: str, after_a_day: timedelta) -> datetime:
    try:
        moment = datetime.combine(date.fromisoformat(text) + after_a_day, time())
    except ValueError:
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is None and _is_in_utc():
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def _localise(moment: datetime) -> datetime:
    return moment.astimezone(UTC if _is_in_utc() else None)


def _is_in_utc() -> bool:
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_IN_UTC))
