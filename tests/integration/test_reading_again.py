"""Seed files that are read again, moved, copied and edited: which of that is news, and whose."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.documents import item, rss
from tests.polling import add, count, titles
from tests.seeds import age, place
from tests.waiting import PATIENCE
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, PollRow, ScheduleRow
from worker.database.file_tables import SeedFileRow
from worker.errors import UnfinishedSeedError
from worker.manage.feeds import remove_feed
from worker.pipeline.tools import Tools
from worker.seeds.bunches import SeedRead
from worker.seeds.ingest import ingest

SELF = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="https://news.example/feed"/>'
DISPATCH = "LONDON, July 10 (Reuters) - Rain fell on the harbour bridge all day."


def _ingest(tools: Tools, *paths: Path) -> list[SeedRead]:
    reads = list(ingest(tools, paths, 1_000_000))
    assert [read.error for read in reads if read.error] == []
    return reads


def _new(tools: Tools, *paths: Path) -> int:
    return sum(read.new for read in _ingest(tools, *paths))


def _feeds(tools: Tools) -> list[str]:
    with reading(tools.engine) as connection:
        return list(connection.execute(select(FeedRow.url).order_by(FeedRow.id)).scalars())


def _said(tools: Tools) -> list[datetime]:
    with reading(tools.engine) as connection:
        return list(connection.execute(select(SightingRow.said_at).order_by(SightingRow.id)).scalars())


def _seeds(folder: Path) -> Path:
    """Make a folder of one file of each kind: a saved feed that names itself, one that does not, and a dispatch."""
    place(folder / "named.xml", rss([item("a"), item("b")], head=SELF))
    place(folder / "world/plain.xml", rss([item("c")], title="Plain"))
    place(folder / "dispatch.txt", DISPATCH)
    return folder


@contextmanager
def _being_written(path: Path) -> Iterator[None]:
    """Go on writing a file, a little at a time."""
    is_done = threading.Event()
    has_begun = threading.Event()

    def write() -> None:
        with path.open("a") as file:
            while not is_done.wait(0.02):
                file.write("More rain. ")
                file.flush()
                has_begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    has_begun.wait(PATIENCE)
    yield
    is_done.set()
    writer.join()


def test_what_has_been_read_and_has_not_changed_is_not_read_again(tools: Tools, tmp_path: Path) -> None:
    seeds = _seeds(tmp_path / "seeds")
    assert _new(tools, seeds) == 4
    visits = count(tools, PollRow)
    for _ in range(3):
        assert _new(tools, seeds) == 0
    assert count(tools, PollRow) == visits == 3


def test_a_saved_document_is_not_read_again_because_its_feed_was_polled_since(tools: Tools, tmp_path: Path) -> None:
    path = place(tmp_path / "named.xml", rss([item("a")], head=SELF))
    _ingest(tools, path)
    with writing(tools.engine) as connection:
        connection.execute(update(ScheduleRow).values(body_hash=b"of another document"))
    _ingest(tools, path)
    assert count(tools, PollRow) == 1


def test_a_file_whose_bytes_changed_is_read_again(tools: Tools, tmp_path: Path) -> None:
    path = place(tmp_path / "plain.xml", rss([item("a")]))
    _ingest(tools, path)
    place(path, rss([item("a"), item("b")]))
    assert [(read.new, read.updated) for read in _ingest(tools, path)] == [(1, 0)]
    assert len(_feeds(tools)) == 1


def test_a_file_that_could_not_be_read_is_tried_again(tools: Tools, tmp_path: Path) -> None:
    path = place(tmp_path / "broken.xml", "<rss><channel></wrong>")
    for _ in range(2):
        (read,) = ingest(tools, [path], 1_000_000)
        assert read.error
    assert count(tools, SeedFileRow) == 0


def test_moving_the_folder_adds_nothing(tools: Tools, tmp_path: Path) -> None:
    seeds = _seeds(tmp_path / "seeds")
    _ingest(tools, seeds)
    before = titles(tools)
    moved = shutil.move(seeds, tmp_path / "elsewhere")
    assert _new(tools, Path(moved)) == 0
    assert titles(tools) == before


def test_a_copy_of_the_folder_adds_nothing_and_is_not_read_again(tools: Tools, tmp_path: Path) -> None:
    seeds = _seeds(tmp_path / "seeds")
    _ingest(tools, seeds)
    copy = shutil.copytree(seeds, tmp_path / "copy")
    assert _new(tools, copy) == 0
    visits = count(tools, PollRow)
    assert _new(tools, seeds, copy) == 0
    assert count(tools, PollRow) == visits


def test_a_copy_of_a_saved_feed_under_another_name_is_of_the_same_feed(tools: Tools, tmp_path: Path) -> None:
    path = place(tmp_path / "plain.xml", rss([item("a")]))
    _ingest(tools, path)
    assert _new(tools, age(Path(shutil.copy(path, tmp_path / "copy.xml")))) == 0
    assert _feeds(tools) == [path.as_uri()]


def test_a_saved_feed_that_moved_with_its_folder_and_was_edited_is_of_the_same_feed(
    tools: Tools, tmp_path: Path
) -> None:
    old = place(tmp_path / "old/world/plain.xml", rss([item("a")], title="Plain"))
    _ingest(tools, tmp_path / "old")
    place(tmp_path / "new/world/plain.xml", rss([item("a"), item("b")], title="Plain"))
    assert _new(tools, tmp_path / "new") == 1
    assert _feeds(tools) == [old.as_uri()]


@pytest.mark.parametrize(("name", "title"), [("other.xml", "Plain"), ("plain.xml", "Another")])
def test_another_name_or_title_is_another_feed(tools: Tools, tmp_path: Path, name: str, title: str) -> None:
    _ingest(tools, place(tmp_path / "old/plain.xml", rss([item("a")], title="Plain")))
    _ingest(tools, place(tmp_path / "new" / name, rss([item("b")], title=title)))
    assert len(_feeds(tools)) == 2


def test_a_file_that_no_longer_names_its_feed_is_of_it_as_long_as_it_has_its_title_and_site(
    tools: Tools, tmp_path: Path
) -> None:
    path = place(tmp_path / "saved.xml", rss([item("a")], head=SELF))
    _ingest(tools, path)
    _ingest(tools, place(path, rss([item("a"), item("b")])))
    assert _feeds(tools) == ["https://news.example/feed"]
    _ingest(tools, place(path, rss([item("c")], title="Another")))
    assert _feeds(tools) == ["https://news.example/feed", path.as_uri()]


def test_a_copy_of_the_file_of_a_feed_that_was_removed_is_a_feed_of_its_own(tools: Tools, tmp_path: Path) -> None:
    path = place(tmp_path / "plain.xml", rss([item("a")]))
    _ingest(tools, path)
    with writing(tools.engine) as connection:
        remove_feed(connection, 1, articles=False)
    copy = age(Path(shutil.copy(path, tmp_path / "copy.xml")))
    _ingest(tools, copy)
    assert _feeds(tools) == [path.as_uri(), copy.as_uri()]


def test_a_saved_feed_is_as_old_as_it_says(tools: Tools, tmp_path: Path) -> None:
    made = "<lastBuildDate>Tue, 02 Jun 2026 08:00:00 GMT</lastBuildDate>"
    _ingest(tools, place(tmp_path / "saved.xml", rss(["<item><title>a</title><guid>a</guid></item>"], head=made)))
    assert _said(tools) == [datetime(2026, 6, 2, 8, tzinfo=UTC)]


def test_a_dispatch_is_as_old_as_its_file_and_one_edited_in_place_as_old_as_the_edit(
    tools: Tools, tmp_path: Path
) -> None:
    path = place(tmp_path / "dispatch.txt", DISPATCH, ago=timedelta(days=3))
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
    _ingest(tools, path)
    (said,) = _said(tools)
    assert abs(datetime.fromtimestamp(path.stat().st_mtime, UTC) - said) < timedelta(minutes=1)
    _ingest(tools, place(path, f"{DISPATCH} And all night.", ago=timedelta(days=3)))
    (said,) = _said(tools)
    assert said >= now


def test_a_dispatch_edited_in_place_is_a_revision(tools: Tools, tmp_path: Path) -> None:
    path = place(tmp_path / "dispatch.txt", DISPATCH)
    _ingest(tools, path)
    assert [(read.new, read.updated) for read in _ingest(tools, place(path, f"{DISPATCH} And all night."))] == [(0, 1)]
    assert count(tools, ArticleRow) == 1


def test_a_file_that_is_being_written_is_no_news_until_it_is_whole(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "dispatch.txt"
    path.write_text(DISPATCH)
    with _being_written(path):
        (read,) = ingest(tools, [path], 1_000_000)
    assert isinstance(read.error, UnfinishedSeedError)
    assert read.path == str(path)
    assert titles(tools) == []
    age(path)
    assert _new(tools, path) == 1


def test_files_beside_one_that_is_being_written_are_read(tools: Tools, tmp_path: Path) -> None:
    path = place(tmp_path / "seeds/a.txt", "OSLO (AP) - ")
    place(tmp_path / "seeds/b.txt", DISPATCH)
    with _being_written(path):
        reads = list(ingest(tools, [tmp_path / "seeds"], 1_000_000))
    assert [(Path(read.path).name, read.new) for read in reads] == [("b.txt", 1), ("a.txt", 0)]


def test_a_feed_that_is_polled_keeps_its_documents_in_files_that_name_it(tools: Tools, tmp_path: Path) -> None:
    add(tools, "https://news.example/feed")
    assert _new(tools, _seeds(tmp_path / "seeds") / "named.xml") == 2
    assert _feeds(tools) == ["https://news.example/feed"]
