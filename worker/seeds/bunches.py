"""Seed files read from the disk, in bunches that are small enough for one commit, and what comes of each file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from worker.basics.faults import as_failure
from worker.basics.log_lines import get_logger
from worker.database.conflicts import must_stop
from worker.errors import PollError, SeedError, UnfinishedSeedError
from worker.pipeline.results import hash_body
from worker.seeds.files import FileLook, SeedFile, read_seed_file
from worker.seeds.opml_outlines import UnreadOutline
from worker.values.due_feeds import Document

# A bunch of files holds at most so many, and so many bytes unless it is a single file.
_MOST_FILES = 50
_MOST_BYTES = 1_000_000
# Outlines that a refusal names.
_MOST_OUTLINES = 10
_LOG = get_logger(__name__)
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class SeedRead:
    """One seed file, and what came of it."""

    path: str
    new: int = 0
    updated: int = 0
    feeds: int = 0
    """Feeds that an OPML file added."""
    unread: Sequence[UnreadOutline] = ()
    """What an OPML file names that cannot be added."""
    unpolled: int = 0
    """Feeds that a saved document made known; they are not polled until somebody asks for it."""
    error: SeedError | None = None
    was_told: bool = False
    """Whether the last scan of the seed folder told the same of it."""

    def why_refused(self) -> str | None:
        """Say why it was not read, or not whole; None when it was, and while it is still being written."""
        if isinstance(self.error, UnfinishedSeedError):
            return None
        if self.unread:
            first = "; ".join(map(str, self.unread[:_MOST_OUTLINES]))
            return f"{self.path} was not read whole, but for {len(self.unread):,} of its outlines: {first}"
        return str(self.error) if self.error else None


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A seed file that was read from the disk, and how it looked then."""

    path: Path
    name: str
    look: FileLook
    document: Document
    body_hash: bytes


def open_file(file: SeedFile | SeedError, max_body: int) -> OpenedFile | SeedRead:
    """Read a file from the disk; whatever is wrong with it becomes its error."""
    if isinstance(file, SeedError):
        return SeedRead("", error=file)

    def read() -> OpenedFile | SeedRead:
        document, look = read_seed_file(file.path, max_body, file.look)
        return OpenedFile(file.path, file.name, look, document, hash_body(document))

    return explain_faults(file.path, read)


def in_bunches(files: Iterable[OpenedFile | SeedRead]) -> Iterator[list[OpenedFile | SeedRead]]:
    """Yield files in bunches that are small enough for one commit, and for memory."""
    bunch: list[OpenedFile | SeedRead] = []
    size = 0
    for file in files:
        bunch.append(file)
        size += len(file.document.body) if isinstance(file, OpenedFile) else 0
        if len(bunch) == _MOST_FILES or size > _MOST_BYTES:
            yield bunch
            bunch, size = [], 0
    if bunch:
        yield bunch


def explain_faults(path: Path, work: Callable[[], _Result]) -> _Result | SeedRead:
    """Do some of the work on a file; whatever is wrong with the file becomes its error."""
    try:
        return work()
    except SeedError as error:
        return SeedRead(str(path), error=error)
    except PollError as error:
        return _refuse(path, error)
    except Exception as error:
        if must_stop(error):
            raise
        return _refuse(path, as_failure(error))


def _refuse(path: Path, failure: PollError) -> SeedRead:
    if failure.trace is None:
        return SeedRead(str(path), error=SeedError(f"{path} was not read: {failure.sentence}."))
    _LOG.error("seed not read", path=str(path), exception=failure.trace)
    return SeedRead(str(path), error=SeedError(f"{path} could not be read: {failure.sentence}."))
