"""Seed files that are read at once: as old ones are, and nobody waits a second to see whether they stand still."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

A_WHILE = timedelta(minutes=1)


def place(path: Path, content: str | bytes, ago: timedelta = A_WHILE) -> Path:
    """Write a file, and the folders it is in, as one that was written a while ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return age(path, ago)


def age(path: Path, ago: timedelta = A_WHILE) -> Path:
    """Make a file one that was written a while ago."""
    written = (datetime.now(UTC) - ago).timestamp()
    os.utime(path, (written, written))
    return path
