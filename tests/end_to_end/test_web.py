import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.servers.service_manager import ServiceManager
from tests.waiting import wait_for


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_web_answers_until_it_is_told_to_stop(tmp_path: Path, ending: signal.Signals):
    command = [sys.executable, "-m", "feedmill", "web", "--bind", "127.0.0.1:0"]
    environment = {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "WATCHDOG_USEC": "600000",
    }
    with (
        ServiceManager(environment["NOTIFY_SOCKET"]) as manager,
        subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        ) as web,
    ):
        said = web.stdout.readline()
        at = said.removeprefix("Answering on ").partition(";")[0]
        assert requests.get(f"{at}/sign-in", timeout=30).status_code == 200
        wait_for(lambda: manager.told.count("WATCHDOG=1") > 1, "systemd is told again that it answers")
        web.send_signal(ending)
        _, errors = web.communicate(timeout=60)
    assert (web.returncode, errors.strip()) == (0, "Stopped.")
    assert (manager.told[0], manager.told[-1]) == ("READY=1", "STOPPING=1")
