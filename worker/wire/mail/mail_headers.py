"""What the fields of a message's header say: subject, sender, date, names (RFC 5322; encoded words of RFC 2047).

Senders take liberties with every one of them. What cannot be decoded stays as it was sent.
"""

import re
from binascii import Error as Base64Error
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime

from worker.basics.charset import decode
from worker.basics.text import clean, fold
from worker.wire.mail.mail_words import ANSWERS, ANSWERS_ABROAD, RELEASES, VIA

Fields = Mapping[str, tuple[str, ...]]
"""Fields of a header by name in small letters, as they were sent, in their order."""

_LONGEST_LINE = 2_000
_LONGEST_ID = 1_000
# Re:, Fwd:, AW: WG:, Re[2]:; the others only in what says that it answers another message.
_ANSWERED = re.compile(rf"(?:{ANSWERS}) ?(?:\[\d{{1,3}}\]|\(\d{{1,3}}\))?\s?[:：]\s*", re.IGNORECASE)
_ANSWERED_ABROAD = re.compile(rf"(?:{ANSWERS_ABROAD})\s?:\s*", re.IGNORECASE)
# What gateways and press offices write before each subject; below, what mailing lists do.
_GATEWAY = re.compile(
    r"(?:\[(?:ext|external|extern|externe)(?: (?:e-?)?mail)?\]|\*{3,5} ?spam ?\*{3,5})[ :]*"
    rf"|(?:{RELEASES}) ?[:–—|-]\s*|\[(?:{RELEASES})\]\s*",
    re.IGNORECASE,
)
_LIST_TAG = re.compile(r"\[([^\[\]]{1,60})\]\s*")
_MOST_PREFIXES = 8
_NAMED_ADDRESS = re.compile(r"\s*(?P<name>[^<>]*?)\s*<\s*(?P<address>[^<>\s]*)\s*>")
_ADDRESS_WITH_COMMENT = re.compile(r"\s*(?P<address>[^\s()<>]+@[^\s()<>]+)\s*\((?P<name>[^()]*)\)")
_VIA = re.compile(rf"\s+(?:{VIA})\s+.{{1,200}}$", re.IGNORECASE)
_SURNAME_FIRST = re.compile(
    r"(?P<surname>[^\W\d_][\w'’-]*(?: [\w'’-]+)?), (?P<given>[^\W\d_][\w'’.-]*(?: [\w'’.-]+){0,2})"
)
_ASIDE_OF_NAME = re.compile(r"(?<=\S)\s*\([^()]{1,100}\)$")
_COMMENT = re.compile(r"\([^()]*\)")


def first_field(fields: Fields, name: str) -> str:
    """Return the first field of this name, its words decoded and its folds opened; empty where there is none."""
    return decode_words(fields[name][0]) if fields.get(name) else ""


def decode_words(written: str) -> str:
    """Return a field's text with the encoded words in it decoded, those of one charset that follow each other as one.

    Senders break characters in two between words, though RFC 2047, section 5, forbids it.
    """
    line = fold(written[:_LONGEST_LINE])
    if "=?" not in line:
        return fold(clean(line, _LONGEST_LINE))
    try:
        parts = decode_header(line)
    except (HeaderParseError, Base64Error, ValueError):
        return fold(clean(line, _LONGEST_LINE))
    return fold(clean("".join(_decode_part(*part) for part in parts), _LONGEST_LINE))


def _decode_part(part: str | bytes, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    # The language of RFC 2231, section 5, stands behind the charset.
    return decode(part, f"charset={charset.partition('*')[0]}") if charset else part.decode("raw-unicode-escape")


def read_subject(fields: Fields) -> str:
    """Return a subject without what marks an answer, a list or a gateway."""
    subject = first_field(fields, "subject")
    is_answer = bool(fields.get("in-reply-to") or fields.get("references"))
    for _ in range(_MOST_PREFIXES):
        shorter = _GATEWAY.sub(
            "", _ANSWERED.sub("", subject, count=1) if _ANSWERED.match(subject) else subject, count=1
        )
        if is_answer and (found := _ANSWERED_ABROAD.match(shorter)):
            shorter = shorter[found.end() :]
        if (tag := _LIST_TAG.match(shorter)) and _is_of_list(tag[1], fields):
            shorter = shorter[tag.end() :]
        if shorter == subject:
            break
        subject = shorter
    return subject


def _is_of_list(tag: str, fields: Fields) -> bool:
    said = " ".join(first_field(fields, name) for name in ("list-id", "list-post", "x-mailing-list")).casefold()
    return bool(said) and tag.strip().casefold() in said


def read_sender(fields: Fields) -> str:
    """Return the name of who wrote the message, as the sender's program shows it; empty where there is only an address.

    A mailing list that sends in a writer's place names the writer: ``Jane Doe via Press``. A surname may come first.
    """
    # Decoded last: an encoded comma is part of a name.
    written = fold(fields["from"][0][:_LONGEST_LINE]) if fields.get("from") else ""
    found = _NAMED_ADDRESS.match(written) or _ADDRESS_WITH_COMMENT.match(written)
    if found is None:
        return ""
    name, address = decode_words(found["name"].strip("\"' ").replace('\\"', '"')), found["address"].casefold()
    if fields.get("list-id") or fields.get("x-original-from"):
        name = _VIA.sub("", name)
    name = _ASIDE_OF_NAME.sub("", name.strip("\"' "))
    inverted = _SURNAME_FIRST.fullmatch(name)
    # Only an address that has the surname too shows that the other one is no desk: Gazette, Sports.
    if inverted and inverted["surname"].casefold().replace(" ", "") in address.replace(".", ""):
        name = f"{inverted['given']} {inverted['surname']}"
    return "" if "@" in name else name


def read_sent_at(fields: Fields) -> str | None:
    """Return when a message was sent, in ISO 8601 where we can read it; else when the last server took it."""
    trace = (each.rpartition(";")[2] for each in fields.get("received", ()))
    for written in (*fields.get("date", ()), *fields.get("resent-date", ()), *trace):
        line = fold(_COMMENT.sub(" ", written[:_LONGEST_LINE]))
        try:
            return parsedate_to_datetime(line).isoformat()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return first_field(fields, "date") or None


def read_message_id(fields: Fields) -> str | None:
    """Return the name that a message has everywhere (RFC 5322, section 3.6.4), without its angle brackets."""
    name = clean(first_field(fields, "message-id").strip("<> "), _LONGEST_ID)
    return name or None


def is_automatic(fields: Fields) -> bool:
    """Say whether a program answered by itself: out of office, not delivered (RFC 3834)."""
    said = first_field(fields, "auto-submitted").casefold()
    return (
        said.startswith("auto-replied")
        or "report-type=delivery-status" in first_field(fields, "content-type").casefold()
    )
