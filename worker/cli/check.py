"""Telling a supervisor whether the work is being done: ``check``, with the exit codes of Nagios's plugins."""

from datetime import timedelta
from typing import NoReturn

import click

from worker.basics.units import parse_duration, show_duration
from worker.cli.open_store import reading_store
from worker.cli.output import write_line
from worker.database.clock import read_clock
from worker.errors import StoreError, UsageError
from worker.look.work import LATE, VERY_LATE, Verdict, Work, describe_work, judge_work, read_work

_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(days=30)


class _Check(click.Command):
    """A command whose wrong usage is neither a warning nor critical to a supervisor."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: object
    ) -> click.Context:
        """Read the command line; its faults end with the code for "unknown"."""
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as error:
            _end(Verdict.UNKNOWN, error.format_message())


@click.command("check", cls=_Check)
@click.option(
    "--warn", default=show_duration(LATE), show_default=True, help="How late feeds may be before it is a warning."
)
@click.option(
    "--crit", default=show_duration(VERY_LATE), show_default=True, help="How late they may be before it is critical."
)
def check_command(*, warn: str, crit: str) -> None:
    """Say in one line whether feeds are polled when they are due, and end as plugins of Nagios do.

    0, OK: nothing is late. 1, WARNING: something is. 2, CRITICAL: it is very late, or late and nothing is polled at
    all, or the store cannot be used. 3, UNKNOWN: an option or a setting is wrong.
    """
    try:
        bounds = _read_bounds(warn, crit)
        with reading_store() as connection:
            work = read_work(connection, read_clock(connection).now())
    except UsageError as error:
        _end(Verdict.UNKNOWN, str(error))
    except StoreError as error:
        _end(Verdict.CRITICAL, str(error))
    _end(judge_work(work, *bounds), f"{describe_work(work)} | {_measure(work, bounds)}")


def _read_bounds(warn: str, crit: str) -> tuple[timedelta, timedelta]:
    bounds = _read_bound("--warn", warn), _read_bound("--crit", crit)
    if bounds[0] > bounds[1]:
        raise UsageError(f"--warn {warn} is longer than --crit {crit}.")
    return bounds


def _read_bound(option: str, text: str) -> timedelta:
    try:
        bound = parse_duration(text)
    except ValueError:
        bound = timedelta(0)
    if not _SHORTEST <= bound <= _LONGEST:
        raise UsageError(f"{option} is 1s to 30d, written as 90s, 15m, 6h, 2d or 1h30m; not {text!r}.")
    return bound


def _measure(work: Work, bounds: tuple[timedelta, timedelta]) -> str:
    # As plugins tell figures: value;warning;critical;minimum.
    waiting, *limits = (f"{each.total_seconds():.0f}" for each in (work.waiting, *bounds))
    return f"waiting={waiting}s;{';'.join(limits)};0 late={work.late.count}"


def _end(verdict: Verdict, said: str) -> NoReturn:
    write_line(f"{verdict.name}: {said}")
    raise click.exceptions.Exit(int(verdict))
