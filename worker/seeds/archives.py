"""Archives of seed files: what is packed by gzip, zip or tar, member by member, within bounds.

An archive is known by its first bytes (RFC 1952; APPNOTE.TXT, section 4.3; POSIX ustar). Nothing is written to the
disk: members are read into memory one after the other, and their names are only names.
"""

import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import PurePosixPath
from struct import Struct
from typing import IO

from worker.basics.units import show_size
from worker.errors import SeedError
from worker.seeds.archive_bounds import Budget, CountedStream, OverBudgetError
from worker.seeds.file_names import SETTINGS_FILE, is_passed_over, name_as_text

DEEPEST = 2
"""How deep archives may lie in one another: a zip of the day's tar.gz, but no endless chain."""
_HEAD = 512
# In a tar, which Python reads into memory as a whole.
_LONGEST_NAME = 100_000
_OUTSIDE_NAMES = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, b"K")
# By these a program's files are known that are packed as a zip.
_NOT_FOLDERS = frozenset(("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF", "AndroidManifest.xml"))
_PACKED = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
_IS_ENCRYPTED, _IS_UTF8 = 0x1, 0x800
# Of a zip's extra fields: kind and size of each; of one of them its flags, and the seconds that these announce.
_EXTRA, _MODIFIED = Struct("<HH"), Struct("<Bi")
_TIMESTAMP, _HAS_MODIFIED = 0x5455, 0x1
# What the readers of archives raise over one that is broken.
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, ValueError, RuntimeError)


class ArchiveKind(StrEnum):
    """How an archive is packed."""

    GZIP = "gzip"
    ZIP = "zip"
    TAR = "tar"


@dataclass(frozen=True, slots=True)
class Member:
    """A file in an archive."""

    name: str
    """Its path within the archive, and within those that it lies in there."""
    body: bytes = field(repr=False)
    modified_at: datetime | None = None
    """When it was last written to, as the archive says; without a zone where that is a zip's clock, which has none."""


def find_kind(head: bytes) -> ArchiveKind | None:
    """Return how an archive with these first bytes is packed; None for what is no archive."""
    if head.startswith(b"\x1f\x8b\x08"):
        return ArchiveKind.GZIP
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return ArchiveKind.ZIP
    return ArchiveKind.TAR if head[257:262] == b"ustar" else None


def read_members(file: IO[bytes], path: str, size: int, max_body: int) -> Iterator[Member | SeedError]:
    """Yield the members of an archive that is opened at its start, and for each that is not read the reason.

    ``path`` names the archive in what is said, ``size`` is its own; a member may be as large as ``max_body``. A broken
    archive yields what was whole, and says so.
    """
    budget = Budget(path, size, max_body)
    try:
        yield from _unpack(CountedStream(file, budget, is_counted=False), PurePosixPath(), budget, depth=1)
    except OverBudgetError as error:
        yield SeedError(f"{path} was not read whole: {error}.")


def _unpack(stream: CountedStream, within: PurePosixPath, budget: Budget, depth: int) -> Iterator[Member | SeedError]:
    """Yield what is in an archive at this place within the outermost one."""
    buffered = io.BufferedReader(stream, _HEAD * 128)
    kind = find_kind(buffered.peek(_HEAD)[:_HEAD])
    unpack = {ArchiveKind.ZIP: _unzip, ArchiveKind.TAR: _untar, ArchiveKind.GZIP: _gunzip}
    try:
        if kind:
            yield from unpack[kind](buffered, within, budget, depth)
    except _BROKEN as error:
        said = str(error) or type(error).__name__
        yield SeedError(f"{PurePosixPath(budget.path, within)} was not read whole: the archive is broken ({said}).")


def _gunzip(
    stream: "io.BufferedReader[CountedStream]", within: PurePosixPath, budget: Budget, depth: int
) -> Iterator[Member | SeedError]:
    counted = CountedStream(gzip.GzipFile(fileobj=stream), budget, is_counted=True)
    unpacked = io.BufferedReader(counted, _HEAD * 128)
    if find_kind(unpacked.peek(_HEAD)[:_HEAD]) is ArchiveKind.TAR:
        # A .tar.gz is one archive.
        yield from _untar(unpacked, within, budget, depth)
        return
    name = PurePosixPath(within.name or PurePosixPath(budget.path).name)
    bare = name.stem if name.suffix.lower() in {".gz", ".gzip"} else name.name
    yield from _take(within / bare, unpacked.read(budget.max_body + 1), None, budget, depth)


def _unzip(
    stream: "io.BufferedReader[CountedStream]", within: PurePosixPath, budget: Budget, depth: int
) -> Iterator[Member | SeedError]:
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
        if not _NOT_FOLDERS.isdisjoint(member.filename for member in members):
            yield budget.refuse(within, "it is a document or a program that is packed as a zip, not a folder of news")
            return
        for member in members:
            budget.count_member()
            yield from () if member.filename.endswith("/") else _take_zipped(archive, member, within, budget, depth)


def _take_zipped(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, within: PurePosixPath, budget: Budget, depth: int
) -> Iterator[Member | SeedError]:
    name = _read_name(within, _decode_name(member))
    if name is None:
        yield budget.refuse(within / member.filename.lstrip("/"), "its name leads out of the archive")
    elif _is_left_out(name):
        return
    elif reason := _why_not_unzipped(member, budget):
        yield budget.refuse(name, reason)
    else:
        try:
            with archive.open(member) as packed:
                body = packed.read(budget.max_body + 1)
        except _BROKEN as error:
            yield budget.refuse(name, f"it is broken in its archive ({str(error) or type(error).__name__})")
            return
        budget.count(len(body))
        yield from _take(name, body, _zip_time(member), budget, depth)


