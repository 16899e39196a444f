"""A name server that never answers, in a network of its own: the deadline holds and closing does not wait."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HANGING = "nameserver 127.0.0.53\n"
ENTER = 'ip link set lo up && mount --bind "$1" /etc/resolv.conf && exec "$2" -c "$3"'
SCRIPT = """
import socket, time
from datetime import timedelta
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values import FetchRequest

silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
silent.bind(("127.0.0.53", 53))
limits = FetchLimits(timedelta(seconds={timeout}), timedelta(seconds={connect_timeout}), 1000, "test")
transfers = Transfers(limits, Guard())
for number in range(30):
    transfers.start(FetchRequest(number, f"http://hangs-{{number}}.example/"))
begun = time.monotonic()
ended = []
while len(ended) < 30 and time.monotonic() < begun + 9:
    ended += transfers.step(timedelta(seconds=1))
print(len(ended), *sorted({{str(fetched.answer.error_class) for fetched in ended}}))
print(time.monotonic() - begun < 3)
begun = time.monotonic()
transfers.close()
print(time.monotonic() - begun < 3)
silent.close()
"""


def has_own_network() -> bool:
    """Return whether this machine lets us make a network namespace, and whether ours could be changed in it."""
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    enter = ["unshare", "--map-root-user", "--mount", "--net", "ip", "link", "set", "lo", "up"]
    return subprocess.run(enter, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_own_network(), reason="needs a network namespace")
@pytest.mark.parametrize(("timeout", "connect_timeout"), [(0.5, 5), (5, 0.5)], ids=["deadline", "connecting"])
def test_names_that_hang_time_out_and_do_not_hold_up_closing(
    tmp_path: Path, timeout: float, connect_timeout: float
) -> None:
    resolver = tmp_path / "resolv.conf"
    resolver.write_text(HANGING)
    script = SCRIPT.format(timeout=timeout, connect_timeout=connect_timeout)
    enter = [
        "unshare",
        "--map-root-user",
        "--mount",
        "--net",
        "sh",
        "-c",
        ENTER,
        "sh",
        resolver,
        sys.executable,
        script,
    ]

    python_path = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(enter, capture_output=True, text=True, check=False, timeout=30, env=python_path)

    assert done.stderr == ""
    assert done.stdout.split("\n") == ["30 timeout", "True", "True", ""]
