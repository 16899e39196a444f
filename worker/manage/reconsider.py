"""Deciding again what articles show, after sightings of them have gone or become another feed's."""

from collections.abc import Collection
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection

from worker.dedupe.decide import decide
from worker.normalise.policy import POLICY_VERSION
from worker.store.known import Names, lock_articles
from worker.store.sightings import store_decision
from worker.wire.linking import link_stored, lock_stored

# Articles decided at once.
_SLICE = 500


def reconsider_articles(connection: Connection, article_ids: Collection[int], now: datetime) -> None:
    """Let articles show what follows from the sightings that they have now."""
    remaining = iter(sorted(article_ids))
    while some := frozenset(islice(remaining, _SLICE)):
        known = lock_articles(connection, Names(some))
        lock_stored(connection, known)
        decision = decide([], known)
        store_decision(connection, decision, POLICY_VERSION, now)
        link_stored(connection, decision, now)
