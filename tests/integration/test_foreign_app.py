"""A program with a Celery application of its own may send Feedmill's tasks, and keeps all that is its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=["feedmill first", "host first"])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run the program in a process of its own, in a folder without a store."""
    command = [sys.executable, "-m", "tests.integration.foreign_app", request.param]
    folder = tmp_path_factory.mktemp("foreign")
    ran = subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_its_application_stays_the_current_one(seen: dict[str, Any]) -> None:
    assert (seen["current"], seen["app of the host's task"]) == ("host", "host")


def test_its_worker_runs_its_tasks_without_a_store_of_feedmill(seen: dict[str, Any]) -> None:
    assert seen["doubled"] == 42


def test_feedmills_tasks_go_to_feedmill_alone(seen: dict[str, Any]) -> None:
    assert (seen["app of feedmill's task"], seen["host knows feedmill's tasks"]) == ("feedmill", False)


def test_its_broker_and_its_logs_are_as_they_were(seen: dict[str, Any]) -> None:
    assert (seen["transport is as it was"], seen["feedmill's log handlers"]) == (True, 0)
