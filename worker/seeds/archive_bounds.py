"""How much of an archive is unpacked: a small file may be packed so that it would fill any memory and any day."""

import gzip
import io
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Any

from worker.basics.units import show_size
from worker.errors import SeedError

MOST_MEMBERS = 10_000
"""Of an archive with those inside it: a year of a busy wire; a scan that unpacks them takes less than a minute."""
MOST_BYTES = 1_000_000_000
"""How much an archive may unpack to: some seconds of work, and ten times what ten thousand dispatches have."""
MOST_TIMES = 200
"""How many times its size an archive may unpack to: text shrinks to a third or a tenth, and a bomb to a thousandth."""
# Smaller ones cannot do harm, however well they are packed.
_ALWAYS_ALLOWED = 20_000_000
# The list of a zip's members, which Python reads into memory as a whole.
_LONGEST_LIST = 4_000_000


class OverBudgetError(Exception):
    """An archive holds more than is unpacked of one."""


@dataclass(slots=True)
class Budget:
    """What an archive may still unpack to."""

    path: str
    size: int
    max_body: int
    members: int = 0
    unpacked: int = 0

    def count_member(self) -> None:
        """Count a member; OverBudgetError where there are too many."""
        self.members += 1
        if self.members > MOST_MEMBERS:
            raise OverBudgetError(f"it has more than {MOST_MEMBERS:,} members")

    def count(self, unpacked: int) -> None:
        """Count bytes that were unpacked; OverBudgetError where these are too many."""
        self.unpacked += unpacked
        if self.unpacked > MOST_BYTES:
            raise OverBudgetError(f"it unpacks to more than {show_size(MOST_BYTES)}")
        if self.unpacked > max(MOST_TIMES * self.size, _ALWAYS_ALLOWED):
            raise OverBudgetError(f"it unpacks to more than {MOST_TIMES} times its size")

    def refuse(self, name: PurePosixPath | str, reason: str) -> SeedError:
        """Return why a member is not read."""
        return SeedError(f"{PurePosixPath(self.path, name)} was not read: {reason}.")


class CountedStream(io.RawIOBase):
    """A stream of which everything that is read counts, and of which nothing very long is read at once."""

    def __init__(self, stream: IO[bytes] | gzip.GzipFile, budget: Budget, *, is_counted: bool) -> None:
        super().__init__()
        self._stream, self._budget, self._is_counted = stream, budget, is_counted

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def seekable(self) -> bool:
        """Return whether one can go back in it."""
        return self._stream.seekable()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in it."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in it."""
        return self._stream.tell()

    def read(self, size: int = -1) -> bytes:
        """Read and count; OverBudgetError for what is too long to be read at once."""
        # Of a zip its list is read in one piece: so long a one would take a thousand times its size as objects.
        most = max(_LONGEST_LIST, self._budget.max_body + 1)
        found = self._stream.read(min(size, most + 1) if size >= 0 else most + 1) or b""
        if len(found) > most:
            raise OverBudgetError("its list of members is too long")
        if self._is_counted:
            self._budget.count(len(found))
        return found

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer and count."""
        found = self.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)
