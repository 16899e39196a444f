"""Files that stand under their names only once they are whole, in place of what was there before."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from worker.errors import NamedError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Provide a file that is given its name at the end, durably, and is gone if it never comes to that.

    A device or a named pipe is written to as it is. NamedError where that fails, or where another process writes the
    same file.
    """
    with explaining(path):
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                yield stream
            return
        # What a link leads to is replaced, not the link.
        with _unfinished_file(path.resolve()) as stream:
            yield stream


@contextmanager
def explaining(path: Path) -> Iterator[None]:
    """Raise NamedError in place of an OSError: why a path was not written. A reader that has gone is no failure."""
    if "\0" in str(path):
        raise NamedError(f"{path} was not written: no path has NUL in it.")
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise NamedError(f"{path} was not written: {(error.strerror or str(error)).lower()}.") from error


@contextmanager
def _unfinished_file(path: Path) -> Iterator[BinaryIO]:
    # What was left of a process that was killed has this name too, and is written over.
    unfinished = path.with_name(f".{path.name}.unfinished")
    with _open_alone(unfinished, path) as stream:
        try:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            unfinished.replace(path)
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise
    _sync_folder(path.parent)


def _open_alone(unfinished: Path, path: Path) -> BinaryIO:
    """Open a file empty, and locked; NamedError where another process has it."""
    while True:
        stream = os.fdopen(os.open(unfinished, os.O_RDWR | os.O_CREAT, 0o666), "wb")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.close()
            raise NamedError(f"{path} is being written by another export: wait until it ends, or end it.") from error
        # Between opening and locking, the other one may have finished: then this is its file, under its own name.
        with suppress(FileNotFoundError):
            if os.path.samestat(unfinished.stat(), os.fstat(stream.fileno())):
                stream.truncate(0)
                return stream
        stream.close()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
