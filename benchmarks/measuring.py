"""What processes cost: CPU of whole trees, and memory at its highest."""

from collections.abc import Iterable
from pathlib import Path

import psutil


def cpu_seconds(roots: Iterable[psutil.Process]) -> float:
    """Return the CPU that processes and all they ever started have used, user and system."""
    total = 0.0
    for root in roots:
        for process in (root, *root.children(recursive=True)):
            times = process.cpu_times()
            # Children that ended count with the parent that waited for them.
            total += times.user + times.system + times.children_user + times.children_system
    return total


def peak_memory(process: psutil.Process) -> int:
    """Return the most memory a process has held resident, in bytes."""
    with Path(f"/proc/{process.pid}/status").open() as status:
        (peak,) = (line.split()[1] for line in status if line.startswith("VmHWM"))
    return int(peak) * 1024
