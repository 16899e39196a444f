"""Moments on a command line: in which zone they are, and the options that bound a time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from worker.basics.moments import in_utc, read_moment
from worker.errors import UsageError


def utc_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --utc, which holds for every moment that it shows or reads."""

    def remember(context: click.Context, _option: click.Parameter, is_given: bool) -> None:  # noqa: FBT001 -- click's signature
        context.with_resource(in_utc(is_wanted=is_given))

    # Eager: other options are read in this zone.
    option = click.option(
        "--utc", is_flag=True, is_eager=True, expose_value=False, callback=remember, help="Times in UTC, not local."
    )
    return option(command)


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
        return read_moment(text, now, is_end=is_end)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from error
