"""The web application of a store, answering on loopback while a test runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from tests.waiting import wait_for
from worker.settings import Settings
from worker.web.application import make_application
from worker.web.serving import listen, make_server


@contextmanager
def web_server(engine: Engine, chosen: Settings | None = None) -> Iterator[str]:
    """Serve the application in a thread; yield the URL before its paths."""
    server = make_server(make_application(engine, chosen or Settings()))
    with listen("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        wait_for(lambda: server.started, "the web application answers")
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
