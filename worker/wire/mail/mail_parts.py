"""A message taken apart (MIME, RFC 2045 to 2049): its header, the words to show, and the documents that go with it.

Python's parser reads it. What would cost it more than the message's length is cut or refused before: fields as long as
no sender writes them, parts in numbers that nobody sends.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from html import unescape
from itertools import chain

from worker.basics.charset import decode, decode_with_doubts
from worker.basics.field_rules import as_html
from worker.basics.text import clean, fold
from worker.errors import ErrorClass, RejectedError
from worker.wire.mail.mail_headers import Fields, decode_words
from worker.wire.mail.mail_text import join_flowed

_LONGEST_FIELD = 4_000
_MOST_FOLDS = 200
_LONGEST_TEXT = 1_000_000
_BOUNDARY = re.compile(rb"boundary\*?[\d*]{0,4}\s{0,3}=\s{0,3}\"?([^\";\s]{1,70})", re.IGNORECASE)
_MOST_BOUNDARIES, _MOST_PARTS, _DEEPEST = 50, 1_000, 10
_TAG = re.compile(r"<[^<>]{0,2000}>")
_UNSEEN = re.compile(r"<(style|script|head)[\s>].{0,100000}?</\1", re.IGNORECASE | re.DOTALL)
# An alternative in HTML with fewer of the other's words than this is a stub: "View this message in your browser".
_STUB = 0.5
_BLOCK_END = re.compile(r"</(?:p|div|h[1-6]|li|td|th)\s{0,9}>|<br\s{0,9}/?>", re.IGNORECASE)
_OPENING, _MOST_LINES = 20_000, 24
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class MailText:
    """A text of a message that is to be shown."""

    text: str
    is_html: bool = False
    doubts: tuple[str, ...] = ()
    """What its decoding had to guess."""

    def count_words(self) -> int:
        """Return roughly how many words a reader sees."""
        seen = _TAG.sub(" ", _UNSEEN.sub(" ", self.text)) if self.is_html else self.text
        return sum(1 for _ in _WORDS.finditer(seen))

    def first_lines(self) -> list[str]:
        """Return the lines that a reader sees first."""
        opening = self.text[:_OPENING]
        if self.is_html:
            opening = unescape(_TAG.sub("", _BLOCK_END.sub("\n", _UNSEEN.sub("", fold(opening)))))
        return [fold(line) for line in opening.split("\n") if line.strip()][:_MOST_LINES]


@dataclass(frozen=True, slots=True)
class Attached:
    """A document that goes with a message."""

    name: str
    media_type: str
    body: bytes
    inner: "MailParts | None" = None
    """Its parts, where it is a message that was forwarded as it was."""


@dataclass(frozen=True, slots=True)
class MailParts:
    """A message taken apart."""

    fields: Fields
    plain: MailText | None
    """Its words as plain text, where it has them so."""
    shown: MailText | None
    """The fullest form of its words."""
    attached: tuple[Attached, ...]

    @property
    def doubts(self) -> tuple[str, ...]:
        """What decoding its words had to guess, and those of messages within it."""
        inner = (attached.inner.doubts for attached in self.attached if attached.inner)
        return tuple(dict.fromkeys(chain(self.shown.doubts if self.shown else (), *inner)))


class _Policy(Compat32):
    """How fields are kept while a message is parsed: no longer than senders write them, and as text."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return name and value of a field; bytes beyond ASCII are surrogates."""
        name, value = super().header_source_parse([line[:_LONGEST_FIELD] for line in sourcelines[:_MOST_FOLDS]])
        # Python's codecs take no name with NUL in it, and raise another error than for an unknown one.
        return name, value[:_LONGEST_FIELD].replace("\0", "")

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 -- so the parser calls it
        """Return a field's value as text."""
        return _decode_field(value, "")


def take_apart(message: bytes) -> MailParts:
    """Return the parts of a message; RejectedError where it has more of them than anybody sends."""
    boundaries = {found[1] for found in _BOUNDARY.finditer(message)}
    if len(boundaries) > _MOST_BOUNDARIES or sum(message.count(b"--" + each) for each in boundaries) > _MOST_PARTS:
        raise RejectedError(ErrorClass.TOO_BIG, f"a message has more than {_MOST_PARTS:,} parts, or nests too many")
    return _take_apart(BytesParser(policy=_Policy()).parsebytes(message), 0)


def _take_apart(message: Message, depth: int) -> MailParts:
    texts, plain = _choose_texts(message, depth)
    return MailParts(
        fields=_read_fields(message),
        plain=_join(plain),
        shown=_join(texts),
        attached=tuple(_find_attached(message, depth)),
    )


