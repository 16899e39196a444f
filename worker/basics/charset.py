"""Decode a document's bytes: by their byte order mark, by what they look like, or by a charset that we allow."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The encodings of the WHATWG Encoding Standard, under Python's names. UTF-7 is not one of them: what it hides passes
# every check that looks at bytes.
_ALLOWED = frozenset(
    codecs.lookup(name).name
    for name in (
        "utf-8 utf-16 utf-16-le utf-16-be windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 "
        "windows-1255 windows-1256 windows-1257 windows-1258 cp874 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 "
        "iso-8859-6 iso-8859-7 iso-8859-8 iso-8859-10 iso-8859-13 iso-8859-14 iso-8859-15 iso-8859-16 koi8-r koi8-u "
        "macintosh cp866 gb18030 big5hkscs euc-jp cp932 iso-2022-jp cp949"
    ).split()
)
# The standard reads these names as what their writers meant, a superset of each (section 4.2).
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be"})
# Markup in UTF-16 is plain to see without a mark (XML 1.0, appendix F).
_WIDE_STARTS = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
# Bytes in these encodings may be valid UTF-8 too, and mean something else.
_NOT_LIKE_UTF8 = _WIDE | {"iso2022_jp"}
_HTTP_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.ASCII)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")


def decode(body: bytes, content_type: str | None) -> str:
    """Return the text of a document: by its mark, else as UTF-8 if it is valid, as declared, or as windows-1252."""
    if shown := sniff_encoding(body):
        encoding, mark_length = shown
        return body[mark_length:].decode(encoding, "replace")
    declared = _declared_encodings(body, content_type)
    # Far more feeds mislabel UTF-8 than other text happens to be valid UTF-8.
    guesses = declared if _NOT_LIKE_UTF8 & set(declared) else ["utf-8", *declared]
    for encoding in guesses:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    # One stray byte in declared UTF-8 must not turn every other letter into two.
    return body.decode("utf-8" if "utf-8" in declared else "cp1252", "replace")


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
    starts = ((encoding, 0) for start, encoding in _WIDE_STARTS if body.startswith(start))
    return next(marks, None) or next(starts, None)


def _declared_encodings(body: bytes, content_type: str | None) -> list[str]:
    http, xml = _HTTP_CHARSET.search(content_type or ""), _XML_CHARSET.match(body)
    names = [http[1] if http else "", xml[1].decode("ascii") if xml else ""]
    allowed = [encoding for name in names if (encoding := _find_allowed(name))]
    # Text in UTF-16 without a single zero byte has no space and no full stop either: it is something else.
    return allowed if b"\x00" in body else [encoding for encoding in allowed if encoding not in _WIDE]


def _find_allowed(name: str) -> str | None:
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        return None
    encoding = _MEANT.get(encoding, encoding)
    return encoding if encoding in _ALLOWED else None
