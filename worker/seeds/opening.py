"""Opening what was found: unchanged files stay closed, archives are unpacked, wrong settings keep a folder unread.

found files → the settings of their folders → pass over what looks as it did → read from the disk, or unpack
"""

import os
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote_to_bytes
from zoneinfo import ZoneInfo

import xxhash
from sqlalchemy import Engine

from worker.database.engine import reading
from worker.database.seed_files import find_seed_states
from worker.errors import SeedError
from worker.pipeline.prepared_document import READING
from worker.pipeline.results import hash_body
from worker.seeds.archives import Member, find_kind, read_members
from worker.seeds.bunches import Opened, OpenedFile, ReadArchive, SeedRead, explain_faults
from worker.seeds.file_looks import SECOND
from worker.seeds.file_names import SETTINGS_FILE
from worker.seeds.files import SeedFile, check_uri, look_at_open, opened_seed, read_seed_file
from worker.seeds.folder_settings import FolderSettings, FoundSettings, find_settings
from worker.values.due_feeds import Document
from worker.values.seed_states import SeedState

# Files whose states are looked up together.
_SLICE = 500
_CHUNK = 1_000_000
# An archive is known by less than this (``find_kind``).
_HEAD = 512


def open_files(
    engine: Engine, found: Iterable[SeedFile | SeedError], max_body: int, told_of: Collection[str] = ()
) -> Iterator[Opened]:
    """Yield the files that are to be looked into, with the settings of their folders, and the members of archives.

    A file that looks as it did when it was read is not opened: its SeedRead says so. An archive in which something was
    refused is unpacked again, so that this is said again, unless the caller knows: ``told_of`` has its path.
    """
    files = _with_settings(found)
    while some := list(islice(files, _SLICE)):
        with reading(engine) as connection:
            known = find_seed_states(connection, [each[0].uri for each in some if isinstance(each, tuple)])
        for each in some:
            if isinstance(each, SeedRead):
                yield each
            else:
                before = _Before(known.get(each[0].uri), str(each[0].path) in told_of)
                yield from _open(*each, before, max_body)


def in_part(state: SeedState) -> SeedState:
    """Return the state of an archive in which something was refused: only who knows of that leaves it closed."""
    look_hash = _look_in_part(state.look_hash) if state.look_hash else None
    return SeedState(state.without("refused").body_hash, look_hash, state.settings_hash)


def _look_in_part(look_hash: bytes) -> bytes:
    return xxhash.xxh3_128_digest(look_hash + b"refused")


@dataclass(frozen=True, slots=True)
class _Before:
    """What is known of a file from before."""

    state: SeedState | None
    is_told: bool
    """Whether it is known what was refused in it."""

    def looks_unchanged(self, look_hash: bytes | None, settings_hash: bytes | None) -> bool:
        """Say whether a file looks as it did when it was read, and need not be opened."""
        if not (self.state and look_hash):
            return False
        looks = (look_hash, _look_in_part(look_hash)) if self.is_told else (look_hash,)
        return self.state.look_hash in looks and self.state.settings_hash == settings_hash

    def find_unchanged(self, state: SeedState) -> SeedState | None:
        """Return the state of an archive in which there is nothing new to read, nor to say; None where there may be."""
        states = (state, in_part(state)) if self.is_told else (state,)
        return next((each for each in states if each.is_unchanged_from(self.state)), None)


def _with_settings(
    found: Iterable[SeedFile | SeedError],
) -> Iterator[tuple[SeedFile, FolderSettings | None] | SeedRead]:
    """Yield files with their folders' settings; where these are wrong, that in place of all files of the folder."""
    settings: FoundSettings = {}
    by_uri: dict[str, FolderSettings | SeedError | None] = {}
    told: set[str] = set()
    for file in found:
        if isinstance(file, SeedError):
            yield SeedRead("", error=file)
            continue
        folder_uri = file.uri.rpartition("/")[0]
        if folder_uri not in by_uri:
            folder = Path(os.fsdecode(unquote_to_bytes(folder_uri.removeprefix("file://"))) or "/")
            by_uri[folder_uri] = find_settings(folder, settings, _name_of(folder, file)) if file.uri else None
        of_folder = by_uri[folder_uri]
        if isinstance(of_folder, SeedError):
            if str(of_folder) not in told:
                told.add(str(of_folder))
                yield SeedRead(str(of_folder).partition(" was not read")[0], error=of_folder)
        elif file.path.name != SETTINGS_FILE:
            yield file, of_folder


