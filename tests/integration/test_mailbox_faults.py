"""What goes wrong on the way to a mailbox is its poll's error, with a class and a sentence."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests.mailboxes import ledger, message, poll, titles, with_mailbox
from tests.servers.mail_server import PASSWORD, USER, MailServer
from worker.errors import ErrorClass
from worker.pipeline.tools import Tools
from worker.values.outcomes import Outcome, PollRecord

Play = Callable[[socket.socket], None]
_GREETING = b"* OK ready\r\n"


@contextmanager
def _server(play: Play) -> Iterator[int]:
    """Serve what is no mail server on loopback; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        play(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def _poll_played(tools: Tools, certificate: Path, play: Play, scheme: str = "imap", **chosen: object) -> PollRecord:
    with _server(play) as port:
        url = f"{scheme}://desk@127.0.0.1:{port}/INBOX"
        (record,) = poll(
            with_mailbox(tools, url, certificate, "secret", **{"fetch_timeout": timedelta(seconds=5), **chosen})
        )
        return record


def _error(record: PollRecord) -> tuple[ErrorClass, str]:
    assert record.error
    return record.error.error_class, record.error.sentence


def _answer(*answers: bytes, asked: list[bytes] | None = None) -> Play:
    """Return a play that greets and then gives an answer to each line, with its tag; it notes what was ``asked``."""

    def play(connection: socket.socket) -> None:
        lines = connection.makefile("rb")
        connection.sendall(_GREETING)
        tag = b""
        for answer in answers:
            line = lines.readline()
            if asked is not None:
                asked.append(line.split(b" ", 1)[-1])
            tag = line.split(b" ")[0] if b" " in line else tag
            connection.sendall(answer.replace(b"TAG", tag))
        lines.readline()

    return play


_CAPABLE = b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nTAG OK done\r\n"
_LOGGED_IN = (_CAPABLE, b"+ \r\n", b"TAG OK logged in\r\n")


def test_a_wrong_password_is_told_and_waited_out(
    tools: Tools, mail_server: MailServer, folder: str, certificate: Path
) -> None:
    desk = with_mailbox(tools, mail_server.url(folder), certificate, "wrong")
    (record,) = poll(desk)
    error_class, sentence = _error(record)
    assert error_class is ErrorClass.SETTINGS
    assert sentence.startswith(f"the server refused the login of {USER}: [AUTHENTICATIONFAILED]")
    (again,) = poll(desk)
    assert again.next_poll.at
    assert record.next_poll.at
    assert again.next_poll.at - again.started_at > record.next_poll.at - record.started_at
    assert [(row.error_class, row.outcome) for row in ledger(desk)] == [(ErrorClass.SETTINGS, "transient")] * 2


def test_a_password_that_nobody_told_is_asked_for(tools: Tools, certificate: Path, tmp_path: Path) -> None:
    url = "imaps://desk@localhost:1/INBOX"
    (record,) = poll(with_mailbox(tools, url, certificate, None, secrets_file=tmp_path / "none"))
    assert _error(record)[0] is ErrorClass.SETTINGS
    assert _error(record)[1] == (
        f"the password of {url} is not known here: FEEDMILL_MAILBOX_PASSWORD or the secrets file holds it"
    )


def test_a_folder_that_is_not_there_is_told(tools: Tools, mail_server: MailServer, certificate: Path) -> None:
    (record,) = poll(with_mailbox(tools, mail_server.url("Nowhere"), certificate))
    assert _error(record)[0] is ErrorClass.SETTINGS
    assert _error(record)[1].startswith("the server does not open the folder Nowhere: ")


def test_a_server_that_is_gone_is_asked_again_later_and_loses_nothing(
    tools: Tools, mail_server: MailServer, folder: str, certificate: Path
) -> None:
    desk = with_mailbox(tools, mail_server.url(folder), certificate)
    mail_server.deliver(message(1), folder=folder)
    mail_server.stop()
    try:
        (record,) = poll(desk)
    finally:
        mail_server.start()
    assert _error(record) == (ErrorClass.CONNECT, "the server cannot be reached: connection refused")
    assert record.next_poll.at
    assert record.next_poll.at >= record.started_at + timedelta(minutes=2)
    poll(desk)
    assert titles(desk) == ["Rain 1"]


def test_a_certificate_that_nobody_vouches_for_is_refused(
    tools: Tools, mail_server: MailServer, folder: str, certificate: Path
) -> None:
    by_other_name = mail_server.url(folder, host="127.0.0.1")
    (record,) = poll(with_mailbox(tools, by_other_name, certificate))
    assert _error(record)[0] is ErrorClass.TLS
    assert "certificate is not valid for '127.0.0.1'" in _error(record)[1]


def test_a_name_that_nobody_has_is_told(tools: Tools, certificate: Path) -> None:
    (record,) = poll(with_mailbox(tools, "imaps://desk@mail.invalid/INBOX", certificate))
    assert _error(record) == (ErrorClass.DNS, "the server's name was not found")


def test_a_server_that_says_nothing_costs_its_time(tools: Tools, certificate: Path) -> None:
    def play(connection: socket.socket) -> None:
        connection.recv(1)

    record = _poll_played(tools, certificate, play, fetch_timeout=timedelta(seconds=1))
    assert _error(record) == (ErrorClass.TIMEOUT, "the server did not answer within 1s")


def test_a_server_that_drips_costs_no_more(tools: Tools, certificate: Path) -> None:
    def play(connection: socket.socket) -> None:
        connection.sendall(b"* OK ")
        while True:
            connection.sendall(b"x")
            threading.Event().wait(0.05)

    record = _poll_played(tools, certificate, play, fetch_timeout=timedelta(seconds=1))
    assert _error(record)[0] is ErrorClass.TIMEOUT


def test_a_server_that_never_ends_is_left(tools: Tools, certificate: Path) -> None:
    def play(connection: socket.socket) -> None:
        connection.sendall(b"* OK ")
        while True:
            connection.sendall(b"x" * 65_536)

    record = _poll_played(tools, certificate, play)
    assert (record.outcome, *_error(record)) == (
        Outcome.REJECTED,
        ErrorClass.TOO_BIG,
        "the server sent a line of over 4.0 MB",
    )


def test_a_server_that_names_a_length_beyond_measure_is_left(tools: Tools, certificate: Path) -> None:
    selected = b"* 1 EXISTS\r\nTAG OK selected\r\n"
    found = b"* SEARCH 1\r\nTAG OK done\r\n"
    sizes = b"* 1 FETCH (UID 1 RFC822.SIZE 10)\r\nTAG OK done\r\n"
    endless = b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\n" + b"x" * 30_000_000
    play = _answer(*_LOGGED_IN, selected, found, sizes, endless)
    record = _poll_played(tools, certificate, play)
    assert _error(record) == (ErrorClass.TOO_BIG, "the server sent more than 25.0 MB")


def test_a_server_that_hangs_up_is_told(tools: Tools, certificate: Path) -> None:
    record = _poll_played(tools, certificate, lambda connection: connection.sendall(_GREETING))
    assert _error(record)[0] is ErrorClass.INCOMPLETE


def test_a_server_that_is_none_is_told(tools: Tools, certificate: Path) -> None:
    record = _poll_played(tools, certificate, lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n"))
    assert _error(record)[0] is ErrorClass.PROTOCOL


def test_a_server_that_is_busy_is_no_wrong_password(tools: Tools, certificate: Path) -> None:
    record = _poll_played(tools, certificate, _answer(_CAPABLE, b"+ \r\n", b"TAG NO [UNAVAILABLE] later\r\n"))
    assert _error(record) == (ErrorClass.BUSY, "the server lets nobody in now: [UNAVAILABLE] later")


@pytest.mark.parametrize("said", [b"TAG OK [READ-ONLY]", b"* OK [PERMANENTFLAGS ()] none\r\nTAG OK"])
def test_a_folder_that_can_only_be_read_is_told(tools: Tools, certificate: Path, said: bytes) -> None:
    record = _poll_played(tools, certificate, _answer(*_LOGGED_IN, b"* 1 EXISTS\r\n" + said + b" selected\r\n"))
    assert _error(record) == (
        ErrorClass.SETTINGS,
        "no message of that folder can be marked as read: it is read-only",
    )


def test_where_no_keyword_can_be_set_messages_are_marked_as_seen(tools: Tools, certificate: Path) -> None:
    asked: list[bytes] = []
    mail = message(1).replace(b"\n", b"\r\n")
    play = _answer(
        *_LOGGED_IN,
        b"* 1 EXISTS\r\n* OK [PERMANENTFLAGS (\\Seen \\Deleted)] limited\r\nTAG OK selected\r\n",
        b"* SEARCH 1\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID 1 RFC822.SIZE 100)\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%b)\r\nTAG OK done\r\n" % (len(mail), mail),
        b"TAG OK done\r\n",
        asked=asked,
    )
    assert _poll_played(tools, certificate, play).new == 1
    assert asked[4] == b"UID SEARCH UNDELETED UNSEEN\r\n"
    assert asked[-1] == b"UID STORE 1 +FLAGS.SILENT (\\Seen)\r\n"


def test_a_mark_that_is_refused_is_a_poll_that_failed_after_its_articles_were_stored(
    tools: Tools, certificate: Path
) -> None:
    mail = message(1).replace(b"\n", b"\r\n")
    play = _answer(
        *_LOGGED_IN,
        b"* 1 EXISTS\r\nTAG OK selected\r\n",
        b"* SEARCH 1\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID 1 RFC822.SIZE 100)\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%b)\r\nTAG OK done\r\n" % (len(mail), mail),
        b"TAG NO [NOPERM] not yours\r\n",
    )
    with _server(play) as port:
        desk = with_mailbox(tools, f"imap://desk@127.0.0.1:{port}/INBOX", certificate, "secret")
        stored, failed = poll(desk)
    assert (stored.new, titles(desk)) == (1, ["Rain 1"])
    assert _error(failed) == (ErrorClass.PROTOCOL, "the server refused STORE: [NOPERM] not yours")


def test_no_password_goes_over_a_line_that_others_may_read(tools: Tools, certificate: Path) -> None:
    asked: list[bytes] = []
    # This machine by an address that others may reach.
    with _server(_answer(_CAPABLE, b"* BYE\r\n", asked=asked)) as port:
        (record,) = poll(with_mailbox(tools, f"imap://desk@0.0.0.0:{port}/INBOX", certificate, PASSWORD))
    assert _error(record) == (
        ErrorClass.TLS,
        "the server does not offer STARTTLS, and a password goes over no line that others may read",
    )
    assert asked == [b"CAPABILITY\r\n", b""]


def test_a_line_that_others_may_read_is_encrypted_before_the_password_goes_over_it(
    tools: Tools, mail_server: MailServer, folder: str, certificate: Path
) -> None:
    # Its certificate is for another name: so the login is never reached.
    (record,) = poll(with_mailbox(tools, mail_server.url(folder, "imap", "0.0.0.0"), certificate))
    assert _error(record)[0] is ErrorClass.TLS
    assert "certificate is not valid for '0.0.0.0'" in _error(record)[1]


def test_a_message_that_is_gone_when_it_is_fetched_is_none(tools: Tools, certificate: Path) -> None:
    mail = message(2).replace(b"\n", b"\r\n")
    asked: list[bytes] = []
    play = _answer(
        *_LOGGED_IN,
        b"* 2 EXISTS\r\nTAG OK selected\r\n",
        b"* SEARCH 1 2\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID 1 RFC822.SIZE 100)\r\n* 2 FETCH (UID 2 RFC822.SIZE 100)\r\nTAG OK done\r\n",
        b"TAG OK done\r\n",
        b"* 1 FETCH (UID 2 BODY[] {%d}\r\n%b)\r\nTAG OK done\r\n" % (len(mail), mail),
        b"TAG OK done\r\n",
        asked=asked,
    )
    assert _poll_played(tools, certificate, play).new == 1
    assert asked[-1] == b"UID STORE 2 +FLAGS.SILENT ($FeedmillRead)\r\n"
