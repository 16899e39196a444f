"""Finding and reading seed files: what paths, folders and globs name, and whether a file is still being written.

``find_seed_files`` → ``wait_until_still``: files that were written a moment ago come last → ``read_seed_file``, which
refuses those that were written to meanwhile
"""

import glob
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote_from_bytes

from worker.basics.units import show_size
from worker.errors import SeedError, UnfinishedSeedError
from worker.parse import Kind, sniff
from worker.seeds.file_looks import SECOND, FileLook, still_at
from worker.seeds.file_names import is_passed_over, name_as_text
from worker.values.due_feeds import Document

MOST_OPML_BYTES = 300_000_000
"""How long a list of feeds may be, whatever FEEDMILL_MAX_BODY says of documents: it has room for a million."""
# A URI is a key of the store, and PostgreSQL indexes no key that is much longer.
_LONGEST_URI = 2000


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A file to be read."""

    path: Path
    name: str
    """Its path within the folder that was named, with slashes; only its own name where it or a glob was named."""
    look: FileLook | None = None
    """None until somebody looked at it, and where looking failed: reading it will say why."""
    uri: str = field(default="", compare=False)
    """What the store knows it by: that of the file itself, where links lead to it."""


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
        yield SeedFile(path, name_as_text(path.name), uri=uri_of(path))


def uri_of(path: Path) -> str:
    """Return the URI of a file, wherever links lead to it."""
    try:
        return path.resolve().as_uri()
    except (OSError, RuntimeError, ValueError):
        # Reading it says what is wrong with it.
        return ""


def _find_in_folder(folder: Path) -> Iterator[SeedFile | SeedError]:
    unreadable: list[OSError] = []
    uri = uri_of(folder)
    for parent, folders, names in os.walk(folder, onerror=unreadable.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        # Once for all files of a folder: links to folders are not followed.
        within = os.path.relpath(parent, folder)
        start = "" if within == os.curdir else f"{within}/"
        start_uri = f"{uri.rstrip('/')}/{quote_from_bytes(os.fsencode(start))}"
        for name in sorted(names):
            if not is_passed_over(name):
                path = Path(parent, name)
                file_uri = uri_of(path) if path.is_symlink() else start_uri + quote_from_bytes(os.fsencode(name))
                yield SeedFile(path, name_as_text(start + name), uri=file_uri)
    for error in unreadable:
        yield SeedError(f"{error.filename} was not read: {(error.strerror or str(error)).lower()}.")


def _find_by_glob(pattern: str) -> Iterator[SeedFile | SeedError]:
    asks_for_them = is_passed_over(Path(pattern).name)
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 -- Path.glob takes no absolute pattern
    found = [path for path in map(Path, matches) if asks_for_them or path.is_dir() or not is_passed_over(path.name)]
    if not found:
        yield SeedError(f"{pattern} was not read: no file matches it.")
    for path in found:
        yield from _files_at(path)


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
        seen = clock()
        look = _look_at(file, seen)
        still = still_at(look, seen, span) if look else seen
        if still > seen:
            fresh.append(replace(file, look=look))
            end = max(end, still)
        else:
            yield replace(file, look=look)
    if fresh:
        # Never longer than this, even if the clock is set back meanwhile.
        wait(min(max(end - clock(), 0), span) / SECOND)
        yield from fresh


def _look_at(file: SeedFile, seen: int) -> FileLook | None:
    try:
        return FileLook.of(file.path.stat(), seen)
    except OSError:
        return None


def read_seed_file(path: Path, max_body: int, look: FileLook | None = None) -> tuple[Document, FileLook]:
    """Return a file as a document whose URL is the file's URI, and how the file looked.

    Raises SeedError, with the reason, for a file that cannot be read; UnfinishedSeedError when it was written to while
    it was read, or since ``look``.
    """
    with opened_seed(path) as file:
        body, found = _read_unless_written_to(path, file, max_body, look)
    if not body.strip():
        raise SeedError(f"{path} was not read: it is empty.")
    if len(body) > (most := _most_bytes(body, max_body)):
        setting = "" if most == MOST_OPML_BYTES else " (FEEDMILL_MAX_BODY)"
        raise SeedError(f"{path} was not read: it is larger than {show_size(most)}{setting}.")
    return Document(url=check_uri(path, uri_of(path)), body=body), found


@contextmanager
def opened_seed(path: Path) -> Iterator[BinaryIO]:
    """Open a file; SeedError where it, or what is done with it meanwhile, fails."""
    try:
        # A pipe without a writer would block at open; nothing but a regular file is a seed.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SeedError(f"{path} was not read: it is not a regular file.")
            yield file
    except OSError as error:
        raise SeedError(f"{path} was not read: {(error.strerror or str(error)).lower()}.") from error
    except ValueError as error:
        # No file's name holds NUL.
        raise SeedError(f"{path} was not read: {error}.") from error


def check_uri(path: Path | str, uri: str) -> str:
    """Return the URI of a file; SeedError where it is longer than a key of the store may be."""
    if len(uri) > _LONGEST_URI:
        raise SeedError(f"{path} was not read: its path is too long, by {len(uri) - _LONGEST_URI:,} characters.")
    return uri


def _most_bytes(body: bytes, max_body: int) -> int:
    """Return how many bytes of a file are read at the most, by what it begins with."""
    return MOST_OPML_BYTES if len(body) > max_body and sniff(body) is Kind.OPML else max_body


def _read_unless_written_to(path: Path, file: BinaryIO, max_body: int, look: FileLook | None) -> tuple[bytes, FileLook]:
    found = look_at_open(path, file, look)
    body = file.read(max_body + 1)
    body += file.read(max(0, _most_bytes(body, max_body) + 1 - len(body)))
    look_at_open(path, file, found)
    return body, found


def look_at_open(path: Path, file: BinaryIO, look: FileLook | None) -> FileLook:
    """Return how an open file looks; UnfinishedSeedError where it was written to since ``look``."""
    # Opening a file on a network share asks the server how it looks; an earlier answer may be out of date.
    found = FileLook.of(os.fstat(file.fileno()), time.time_ns())
    if found != (look or found):
        raise UnfinishedSeedError(
            f"{path} was not read: it is still being written; it is read when it has stood still for a second."
        )
    return found
