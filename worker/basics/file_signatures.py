"""The first bytes by which files are known that are neither text nor a feed, whatever their names say.

Some of them would pass for text: a PDF begins with lines of it, and between its streams may lie the control characters
by which wires part their messages.
"""

import re

_SIGNATURES = (
    (rb"(?:\xef\xbb\xbf)?\s{0,80}%PDF-\d", "a PDF"),
    (rb"(?:\xef\xbb\xbf)?\s{0,80}\{\\rtf\d", "a word processor's document (RTF)"),
    (rb"(?:\x04|\s{0,80})%!PS-Adobe", "PostScript for a printer"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of an old Office (.doc, .xls, .ppt, .msg)"),
    (rb"PK(?:\x03\x04|\x05\x06|\x07\x08)", "a zip archive"),
    (rb"\x1f\x8b\x08", "a gzip archive"),
    (rb"BZh[1-9]1AY&SY", "a bzip2 archive"),
    (rb"\xfd7zXZ\x00", "an xz archive"),
    (rb"\x28\xb5\x2f\xfd", "a zstd archive"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (rb"Rar!\x1a\x07", "a RAR archive"),
    (rb"\x89PNG\r?\n\x1a\r?\n|GIF8[79]a|\xff\xd8\xff|II\*\x00|MM\x00\*|RIFF[\x00-\xff]{4}WEBP", "a picture"),
    (rb"[\x00-\xff]{4}ftyp[ -~]{4}|RIFF[\x00-\xff]{4}AVI |\x1aE\xdf\xa3", "a film or a recording"),
    (rb"ID3[\x02-\x04][\x00-\x0f]|OggS\x00|fLaC\x00|RIFF[\x00-\xff]{4}WAVE", "a recording"),
    (rb"SQLite format 3\x00", "a database (SQLite)"),
    # Its metadata follow: text may begin with the four letters.
    (rb"PAR1\x15", "a table (Parquet)"),
    (rb"\x7fELF|MZ[\x00-\xff]{6}[\x00-\x02]\x00\x00\x00", "a program"),
)
_SIGNED = re.compile(b"|".join(b"(%b)" % signature for signature, _ in _SIGNATURES))


def find_signature(body: bytes) -> str | None:
    """Return what a file is by its first bytes; None where they say nothing."""
    signed = _SIGNED.match(body)
    return _SIGNATURES[signed.lastindex - 1][1] if signed and signed.lastindex else None
