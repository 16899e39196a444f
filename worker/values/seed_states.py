"""What is remembered of a seed file: by it a scan knows an unchanged one, mostly without opening it."""

from worker.values.frozen import dataclass


@dataclass(frozen=True, slots=True)
class SeedState:
    """A seed file as it was when it was read."""

    body_hash: bytes
    """xxh3-128 of its bytes."""
    look_hash: bytes | None = None
    """Of its size, times and number on its disk; None while these may stay the same though it is written to."""
    settings_hash: bytes | None = None
    """Of the settings of its folder; None without any."""

    def is_unchanged_from(self, before: "SeedState | None") -> bool:
        """Say whether reading the file would bring what it brought before."""
        return before is not None and (self.body_hash, self.settings_hash) == (before.body_hash, before.settings_hash)
