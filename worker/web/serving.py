"""Serving the web application until the process is told to stop."""

import signal
import socket
import time
from typing import Any

import uvicorn
from starlette.applications import Starlette

from worker.errors import NamedError
from worker.telemetry.service_manager import AT_WORK, READY, STOPPING, tell_service_manager, watchdog_interval
from worker.web.connections import LimitedConnection

# Beyond this many connections at once the next is told to come back later (503).
_MOST_CONNECTIONS = 200
# Bytes of a request's line and headers.
_LONGEST_HEAD = 16_384
# Seconds for requests that are under way when the process is told to stop.
_LAST_REQUESTS = 5


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address; port 0: any that is free. NamedError when it cannot."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        # What is no name at all, such as one with an empty part, cannot even be written as one.
        raise NamedError(f"{host} is no address of this machine: --bind takes one, such as 127.0.0.1:8000.") from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_MOST_CONNECTIONS)
    except OSError as error:
        listening.close()
        reason = (error.strerror or str(error)).lower()
        raise NamedError(f"{host}:{port} cannot be listened on ({reason}): choose another with --bind.") from error
    return listening


def serve(application: Starlette, listening: socket.socket) -> None:
    """Answer requests until SIGINT or SIGTERM comes."""
    server = make_server(application)

    def stop(*_: object) -> None:
        # Before uvicorn listens to signals, and once it has stopped, when it raises the signal again.
        server.should_exit = True

    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, stop)
    server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server that tells systemd that it is ready, that its loop turns, and that it ends.

    Of uvicorn's own call at intervals the clock is the wall's: set back, it would not be told for so long.
    """

    _told_at = 0.0

    async def startup(self, *arguments: Any, **options: Any) -> None:
        await super().startup(*arguments, **options)
        tell_service_manager(READY)

    async def on_tick(self, *arguments: Any, **options: Any) -> bool:
        interval = watchdog_interval()
        if interval and time.monotonic() - self._told_at >= interval.total_seconds():
            self._told_at = time.monotonic()
            tell_service_manager(AT_WORK, status="answering")
        return await super().on_tick(*arguments, **options)

    async def shutdown(self, *arguments: Any, **options: Any) -> None:
        tell_service_manager(STOPPING)
        # Whoever listens would otherwise be waited for, and then cut off.
        application: Any = self.config.app
        application.state.live_changes.end()
        await super().shutdown(*arguments, **options)


def make_server(application: Starlette, connection: type[LimitedConnection] = LimitedConnection) -> uvicorn.Server:
    """Return a server for the application, which logs as all of Feedmill does."""
    return _Server(
        uvicorn.Config(
            application,
            http=connection,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_graceful_shutdown=_LAST_REQUESTS,
            h11_max_incomplete_event_size=_LONGEST_HEAD,
        )
    )
