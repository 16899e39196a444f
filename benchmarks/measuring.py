"""What work costs: CPU of one piece of it and of whole process trees, and memory at its highest."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

_PASSES = 5


def cpu_ms(works: Iterable[Callable[[], object]]) -> list[float]:
    """Return the CPU milliseconds that each piece of work takes in this process: the best of a few passes over all."""
    works = list(works)
    best = [float("inf")] * len(works)
    for _ in range(_PASSES):
        for number, work in enumerate(works):
            began = time.process_time_ns()
            work()
            best[number] = min(best[number], (time.process_time_ns() - began) / 1e6)
    return best


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
