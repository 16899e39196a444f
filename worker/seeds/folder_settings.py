"""The settings of a folder of seed files: its ``feed.toml`` makes a feed of it, and fills what its files leave open.

A folder whose settings are wrong is not read until they are mended: its files would be stored in the wrong letters, at
the wrong hour and under no agency, and each be a revision afterwards.
"""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import xxhash

from worker.basics.charset import find_codecs
from worker.basics.codec import write_json
from worker.basics.text import clean, fold
from worker.basics.units import show_size
from worker.dates.reading import place_in_zone
from worker.errors import SeedError
from worker.manage.feed_tags import LONGEST_TAG, MOST_TAGS, read_tag
from worker.normalise.language import read_language_tag
from worker.seeds.file_names import SETTINGS_FILE
from worker.seeds.files import opened_seed
from worker.values.due_feeds import Document
from worker.values.entries import Entry, ParsedDocument

_LONGEST_FILE = 100_000
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True)
class FolderSettings:
    """What a folder's ``feed.toml`` says; what is None leaves the files as they are."""

    folder: Path
    """The folder, without links on the way to it."""
    name: str
    """The folder's own name unless another is given."""
    settings_hash: bytes
    """By which files are known that were read under other settings."""
    language: str | None = None
    encoding: str | None = None
    agency: str | None = None
    time_zone: str | None = None
    """As IANA names it."""
    tags: tuple[str, ...] = ()

    @property
    def uri(self) -> str:
        """The URL of the folder's feed: unlike a file's it ends in a slash."""
        return f"{self.folder.as_uri()}/"


FoundSettings = dict[Path, FolderSettings | SeedError | None]
"""By folder what counts for its files, as far as somebody has looked."""


def find_settings(folder: Path, found: FoundSettings, named: Path | None = None) -> FolderSettings | SeedError | None:
    """Return the settings that count for files of a folder: those of the nearest ``feed.toml`` upward, if there is one.

    The folder's path is without links; ``named`` is how it was named, and so is a file that is wrong. What was found is
    remembered in ``found``.
    """
    if folder not in found:
        named = named or folder
        above = find_settings(folder.parent, found, _name_above(named)) if folder.parent != folder else None
        found[folder] = _settings_of(folder, named) or above
    return found[folder]


def _name_above(named: Path) -> Path | None:
    """Return how the folder above is named; None where that has no shorter name of the same kind."""
    return named.parent if named.name not in {"", ".."} else None


def _settings_of(folder: Path, named: Path) -> FolderSettings | SeedError | None:
    path, shown = folder / SETTINGS_FILE, named / SETTINGS_FILE
    # Where nobody may look there is nothing to be read either.
    if not os.path.lexists(path):
        return None
    try:
        with opened_seed(path) as file:
            written = file.read(_LONGEST_FILE + 1)
    except SeedError as error:
        return _refuse(shown, str(error).partition(" was not read: ")[2].removesuffix("."))
    try:
        return read_settings(written, folder, shown)
    except SeedError as error:
        return error


def read_settings(written: bytes, folder: Path, shown: Path | None = None) -> FolderSettings:
    """Return what a folder's ``feed.toml`` says; SeedError where it is wrong: at which key, and what to write.

    ``shown`` is the path by which the error names it.
    """
    path = shown or folder / SETTINGS_FILE
    if len(written) > _LONGEST_FILE:
        raise _refuse(path, f"it is larger than {show_size(_LONGEST_FILE)}")
    try:
        given = tomllib.loads(written.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _refuse(path, f"it is not TOML in UTF-8 ({error})") from error
    values = {key: _read_value(path, key, value) for key, value in given.items()}
    settings_hash = xxhash.xxh3_128_digest(write_json(dict(sorted(values.items()))))
    return FolderSettings(folder, **{"name": folder.name or "/", "settings_hash": settings_hash} | values)


def _read_value(path: Path, key: str, value: Any) -> Any:
    if key not in _KEYS:
        raise _refuse(path, f"it has no setting `{clean(key, _LONGEST_LINE)}`: write one of {', '.join(_KEYS)}")
    read, wanted = _KEYS[key]
    if (found := read(value)) is None:
        raise _refuse(path, f"`{key}` is {wanted}, not {fold(clean(repr(value), _LONGEST_LINE))}")
    return found


def _refuse(path: Path, reason: str) -> SeedError:
    return SeedError(f"{path} was not read, nor were the files of its folder: {reason}.")


def _read_line(value: Any) -> str | None:
    line = fold(clean(value, _LONGEST_LINE)) if isinstance(value, str) else ""
    return line if line and line == fold(str(value)) else None


def _read_text(value: Any, read: Callable[[str], str | None]) -> str | None:
    line = _read_line(value)
    return read(line) if line else None


def _read_encoding(label: str) -> str | None:
    return label if find_codecs(label) else None


def _read_zone(name: str) -> str | None:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _read_tags(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or len(value) > MOST_TAGS:
        return None
    tags = [read_tag(tag) if isinstance(tag, str) else "" for tag in value]
    return tuple(dict.fromkeys(tags)) if all(tags) and tags == [fold(tag) for tag in value] else None


_KEYS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "name": (_read_line, f'one line of up to {_LONGEST_LINE} characters, such as `name = "Reuters"`'),
    "language": (partial(_read_text, read=read_language_tag), 'a language tag, such as `language = "pt-BR"`'),
    "encoding": (partial(_read_text, read=_read_encoding), 'an encoding, such as `encoding = "windows-1251"`'),
    "agency": (_read_line, f'one line of up to {_LONGEST_LINE} characters, such as `agency = "TASS"`'),
    "time_zone": (partial(_read_text, read=_read_zone), 'the name of a zone, such as `time_zone = "Europe/Lisbon"`'),
    "tags": (
        _read_tags,
        f'a list of up to {MOST_TAGS} lines of up to {LONGEST_TAG} characters, such as `tags = ["wires"]`',
    ),
}  # fmt: skip


def with_encoding(document: Document, settings: FolderSettings | None) -> Document:
    """Return a text with the folder's encoding as the declared one, which counts behind its mark and valid UTF-8."""
    if settings is None or settings.encoding is None:
        return document
    return replace(document, content_type=f"text/plain; charset={settings.encoding}")


def fill_document(parsed: ParsedDocument, settings: FolderSettings | None) -> ParsedDocument:
    """Return a document with the folder's language, agency and zone where it names none itself."""
    if settings is None:
        return parsed
    language = parsed.language or settings.language
    if zone := ZoneInfo(settings.time_zone) if settings.time_zone else None:

        def in_zone(written: str | None, spoken: str | None) -> str | None:
            return place_in_zone(written, zone, spoken)

        def fill(entry: Entry) -> Entry:
            spoken = entry.language or language
            return replace(
                entry,
                published=in_zone(entry.published, spoken),
                updated=in_zone(entry.updated, spoken),
                embargoed_until=_end_in_zone(entry.embargoed_until, zone),
            )

        parsed = replace(parsed, updated=in_zone(parsed.updated, language), entries=tuple(map(fill, parsed.entries)))
    return replace(parsed, language=language, agency=settings.agency)


def _end_in_zone(end: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return an embargo's end in UTC; of an hour that is there twice, or never, the later one: none ends too early."""
    if end is None or end.tzinfo:
        return end
    try:
        return max(end.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:
        # Year 9999 is never, in any zone.
        return end
