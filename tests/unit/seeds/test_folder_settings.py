import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from worker.errors import SeedError
from worker.seeds.folder_settings import FolderSettings, FoundSettings, fill_document, find_settings, read_settings
from worker.values.entries import Entry, ParsedDocument

FOLDER = Path("/wire/tass")
WHOLE = """
name = "TASS"
language = "ru"
encoding = "windows-1251"
agency = "TASS"
time_zone = "Europe/Moscow"
tags = ["wires", "Moscow"]
"""


def _read(text: str) -> FolderSettings:
    return read_settings(text.encode(), FOLDER)


def test_all_settings_are_read() -> None:
    found = _read(WHOLE)
    assert (found.name, found.language, found.encoding, found.agency) == ("TASS", "ru", "windows-1251", "TASS")
    assert (found.time_zone, found.tags, found.uri) == ("Europe/Moscow", ("wires", "Moscow"), "file:///wire/tass/")


def test_without_a_name_the_folders_own_counts() -> None:
    assert _read("").name == "tass"


def test_settings_are_known_again_however_they_are_written() -> None:
    assert _read(WHOLE).settings_hash == _read(f"# the wire of Moscow\n{WHOLE}\n").settings_hash
    assert _read(WHOLE).settings_hash != _read(WHOLE.replace("ru", "uk")).settings_hash


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "lang = 'ru'",
            "it has no setting `lang`: write one of name, language, encoding, agency, time_zone, tags",
        ),
        ("language = 'Russian!'", "`language` is a language tag, such as `language = \"pt-BR\"`, not 'Russian!'"),
        ("language = 7", '`language` is a language tag, such as `language = "pt-BR"`, not 7'),
        ("encoding = 'utf-7'", "`encoding` is an encoding, such as `encoding = \"windows-1251\"`, not 'utf-7'"),
        (
            "time_zone = 'Moscow'",
            "`time_zone` is the name of a zone, such as `time_zone = \"Europe/Lisbon\"`, not 'Moscow'",
        ),
        (
            "time_zone = '../../etc/passwd'",
            "`time_zone` is the name of a zone, such as `time_zone = \"Europe/Lisbon\"`, not '../../etc/passwd'",
        ),
        ("agency = ''", "`agency` is one line of up to 200 characters, such as `agency = \"TASS\"`, not ''"),
        (
            "tags = 'wires'",
            "`tags` is a list of up to 64 lines of up to 200 characters, such as `tags = [\"wires\"]`, not 'wires'",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_write(text: str, reason: str) -> None:
    with pytest.raises(SeedError) as refused:
        _read(text)
    assert str(refused.value) == f"/wire/tass/feed.toml was not read, nor were the files of its folder: {reason}."


@pytest.mark.parametrize("text", [b"name = ", b"name = '\xff'", b"x = " + b"[" * 50_000, b"x = 2026-02-30"])
def test_what_is_no_toml_is_refused(text: bytes) -> None:
    with pytest.raises(SeedError, match=r"nor were the files of its folder: it is not TOML in UTF-8 \("):
        read_settings(text, FOLDER)


def test_the_nearest_settings_upward_count(tmp_path: Path) -> None:
    (tmp_path / "tass/sport").mkdir(parents=True)
    (tmp_path / "tass/feed.toml").write_text(WHOLE)
    (tmp_path / "feed.toml").write_text("name = 'All'")
    found: FoundSettings = {}
    names = [find_settings(tmp_path / name, found) for name in ("tass/sport", "tass", ".")]
    assert [each.name for each in names if isinstance(each, FolderSettings)] == ["TASS", "TASS", "All"]
    (tmp_path / "tass/sport/feed.toml").write_text("x = 1")
    assert isinstance(find_settings(tmp_path / "tass/sport", {}), SeedError)


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("in/tass/sport", "in/tass/feed.toml"),
        ("sport", "feed.toml"),
        (".", "{}/tass/feed.toml"),
        ("tass/sport", "tass/feed.toml"),
        ("../sport", "../feed.toml"),
    ],
)
def test_wrong_settings_are_named_as_the_folder_was(tmp_path: Path, named: str, shown: str) -> None:
    (tmp_path / "tass/sport").mkdir(parents=True)
    (tmp_path / "tass/feed.toml").write_text("x = 1")
    refused = find_settings(tmp_path / "tass/sport", {}, Path(named))
    assert str(refused).startswith(f"{shown.format(tmp_path)} was not read, nor were")


@pytest.mark.parametrize(
    ("make", "reason"),
    [(Path.mkdir, "is a directory"), (os.mkfifo, "it is not a regular file")],
    ids=["folder", "pipe"],
)
def test_settings_that_are_no_file_are_refused(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    make(tmp_path / "feed.toml")
    said = f"{tmp_path}/feed.toml was not read, nor were the files of its folder: {reason}."
    assert str(find_settings(tmp_path, {})) == said


def test_settings_are_read_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "feed.toml").write_text('name = "TASS"\n' + "#" * 100_000 + '\nlanguage = "ru"\n')
    assert "it is larger than 100 kB" in str(find_settings(tmp_path, {}))


def test_settings_fill_what_a_document_leaves_open() -> None:
    entries = (
        Entry(published="2026-07-10 15:30"),
        Entry(published="2026-07-10T15:30:00Z"),
        Entry(published="2026-07-10"),
    )
    filled = fill_document(ParsedDocument("dispatch", "dispatch", entries, updated="10 July 2026 15:30"), _read(WHOLE))
    assert (filled.language, filled.agency, filled.updated) == ("ru", "TASS", "2026-07-10T15:30:00+03:00")
    dates = ["2026-07-10T15:30:00+03:00", "2026-07-10T15:30:00Z", "2026-07-10"]
    assert [entry.published for entry in filled.entries] == dates


def test_a_documents_own_language_counts() -> None:
    assert fill_document(ParsedDocument("rss", "expat", (), language="en"), _read(WHOLE)).language == "en"


def test_without_settings_a_document_stays_as_it_is() -> None:
    parsed = ParsedDocument("rss", "expat", (Entry(published=datetime(2026, 7, 10, tzinfo=UTC).isoformat()),))
    assert fill_document(parsed, None) is parsed


@pytest.mark.parametrize(
    ("end", "in_utc"),
    [
        ("2026-07-11T06:00", "2026-07-11T10:00Z"),
        ("2026-07-11T06:00Z", "2026-07-11T06:00Z"),
        # The night in which half past one is there twice.
        ("2026-11-01T01:30", "2026-11-01T06:30Z"),
        # The night in which half past two never is.
        ("2026-03-08T02:30", "2026-03-08T07:30Z"),
        ("9999-12-31T23:59", "9999-12-31T23:59"),
    ],
    ids=["no zone", "a zone of its own", "twice", "left out", "never"],
)
def test_an_embargo_without_a_zone_ends_by_the_folders_clock(end: str, in_utc: str) -> None:
    settings = _read('time_zone = "America/New_York"')
    document = ParsedDocument("dispatch", "dispatch", (Entry(guid="a", embargoed_until=datetime.fromisoformat(end)),))
    (entry,) = fill_document(document, settings).entries
    assert entry.embargoed_until == datetime.fromisoformat(in_utc)
