"""How the broker is spoken to, and what it is called."""

import socket
import threading
from contextlib import suppress

from kombu import Connection

from worker.celery import app
from worker.celery_settings import celery_settings
from worker.settings import Settings

# The first byte of a TLS record that begins a handshake (RFC 8446, section 5.1).
HANDSHAKE = b"\x16"


def test_a_broker_whose_url_says_rediss_is_spoken_to_in_tls() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"rediss://:secret@127.0.0.1:{server.getsockname()[1]}/0"
        chosen = celery_settings(Settings(broker_url=url))
        connection = app.connection(url, transport=chosen["broker_transport"], ssl=chosen["broker_use_ssl"])
        speaking = threading.Thread(target=_connect, args=(connection,))
        speaking.start()
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(1) == HANDSHAKE
        server.close()
        speaking.join()


def test_a_broker_is_called_what_its_url_calls_it() -> None:
    for scheme in ("redis", "rediss"):
        chosen = celery_settings(Settings(broker_url=f"{scheme}://:secret@redis.example:6379/0"))
        connection = app.connection(
            chosen["broker_url"], transport=chosen["broker_transport"], ssl=chosen["broker_use_ssl"]
        )
        assert connection.as_uri() == f"{scheme}://:**@redis.example:6379/0"


def _connect(connection: Connection) -> None:
    with suppress(*connection.connection_errors):
        connection.connect()
