"""Stage store: all that a poll found, written together or not at all, and the rows that the stages before it need."""

from worker.store.leases import HostRelease
from worker.store.lookup import find_guid_rule, find_known_articles, find_sightings
from worker.store.moves import move_feed
from worker.store.notices import find_wire_articles, lock_wire_keys, store_links
from worker.store.outages import Outages
from worker.store.polls import StaleDecisionError, store_polls

__all__ = [
    "HostRelease",
    "Outages",
    "StaleDecisionError",
    "find_guid_rule",
    "find_known_articles",
    "find_sightings",
    "find_wire_articles",
    "lock_wire_keys",
    "move_feed",
    "store_links",
    "store_polls",
]
