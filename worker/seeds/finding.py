"""Finding seed files: what paths, folders and globs name."""

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from worker.errors import SeedError

_BACKUPS = ("~", ".bak", ".swp", ".tmp", ".part")


def find_seed_files(paths: Sequence[Path | str]) -> Iterator[Path | SeedError]:
    """Yield the files that paths, folders (whole, in the order of names) and globs name, or why one names none.

    Hidden files and editors' backups in a folder are passed over; links to folders are not followed.
    """
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from _walk(path)
        elif os.path.lexists(path):
            yield path
        elif glob.has_magic(str(given)):
            yield from _match(str(given))
        else:
            yield SeedError(f"{given} was not read: there is no such file or folder.")


def _walk(folder: Path) -> Iterator[Path | SeedError]:
    unreadable: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith(".") and not name.endswith(_BACKUPS):
                yield Path(parent, name)
    for error in unreadable:
        yield SeedError(f"{error.filename} was not read: {(error.strerror or str(error)).lower()}.")


def _match(pattern: str) -> Iterator[Path | SeedError]:
    found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 -- Path.glob takes no absolute pattern
    if not found:
        yield SeedError(f"{pattern} was not read: no file matches it.")
    for name in found:
        path = Path(name)
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path
