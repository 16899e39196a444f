"""A file stands under its name only when it is whole, whatever becomes of who writes it."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from worker.datasets.whole_files import whole_file
from worker.errors import NamedError

WRITE_HALF_AND_HANG = """
import signal, sys
from pathlib import Path
from worker.datasets.whole_files import whole_file
with whole_file(Path(sys.argv[1])) as stream:
    stream.write(b"half")
    stream.flush()
    print("half", flush=True)
    signal.pause()
"""


def _fail(path: Path) -> None:
    with whole_file(path) as stream:
        stream.write(b"half")
        raise RuntimeError


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before")
    with pytest.raises(RuntimeError):
        _fail(path)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.csv", "before")]


def test_while_one_writes_another_is_refused_and_after_a_kill_the_next_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    command = [sys.executable, "-c", WRITE_HALF_AND_HANG, str(path)]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout
        assert process.stdout.readline() == b"half\n"
        with pytest.raises(NamedError, match="a.csv is being written by another export"), whole_file(path):
            pass
        assert [each.name for each in tmp_path.iterdir()] == [".a.csv.unfinished"]
        process.send_signal(signal.SIGKILL)
    assert not path.exists()
    with whole_file(path) as stream:
        stream.write(b"ok")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.csv", b"ok")]


def test_a_file_has_the_rights_that_files_of_its_writer_have(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    before = os.umask(0o027)
    try:
        with whole_file(path):
            pass
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_a_link_leads_to_is_replaced_and_not_the_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("a.csv")
    with whole_file(tmp_path / "link") as stream:
        stream.write(b"ok")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a.csv").read_bytes() == b"ok"


def test_a_pipe_with_a_name_and_a_device_are_written_to_as_they_are(tmp_path: Path) -> None:
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    with whole_file(pipe) as stream:
        stream.write(b"ok")
    reader.join(60)
    assert (read, pipe.is_fifo()) == ([b"ok"], True)
    with pytest.raises(NamedError, match="/dev/full was not written: no space left on device"):
        _fill(Path("/dev/full"))
    assert Path("/dev/full").is_char_device()


def _fill(path: Path) -> None:
    with whole_file(path) as stream:
        stream.write(b"x")


@pytest.mark.parametrize(
    ("name", "why"), [("none/a.csv", "no such file"), ("file/a.csv", "not a directory"), ("x" * 250, "name too long")]
)
def test_why_it_cannot_be_written_is_a_sentence(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NamedError, match=f"was not written: .*{why}"):
        _fill(tmp_path / name)
