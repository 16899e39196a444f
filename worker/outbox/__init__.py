"""The outbox: changes to the store, numbered in the order in which they may be followed, and read from a cursor."""

from worker.outbox.changes import Change, follow_changes, read_changes, refuse_gap, start_after
from worker.outbox.sequencer import EventBounds, number_events, raise_floor, read_bounds

__all__ = [
    "Change",
    "EventBounds",
    "follow_changes",
    "number_events",
    "raise_floor",
    "read_bounds",
    "read_changes",
    "refuse_gap",
    "start_after",
]
