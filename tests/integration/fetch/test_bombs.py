"""Bombs: what unfolds without end costs little, whatever it is packed in and whatever status it comes with."""

import os
import subprocess
import sys
from pathlib import Path

import brotli
import pytest

from tests.servers.hostile import endless_zeros
from tests.servers.messages import Request
from tests.servers.publisher import Answer, Publisher

MEASURE = """
import sys
from datetime import timedelta
from pathlib import Path
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import FetchRequest

def fetch(transfers, urls):
    for number, url in enumerate(urls):
        transfers.start(FetchRequest(number, url))
    ended = []
    while transfers.in_flight:
        ended += transfers.step(timedelta(seconds=1))
    return sorted(ended, key=lambda fetched: fetched.request.feed_id)

def peak():
    # Not getrusage: its peak is that of the process before it became this one.
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) // 1000

limits = FetchLimits(timedelta(seconds=30), timedelta(seconds=10), 15_000_000, "test")
with Transfers(limits, Guard.allowing(["127.0.0.0/8"])) as transfers:
    fetch(transfers, sys.argv[1:2])
    before = peak()
    ended = fetch(transfers, sys.argv[2:])
    print(*(str(fetched.answer.error_class) for fetched in ended), sep=", ")
    print(peak() - before)
"""


BODIES = {
    "gzip": lambda: endless_zeros(31),
    "deflate": lambda: endless_zeros(15),
    "br": lambda: iter([brotli.compress(bytes(300_000_000), quality=1)]),
}


def bomb(publisher: Publisher, coding: str, status: int) -> str:
    headers = {"Content-Encoding": coding, "Location": "/missing"}

    def respond(_request: Request) -> Answer:
        return Answer(BODIES[coding](), status=status, headers=headers, framing="chunked")

    return publisher.on(f"/{coding}/{status}", respond)


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="needs Linux to tell a process's peak")
def test_bombs_cost_a_process_less_than_a_hundred_megabytes(publisher: Publisher) -> None:
    urls = [bomb(publisher, coding, status) for status in (200, 404, 503, 302) for coding in BODIES]
    command = [sys.executable, "-c", MEASURE, publisher.serve("/good", b"rss"), *urls]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}

    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, env=environment).stdout

    classes, megabytes = told.splitlines()
    assert classes.split(", ") == ["too big"] * 3 + ["http 4xx"] * 3 + ["http 5xx"] * 3 + ["http 4xx"] * 3
    assert int(megabytes) < 100
