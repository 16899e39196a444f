"""No client holds a connection by saying nothing, too little, too slowly, or what is no HTTP."""

import logging
import socket

import pytest
from sqlalchemy import Engine

from tests.servers.web import connect_to, read_all, web_server
from worker.web.connections import LimitedConnection

# How a connection ends has nothing to do with the database.
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
_REFUSED = b"POST /websub/1/x HTTP/1.1\r\nHost: h\r\n"


class Impatient(LimitedConnection):
    longest_wait = 0.2


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: h\r\n"])
def test_a_connection_on_which_nothing_whole_is_asked_is_ended(said: bytes, store: Engine) -> None:
    with web_server(store, connection=Impatient) as at, connect_to(at) as connection:
        connection.sendall(said)
        assert read_all(connection) == b""


def test_a_body_that_was_refused_and_never_ends_is_cut_off(store: Engine) -> None:
    with web_server(store, connection=Impatient) as at, connect_to(at) as connection:
        connection.sendall(_REFUSED + b"Content-Length: 99999999999\r\n\r\n")
        with pytest.raises(ConnectionError):
            _send_for_ever(connection)


def test_what_is_asked_in_time_is_answered_though_it_takes_longer(store: Engine) -> None:
    with web_server(store, connection=Impatient) as at, connect_to(at) as connection:
        connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: h\r\n\r\nGET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
        assert read_all(connection).count(b"HTTP/1.1 200 OK") == 2


def test_what_is_no_http_behind_an_answer_is_no_fault(store: Engine, caplog: pytest.LogCaptureFixture) -> None:
    with web_server(store) as at, connect_to(at) as connection:
        connection.sendall(_REFUSED + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        assert connection.recv(65_536).startswith(b"HTTP/1.1 410 Gone")
        connection.sendall(b"no chunk\r\n")
        read_all(connection)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def _send_for_ever(connection: socket.socket) -> None:
    while True:
        connection.sendall(b" " * 65_536)
