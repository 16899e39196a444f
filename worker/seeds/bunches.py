"""Seed files read from the disk, in bunches that are small enough for one commit, and what comes of each file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from worker.basics.faults import as_failure
from worker.basics.log_lines import get_logger
from worker.database.conflicts import must_stop
from worker.errors import PassingSeedError, PollError, SeedError, UnfinishedSeedError
from worker.seeds.file_looks import FileLook
from worker.seeds.folder_settings import FolderSettings
from worker.seeds.opml_outlines import UnreadOutline
from worker.values.articles import Article
from worker.values.due_feeds import Document
from worker.values.seed_states import SeedState

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
    format: str | None = None
    """Of a document that was stored; see ``ParsedDocument``."""
    articles: Sequence[Article] = ()
    """What its new and edited entries are."""
    note: str | None = None
    """What was left out of it, or had to be guessed."""
    is_passed_over: bool = False
    """Whether it is unchanged since it was read; what was said of an archive's members then still holds."""

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
    """A seed file that was read from the disk, or unpacked, and how it looked then."""

    path: Path
    """Of a member of an archive: the archive's, and its own within that."""
    name: str
    """Its path within the folder that was named."""
    look: FileLook
    document: Document
    state: SeedState
    settings: FolderSettings | None = None
    archive: str | None = None
    """The URI of the archive that it is a member of."""


@dataclass(frozen=True, slots=True)
class ReadArchive:
    """The end of an archive, behind its members: it is remembered once these are read, or refused for good."""

    uri: str
    state: SeedState
    is_whole: bool = True
    """Whether everything in it could be unpacked."""


Opened = OpenedFile | ReadArchive | SeedRead
"""A file to be ingested, the end of an archive, or what came of a file at once."""


def in_bunches(files: Iterable[Opened]) -> Iterator[list[Opened]]:
    """Yield files in bunches that are small enough for one commit, and for memory."""
    bunch: list[Opened] = []
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
    except BaseException as error:
        if must_stop(error):
            raise
        return _refuse(path, as_failure(error))


def _refuse(path: Path, failure: PollError) -> SeedRead:
    if failure.trace is None:
        return SeedRead(str(path), error=SeedError(f"{path} was not read: {failure.sentence}."))
    _LOG.error("seed not read", path=str(path), exception=failure.trace)
    return SeedRead(str(path), error=PassingSeedError(f"{path} could not be read: {failure.sentence}."))
