"""How a file looks without being opened: whether it was written to since, and whether it has been left alone.

Times are in nanoseconds since 1970.
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import xxhash

SECOND = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# FAT counts in steps of two seconds, the longest of all file systems that do not count parts of a second.
_COARSEST = 2 * SECOND


@dataclass(frozen=True, slots=True)
class FileLook:
    """How a file looked at one moment: equal to an earlier look unless the file was written to in between."""

    size: int
    modified: int
    """When its bytes last changed (``st_mtime_ns``)."""
    changed: int = field(compare=False)
    """When anything about it last changed, such as its name (``st_ctime_ns``)."""
    inode: int = field(default=0, compare=False)
    """Its number on its disk (``st_ino``)."""

    seen: int = field(default=0, compare=False)
    """When somebody looked."""

    @classmethod
    def of(cls, status: os.stat_result, seen: int = 0) -> "FileLook":
        """Return the look of a file with this status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, seen)

    @property
    def look_hash(self) -> bytes:
        """The hash by which a file that nobody has touched is known."""
        return xxhash.xxh3_128_digest(f"{self.size} {self.modified} {self.changed} {self.inode}".encode())

    @property
    def would_change(self) -> bool:
        """Whether the file looks otherwise once it is written to again.

        It may not where it was written to a moment before: within one step of its disk's clock size and times can stay
        what they are.
        """
        return max(self.modified, self.changed) < self.seen - _COARSEST

    def modified_at(self, now: datetime) -> datetime:
        """Return when its bytes last changed, but never a time after ``now``: the clock that wrote it may be wrong."""
        try:
            return min(_EPOCH + timedelta(microseconds=self.modified // 1000), now)
        except OverflowError:
            # Some tools write a year that does not exist.
            return now


def still_at(look: FileLook, seen: int, still_for: int) -> int:
    """Return when a file seen at ``seen`` will have been left alone for ``still_for``; all in nanoseconds.

    Writing sets both times of a file, renaming only the second: a file that was renamed after it was written is whole
    at once.
    """
    if look.modified % SECOND:
        return seen if look.changed > look.modified else min(look.modified, seen) + still_for
    # Where a file system counts no parts of a second, a rename does not show, and the last bytes may be younger.
    return min(look.modified + _COARSEST, seen) + still_for
