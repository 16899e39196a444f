"""Grouping again what was grouped, as after a change of the rules: first it is forgotten, a little at a time."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Engine

from worker.database.conflicts import write
from worker.database.engine import reading
from worker.stories.forget import find_article_ids, forget_stories
from worker.stories.lock import StaleStoriesError

_SLICE = 500


def regroup(engine: Engine, since: datetime | None) -> Iterator[int]:
    """Let articles first seen since then, and the rest of their stories, wait again; yield how many at a time."""
    first_id = 0
    while True:
        with reading(engine) as connection:
            ids = find_article_ids(connection, first_id, since, _SLICE)
        if not ids:
            return
        yield _forget(engine, ids)
        first_id = ids[-1] + 1


def _forget(engine: Engine, article_ids: Sequence[int]) -> int:
    return write(engine, lambda connection: forget_stories(connection, article_ids), also=(StaleStoriesError,))
