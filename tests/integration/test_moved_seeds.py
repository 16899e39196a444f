"""Folders of seeds that move: the same files found elsewhere are the same articles, other news are others."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from tests.documents import item, rss
from tests.newsrooms import news_item, ninjs, nitf
from tests.polling import count, titles
from tests.seeds import age, place
from tests.storing import articles, events, kinds, texts
from worker.database.article_tables import ArticleRow, RevisionRow
from worker.database.engine import writing
from worker.database.file_tables import SeedFileRow
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest

SELF = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="https://news.example/feed"/>'
RAIN = "Rain fell on the harbour bridge all day, and nobody crossed it but the postman and his dog."
GULLS = "Librarians counted three hundred and twelve gulls on the roof of the central library."
WARNINGS = "No warnings are in force, the harbour office said on its board this morning."


def _dispatch(text: str, day: int = 10) -> str:
    return f"date 2026-07-{day}\n\nLONDON, July {day} (Reuters) - {text}"


def _seeds(folder: Path) -> Path:
    """Make a folder of one file of each kind, and of two of one name in folders of their own."""
    place(folder / "named.xml", rss([item("a"), item("b")], head=SELF))
    place(folder / "plain.xml", rss([item("c"), item("d")], title="Plain"))
    place(folder / "item.json", ninjs(uri="urn:x:2", body_text="It rained."))
    place(folder / "item.xml", news_item(body='<inlineData contenttype="text/plain">It snowed.</inlineData>'))
    place(folder / "nitf.xml", nitf("<hedline><hl1>Hail</hl1></hedline>"))
    place(folder / "london/news.txt", _dispatch(RAIN))
    place(folder / "paris/news.txt", _dispatch(GULLS))
    return folder


def _ingest(tools: Tools, *paths: Path) -> tuple[int, int]:
    """Ingest files; how many articles are new, and how many updated."""
    reads = list(ingest(tools, paths, 1_000_000))
    assert [str(each.error) for each in reads if each.error] == []
    return sum(each.new for each in reads), sum(each.updated for each in reads)


def _move(seeds: Path, to: Path) -> None:
    shutil.move(seeds, to)


def _copy(seeds: Path, to: Path) -> None:
    shutil.copytree(seeds, to)


def _mount_elsewhere(seeds: Path, to: Path) -> None:
    """Copy without times and owners, deeper down, and take the old folder away."""
    shutil.copytree(seeds, to, copy_function=shutil.copyfile)
    shutil.rmtree(seeds)
    for path in to.rglob("*.*"):
        place(path, path.read_bytes())


def _rename_files(seeds: Path, to: Path) -> None:
    shutil.move(seeds, to)
    for path in [path for path in to.rglob("*.*") if path.is_file()]:
        path.rename(path.with_name(f"renamed-{path.name}"))


@pytest.mark.parametrize("move", [_move, _copy, _mount_elsewhere, _rename_files])
def test_seeds_that_are_found_elsewhere_add_nothing_and_change_nothing(
    tools: Tools, tmp_path: Path, move: Callable[[Path, Path], None]
) -> None:
    seeds = _seeds(tmp_path / "seeds")
    _ingest(tools, seeds)
    before = (articles(tools), count(tools, RevisionRow), events(tools))
    assert len(before[0]) == 9
    to = tmp_path / "srv/data/moved"
    to.parent.mkdir(parents=True)
    move(seeds, to)
    for folder in (to, to.parent, to):
        assert _ingest(tools, folder) == (0, 0)
        assert (articles(tools), count(tools, RevisionRow), events(tools)) == before


def test_seeds_that_move_back_and_forth_add_nothing(tools: Tools, tmp_path: Path) -> None:
    here, there = _seeds(tmp_path / "here"), tmp_path / "there"
    _ingest(tools, here)
    before = (articles(tools), events(tools))
    for old, new in ((here, there), (there, here), (here, there)):
        old.rename(new)
        _ingest(tools, new)
    assert (articles(tools), events(tools)) == before


@pytest.mark.parametrize("change", ["edited in place", "moved and edited", "copied and edited"])
def test_an_edited_dispatch_is_a_revision_wherever_it_was_moved_to(tools: Tools, tmp_path: Path, change: str) -> None:
    seeds, to = _seeds(tmp_path / "seeds"), tmp_path / "elsewhere"
    _ingest(tools, seeds)
    if change == "edited in place":
        to = seeds
    else:
        (_move if change == "moved and edited" else _copy)(seeds, to)
    place(to / "london/news.txt", _dispatch(f"{RAIN} It fell all night too."))
    assert _ingest(tools, to) == (0, 1)
    assert (count(tools, ArticleRow), kinds(tools).count("article revised")) == (9, 1)
    assert f"{RAIN} It fell all night too." in texts(tools)
    assert RAIN not in texts(tools)


def test_an_old_copy_that_lies_beside_an_edited_dispatch_brings_no_old_words_back(tools: Tools, tmp_path: Path) -> None:
    seeds = _seeds(tmp_path / "seeds")
    _copy(seeds, tmp_path / "backup")
    _ingest(tools, seeds)
    place(seeds / "london/news.txt", _dispatch(f"{RAIN} It fell all night too."))
    _ingest(tools, seeds)
    before = (articles(tools), events(tools))
    for _ in range(2):
        _ingest(tools, tmp_path / "backup")
        _ingest(tools, seeds)
    assert (articles(tools), events(tools)) == before


def test_files_of_one_name_in_folders_of_their_own_are_articles_of_their_own(tools: Tools, tmp_path: Path) -> None:
    place(tmp_path / "monday/news.txt", _dispatch(RAIN))
    place(tmp_path / "tuesday/news.txt", _dispatch(GULLS))
    assert [_ingest(tools, tmp_path / day) for day in ("monday", "tuesday")] == [(1, 0), (1, 0)]
    assert sorted(texts(tools)) == [GULLS, RAIN]


@pytest.mark.parametrize("names", [("10.txt", "11.txt"), ("10/board.txt", "11/board.txt")], ids=["names", "folders"])
def test_the_same_words_on_another_day_are_another_article(
    tools: Tools, tmp_path: Path, names: tuple[str, str]
) -> None:
    for name, day in zip(names, (10, 11), strict=True):
        place(tmp_path / "seeds" / name, _dispatch(WARNINGS, day))
    assert _ingest(tools, tmp_path / "seeds") == (2, 0)


def test_a_bulletin_of_one_name_in_a_folder_for_each_day_is_an_article_each_day(tools: Tools, tmp_path: Path) -> None:
    for day in (10, 11, 12):
        place(tmp_path / str(day) / "board.txt", _dispatch(WARNINGS, day))
        assert _ingest(tools, tmp_path / str(day)) == (1, 0)
    assert count(tools, ArticleRow) == 3


def test_a_dispatch_under_two_names_is_one_article(tools: Tools, tmp_path: Path) -> None:
    path = place(tmp_path / "seeds/a.txt", _dispatch(RAIN))
    os.link(path, path.with_name("b.txt"))
    assert _ingest(tools, path.parent) == (1, 0)
    assert len(titles(tools)) == 1


@pytest.mark.parametrize("is_first_seen_last", [False, True])
def test_of_two_files_that_differ_the_one_written_last_counts_though_it_says_what_it_said_before(
    tools: Tools, tmp_path: Path, is_first_seen_last: bool
) -> None:
    first, other = tmp_path / "first/wire/news.txt", tmp_path / "other/wire/news.txt"
    place(first, _dispatch(RAIN), timedelta(minutes=1 if is_first_seen_last else 9))
    place(other, _dispatch(f"{RAIN} The postman is well."), timedelta(minutes=5))
    if not is_first_seen_last:
        _ingest(tools, first.parents[1], other.parents[1])
        assert "well" in texts(tools)[0]
        age(first, timedelta(minutes=1))
        with writing(tools.engine) as connection:
            # As a late ingester leaves it, which read something else.
            connection.execute(delete(SeedFileRow))
    # Of two that are new at once the older one is a version that was never shown.
    assert _ingest(tools, other.parents[1], first.parents[1]) == ((1, 0) if is_first_seen_last else (0, 1))
    assert (count(tools, ArticleRow), texts(tools)) == (1, [RAIN])
