"""URLs of mailboxes (RFC 5092), as the setting FEEDMILL_MAILBOX names them: ``imaps://user@host/INBOX``."""

from urllib.parse import quote, unquote, urlsplit

from worker.values.mail_intake import Mailbox

_SCHEMES = ("imaps://", "imap://")
_PORTS = {"imaps": 993, "imap": 143}
_ACCEPTED = "a mailbox is named as imaps://user@host/INBOX; what is special in user, password or folder is %-encoded"


def read_mailboxes(text: str) -> tuple[Mailbox, ...]:
    """Return the mailboxes that a setting names, parted by blanks; ValueError where one is none, or comes twice."""
    mailboxes = tuple(map(_read_mailbox, text.split()))
    if len({each.url for each in mailboxes}) < len(mailboxes):
        raise ValueError("it names a mailbox twice")
    return mailboxes


def is_mailbox_url(name: str) -> bool:
    """Say whether a name is a mailbox's URL, and not a feed's."""
    return name.startswith(_SCHEMES)


def _read_mailbox(text: str) -> Mailbox:
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        raise ValueError(_ACCEPTED) from None
    user, folder = unquote(parts.username or ""), unquote(parts.path.strip("/")) or "INBOX"
    if not (port and user and parts.hostname) or parts.query or parts.fragment:
        raise ValueError(_ACCEPTED)
    # What no line of the protocol may hold.
    if any(not character.isprintable() for character in f"{user}{folder}{parts.hostname}"):
        raise ValueError(_ACCEPTED)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = host if port == _PORTS[parts.scheme] else f"{host}:{port}"
    return Mailbox(
        url=f"{parts.scheme}://{quote(user, safe='')}@{place}/{quote(folder)}",
        host=parts.hostname,
        port=port,
        user=user,
        folder=folder,
        is_encrypted=parts.scheme == "imaps",
        password=unquote(parts.password) if parts.password else None,
    )
