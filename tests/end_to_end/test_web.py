import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_web_answers_until_it_is_told_to_stop(tmp_path: Path, ending: signal.Signals):
    command = [sys.executable, "-m", "feedmill", "web", "--bind", "127.0.0.1:0"]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={"PYTHONPATH": str(root)}
    ) as web:
        said = web.stdout.readline()
        at = said.removeprefix("Answering on ").partition(";")[0]
        assert requests.get(f"{at}/", timeout=30).status_code == 200
        web.send_signal(ending)
        _, errors = web.communicate(timeout=60)
    assert (web.returncode, errors.strip()) == (0, "Stopped.")
