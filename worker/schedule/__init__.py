"""Stage schedule: when to poll next, and why, in one pure decision.

A poll that answered → ``success``: by the ``forecast`` from its ``rhythm``, never earlier than the ``hints`` allow
A poll that failed   → ``streak``: does it count? → ``failure``: the cure of its class (``cures``), or the end
A permanent redirect → ``moves``: is the new address to be believed yet?
"""

from worker.schedule.bounds import Bounds
from worker.schedule.failure import after_failure
from worker.schedule.moves import follow_move, is_believed
from worker.schedule.rhythm import arrivals, observe
from worker.schedule.streak import extend
from worker.schedule.success import after_success

__all__ = [
    "Bounds",
    "after_failure",
    "after_success",
    "arrivals",
    "extend",
    "follow_move",
    "is_believed",
    "observe",
]
