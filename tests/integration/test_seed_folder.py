"""What a scan of the seed folder refuses is said once and listed as long as it is so; a rehearsal leaves nothing."""

from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from tests.polling import now_of
from tests.seeds import place
from worker.database.engine import reading
from worker.look.feed_listing import list_feeds
from worker.look.file_listing import count_listed_files, list_files
from worker.look.health import read_health
from worker.look.listings import Wanted
from worker.pipeline.tools import Tools
from worker.seeds.ingest import IngestOptions, ingest
from worker.seeds.seed_folder import ingest_seed_folder
from worker.settings import Settings

ALL = Wanted()
REHEARSAL = IngestOptions(is_rehearsal=True)
DISPATCH = "date 2026-07-10\n\nLONDON, July 10 (Reuters) - {} is open.\n\nIt was shut."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that the store is not in."""
    return tmp_path / "seeds"


def _scan(tools: Tools, folder: Path) -> list[tuple[str, bool]]:
    """Scan a folder, and return what was refused, and whether that was told before."""
    seeds = ingest_seed_folder(tools, Settings(seeds_dir=folder))
    return [(Path(seed.path).name, seed.was_told) for seed in seeds if seed.why_refused()]


def _files(tools: Tools, wanted: Wanted = ALL) -> list[tuple[str, str]]:
    with reading(tools.engine) as connection:
        return [(Path(row["path"]).name, row["state"]) for row in list_files(connection, wanted)]


def test_a_refused_file_is_told_of_once_and_again_when_the_reason_is_another(tools: Tools, folder: Path) -> None:
    place(folder / "a.html", "<html><p>No feed.</p></html>")
    place(folder / "b.opml", '<opml><body><outline xmlUrl="ftp://h.example/"/></body></opml>')
    assert _scan(tools, folder) == [("a.html", False), ("b.opml", False)]
    assert _scan(tools, folder) == [("a.html", True), ("b.opml", True)]
    place(folder / "a.html", "")
    assert _scan(tools, folder) == [("a.html", False), ("b.opml", True)]


def test_refused_files_are_listed_with_the_reason_until_they_are_read_or_gone(tools: Tools, folder: Path) -> None:
    place(folder / "a.txt", "")
    place(folder / "b c.txt", DISPATCH.format("The bridge"))
    gone = place(folder / "c.txt", "")
    _scan(tools, folder)
    assert _files(tools) == [("a.txt", "refused"), ("c.txt", "refused"), ("b c.txt", "read")]
    assert _files(tools, Wanted(limit=1)) == [("a.txt", "refused")]
    assert _files(tools, Wanted(text="b c")) == [("b c.txt", "read")]
    with reading(tools.engine) as connection:
        (first, *_) = list_files(connection, Wanted(is_failing=True))
        assert first["reason"] == f"{folder}/a.txt was not read: it is empty."
        health = read_health(connection, now_of(tools))
        assert (health.feeds, health.files, health.files_refused) == ({}, 1, 2)
        counted = count_listed_files(connection, Wanted())
        assert counted
        assert counted.count == 3
        assert [row["url"] for row in list_feeds(connection, now_of(tools), Wanted(is_polled=True))] == []
    place(folder / "a.txt", DISPATCH.format("The tunnel"))
    gone.unlink()
    _scan(tools, folder)
    assert _files(tools) == [("a.txt", "read"), ("b c.txt", "read")]


def test_a_seed_folder_that_is_named_and_missing_is_refused_once(tools: Tools, folder: Path) -> None:
    missing = folder / "nowhere"
    assert [_scan(tools, missing) for _ in range(2)] == [[("nowhere", False)], [("nowhere", True)]]
    assert list(ingest_seed_folder(tools, Settings())) == []


def test_a_rehearsal_says_what_would_come_and_leaves_nothing(tools: Tools, folder: Path) -> None:
    place(folder / "a.txt", DISPATCH.format("The bridge"))
    list(ingest(tools, [folder], 10_000))
    before = _rows(tools)
    place(folder / "a.txt", DISPATCH.format("The old bridge"))
    place(folder / "b.txt", DISPATCH.format("The tunnel"))
    place(folder / "c.opml", '<opml><body><outline xmlUrl="http://h.example/"/></body></opml>')
    place(folder / "d.txt", "")
    rehearsed = list(ingest(tools, [folder], 10_000, options=REHEARSAL))
    assert _rows(tools) == before
    really = list(ingest(tools, [folder], 10_000))
    told = [(seed.new, seed.updated, seed.feeds, str(seed.error)) for seed in really]
    assert [(seed.new, seed.updated, seed.feeds, str(seed.error)) for seed in rehearsed] == told
    assert [line[:3] for line in told] == [(0, 1, 0), (1, 0, 0), (0, 0, 1), (0, 0, 0)]


@pytest.mark.parametrize("copies", [2])
def test_a_rehearsal_knows_copies_that_lie_together(tools: Tools, folder: Path, copies: int) -> None:
    for number in range(copies):
        place(folder / f"{number}.txt", DISPATCH.format("The bridge"))
    assert sum(seed.new for seed in ingest(tools, [folder], 10_000, options=REHEARSAL)) == 1


def _rows(tools: Tools) -> dict[str, list[object]]:
    with reading(tools.engine) as connection:
        return {
            name: sorted(map(str, connection.execute(select(text("*")).select_from(text(name)))))
            for name in inspect(connection).get_table_names()
        }