def _name_of(folder: Path, file: SeedFile) -> Path:
    """Return a file's folder as it was named; without links where one of these led to the file."""
    named = file.path.parent
    return named if named.resolve() == folder else folder


def _open(file: SeedFile, settings: FolderSettings | None, before: _Before, max_body: int) -> Iterator[Opened]:
    settings_hash = settings.settings_hash if settings else None
    look_hash = file.look.look_hash if file.look else None
    if before.looks_unchanged(look_hash, settings_hash):
        yield SeedRead(str(file.path), is_passed_over=True)
        return

    def read() -> OpenedFile | None:
        with opened_seed(file.path) as stream:
            if find_kind(stream.read(_HEAD)):
                return None
        document, look = read_seed_file(file.path, max_body, file.look)
        state = SeedState(hash_body(document), look.look_hash if look.would_change else None, settings_hash)
        return OpenedFile(file.path, file.name, look, document, state, settings)

    opened = explain_faults(file.path, read)
    if opened:
        yield opened
        return
    members = _unpack(file, settings, before, max_body)
    while member := explain_faults(file.path, lambda: next(members, None)):
        yield member


def _unpack(archive: SeedFile, settings: FolderSettings | None, before: _Before, max_body: int) -> Iterator[Opened]:
    """Yield the members of an archive, then its end; one whose bytes have not changed is not unpacked."""
    with opened_seed(archive.path) as stream:
        look = look_at_open(archive.path, stream, archive.look)
        settings_hash = settings.settings_hash if settings else None
        state = SeedState(_hash_archive(stream), look.look_hash if look.would_change else None, settings_hash)
        if unchanged := before.find_unchanged(state):
            yield ReadArchive(archive.uri, unchanged)
            yield SeedRead(str(archive.path), is_passed_over=True)
            return
        stream.seek(0)
        unpacked, is_whole = replace(archive, look=look), True
        for member in read_members(stream, str(archive.path), look.size, max_body):
            if isinstance(member, SeedError):
                is_whole = False
                yield SeedRead(str(member).partition(" was not read")[0], error=member)
            elif member.body.strip():
                yield _open_member(unpacked, member, settings)
        look_at_open(archive.path, stream, look)
    yield ReadArchive(archive.uri, state, is_whole)


def _open_member(archive: SeedFile, member: Member, settings: FolderSettings | None) -> OpenedFile | SeedRead:
    assert archive.look, "an archive that was unpacked was looked at"
    path, look = archive.path / member.name, archive.look
    if member.modified_at:
        # Of an archive that was packed today what is in it may be years old.
        look = replace(look, modified=int(_place(member.modified_at, settings).timestamp()) * SECOND)

    def read() -> OpenedFile:
        uri = check_uri(path, f"{archive.uri}/{quote(member.name)}")
        document = Document(uri, member.body)
        state = SeedState(hash_body(document), None, settings.settings_hash if settings else None)
        return OpenedFile(path, f"{archive.name}/{member.name}", look, document, state, settings, archive.uri)

    return explain_faults(path, read)


def _place(modified_at: datetime, settings: FolderSettings | None) -> datetime:
    """Return a moment in its zone; one that names none is of the folder's zone, else of UTC."""
    if modified_at.tzinfo:
        return modified_at
    zone = ZoneInfo(settings.time_zone) if settings and settings.time_zone else UTC
    return modified_at.replace(tzinfo=zone)


def _hash_archive(stream: IO[bytes]) -> bytes:
    """Return the hash of an archive's bytes, and of the rules by which they are read: other rules may read more."""
    digest = xxhash.xxh3_128(READING.encode())
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.digest()
