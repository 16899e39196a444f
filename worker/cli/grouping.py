"""Grouping what a command stored, before it ends."""

from sqlalchemy import Engine

from worker.basics.time_limits import STOP_CLAIMING, stops_after
from worker.cli.progress import with_progress
from worker.stories.grouping import group_waiting


def group_stored(engine: Engine) -> None:
    """Tell what was stored apart into stories; more than can be done in a while is left to the workers."""
    for _ in with_progress(group_waiting(engine, stops_after(STOP_CLAIMING)), "Grouping"):
        pass
