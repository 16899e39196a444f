"""One visit of a mailbox (IMAP, RFC 9051): which messages we have not read, their bytes, and the mark that we have.

A message is marked by the keyword ``$FeedmillRead``; where the server keeps no keywords, as seen. Nothing else about it
changes, and nothing is deleted or moved.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from worker.basics.text import clean, fold
from worker.basics.units import show_duration
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.fetch.imap_connection import ImapConnection
from worker.values.mail_intake import Mailbox

KEYWORD = "$FeedmillRead"
"""What marks a message that we have read; any mail program shows and removes it."""
_SEEN = r"\Seen"
# As many messages as one visit reads.
_MOST_MESSAGES = 200
# What the answers hold besides messages.
_OVERHEAD = 10_000_000
_LONGEST_WORDS = 200
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
# Response codes by which a server says that it is not about us (RFC 5530).
_BUSY = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MailLimits:
    """How long a visit may take, and how much of a message is read."""

    timeout: timedelta
    connect_timeout: timedelta
    max_body: int
    """Bytes of one message; of a longer one the beginning is read."""
    ca_bundle: str | None = None


@dataclass(frozen=True, slots=True)
class ReadMail:
    """What one visit read."""

    messages: tuple[bytes, ...] = ()
    uids: tuple[int, ...] = ()
    """By which the messages are marked."""
    cut: int = 0
    """Messages of which only the beginning was read."""
    has_more: bool = False
    """Whether other messages wait."""


class MailboxSession:
    """A mailbox that is open; a class because a connection is kept from the messages to their mark."""

    def __init__(self, imap: ImapConnection, mark: str, limits: MailLimits) -> None:
        self._imap = imap
        self._mark = mark
        self._limits = limits

    @property
    def received(self) -> int:
        """Bytes that have come."""
        return self._imap.received

    def read_new(self) -> ReadMail:
        """Return the messages that are not marked, the oldest first, as many as a visit may read; PollError."""
        with _explained(self._limits):
            unread = f"UNKEYWORD {KEYWORD}" if self._mark == KEYWORD else "UNSEEN"
            (found,) = self._ask("SEARCH", "UNDELETED", unread) or (b"",)
            uids = sorted(map(int, (found or b"").split()))
            chosen = self._choose(uids[:_MOST_MESSAGES])
            # Nothing comes of a message that somebody has deleted meanwhile.
            fetched = {uid: message for uid, size in chosen if (message := self._fetch(uid, size))}
        return ReadMail(
            messages=tuple(fetched.values()),
            uids=tuple(fetched),
            cut=sum(size > self._limits.max_body for uid, size in chosen if uid in fetched),
            has_more=len(chosen) < len(uids),
        )

    def mark_read(self, read: ReadMail) -> None:
        """Mark messages as read by us; PollError where the server does not."""
        if read.uids:
            with _explained(self._limits):
                self._ask("STORE", _join(read.uids), "+FLAGS.SILENT", f"({self._mark})")

    def _choose(self, uids: Sequence[int]) -> list[tuple[int, int]]:
        """Return the messages to read now, with their sizes: one at least, together no more than the longest may be."""
        if not uids:
            return []
        sizes = dict(filter(None, map(_read_size, self._ask("FETCH", _join(uids), "(UID RFC822.SIZE)"))))
        chosen: list[tuple[int, int]] = []
        left = self._limits.max_body
        for uid in uids:
            left -= min(sizes.get(uid, 0), self._limits.max_body)
            if chosen and left < 0:
                break
            chosen.append((uid, sizes.get(uid, 0)))
        return chosen

    def _fetch(self, uid: int, size: int) -> bytes:
        """Return a message, or its beginning; nothing of one that is gone."""
        part = f"<0.{self._limits.max_body}>" if size > self._limits.max_body else ""
        answer = self._ask("FETCH", str(uid), f"(UID BODY.PEEK[]{part})")
        return next((each[1] for each in answer if isinstance(each, tuple)), b"")

    def _ask(self, command: str, *arguments: str) -> Sequence[Any]:
        status, answer = self._imap.uid(command, *arguments)
        if status != "OK":
            raise PermanentError(ErrorClass.PROTOCOL, f"the server refused {command}: {_words(answer)}")
        return [each for each in answer if each is not None]


@contextmanager
def open_mailbox(mailbox: Mailbox, password: str, limits: MailLimits) -> Iterator[MailboxSession]:
    """Open a mailbox for one visit; PollError where that fails."""
    with _explained(limits):
        imap = _connect(mailbox, limits)
    try:
        with _explained(limits):
            _log_in(imap, mailbox, password)
            mark = _select(imap, mailbox)
        yield MailboxSession(imap, mark, limits)
        with suppress(imaplib.IMAP4.error, OSError, PollError):
            # Whatever it answers: all that we came for is done.
            imap.logout()
    finally:
        imap.shutdown()


def _connect(mailbox: Mailbox, limits: MailLimits) -> ImapConnection:
    context = ssl.create_default_context(cafile=limits.ca_bundle)
    bounds = limits.connect_timeout, limits.timeout, limits.max_body + _OVERHEAD
    imap = ImapConnection(mailbox.host, mailbox.port, context if mailbox.is_encrypted else None, bounds)
    if not mailbox.is_encrypted and not _is_loopback(mailbox.host):
        if "STARTTLS" not in imap.capabilities:
            imap.shutdown()
            sentence = "the server does not offer STARTTLS, and a password goes over no line that others may read"
            raise PermanentError(ErrorClass.TLS, sentence)
        imap.encrypt(context)
    return imap


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _log_in(imap: ImapConnection, mailbox: Mailbox, password: str) -> None:
    try:
        # PLAIN takes names and passwords beyond ASCII (RFC 4616); LOGIN does not.
        if "AUTH=PLAIN" in imap.capabilities:
            imap.authenticate("PLAIN", lambda _: f"\0{mailbox.user}\0{password}".encode(errors="surrogateescape"))
        else:
            imap.login(mailbox.user, password)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeEncodeError) as error:
        said = _words(error.args)
        if _BUSY.search(said):
            raise TransientError(ErrorClass.BUSY, f"the server lets nobody in now: {said}") from error
        raise TransientError(ErrorClass.SETTINGS, f"the server refused the login of {mailbox.user}: {said}") from error


def _select(imap: ImapConnection, mailbox: Mailbox) -> str:
    """Select the mailbox's folder, and return what its messages are marked by."""
    try:
        status, answer = imap.select(quote_folder(mailbox.folder))
    except imaplib.IMAP4.readonly as error:
        raise _read_only() from error
    if status != "OK":
        sentence = f"the server does not open the folder {mailbox.folder}: {_words(answer)}"
        raise TransientError(ErrorClass.SETTINGS, sentence)
    _, said = imap.response("PERMANENTFLAGS")
    flags = (said[0] or b"").lower() if said else b""
    # Without such an answer all flags can be changed (RFC 9051, section 6.3.2).
    if not flags or rb"\*" in flags or KEYWORD.lower().encode() in flags:
        return KEYWORD
    if _SEEN.lower().encode() in flags:
        return _SEEN
    raise _read_only()


