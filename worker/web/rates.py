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

    def take(self, address: str) -> float:
        """Take what a request costs; return 0.0, or after how many seconds there will be enough for it."""
        left = self._left(address)
        wait = max(0.0, (1 - left) / self._rate)
        self._keep(address, left if wait else left - 1)
        return wait

    def fine(self, address: str, cost: float) -> None:
        """Take so much more, though there be less: whoever has too little waits for longer, but at most ten seconds."""
        self._keep(address, max(self._left(address) - cost, -self._rate * _BURST))

    def _left(self, address: str) -> float:
        now, full = self._clock(), self._rate * _BURST
        left, at = self._buckets.get(address, (full, now))
        return min(full, left + (now - at) * self._rate)

    def _keep(self, address: str, left: float) -> None:
        self._buckets[address] = (left, self._clock())
        self._buckets.move_to_end(address)
        if len(self._buckets) > _MOST_ADDRESSES:
            self._buckets.popitem(last=False)
