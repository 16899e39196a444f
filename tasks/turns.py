"""So many of a kind at a time in a process: what takes long must leave threads to what must not wait."""

import threading
from collections.abc import Callable
from functools import wraps


def at_most(number: int) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Let a task do nothing where this process does it so many times already: its next message is on its way.

    Where each process does one thing at a time, as in a prefork pool, that never happens.
    """

    def limited(work: Callable[[], None]) -> Callable[[], None]:
        turns = threading.Semaphore(number)

        @wraps(work)
        def work_in_turn() -> None:
            if turns.acquire(blocking=False):
                try:
                    work()
                finally:
                    turns.release()

        return work_in_turn

    return limited