def _why_not_unzipped(member: zipfile.ZipInfo, budget: Budget) -> str | None:
    if member.flag_bits & _IS_ENCRYPTED:
        return "it is encrypted: pack it again without a password"
    if member.compress_type not in _PACKED:
        return f"it is packed by a method that is not read ({member.compress_type}): pack it again as usual"
    # Unix keeps its mode in the upper half; of a link its target takes the place of its bytes.
    if stat.S_ISLNK(member.external_attr >> 16):
        return "it is a link"
    return _why_too_large(member.file_size, budget)


def _untar(
    stream: "io.BufferedReader[CountedStream]", within: PurePosixPath, budget: Budget, depth: int
) -> Iterator[Member | SeedError]:
    with tarfile.open(fileobj=stream, mode="r|", tarinfo=_BoundedTarInfo, errors="surrogateescape") as archive:
        while member := archive.next():
            budget.count_member()
            # Python keeps all that it has read of an archive's list.
            archive.members.clear()  # type: ignore[attr-defined]  # typeshed leaves it out
            name = _read_name(within, name_as_text(member.name))
            if member.isdir() or (name and _is_left_out(name)):
                continue
            if name is None:
                yield budget.refuse(within / member.name.lstrip("/"), "its name leads out of the archive")
            elif not member.isreg():
                yield budget.refuse(name, "it is a link" if member.issym() or member.islnk() else "it is no file")
            elif reason := _why_too_large(member.size, budget):
                yield budget.refuse(name, reason)
            elif packed := archive.extractfile(member):
                yield from _take(name, packed.read(), _tar_time(member), budget, depth)


class _BoundedTarInfo(tarfile.TarInfo):
    """A member of a tar, whose name is not so long that reading it would fill the memory."""

    @classmethod
    def frombuf(cls, buf: bytes, encoding: str, errors: str) -> "_BoundedTarInfo":  # type: ignore[override]
        """Read a header; ReadError where a name follows that is too long."""
        found = super().frombuf(buf, encoding, errors)
        if found.type in _OUTSIDE_NAMES and found.size > _LONGEST_NAME:
            raise tarfile.ReadError("a name in it is too long")
        return found


def _take(
    name: PurePosixPath, body: bytes, modified_at: datetime | None, budget: Budget, depth: int
) -> Iterator[Member | SeedError]:
    """Yield a member, or the members of one that is an archive itself."""
    if reason := _why_too_large(len(body), budget):
        yield budget.refuse(name, reason)
    elif find_kind(body[:_HEAD]) is None:
        yield Member(str(name), body, modified_at)
    elif depth == DEEPEST:
        yield budget.refuse(name, f"it is an archive in {DEEPEST} others: unpack these")
    else:
        yield from _unpack(CountedStream(io.BytesIO(body), budget, is_counted=False), name, budget, depth + 1)


def _why_too_large(size: int, budget: Budget) -> str | None:
    most = show_size(budget.max_body)
    return f"it is larger than {most} (FEEDMILL_MAX_BODY)" if size > budget.max_body else None


def _read_name(within: PurePosixPath, written: str) -> PurePosixPath | None:
    """Return a member's path within the outermost archive; None for one that leads out of its own."""
    path = PurePosixPath(written.replace("\\", "/"))
    is_outside = path.is_absolute() or ".." in path.parts or written[1:3] == ":\\" or not path.parts
    return None if is_outside else within / path


def _is_left_out(name: PurePosixPath) -> bool:
    """Say whether a member is passed over as files in folders are; macOS hides what it knows of a file beside it."""
    is_hidden = any(part.startswith((".", "__MACOSX")) for part in name.parts)
    return is_hidden or is_passed_over(name.name) or name.name == SETTINGS_FILE


def _decode_name(member: zipfile.ZipInfo) -> str:
    """Return a zip's name for a member: many programs write UTF-8 without saying so, where CP437 is the default."""
    name = member.filename
    if not member.flag_bits & _IS_UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return name_as_text(name)


def _zip_time(member: zipfile.ZipInfo) -> datetime | None:
    try:
        # A clock on a wall: whoever knows the folder may know its zone.
        return _read_timestamp(member.extra) or datetime(*member.date_time)  # noqa: DTZ001
    except ValueError:
        return None


def _read_timestamp(extra: bytes) -> datetime | None:
    """Return the seconds since 1970 that most programs write beside a zip's clock (Info-ZIP, appnote.iz)."""
    at = 0
    while at + _EXTRA.size <= len(extra):
        kind, size = _EXTRA.unpack_from(extra, at)
        at += _EXTRA.size
        if kind == _TIMESTAMP and size >= _MODIFIED.size and at + size <= len(extra):
            flags, seconds = _MODIFIED.unpack_from(extra, at)
            return datetime.fromtimestamp(seconds, UTC) if flags & _HAS_MODIFIED else None
        at += size
    return None


def _tar_time(member: tarfile.TarInfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(member.mtime, UTC)
    except (ValueError, OverflowError, OSError):
        return None
