"""A program with a Celery application of its own may send Feedmill's tasks, and keeps all that is its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("order", ["feedmill first", "host first"])
def test_a_program_keeps_its_application_its_tasks_its_broker_and_its_logs(order: str, tmp_path: Path) -> None:
    # In a process of its own, and in a folder without a store.
    command = [sys.executable, "-m", "tests.integration.foreign_app", order]
    ran = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == {
        "doubled": 42,
        "current": "host",
        "app of the host's task": "host",
        "app of feedmill's task": "feedmill",
        "host knows feedmill's tasks": False,
        "transport is as it was": True,
        "feedmill's log handlers": 0,
    }
