"""A connection to a mail server whose answers are bounded in bytes and in time, whatever the server sends.

Python's imaplib reads an answer to its end, however long the server says that it is. Here every byte that comes is
counted, and none is waited for beyond the end of the visit.
"""

import imaplib
import socket
import ssl
import time
from datetime import timedelta

from worker.basics.units import show_size
from worker.errors import ErrorClass, RejectedError, TransientError

# Read at once.
_PIECE = 65_536
# A line of a search's answer names every unread message.
_LONGEST_LINE = 4_000_000


class ImapConnection(imaplib.IMAP4):
    """An IMAP connection with a deadline and a budget of bytes; a class because imaplib's is one."""

    def __init__(
        self, host: str, port: int, context: ssl.SSLContext | None, limits: tuple[timedelta, timedelta, int]
    ) -> None:
        """Connect, with TLS from the start where there is a ``context``; OSError and IMAP4.error where that fails.

        ``limits`` are the time for the connection, the time for all, and the most bytes of all answers.
        """
        self._context = context
        self._connect_timeout, whole, self._most_bytes = limits
        self._ends_at = time.monotonic() + whole.total_seconds()
        self._unread = bytearray()
        self.received = 0
        """Bytes of all answers."""
        super().__init__(host, port)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect; so imaplib calls it."""
        timeout = min(self._connect_timeout.total_seconds(), self._left())
        self.host, self.port = host, port
        self.sock = socket.create_connection((host, port), timeout)
        if self._context:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=host)

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Go on encrypted (STARTTLS, RFC 9051, section 6.2.1); IMAP4.error where the server cannot."""
        status, _ = self._simple_command("STARTTLS")
        # What came unencrypted before the handshake may be anybody's (CVE-2011-0411).
        if status != "OK" or self._unread:
            raise self.error("the server does not encrypt the connection as it should")
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)
        self._get_capabilities()

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes; so imaplib calls it."""
        while len(self._unread) < size:
            self._receive()
        return self._take(size)

    def readline(self) -> bytes:
        """Return the next line; so imaplib calls it."""
        looked_at = 0
        while (end := self._unread.find(b"\n", looked_at)) < 0:
            looked_at = len(self._unread)
            if looked_at > _LONGEST_LINE:
                raise RejectedError(ErrorClass.TOO_BIG, f"the server sent a line of over {show_size(_LONGEST_LINE)}")
            self._receive()
        return self._take(end + 1)

    def shutdown(self) -> None:
        """Close the connection."""
        self.sock.close()

    def _take(self, size: int) -> bytes:
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken

    def _receive(self) -> None:
        self.sock.settimeout(self._left())
        piece = self.sock.recv(_PIECE)
        if not piece:
            raise TransientError(ErrorClass.INCOMPLETE, "the server hung up")
        self.received += len(piece)
        if self.received > self._most_bytes:
            raise RejectedError(ErrorClass.TOO_BIG, f"the server sent more than {show_size(self._most_bytes)}")
        self._unread += piece

    def _left(self) -> float:
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the visit's time is over")
        return left
