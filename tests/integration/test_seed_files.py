import os
from pathlib import Path

import pytest

from worker.errors import SeedError
from worker.seeds.finding import find_seed_files
from worker.seeds.reading import read_seed_file


def _touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")


def test_a_folder_is_read_whole_in_the_order_of_names(tmp_path: Path) -> None:
    _touch(tmp_path / "b.txt", tmp_path / "a.txt", tmp_path / "deep/c.txt")
    assert list(find_seed_files([tmp_path])) == [tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "deep/c.txt"]


def test_hidden_files_and_backups_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    _touch(*(tmp_path / name for name in (".hidden", "a.txt~", "a.bak", ".git/a.txt", "a.txt")))
    assert list(find_seed_files([tmp_path])) == [tmp_path / "a.txt"]


def test_a_glob_names_what_it_matches(tmp_path: Path) -> None:
    _touch(tmp_path / "a.xml", tmp_path / "a.txt")
    assert list(find_seed_files([f"{tmp_path}/*.xml"])) == [tmp_path / "a.xml"]


@pytest.mark.parametrize(
    ("name", "told"), [("missing.txt", "no such file or folder"), ("*.none", "no file matches it")]
)
def test_a_path_that_names_nothing_is_told_and_the_others_go_on(tmp_path: Path, name: str, told: str) -> None:
    _touch(tmp_path / "a.txt")
    error, found = find_seed_files([str(tmp_path / name), tmp_path / "a.txt"])
    assert isinstance(error, SeedError)
    assert told in str(error)
    assert found == tmp_path / "a.txt"


def test_a_folder_linked_into_itself_does_not_hang(tmp_path: Path) -> None:
    _touch(tmp_path / "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert list(find_seed_files([tmp_path])) == [tmp_path / "a.txt"]


def test_a_file_is_a_document_at_its_own_address(tmp_path: Path) -> None:
    _touch(tmp_path / "a.txt")
    document = read_seed_file(tmp_path / "a.txt", 10)
    assert (document.url, document.body) == ((tmp_path / "a.txt").as_uri(), b"x")


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x" * 11)
    with pytest.raises(SeedError, match="larger than 10 B"):
        read_seed_file(tmp_path / "a.txt", 10)


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SeedError, match="not a regular file"):
        read_seed_file(tmp_path / "pipe", 10)
