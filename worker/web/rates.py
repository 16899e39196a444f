"""How many requests one address may make: a bucket of tokens for each, filled at a steady rate."""

import time
from collections import OrderedDict
from collections.abc import Callable

_BURST = 10
# Addresses whose buckets are kept, those that asked last; an attacker with more of them begins with full ones.
_MOST_ADDRESSES = 10_000


class Rates:
    """The buckets of all addresses; a class because requests share them. It is for one event loop."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Let each address make ``rate`` requests a second, and ten times as many at once."""
        self._rate, self._clock = rate, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, cost: float = 1.0) -> float:
        """Take what a request costs; return 0.0, or after how many seconds there will be enough for it."""
        now = self._clock()
        left, at = self._buckets.pop(address, (self._rate * _BURST, now))
        left = min(self._rate * _BURST, left + (now - at) * self._rate)
        wait = max(0.0, (cost - left) / self._rate)
        self._buckets[address] = (left if wait else left - cost, now)
        if len(self._buckets) > _MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return wait
