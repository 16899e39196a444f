import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from tests.seeds import age, place
from tests.waiting import wait_for
from worker.errors import SeedError, UnfinishedSeedError
from worker.seeds.file_looks import FileLook
from worker.seeds.files import SeedFile, find_seed_files, read_seed_file, wait_until_still

A_SECOND = timedelta(seconds=1)


def _touch(*paths: Path) -> None:
    for path in paths:
        place(path, "x")


def _found(*paths: Path | str) -> list[tuple[str, str]]:
    """Return the files that paths name, each with its path within its folder."""
    found = list(find_seed_files(paths))
    assert not [error for error in found if isinstance(error, SeedError)]
    return [(str(file.path), file.name) for file in found if isinstance(file, SeedFile)]


def _settled(*paths: Path) -> tuple[list[Path], list[float]]:
    """Return the files in the order in which they are read, and how long was waited for them."""
    waits: list[float] = []
    settled = list(wait_until_still(find_seed_files(paths), A_SECOND, wait=waits.append))
    return [file.path for file in settled if isinstance(file, SeedFile)], waits


def test_a_folder_is_read_whole_in_the_order_of_names(tmp_path: Path) -> None:
    _touch(tmp_path / "b.txt", tmp_path / "a.txt", tmp_path / "deep/c.txt")
    assert _found(tmp_path) == [
        (f"{tmp_path}/a.txt", "a.txt"),
        (f"{tmp_path}/b.txt", "b.txt"),
        (f"{tmp_path}/deep/c.txt", "deep/c.txt"),
    ]


def test_a_file_that_is_named_itself_or_by_a_glob_is_known_by_its_own_name(tmp_path: Path) -> None:
    _touch(tmp_path / "deep/a.txt")
    named = (f"{tmp_path}/deep/a.txt", "a.txt")
    assert _found(tmp_path / "deep/a.txt", f"{tmp_path}/deep/*.txt", f"{tmp_path}/d*") == [named] * 3


def test_a_file_of_a_folder_within_another_is_known_by_its_path_within_the_one_that_was_named(tmp_path: Path) -> None:
    _touch(tmp_path / "world/a.txt")
    assert [name for _, name in _found(tmp_path, tmp_path / "world")] == ["world/a.txt", "a.txt"]


def test_a_name_that_is_no_text_is_written_out(tmp_path: Path) -> None:
    _touch(tmp_path / os.fsdecode(b"b\xe9zier.txt"))
    assert [name for _, name in _found(tmp_path)] == ["b\\udce9zier.txt"]


UNFINISHED = (
    ".hidden a.txt~ a.bak a.swp a.tmp a.temp a.part a.PART a.partial a.filepart a.crdownload a.download a.lock "
    "a.writing a.incomplete"
).split()


@pytest.mark.parametrize("name", [*UNFINISHED, ".git/a.txt"])
def test_what_is_hidden_or_named_as_unfinished_is_passed_over_in_a_folder(tmp_path: Path, name: str) -> None:
    _touch(tmp_path / name, tmp_path / "a.txt")
    assert _found(tmp_path) == [(f"{tmp_path}/a.txt", "a.txt")]


@pytest.mark.parametrize("name", UNFINISHED)
def test_a_file_that_is_named_itself_is_read_whatever_its_name(tmp_path: Path, name: str) -> None:
    _touch(tmp_path / name)
    assert _found(tmp_path / name) == [(f"{tmp_path}/{name}", name)]


def test_a_glob_names_what_it_matches(tmp_path: Path) -> None:
    _touch(tmp_path / "a.xml", tmp_path / "a.txt")
    assert _found(f"{tmp_path}/*.xml") == [(f"{tmp_path}/a.xml", "a.xml")]


def test_a_glob_names_unfinished_files_only_where_it_asks_for_them(tmp_path: Path) -> None:
    _touch(tmp_path / "a.part", tmp_path / "a.txt")
    assert [name for _, name in _found(f"{tmp_path}/*")] == ["a.txt"]
    assert [name for _, name in _found(f"{tmp_path}/*.part")] == ["a.part"]


@pytest.mark.parametrize(
    ("name", "told"), [("missing.txt", "no such file or folder"), ("*.none", "no file matches it")]
)
def test_a_path_that_names_nothing_is_told_and_the_others_go_on(tmp_path: Path, name: str, told: str) -> None:
    _touch(tmp_path / "a.txt")
    error, found = find_seed_files([str(tmp_path / name), tmp_path / "a.txt"])
    assert isinstance(error, SeedError)
    assert told in str(error)
    assert found == SeedFile(tmp_path / "a.txt", "a.txt")


