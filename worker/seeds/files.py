"""Finding and reading seed files: what paths, folders and globs name, and whether a file is still being written.

``find_seed_files`` → ``wait_until_still``: files that were written a moment ago come last → ``read_seed_file``, which
refuses those that were written to meanwhile
"""

import glob
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from worker.basics.units import show_size
from worker.errors import SeedError, UnfinishedSeedError
from worker.parse import Kind, sniff
from worker.values.due_feeds import Document

# How editors name their backups, and programs the files that they are still writing.
_PASSED_OVER = tuple(
    "~ .bak .swp .tmp .temp .part .partial .filepart .crdownload .download .lock .writing .incomplete".split()
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000_000
# FAT counts in steps of two seconds, the longest of all file systems that do not count parts of a second.
_COARSEST = 2 * _SECOND
MOST_OPML_BYTES = 300_000_000
"""How long a list of feeds may be, whatever FEEDMILL_MAX_BODY says of documents: it has room for a million."""
# A URI is a key of the store, and PostgreSQL indexes no key that is much longer.
_LONGEST_URI = 2000


@dataclass(frozen=True, slots=True)
class FileLook:
    """How a file looked at one moment: equal to an earlier look unless the file was written to in between.

    Times are in nanoseconds since 1970.
    """

    size: int
    modified: int
    """When its bytes last changed (``st_mtime_ns``)."""
    changed: int = field(compare=False)
    """When anything about it last changed, such as its name (``st_ctime_ns``)."""

    @classmethod
    def of(cls, status: os.stat_result) -> "FileLook":
        """Return the look of a file with this status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def modified_at(self, now: datetime) -> datetime:
        """Return when its bytes last changed, but never a time after ``now``: the clock that wrote it may be wrong."""
        try:
            return min(_EPOCH + timedelta(microseconds=self.modified // 1000), now)
        except OverflowError:
            # Some tools write a year that does not exist.
            return now


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A file to be read."""

    path: Path
    name: str
    """Its path within the folder that was named, with slashes; only its own name where it or a glob was named."""
    look: FileLook | None = None
    """None until somebody looked at it, and where looking failed: reading it will say why."""


def find_seed_files(paths: Sequence[Path | str]) -> Iterator[SeedFile | SeedError]:
    """Yield the files that paths, folders (with all subfolders, in the order of names) and globs name.

    A path that names none yields a SeedError. Folders, and globs that do not ask for them, leave out hidden files,
    editors' backups and unfinished downloads; links to folders are not followed.
    """
    for given in paths:
        path = Path(given)
        if given == "":
            # Path("") is the folder we run in.
            yield SeedError("A file is named by its path; here it is empty.")
        elif os.path.lexists(path):
            yield from _files_at(path)
        elif glob.has_magic(str(given)):
            yield from _find_by_glob(str(given))
        else:
            yield SeedError(f"{given} was not read: there is no such file or folder.")


def _files_at(path: Path) -> Iterator[SeedFile | SeedError]:
    if path.is_dir():
        yield from _find_in_folder(path)
    else:
        yield SeedFile(path, _name_as_text(path.name))


def _find_in_folder(folder: Path) -> Iterator[SeedFile | SeedError]:
    unreadable: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not _is_passed_over(name):
                path = Path(parent, name)
                yield SeedFile(path, _name_as_text(path.relative_to(folder).as_posix()))
    for error in unreadable:
        yield SeedError(f"{error.filename} was not read: {(error.strerror or str(error)).lower()}.")


def _find_by_glob(pattern: str) -> Iterator[SeedFile | SeedError]:
    asks_for_them = _is_passed_over(Path(pattern).name)
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 -- Path.glob takes no absolute pattern
    found = [path for path in map(Path, matches) if asks_for_them or path.is_dir() or not _is_passed_over(path.name)]
    if not found:
        yield SeedError(f"{pattern} was not read: no file matches it.")
    for path in found:
        yield from _files_at(path)


def _is_passed_over(name: str) -> bool:
    return name.startswith(".") or name.lower().endswith(_PASSED_OVER)


def _name_as_text(name: str) -> str:
    # Not every file's name is text, and a database keeps only text.
    return name.encode(errors="backslashreplace").decode()


def wait_until_still(
    found: Iterable[SeedFile | SeedError],
    still_for: timedelta,
    clock: Callable[[], int] = time.time_ns,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[SeedFile | SeedError]:
    """Yield files with how they look; those written a moment ago come last, after one wait for all of them.

    A file that is written to during the wait looks different when it is read.
    """
    span = still_for // timedelta(microseconds=1) * 1000
    fresh: list[SeedFile] = []
    end = 0
    for file in found:
        if isinstance(file, SeedError):
            yield file
            continue
        look, seen = _look_at(file), clock()
        still = still_at(look, seen, span) if look else seen
        if still > seen:
            fresh.append(replace(file, look=look))
            end = max(end, still)
        else:
            yield replace(file, look=look)
    if fresh:
        # Never longer than this, even if the clock is set back meanwhile.
        wait(min(max(end - clock(), 0), span) / _SECOND)
        yield from fresh


def still_at(look: FileLook, seen: int, still_for: int) -> int:
    """Return when a file seen at ``seen`` will have been left alone for ``still_for``; all in nanoseconds.

    Writing sets both times of a file, renaming only the second: a file that was renamed after it was written is whole
    at once.
    """
    if look.modified % _SECOND:
        return seen if look.changed > look.modified else min(look.modified, seen) + still_for
    # Where a file system counts no parts of a second, a rename does not show, and the last bytes may be younger.
    return min(look.modified + _COARSEST, seen) + still_for


def _look_at(file: SeedFile) -> FileLook | None:
    try:
        return FileLook.of(file.path.stat())
    except OSError:
        return None


def read_seed_file(path: Path, max_body: int, look: FileLook | None = None) -> tuple[Document, FileLook]:
    """Return a file as a document whose URL is the file's URI, and how the file looked.

    Raises SeedError, with the reason, for a file that cannot be read; UnfinishedSeedError when it was written to while
    it was read, or since ``look``.
    """
    try:
        # A pipe without a writer would block at open; nothing but a regular file is a seed.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SeedError(f"{path} was not read: it is not a regular file.")
            body, found = _read_unless_written_to(path, file, max_body, look)
    except OSError as error:
        raise SeedError(f"{path} was not read: {(error.strerror or str(error)).lower()}.") from error
    except ValueError as error:
        # No file's name holds NUL.
        raise SeedError(f"{path} was not read: {error}.") from error
    if not body.strip():
        raise SeedError(f"{path} was not read: it is empty.")
    if len(body) > (most := _most_bytes(body, max_body)):
        setting = "" if most == MOST_OPML_BYTES else " (FEEDMILL_MAX_BODY)"
        raise SeedError(f"{path} was not read: it is larger than {show_size(most)}{setting}.")
    uri = path.resolve().as_uri()
    if len(uri) > _LONGEST_URI:
        raise SeedError(f"{path} was not read: its path is too long, by {len(uri) - _LONGEST_URI:,} characters.")
    return Document(url=uri, body=body), found


def _most_bytes(body: bytes, max_body: int) -> int:
    """Return how many bytes of a file are read at the most, by what it begins with."""
    return MOST_OPML_BYTES if len(body) > max_body and sniff(body) is Kind.OPML else max_body


def _read_unless_written_to(path: Path, file: BinaryIO, max_body: int, look: FileLook | None) -> tuple[bytes, FileLook]:
    # Opening a file on a network share asks the server how it looks; an earlier answer may be out of date.
    found = FileLook.of(os.fstat(file.fileno()))
    body = file.read(max_body + 1)
    body += file.read(max(0, _most_bytes(body, max_body) + 1 - len(body)))
    if found != (look or found) or found != FileLook.of(os.fstat(file.fileno())):
        raise UnfinishedSeedError(
            f"{path} was not read: it is still being written; it is read when it has stood still for a second."
        )
    return body, found
