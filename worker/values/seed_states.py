"""What is remembered of a seed file: by it a scan knows an unchanged one, mostly without opening it."""

import xxhash

from worker.values.frozen import dataclass


@dataclass(frozen=True, slots=True)
class SeedState:
    """A seed file as it was when it was read."""

    body_hash: bytes
    """xxh3-128 of its bytes, and of what in it is held back, or refused."""
    look_hash: bytes | None = None
    """Of its size, times and number on its disk; None while these may stay the same though it is written to."""
    settings_hash: bytes | None = None
    """Of the settings of its folder; None without any."""

    def without(self, held: str) -> "SeedState":
        """Return the state of the file without what in it is ``held`` back, or refused; it is opened at each scan."""
        return SeedState(xxhash.xxh3_128_digest(self.body_hash + held.encode()), None, self.settings_hash)

    def is_unchanged_from(self, before: "SeedState | None") -> bool:
        """Say whether reading the file would bring what it brought before."""
        return before is not None and (self.body_hash, self.settings_hash) == (before.body_hash, before.settings_hash)