def test_a_folder_linked_into_itself_does_not_hang(tmp_path: Path) -> None:
    _touch(tmp_path / "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert _found(tmp_path) == [(f"{tmp_path}/a.txt", "a.txt")]


def test_files_that_were_written_just_now_come_last_after_one_wait(tmp_path: Path) -> None:
    _touch(*(tmp_path / name for name in "abcd"))
    for name in "ac":
        (tmp_path / name).write_text("changed")
    files, (wait,) = _settled(tmp_path)
    assert [file.name for file in files] == ["b", "d", "a", "c"]
    assert 0 < wait <= 1


def test_files_that_are_old_enough_are_not_waited_for(tmp_path: Path) -> None:
    _touch(tmp_path / "a", tmp_path / "b")
    assert _settled(tmp_path) == ([tmp_path / "a", tmp_path / "b"], [])


def test_a_file_that_a_clock_ahead_of_ours_wrote_is_waited_for_once_and_read(tmp_path: Path) -> None:
    age(place(tmp_path / "a", "x"), timedelta(hours=-1))
    files, (wait,) = _settled(tmp_path)
    assert files == [tmp_path / "a"]
    assert 0 < wait <= 1


def test_a_file_that_was_renamed_into_place_is_read_at_once(tmp_path: Path) -> None:
    aside, probe = tmp_path / "a.part", tmp_path / ".clock"
    aside.write_text("x")

    def has_ticked() -> bool:
        probe.write_text("x")
        return probe.stat().st_mtime_ns > aside.stat().st_mtime_ns

    wait_for(has_ticked, "the file system's clock has ticked")
    aside.rename(tmp_path / "a")
    assert _settled(tmp_path) == ([tmp_path / "a"], [])


def test_a_copy_that_keeps_the_times_of_an_old_file_is_read_at_once(tmp_path: Path) -> None:
    shutil.copy2(place(tmp_path / "old", "x"), tmp_path / "copy")
    assert _settled(tmp_path / "copy") == ([tmp_path / "copy"], [])


def test_what_cannot_be_looked_at_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert _settled(tmp_path / "dangling") == ([tmp_path / "dangling"], [])
    with pytest.raises(SeedError, match="dangling was not read: no such file or directory"):
        read_seed_file(tmp_path / "dangling", 10)


def test_a_file_that_is_written_to_while_it_is_waited_for_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("The first half")

    def go_on_writing(_seconds: float) -> None:
        with path.open("a") as file:
            file.write(" and the second")

    (found,) = wait_until_still(find_seed_files([path]), A_SECOND, wait=go_on_writing)
    assert isinstance(found, SeedFile)
    with pytest.raises(UnfinishedSeedError, match=r"a\.txt was not read: it is still being written"):
        read_seed_file(path, 100, found.look)


def test_a_file_that_is_only_renamed_or_made_private_while_it_is_waited_for_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    (found,) = wait_until_still(find_seed_files([path]), A_SECOND, wait=lambda _seconds: path.chmod(0o600))
    assert isinstance(found, SeedFile)
    assert read_seed_file(path, 10, found.look)[0].body == b"x"


def test_a_file_is_a_document_at_its_own_address(tmp_path: Path) -> None:
    _touch(tmp_path / "a.txt")
    document, look = read_seed_file(tmp_path / "a.txt", 10)
    assert (document.url, document.body) == ((tmp_path / "a.txt").as_uri(), b"x")
    assert look == FileLook.of((tmp_path / "a.txt").stat())


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x" * 11)
    with pytest.raises(SeedError, match="larger than 10 B"):
        read_seed_file(tmp_path / "a.txt", 10)


def test_a_list_of_feeds_may_be_longer_than_a_document(tmp_path: Path) -> None:
    body = '<opml version="2.0"><body></body></opml>'
    (tmp_path / "feeds.opml").write_text(body)
    assert read_seed_file(tmp_path / "feeds.opml", 10)[0].body == body.encode()


def test_a_path_that_no_database_would_index_is_refused(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["d" * 200] * 10)
    _touch(folder / "a.txt")
    with pytest.raises(SeedError, match="its path is too long"):
        read_seed_file(folder / "a.txt", 10)


def test_a_pipe_is_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SeedError, match="not a regular file"):
        read_seed_file(tmp_path / "pipe", 10)
