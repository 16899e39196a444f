"""What pure code costs, in CPU time held against a yardstick: neither a slow nor a busy machine fails a test.

A bound tells what grows as its input does from what grows faster. Work that is linear uses half of its bound at most.
Work that looks at each letter or element once for every other misses it at least threefold (20,000 notices, compared in
Python), at most a thousandfold (a million letters): make a flood large enough for that rather than its bound small.
"""

import gc
import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")
_ROUNDS = 200_000
# What so many rounds take on the machine by which the bounds were chosen, when it has nothing else to do.
_SECONDS_OF_YARDSTICK = 0.011
_ATTEMPTS = 3


def spend_at_most(seconds: float, call: Callable[[], _T]) -> _T:
    """Return what ``call`` returns; AssertionError where it takes more than ``seconds`` of CPU time, again and again.

    It may be called several times: what disturbs one measurement (other programs, a collection of garbage) is gone in
    another one.
    """
    spent, result = _measure(call)
    if spent <= seconds:
        return result
    costs: list[float] = []
    while len(costs) < _ATTEMPTS:
        slowness_before = _slowness()
        spent, result = _measure(call)
        costs.append(spent / max(slowness_before, _slowness()))
        if costs[-1] <= seconds:
            return result
    raise AssertionError(f"more than {seconds} s: {', '.join(f'{cost:.2f}' for cost in costs)}")


def _slowness() -> float:
    """Return how many times as long as on a quiet machine a fixed piece of work takes now."""
    return _measure(lambda: sum(number * number % 7 for number in range(_ROUNDS)))[0] / _SECONDS_OF_YARDSTICK


def _measure(call: Callable[[], _T]) -> tuple[float, _T]:
    # Otherwise each collection of garbage also looks through all that other tests have left. It stays so: among all
    # that was collected and imported every later one would take half a second.
    gc.collect()
    gc.freeze()
    began = time.process_time()
    result = call()
    return time.process_time() - began, result