def _decode_field(value: str, charset: str) -> str:
    """Return a field's bytes as text: in UTF-8 (RFC 6532), else in the charset of the message's text."""
    return value if value.isascii() else decode(value.encode(errors="surrogateescape"), f"charset={charset}")


def _read_fields(message: Message) -> Fields:
    charset = next(filter(None, (part.get_content_charset() for part in message.walk())), "")
    fields: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        fields.setdefault(name.lower(), []).append(_decode_field(value, charset))
    return {name: tuple(values) for name, values in fields.items()}


def _choose_texts(part: Message, depth: int) -> tuple[list[MailText], list[MailText]]:
    """Return the texts of a part that are to be shown, and the same as far as they are there as plain text."""
    media_type = part.get_content_type()
    children = _children(part)
    if not children or depth > _DEEPEST:
        text = _read_text(part) if _is_shown(part) else None
        return ([text] if text else []), ([text] if text and not text.is_html else [])
    if media_type == "multipart/alternative":
        return _choose_alternative([_choose_texts(child, depth + 1) for child in children])
    # The root of what belongs together comes first (RFC 2387); a signature second (RFC 1847).
    if media_type in {"multipart/related", "multipart/signed"}:
        children = children[:1]
    if media_type in {"multipart/digest", "multipart/report"} or part.get_content_maintype() == "message":
        return [], []
    found = [_choose_texts(child, depth + 1) for child in children]
    return [text for texts, _ in found for text in texts], [text for _, plain in found for text in plain]


def _choose_alternative(
    alternatives: Sequence[tuple[list[MailText], list[MailText]]],
) -> tuple[list[MailText], list[MailText]]:
    """Return the last alternative, which is the richest (RFC 2046, section 5.1.4), unless it is a stub."""
    best: list[MailText] = []
    for texts, _ in alternatives:
        if _count_words(texts) > _STUB * _count_words(best):
            best = texts
    return best, next((plain for _, plain in alternatives if plain), [])


def _count_words(texts: Iterable[MailText]) -> int:
    return sum(each.count_words() for each in texts)


def _children(part: Message) -> list[Message]:
    payload = part.get_payload() if part.is_multipart() else []
    return [each for each in payload if isinstance(each, Message)]


def _is_shown(part: Message) -> bool:
    return part.get_content_maintype() == "text" and not _is_attachment(part)


def _is_attachment(part: Message) -> bool:
    disposition = (part.get_content_disposition() or "").casefold()
    is_page = part.get_content_type() in {"text/plain", "text/html"}
    return disposition == "attachment" or not is_page or bool(part.get_filename())


def _read_text(part: Message) -> MailText | None:
    media_type = part.get_content_type()
    decoded = decode_with_doubts(_bytes_of(part), f"charset={part.get_content_charset() or ''}")
    text = clean(decoded.text[:_LONGEST_TEXT], _LONGEST_TEXT).replace("\r\n", "\n").replace("\r", "\n")
    if media_type == "text/plain" and _parameter(part, "format") == "flowed":
        text = join_flowed(text, drops_space=_parameter(part, "delsp") == "yes")
    return MailText(text, media_type == "text/html", decoded.doubts) if text.strip() else None


def _bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _parameter(part: Message, name: str) -> str:
    value = part.get_param(name)
    return value.casefold() if isinstance(value, str) else ""


def _join(texts: Sequence[MailText]) -> MailText | None:
    if len(texts) < 2:  # noqa: PLR2004 -- one text is joined with nothing
        return texts[0] if texts else None
    doubts = tuple(chain.from_iterable(each.doubts for each in texts))
    if not any(each.is_html for each in texts):
        return MailText("\n\n".join(each.text.strip("\n") for each in texts), doubts=doubts)
    marked = (each.text if each.is_html else f"<div>{as_html(each.text)}</div>" for each in texts)
    return MailText("\n".join(marked), is_html=True, doubts=doubts)


def _find_attached(part: Message, depth: int) -> Iterator[Attached]:
    """Yield what goes with a message, however its parts are nested."""
    children = _children(part)
    if depth > _DEEPEST:
        return
    if part.get_content_maintype() == "message" and children:
        yield Attached("", part.get_content_type(), b"", _take_apart(children[0], depth + 1))
    elif children:
        for child in children:
            yield from _find_attached(child, depth + 1)
    elif part.get_content_maintype() in {"text", "application"} and _is_attachment(part):
        name = decode_words(part.get_filename() or "")
        yield Attached(name, part.get_content_type(), _bytes_of(part))
