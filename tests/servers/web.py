"""The web application of a store, answering on loopback while a test runs."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from sqlalchemy import Engine

from tests.waiting import wait_for
from worker.settings import Settings
from worker.web.application import make_application
from worker.web.connections import LimitedConnection
from worker.web.serving import listen, make_server


@contextmanager
def web_server(
    engine: Engine, chosen: Settings | None = None, connection: type[LimitedConnection] = LimitedConnection
) -> Iterator[str]:
    """Serve the application in a thread; yield the URL before its paths."""
    server = make_server(make_application(engine, chosen or Settings()), connection)
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        wait_for(lambda: server.started, "the web application answers")
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def connect_to(at: str) -> socket.socket:
    """Return a connection to the server, for what no client would send."""
    parts = urlsplit(at)
    return socket.create_connection((parts.hostname, parts.port), 30)


def read_all(connection: socket.socket) -> bytes:
    """Return all that is answered until the other side ends the connection, gently or not."""
    answer = b""
    try:
        while some := connection.recv(65_536):
            answer += some
    except ConnectionResetError:
        pass
    return answer
