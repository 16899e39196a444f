"""The memory that all bodies share: past its limit reading pauses, while deadlines run on."""

from typing import Protocol

# Over the limit this many bodies read on, the smallest first, so that neither huge nor stalled ones hold up all others;
# each adds at most one document's size limit.
_READ_ON = 4


class Reader(Protocol):
    """Something that takes in a body and can be told to go on."""

    @property
    def size(self) -> int:
        """Bytes it has taken in so far."""

    def resume(self) -> None:
        """Go on reading."""


class Budget:
    """The sum of all bodies in memory, against its limit; a class because every reader adds to the one sum."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.taken = 0
        """Bytes of the bodies that are being read."""
        self.held = 0
        """Bytes of documents that were handed out and are still in memory."""
        self._paused: dict[Reader, None] = {}
        self._reading_on: set[Reader] = set()

    def admits(self, reader: Reader) -> bool:
        """Whether ``reader`` may take in more; if not, it pauses until it is told to resume."""
        if not self._is_spent or reader in self._reading_on:
            return True
        self._paused[reader] = None
        return False

    def release(self, reader: Reader) -> None:
        """Forget a reader that has ended, and give back what it took."""
        self.taken -= reader.size
        self._paused.pop(reader, None)
        self._reading_on.discard(reader)

    def resume(self) -> None:
        """Let paused readers go on: all while there is room, and over the limit a few, so that one always moves."""
        if not self._is_spent:
            # A privilege ends with the need for it, or readers that stall would keep it for ever.
            self._reading_on.clear()
        # A reader takes in what waits for it as it resumes, and may pause again at once: ask each only once.
        for reader in list(self._paused):
            if self._is_spent:
                break
            self._go_on(reader)
        while self._paused and len(self._reading_on) < _READ_ON:
            smallest = min(self._paused, key=lambda reader: reader.size)
            self._reading_on.add(smallest)
            self._go_on(smallest)

    @property
    def _is_spent(self) -> bool:
        return self.taken + self.held >= self.limit

    def _go_on(self, reader: Reader) -> None:
        del self._paused[reader]
        reader.resume()
