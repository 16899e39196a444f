"""Running Python in a network of its own, where every address and every name is ours to give."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_UNSHARE = ("unshare", "--map-root-user", "--mount", "--net")
_ENTER = """
ip link set lo up && mount --bind "$1" /etc/resolv.conf
for address in $2; do ip address add "$address" dev lo; done
exec "$3" -c "$4"
"""
NAME_SERVER = "127.0.0.53"


def _can_isolate() -> bool:
    if not (shutil.which("unshare") and shutil.which("ip")):
        return False
    return (
        subprocess.run([*_UNSHARE, "ip", "link", "set", "lo", "up"], capture_output=True, check=False).returncode == 0
    )


needs_own_network = pytest.mark.skipif(not _can_isolate(), reason="needs a network namespace")


def run_isolated(folder: Path, script: str, addresses: Iterable[str] = ()) -> list[str]:
    """Run a script where nothing exists but loopback, these addresses and what it starts; return what it prints."""
    resolver = folder / "resolv.conf"
    resolver.write_text(f"nameserver {NAME_SERVER}\n")
    enter = [*_UNSHARE, "sh", "-ec", _ENTER, "sh", str(resolver), " ".join(addresses), sys.executable, script]
    environment = os.environ | {"PYTHONPATH": str(_ROOT)}
    done = subprocess.run(enter, capture_output=True, text=True, check=False, timeout=240, env=environment)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout.splitlines()
