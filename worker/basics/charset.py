"""Decode a document's bytes: by their mark, by what they look like, by a charset that we allow, or by a guess.

A charset is one of the 228 labels of the WHATWG Encoding Standard, whoever declares it. UTF-7 has none of them: what it
hides passes every check that looks at bytes.
"""

import codecs
import re
from contextlib import suppress
from functools import lru_cache
from itertools import chain

import webencodings

from worker.basics.guessed_encoding import find_utf_16, guess_encoding, is_iso_2022_jp
from worker.values.frozen import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Two characters of ASCII in a wide encoding are plain to see without a mark (XML 1.0, appendix F).
_WIDE_STARTS = tuple(
    (re.compile(start.replace(b"A", rb"[\t\n\r -~]")), encoding)
    for start, encoding in (
        (rb"A\0\0\0A\0\0\0", "utf-32-le"),
        (rb"\0\0\0A\0\0\0A", "utf-32-be"),
        (rb"A\0A\0", "utf-16-le"),
        (rb"\0A\0A", "utf-16-be"),
    )
)
_UTF_8, _LATIN, _JAPANESE = "utf-8", "cp1252", "iso2022_jp_ext"
_WIDE = frozenset({"utf-16-le", "utf-16-be"})
# Bytes in these encodings may be valid UTF-8 too, and mean something else.
_NOT_LIKE_UTF8 = _WIDE | {"iso2022_jp"}
# Python's codecs for an encoding of the standard where the one of its name does not read all of it, the next one
# reading more. The standard has documents in ISO-2022-KR and HZ shown to nobody ("replacement"), since what they hide
# passes checks too; bytes that are their own characters are no text (HTML, section 13.2.3.2, takes them for Latin).
_CODECS: dict[str, tuple[str, ...]] = {
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "gbk": ("gb18030",),
    "iso-2022-jp": ("iso2022_jp", "iso2022_jp_ext"),
    "replacement": (),
    "x-user-defined": (_LATIN,),
}
_ASCII = frozenset({"ansi_x3.4-1968", "ascii", "us-ascii"})
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.ASCII)
_INNER_CHARSET = re.compile(
    rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']?([\w.:-]{1,40})|"
    rb"<(?i:meta)\s[^<>]{0,200}?(?i:charset)\s*=\s*[\"']?([\w.:-]{1,40})"
)
# How far a declaration may be from the start, behind what a program said of itself.
_HEAD = 4_096
# How many bytes in characters of UTF-8 outweigh one that is none: hardly any in Latin look like those, some in short
# texts of Japanese do, and every seventh character of GBK.
_FEW, _SOME, _MANY = 1, 3, 10
_HARDLY_ANY = 20
_BEYOND_ASCII, _BEYOND_ASCII_TEXT = bytes(range(0x80, 0x100)), re.compile(r"[^\x00-\x7f]")
# Of so many characters beyond ASCII one may be broken, and a declared encoding is believed.
_TO_BE_BELIEVED = 10
_USUAL = "windows-1252"
_STRAYS = f"bytes in it that are not UTF-8 were read as {_USUAL}"
# Half a character of UTF-16 as three bytes of UTF-8, which is what CESU-8 is.
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
# Python's way to write a byte that is no UTF-8 into a string (PEP 383).
_STRAY_BYTES = re.compile("[\udc80-\udcff]+")
_BEGUN_CHARACTER = re.compile(rb"[\xe1-\xef][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]?")
# The commonest of those that are cut in half: a quotation mark or a dash, a picture.
_SURELY_BEGUN = re.compile(rb"\xe2\x80|\xf0\x9f[\x80-\xbf]?|\xed[\xa0-\xbf][\x80-\xbf]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a document, and what had to be guessed of its encoding: a clause, or none."""

    text: str
    doubts: tuple[str, ...] = ()
    is_utf8: bool = False
    """True where all of it was read as UTF-8 at once; False may be valid UTF-8 too."""


def decode(body: bytes, content_type: str | None) -> str:
    """Return the text of a document, as ``decode_with_doubts`` reads it."""
    return decode_with_doubts(body, content_type).text


def decode_with_doubts(body: bytes, content_type: str | None) -> Decoded:
    """Return the text of a document: by its mark, else as UTF-8 if it is that, as declared, or as is likeliest.

    A document in UTF-8 may have stray bytes, most often from another document in windows-1252: they are read as that.
    """
    if shown := sniff_encoding(body):
        encoding, mark_length = shown
        body = body[mark_length:]
        return _decode_utf8(_join_halves(body)) if encoding == _UTF_8 else Decoded(body.decode(encoding, "replace"))
    labels = _declared_labels(body, content_type)
    # What is ASCII is UTF-8: a document that is not has nothing in the encoding that these names declare.
    believed = (label for label in labels if label.lower() not in _ASCII)
    declared = [*chain.from_iterable(map(find_codecs, believed))]
    # Far more feeds mislabel UTF-8 than other text happens to be valid UTF-8.
    if _NOT_LIKE_UTF8.isdisjoint(declared) and (decoded := _read_utf8(body, declared)):
        return decoded
    for encoding in declared:
        with suppress(UnicodeDecodeError):
            return Decoded(body.decode(encoding))
    return _decode_by_guess(body, labels, declared)


def _read_utf8(body: bytes, declared: list[str]) -> Decoded | None:
    """Return what a document says in UTF-8, or in the only other encoding that passes for it; None if it is neither."""
    with suppress(UnicodeDecodeError):
        text = body.decode()
        is_japanese = b"\x1b" in body and is_iso_2022_jp(body)
        return Decoded(body.decode(_JAPANESE)) if is_japanese else Decoded(text, is_utf8=True)
    joined = _join_halves(body)
    # XML is in UTF-8 unless it says otherwise (section 4.3.3).
    is_meant = bool(declared) or body[:_HEAD].lstrip()[:1] == b"<"
    is_likely = {_LATIN, _UTF_8}.issuperset(declared)
    if _is_mostly_utf8(joined, (_FEW if is_meant else _SOME) if is_likely else _MANY):
        return _decode_utf8(joined)
    # Where hardly anything is beyond ASCII, half a character outweighs the whole ones.
    is_hardly_any = _UTF_8 in declared and len(joined) - _count_sound(joined) <= _HARDLY_ANY
    decoded = _decode_utf8(joined) if is_hardly_any else None
    return decoded if decoded and "\ufffd" in decoded.text else None


def _decode_by_guess(body: bytes, labels: list[str], declared: list[str]) -> Decoded:
    """Return the text of a document that declares no encoding, or one in which its bytes are no text."""
    if declared and declared[0] != _UTF_8:
        text = body.decode(declared[0], "replace")
        lost = text.count("\ufffd")
        if _TO_BE_BELIEVED * lost <= len(_BEYOND_ASCII_TEXT.findall(text)):
            return Decoded(text, (f"{lost} of its characters could not be read in {labels[0]}, its declared encoding",))
    untrue = f"it is declared to be in {labels[0]}, in which its bytes are no text: " if labels else ""
    guessed = guess_encoding(body)
    name, codec = (guessed.name, guessed.codec) if guessed else (_USUAL, _LATIN)
    if _UTF_8 in declared and name == _USUAL:
        return _decode_utf8(_join_halves(body))
    return Decoded(body.decode(codec, "replace"), (f"{untrue}its encoding was guessed to be {name}",))


def is_utf8(body: bytes) -> bool:
    """Say whether a document is valid UTF-8 as a whole."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def sniff_encoding(body: bytes) -> tuple[str, int] | None:
    """Return the encoding that the first bytes show, and how many of them are a mark, not text."""
    marks = ((encoding, len(mark)) for mark, encoding in _MARKS if body.startswith(mark))
    starts = ((encoding, 0) for start, encoding in _WIDE_STARTS if start.match(body))
    if shown := next(marks, None) or next(starts, None):
        return shown
    unmarked = find_utf_16(body)
    return (unmarked, 0) if unmarked else None


def _is_mostly_utf8(body: bytes, times: int) -> bool:
    """Say whether a document has at least so many times more bytes in characters of UTF-8 than in what is none."""
    sound = _count_sound(body)
    return sound - len(body.translate(None, _BEYOND_ASCII)) >= times * (len(body) - sound)


def _count_sound(body: bytes) -> int:
    return len(body.decode(errors="ignore").encode())


def _decode_utf8(body: bytes) -> Decoded:
    text, strays = _STRAY_BYTES.subn(_read_stray_bytes, body.decode(errors="surrogateescape"))
    return Decoded(text, (_STRAYS,) if strays else ())


def _join_halves(body: bytes) -> bytes:
    """Return the bytes with each character that was written as two halves as one."""
    return _HALVES.sub(lambda halves: _as_utf16(halves[0]).decode("utf-16-be").encode(), body)


def _as_utf16(halves: bytes) -> bytes:
    return halves.decode(errors="surrogatepass").encode("utf-16-be", "surrogatepass")


def _read_stray_bytes(found: re.Match[str]) -> str:
    stray = found[0].encode(errors="surrogateescape")
    # Programs that count bytes cut characters in half. Letters of Latin stand among ASCII.
    is_behind_another = found.start() > 0 and found.string[found.start() - 1] > "\x7f"
    is_begun = _SURELY_BEGUN.fullmatch(stray) or (is_behind_another and _BEGUN_CHARACTER.fullmatch(stray))
    return "\ufffd" if is_begun else stray.decode(_LATIN, "replace")


def _declared_labels(body: bytes, content_type: str | None) -> list[str]:
    """Return the names of encodings that a document is declared to be in and may be in, the host's first."""
    http, inner = _HTTP_CHARSET.search(content_type or ""), _INNER_CHARSET.search(body, 0, _HEAD)
    of_host = http[1] if http else ""
    # Text in UTF-16 without a single zero byte has no space and no full stop either: it is something else.
    if not _WIDE.isdisjoint(find_codecs(of_host)) and (b"\x00" not in body or body.lstrip()[:1] == b"<"):
        of_host = ""
    of_document = (inner[1] or inner[2]).decode("ascii") if inner else ""
    # What could be read as ASCII is not wide (WHATWG HTML, section 13.2.3.2).
    of_document = of_document if _WIDE.isdisjoint(find_codecs(of_document)) else _UTF_8
    return [label for label in (of_host, of_document) if find_codecs(label)]


@lru_cache(maxsize=64)
def find_codecs(label: str) -> tuple[str, ...]:
    """Return Python's codecs for a label of the Encoding Standard, the narrowest first; none for any other."""
    encoding = webencodings.lookup(label) or webencodings.lookup(_python_name(label))
    if encoding is None:
        return ()
    return _CODECS.get(encoding.name, (encoding.codec_info.name,))


def _python_name(label: str) -> str:
    """Return Python's name for an encoding, since writers do not agree on hyphens (``windows_1251``, ``latin-1``)."""
    try:
        return codecs.lookup(label).name.replace("_", "-")
    except LookupError:
        return ""