def _read_only() -> PollError:
    return TransientError(ErrorClass.SETTINGS, "no message of that folder can be marked as read: it is read-only")


def quote_folder(folder: str) -> str:
    """Return a folder's name as the protocol writes it: in modified UTF-7 (RFC 3501, section 5.1.3), quoted."""
    written = re.sub(r"[^\x20-\x7e]+", lambda found: _as_utf7(found[0]), folder.replace("&", "&-"))
    escaped = written.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _as_utf7(text: str) -> str:
    return "&" + text.encode("utf-7").decode("ascii").strip("+-").replace("/", ",") + "-"


def _join(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _read_size(line: Any) -> tuple[int, int] | None:
    uid, size = (pattern.search(line) if isinstance(line, bytes) else None for pattern in (_UID, _SIZE))
    return (int(uid[1]), int(size[1])) if uid and size else None


def _words(answer: Any) -> str:
    """Return what a server said, fit for a sentence."""
    said = " ".join(each.decode(errors="replace") if isinstance(each, bytes) else str(each) for each in answer if each)
    return fold(clean(said, _LONGEST_WORDS)) or "without a word"


@contextmanager
def _explained(limits: MailLimits) -> Iterator[None]:
    """Raise what goes wrong on the way to a server as the PollError that says so."""
    try:
        yield
    except TimeoutError as error:
        sentence = f"the server did not answer within {show_duration(limits.timeout)}"
        raise TransientError(ErrorClass.TIMEOUT, sentence) from error
    except imaplib.IMAP4.error as error:
        raise TransientError(
            ErrorClass.PROTOCOL, f"the server does not speak IMAP as it should: {_words(error.args)}"
        ) from error
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or error.reason or str(error)
        raise TransientError(ErrorClass.TLS, f"TLS failed: {fold(reason)}") from error
    except OSError as error:
        raise _explain_system(error) from error


def _explain_system(error: OSError) -> PollError:
    if isinstance(error, socket.gaierror):
        return TransientError(ErrorClass.DNS, "the server's name was not found")
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    return TransientError(ErrorClass.CONNECT, f"the server cannot be reached: {fold(reason)}")
