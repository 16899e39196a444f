"""A mailbox that is polled like a feed: where it is, and who reads it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A folder on a mail server (IMAP), as FEEDMILL_MAILBOX names it."""

    url: str
    """``imaps://user@host/INBOX``: what the store calls it, without a password."""
    host: str
    port: int
    user: str
    folder: str
    is_encrypted: bool
    """Whether the connection is encrypted from its start (``imaps``); else it becomes so by STARTTLS."""
    password: str | None = field(default=None, repr=False)
    """As the setting has it; None where it is kept elsewhere."""
