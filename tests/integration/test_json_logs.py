"""Where logs are for machines each line of a process is a JSON object, whoever wrote it, and however it ends."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_FAULTS = """
import threading, warnings
from worker.logs import set_up_logs, speak_in_json
from worker.settings import settings
speak_in_json()
set_up_logs(settings())
print("printed\\nin lines")
warnings.warn("of\\nsomething", UserWarning)
class Tidied:
    def __del__(self): raise KeyError("tidying")
Tidied()
def work(): raise ValueError("in a thread\\n{}")
thread = threading.Thread(target=work)
thread.start()
thread.join()
password = "hunter2"
raise RuntimeError("at the end")
"""


def _run(*arguments: str, **more: str) -> tuple[int, list[dict[str, Any]]]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "FEEDMILL_LOG_FORMAT": "json", **more}
    ended = subprocess.run(
        [sys.executable, "-P", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=60,
    )
    return ended.returncode, [json.loads(line) for line in ended.stdout.splitlines()]


def test_prints_warnings_and_faults_are_one_object_each() -> None:
    code, lines = _run("-c", _FAULTS)
    assert code == 1
    assert [(line["event"], line["level"]) for line in lines[:3]] == [
        ("printed", "info"),
        ("in lines", "info"),
        ("of something", "warning"),
    ]
    assert [(line["level"], line["exception"][0]["exc_type"]) for line in lines[3:]] == [
        ("critical", "KeyError"),
        ("critical", "ValueError"),
        ("critical", "RuntimeError"),
    ]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert "hunter2" not in json.dumps(lines)


def test_a_worker_that_cannot_begin_says_why_in_one_object() -> None:
    code, (line,) = _run("-m", "celery", "-A", "worker", "worker", FEEDMILL_HOST_GAP="soon")
    assert (code, line["level"]) == (1, "error")
    assert line["event"].startswith("feedmill: FEEDMILL_HOST_GAP is wrong")


def test_run_says_in_objects_what_it_says_to_people(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/store.db"
    code, lines = _run("-m", "worker", "run", "--once", FEEDMILL_DATABASE_URL=store, FEEDMILL_SEEDS_DIR=str(tmp_path))
    assert code == 0
    assert lines[-1]["event"] == "Polls: no feed was due; 0 new articles, 0 updated."
