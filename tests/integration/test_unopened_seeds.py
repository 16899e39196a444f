"""A scan opens no file that looks as it did when it was read, and every file that may have been written to."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.packing import zipped
from tests.polling import titles
from tests.seeds import age, place
from tests.waiting import wait_for
from worker.pipeline.tools import Tools
from worker.seeds.bunches import OpenedFile, ReadArchive, SeedRead
from worker.seeds.file_looks import FileLook
from worker.seeds.files import find_seed_files, wait_until_still
from worker.seeds.ingest import ingest
from worker.seeds.opening import open_files

BRIDGE = "LONDON, July 10 (Reuters) - The bridge is open.\n\nIt was shut for two winters."
TUNNEL = "LONDON, July 10 (Reuters) - The tunnel is open.\n\nIt was shut for two winters."


def _ingest(tools: Tools, folder: Path) -> list[tuple[str, bool, int]]:
    reads = ingest(tools, [folder], 1_000_000, still_for=timedelta(0))
    return [(Path(each.path).name, each.is_passed_over, each.new + each.updated) for each in reads]


@pytest.fixture
def read(tools: Tools, tmp_path: Path) -> Path:
    """A file that has been read, and whose look is trusted."""
    path = place(tmp_path / "seeds/a.txt", BRIDGE)
    _grow_old(path)
    assert _ingest(tools, path.parent) == [("a.txt", False, 1)]
    assert _ingest(tools, path.parent) == [("a.txt", True, 0)]
    return path


def _grow_old(path: Path) -> None:
    """Wait until a file is so old that it would look otherwise once it is written to: nobody can set that time."""
    wait_for(lambda: FileLook.of(path.stat(), time.time_ns()).would_change, "the file has grown old")


def test_a_file_that_was_placed_just_now_is_opened_again(tools: Tools, tmp_path: Path) -> None:
    path = place(tmp_path / "seeds/a.txt", BRIDGE)
    assert [_ingest(tools, path.parent) for _ in range(2)] == [[("a.txt", False, 1)], [("a.txt", False, 0)]]


def test_a_file_of_the_same_size_and_time_is_read_where_it_was_written_to(tools: Tools, read: Path) -> None:
    status = read.stat()
    read.write_text(TUNNEL)
    os.utime(read, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (read.stat().st_size, read.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert _ingest(tools, read.parent) == [("a.txt", False, 1)]
    assert titles(tools) == ["The tunnel is open."]


def test_another_file_in_its_place_is_read(tools: Tools, read: Path) -> None:
    other = place(read.with_name("b.txt"), TUNNEL)
    os.utime(other, ns=(0, read.stat().st_mtime_ns))
    other.rename(read)
    assert _ingest(tools, read.parent) == [("a.txt", False, 1)]


def test_a_file_that_was_only_touched_is_opened_once(tools: Tools, read: Path) -> None:
    age(read, timedelta(minutes=5))
    _grow_old(read)
    assert [_ingest(tools, read.parent) for _ in range(2)] == [[("a.txt", False, 0)], [("a.txt", True, 0)]]


def test_an_archive_with_something_refused_is_opened_for_those_alone_who_do_not_know(
    tools: Tools, tmp_path: Path
) -> None:
    path = place(tmp_path / "seeds/day.zip", zipped({"page.html": "<html><p>No.</p></html>"}))
    _grow_old(path)
    assert [each.why_refused() is None for each in ingest(tools, [path], 1_000_000)] == [False]
    told, untold = (
        [*open_files(tools.engine, wait_until_still(find_seed_files([path]), timedelta(0)), 1_000_000, known)]
        for known in ([str(path)], [])
    )
    assert told == [SeedRead(str(path), is_passed_over=True)]
    assert [type(each) for each in untold] == [OpenedFile, ReadArchive]


def test_settings_of_its_folder_have_it_opened(tools: Tools, read: Path) -> None:
    place(read.with_name("feed.toml"), 'name = "Wire"')
    assert [name for name, is_passed_over, _ in _ingest(tools, read.parent) if not is_passed_over] == ["a.txt"]
    assert _ingest(tools, read.parent) == [("a.txt", True, 0)]


def test_a_link_is_known_by_the_file_it_leads_to(tools: Tools, read: Path) -> None:
    read.with_name("b.txt").symlink_to(read)
    assert _ingest(tools, read.parent) == [("a.txt", True, 0), ("b.txt", True, 0)]
