"""A store with very many feeds, beside the feed server that serves them, made once and kept if its folder is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
from sqlalchemy import Engine

from benchmarks.multiplied_store import multiply
from benchmarks.running import add, database, feed_server, poll, poller
from worker.database.engine import open_store
from worker.database.schema import migrate

ARTICLES = 10
"""Of each feed."""
# What a server of its own gets of a machine with a few gigabytes; the defaults are for one that shares it.
_SETTINGS = """
shared_buffers = '1GB'
max_wal_size = '8GB'
checkpoint_timeout = '15min'
maintenance_work_mem = '256MB'
"""


@dataclass(frozen=True, slots=True)
class LargeStore:
    """A store, the processes that serve it, and the port of the feed server."""

    folder: Path
    url: str
    engine: Engine
    servers: list[psutil.Process]
    port: int


@contextmanager
def large_store(kind: str, feeds: int, kept_in: Path | None) -> Iterator[LargeStore]:
    """Provide a store with so many feeds, of which each has ``ARTICLES``; in ``kept_in`` it is found again."""
    # Short: the database's socket is in there.
    with TemporaryDirectory(prefix="fmb-", dir="/tmp") as temporary:
        folder = kept_in / f"{kind}-{feeds}" if kept_in else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        # Its feeds' URLs name the port.
        made = folder / "port"
        port = int(made.read_text()) if made.exists() else 0
        arguments = ["--shared", f"--entries={ARTICLES}", f"--port={port}"]
        with (
            feed_server(arguments) as port,
            database(kind, folder, settings=_SETTINGS, keep=bool(kept_in)) as (url, servers),
        ):
            engine = open_store(url.replace("postgresql://", "postgresql+psycopg://"))
            migrate(engine)
            if not made.exists():
                _fill(engine, url, port, feeds)
                made.write_text(str(port))
            yield LargeStore(folder, url, engine, servers, port)
            engine.dispose()


def _fill(engine: Engine, url: str, port: int, feeds: int) -> None:
    """Poll one feed and copy it."""
    add(engine, port, range(1))
    with poller(url) as process:
        poll(process)
    multiply(engine, port, feeds)
