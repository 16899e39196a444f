"""The watched seed folder: whatever changes in it is told of, and what is still being written is not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.waiting import wait_for
from worker.seed_watch import watch_in_background


@contextmanager
def _watched(folder: Path) -> Iterator[list[None]]:
    told: list[None] = []
    end = watch_in_background(folder, lambda: told.append(None))
    try:
        yield told
    finally:
        end()
        wait_for(lambda: "seed-watch" not in [thread.name for thread in threading.enumerate()], "nobody watches")


def test_what_was_there_before_anybody_watched_is_told_of_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with _watched(tmp_path) as told:
        wait_for(lambda: len(told) == 1, "it was told")


def test_a_file_is_told_of_when_it_comes_changes_and_is_renamed_into_place(tmp_path: Path) -> None:
    with _watched(tmp_path) as told:
        wait_for(lambda: len(told) == 1, "the folder is watched")
        (tmp_path / "a.txt").write_text("x")
        wait_for(lambda: len(told) == 2, "a new file was told of")
        (tmp_path / "a.txt").write_text("y")
        wait_for(lambda: len(told) == 3, "a changed file was told of")
        (tmp_path / "b.txt.part").write_text("z")
        (tmp_path / "b.txt.part").rename(tmp_path / "b.txt")
        wait_for(lambda: len(told) == 4, "a renamed file was told of")


def test_folders_that_come_later_are_watched_too(tmp_path: Path) -> None:
    with _watched(tmp_path) as told:
        wait_for(lambda: len(told) == 1, "the folder is watched")
        (tmp_path / "reuters").mkdir()
        wait_for(lambda: len(told) == 2, "a new folder was told of")
        (tmp_path / "reuters/a.txt").write_text("x")
        wait_for(lambda: len(told) == 3, "a file in it was told of")


def test_what_is_passed_over_is_not_told_of(tmp_path: Path) -> None:
    with _watched(tmp_path) as told:
        wait_for(lambda: len(told) == 1, "the folder is watched")
        (tmp_path / ".hidden").write_text("x")
        (tmp_path / "a.txt.part").write_text("x")
        (tmp_path / "z.txt").write_text("x")
        wait_for(lambda: len(told) == 2, "what was written last was told of")
    assert len(told) == 2


def test_without_a_folder_nothing_is_told_of(tmp_path: Path) -> None:
    with _watched(tmp_path / "nowhere") as told:
        pass
    assert told == []
