"""A module ``worker`` or ``tasks`` that Python finds before ours is told in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

ROOT = Path(__file__).parents[2]


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Python looks into PYTHONPATH before it looks where Feedmill is installed, as into the current folder.
    paths = {"PYTHONPATH": f"{folder}:{ROOT}", "PATH": os.environ["PATH"]}
    command = [sys.executable, "-P", "-W", "ignore", "-m", *arguments]
    return subprocess.run(command, cwd=folder, env=paths, capture_output=True, text=True, check=False, timeout=PATIENCE)


@pytest.mark.parametrize("command", [("feedmill", "status"), ("celery", "-A", "feedmill", "beat")])
@pytest.mark.parametrize("module", ["worker.py", "worker/__init__.py"])
def test_another_worker_is_told(tmp_path: Path, module: str, command: tuple[str, ...]) -> None:
    (tmp_path / module).parent.mkdir(exist_ok=True)
    (tmp_path / module).write_text("")
    ran = _run(tmp_path, *command)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        f"feedmill: {tmp_path / module} is found in place of Feedmill's own package worker: run this in another "
        "folder, or take that one out of PYTHONPATH.\n"
    )


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("feedmill", "run"), 2),
        (("worker", "run"), 2),
        (("celery", "-A", "worker", "worker"), 1),
        (("celery", "-A", "worker", "beat"), 1),
    ],
)
def test_other_tasks_are_told(tmp_path: Path, command: tuple[str, ...], code: int) -> None:
    (tmp_path / "tasks.py").write_text("")
    (tmp_path / "seeds").mkdir()
    ran = _run(tmp_path, *command)
    assert ran.returncode == code
    assert ran.stderr.splitlines()[-1] == (
        f"feedmill: {tmp_path / 'tasks.py'} is found in place of Feedmill's own package tasks: run this in another "
        "folder, or take that one out of PYTHONPATH."
    )
    assert "Traceback" not in ran.stderr


def test_other_tasks_are_in_nobodys_way_who_needs_none(tmp_path: Path) -> None:
    (tmp_path / "tasks.py").write_text("")
    assert _run(tmp_path, "feedmill", "add", "--as-is", "http://h.example/feed").returncode == 0
