"""Stage store: all that a poll found, written together or not at all, and the rows that the stages before it need."""

from worker.store.articles import StaleDecisionError, store_decision
from worker.store.leases import HostRelease
from worker.store.locks import Locked, lock_polls
from worker.store.lookup import (
    Names,
    find_guid_rule,
    find_outdone,
    find_present_sightings,
    find_sightings,
    lock_articles,
)
from worker.store.moves import move_feed
from worker.store.notices import find_wire_articles, lock_wire_keys, store_links
from worker.store.outages import Outages
from worker.store.polls import store_polls, write_polls

__all__ = [
    "HostRelease",
    "Locked",
    "Names",
    "Outages",
    "StaleDecisionError",
    "find_guid_rule",
    "find_outdone",
    "find_present_sightings",
    "find_sightings",
    "find_wire_articles",
    "lock_articles",
    "lock_polls",
    "lock_wire_keys",
    "move_feed",
    "store_decision",
    "store_links",
    "store_polls",
    "write_polls",
]
