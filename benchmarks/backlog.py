"""What messages cost that piled up while nobody worked: ``python -m benchmarks.backlog`` has a worker take 10,000.

Half are ticks and half poll tasks, as beat and its ticks leave them behind; nothing is due. The figure is the CPU of
the worker's processes, Celery's own part included.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import redis

from benchmarks.kill_servers import Redis
from benchmarks.measuring import cpu_seconds
from benchmarks.running import ROOT

_SEND = """
import sys
from tasks.poll import poll_due, tick
for _ in range(int(sys.argv[1]) // 2):
    tick.delay()
    poll_due.delay()
"""
_QUEUE = "feedmill:feeds"


def measure(messages: int) -> tuple[float, float]:
    """Return the CPU milliseconds that each message took, and the seconds until all were taken."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fmb-", dir="/tmp")))
        broker = Redis(folder)
        stack.callback(broker.stop)
        client = stack.enter_context(redis.Redis(port=broker.port))
        told = {"FEEDMILL_DATABASE_URL": f"sqlite:///{folder}/store.db", "FEEDMILL_BROKER_URL": broker.url}
        options: dict[str, Any] = {"cwd": folder, "env": os.environ | told | {"PYTHONPATH": str(ROOT)}}
        python = [sys.executable, "-P"]
        subprocess.run([*python, "-m", "worker", "migrate"], check=True, stderr=subprocess.DEVNULL, **options)
        subprocess.run([*python, "-c", _SEND, str(messages)], check=True, **options)
        with subprocess.Popen(
            [*python, "-m", "celery", "-A", "worker", "worker", "--concurrency", "2"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **options,
        ) as worker:
            processes = [psutil.Process(worker.pid)]
            while (left := client.llen(_QUEUE)) == messages:
                time.sleep(0.01)
            cpu, began = cpu_seconds(processes), time.monotonic()
            while client.llen(_QUEUE):
                time.sleep(0.05)
            took, cpu = time.monotonic() - began, cpu_seconds(processes) - cpu
            worker.terminate()
    return cpu / left * 1000, took


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    messages = parser.parse_args().messages
    cpu, took = measure(messages)
    print(f"{messages:,} messages: {cpu:.2f} ms of CPU each, {took:.0f} s until all were taken")


if __name__ == "__main__":
    main()
