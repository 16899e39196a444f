"""Decode a document's bytes: by their byte order mark, by what they look like, or by a charset that we allow.

A charset is one of the 228 labels of the WHATWG Encoding Standard, whoever declares it. UTF-7 has none of them: what it
hides passes every check that looks at bytes.
"""

import codecs
import re
from contextlib import suppress

import webencodings

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
_UTF_8, _LATIN, _WIDE = "utf-8", "cp1252", frozenset({"utf-16-le", "utf-16-be"})
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
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.ASCII)
_XML_CHARSET = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']?([\w.:-]{1,40})")
# How far a declaration may be from the start, behind what a program said of itself.
_HEAD = 4_096
# How many bytes in characters of UTF-8 outweigh one that is none: hardly any in Latin look like those, but every
# seventh character of GBK does.
_FEW, _MANY = 1, 10
_BEYOND_ASCII = bytes(range(0x80, 0x100))
# Half a character of UTF-16 as three bytes of UTF-8, which is what CESU-8 is.
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
# Python's way to write a byte that is no UTF-8 into a string (PEP 383).
_STRAY_BYTES = re.compile("[\udc80-\udcff]+")
_BEGUN_CHARACTER = re.compile(rb"[\xe1-\xef][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]?")
# The commonest of those that are cut in half: a quotation mark or a dash, a picture.
_SURELY_BEGUN = re.compile(rb"\xe2\x80|\xf0\x9f[\x80-\xbf]?|\xed[\xa0-\xbf][\x80-\xbf]")


def decode(body: bytes, content_type: str | None) -> str:
    """Return the text of a document: by its mark, else as UTF-8 if it is that, as declared, or as windows-1252.

    A document in UTF-8 may have stray bytes, most often from another document in windows-1252: they are read as that.
    """
    if shown := sniff_encoding(body):
        encoding, mark_length = shown
        body = body[mark_length:]
        return _decode_utf8(_join_halves(body)) if encoding == _UTF_8 else body.decode(encoding, "replace")
    declared = _declared_encodings(body, content_type)
    # Far more feeds mislabel UTF-8 than other text happens to be valid UTF-8.
    if _NOT_LIKE_UTF8.isdisjoint(declared):
        with suppress(UnicodeDecodeError):
            return body.decode()
        joined = _join_halves(body)
        if _UTF_8 in declared or _is_mostly_utf8(joined, _FEW if {_LATIN}.issuperset(declared) else _MANY):
            return _decode_utf8(joined)
    for encoding in declared:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    return body.decode(declared[0] if declared else _LATIN, "replace")


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
    return next(marks, None) or next(starts, None)


def _is_mostly_utf8(body: bytes, times: int) -> bool:
    """Say whether a document has at least so many times more bytes in characters of UTF-8 than in what is none."""
    sound = len(body.decode(errors="ignore").encode())
    return sound - len(body.translate(None, _BEYOND_ASCII)) >= times * (len(body) - sound)


def _decode_utf8(body: bytes) -> str:
    return _STRAY_BYTES.sub(_read_stray_bytes, body.decode(errors="surrogateescape"))


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


def _declared_encodings(body: bytes, content_type: str | None) -> list[str]:
    http, xml = _HTTP_CHARSET.search(content_type or ""), _XML_CHARSET.search(body, 0, _HEAD)
    of_host = find_codecs(http[1]) if http else ()
    # Text in UTF-16 without a single zero byte has no space and no full stop either: it is something else.
    if not _WIDE.isdisjoint(of_host) and (b"\x00" not in body or body.lstrip()[:1] == b"<"):
        of_host = ()
    of_document = find_codecs(xml[1].decode("ascii")) if xml else ()
    # What could be read as ASCII is not wide (WHATWG HTML, section 13.2.3.2).
    return [*of_host, *(encoding if encoding not in _WIDE else _UTF_8 for encoding in of_document)]


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
