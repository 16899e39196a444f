"""The services of docker-compose.yml, started by its own commands and judged by its own health checks."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.servers.commands import Program
from tests.waiting import wait_for

SERVICES = yaml.safe_load((Path(__file__).parents[2] / "docker-compose.yml").read_text())["services"]


@pytest.fixture
def deployed(
    environment: dict[str, str],
    feedmill: Callable[..., subprocess.CompletedProcess[str]],
    valkey_url: str,
    tmp_path: Path,
) -> dict[str, str]:
    """The environment of a container, with a broker and a store that is ready."""
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment["HOSTNAME"] = socket.gethostname()
    environment["FEEDMILL_BROKER_URL"] = valkey_url
    environment["FEEDMILL_BROKER_PREFIX"] = f"{tmp_path.name}:"
    assert feedmill(*SERVICES["migrate"]["command"][1:]).returncode == 0
    return environment


@pytest.mark.parametrize("service", ["worker", "beat", "web"])
def test_a_health_check_passes_while_the_service_works_and_fails_when_it_hangs(
    service: str, deployed: dict[str, str], start: Callable[..., Program], tmp_path: Path
) -> None:
    check = SERVICES[service]["healthcheck"]["test"].replace("$$", "$")

    def is_healthy() -> bool:
        checked = subprocess.run(check, shell=True, env=deployed, cwd=tmp_path, timeout=60, check=False)
        return checked.returncode == 0

    process = start(*SERVICES[service]["command"])
    wait_for(is_healthy, f"{service} is healthy")
    process.send_signal(signal.SIGSTOP)
    assert not is_healthy()
    process.send_signal(signal.SIGCONT)
