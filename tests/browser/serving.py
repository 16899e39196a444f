"""``feedmill web`` as a user starts it, over any store."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def serve(database_url: str, folder: Path, **settings: str) -> Iterator[str]:
    """Run ``feedmill web`` over a store, and yield where it answers."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TZ": "UTC", "PYTHONPATH": str(ROOT)}
    environment |= {"FEEDMILL_DATABASE_URL": database_url, "FEEDMILL_WEB_RATE": "1000"} | settings
    command = [sys.executable, "-P", "-m", "feedmill", "web", "--bind", "127.0.0.1:0"]
    log = folder / "web.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as web,
    ):
        assert web.stdout, "it has a pipe"
        said = web.stdout.readline()
        assert said.startswith("Answering on "), log.read_text()
        yield said.removeprefix("Answering on ").partition(";")[0]
        web.terminate()
        web.wait(60)
