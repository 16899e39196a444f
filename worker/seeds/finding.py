"""Finding seed files: what paths, folders and globs name, and how a file looks."""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from worker.errors import SeedError

# How editors name their backups, and programs what they are still writing; those that begin with a dot are hidden.
_PASSED_OVER = tuple(
    "~ .bak .swp .tmp .temp .part .partial .filepart .crdownload .download .lock .writing .incomplete".split()
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Look:
    """How a file looked at one moment, in nanoseconds since 1970; two are equal unless it was written to in between."""

    size: int
    modified: int
    """When its bytes last changed (``st_mtime_ns``)."""
    changed: int = field(compare=False)
    """When anything of it last changed, its name too (``st_ctime_ns``)."""

    @classmethod
    def of(cls, status: os.stat_result) -> "Look":
        """Return what matters here of a file's status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def modified_at(self, now: datetime) -> datetime:
        """Return when its bytes last changed: never after ``now``, whatever the clock says that wrote it."""
        try:
            return min(_EPOCH + timedelta(microseconds=self.modified // 1000), now)
        except OverflowError:
            # Some tools write nonsense: there is no such year.
            return now


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A file to be read."""

    path: Path
    name: str
    """Its path within the folder that was named, with slashes; its own name where it was named itself, or by a glob."""
    look: Look | None = None
    """None before anybody looked at it, and where that failed: reading it will say why."""


def find_seed_files(paths: Sequence[Path | str]) -> Iterator[SeedFile | SeedError]:
    """Yield the files that paths, folders (whole, in the order of names) and globs name, or why one names none.

    Hidden files, editors' backups and unfinished downloads are passed over in folders and by globs that do not ask for
    them; links to folders are not followed.
    """
    for given in paths:
        path = Path(given)
        if path.is_dir():
            yield from _walk(path)
        elif os.path.lexists(path):
            yield SeedFile(path, _portable(path.name))
        elif glob.has_magic(str(given)):
            yield from _match(str(given))
        else:
            yield SeedError(f"{given} was not read: there is no such file or folder.")


def _walk(folder: Path) -> Iterator[SeedFile | SeedError]:
    unreadable: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not _is_passed_over(name):
                path = Path(parent, name)
                yield SeedFile(path, _portable(path.relative_to(folder).as_posix()))
    for error in unreadable:
        yield SeedError(f"{error.filename} was not read: {(error.strerror or str(error)).lower()}.")


def _match(pattern: str) -> Iterator[SeedFile | SeedError]:
    asks_for_them = _is_passed_over(Path(pattern).name)
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 -- Path.glob takes no absolute pattern
    found = [path for path in map(Path, matches) if asks_for_them or path.is_dir() or not _is_passed_over(path.name)]
    if not found:
        yield SeedError(f"{pattern} was not read: no file matches it.")
    for path in found:
        if path.is_dir():
            yield from _walk(path)
        else:
            yield SeedFile(path, _portable(path.name))


def _is_passed_over(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(_PASSED_OVER)


def _portable(name: str) -> str:
    # Not every file's name is text, and no database keeps what is not.
    return name.encode(errors="backslashreplace").decode()
