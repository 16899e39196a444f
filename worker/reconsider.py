"""Deciding again what articles show, after sightings of them have gone or become another feed's."""

from collections.abc import Collection
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from worker.dedupe import decide
from worker.normalise import POLICY_VERSION
from worker.store import Names, lock_articles, store_decision

# Articles decided at once.
_SLICE = 500


def reconsider_articles(connection: Connection, article_ids: Collection[int], now: datetime) -> None:
    """Let articles show what follows from the sightings that they have now."""
    remaining = iter(sorted(article_ids))
    while some := frozenset(islice(remaining, _SLICE)):
        known = lock_articles(connection, Names(some))
        store_decision(connection, decide([], known), POLICY_VERSION, now)
