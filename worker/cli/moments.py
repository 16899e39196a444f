"""Moments as people read and type them: in their own zone, which is named, or in UTC with ``--utc``.

JSON has its own way: ISO 8601 in UTC.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from worker.basics.moments import read_bound
from worker.errors import UsageError

_IN_UTC = "feedmill.utc"


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
    """Return how far from UTC the moment is shown: ``UTC``, ``UTC+1``, ``UTC-3:30``.

    Names of zones are no better known, and some (CST, IST) are those of several.
    """
    minutes = (_localise(moment).utcoffset() or timedelta(0)) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def read_since(text: str | None, now: datetime) -> datetime | None:
    """Read ``--since``: a duration before now (2d, 1h30m), a day, from its beginning, or a moment."""
    return _read_bound("--since", text, now, is_end=False)


def read_until(text: str | None, now: datetime, since: datetime | None = None) -> datetime | None:
    """Read ``--until``: a duration before now, a day, to its end, or a moment.

    UsageError when it is not after ``since``.
    """
    until = _read_bound("--until", text, now, is_end=True)
    if since and until and until <= since:
        raise UsageError("--until is not after --since: nothing lies between them.")
    return until


def _read_bound(option: str, text: str | None, now: datetime, *, is_end: bool) -> datetime | None:
    if text is None:
        return None
    try:
        bound = read_bound(text, is_end=is_end, in_utc=is_in_utc())
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error
    except OverflowError as error:
        raise click.BadParameter(f"{text!r} is no moment that can be told in UTC", param_hint=option) from error
    return now - bound if isinstance(bound, timedelta) else bound


def _localise(moment: datetime) -> datetime:
    return moment.astimezone(UTC if is_in_utc() else None)


def is_in_utc() -> bool:
    """Say whether --utc was given: then moments are read and shown in UTC."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_IN_UTC))
