"""Telling of changes: rows of the outbox, written in the transaction that makes the change."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, insert

from worker.database.article_tables import EventRow
from worker.database.values_events import EventKind


def tell(connection: Connection, now: datetime, kind: EventKind, changes: Sequence[Mapping[str, Any]]) -> None:
    """Tell of changes of one kind, each by its ``article_id``, ``feed_id`` and ``details``: all by the same of them."""
    if changes:
        connection.execute(_insert(), [{"created_at": now, "kind": kind, **change} for change in changes])


@cache
def _insert() -> Insert:
    # Built once: building one costs several times what running it does.
    return insert(EventRow)
