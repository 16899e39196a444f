"""The alphabet of ANPA 1312: what stood for signs that seven bits did not have, and marks for the typesetter.

A dash is an underscore, quotation marks are pairs of accents, a half is an opening brace, an accent is struck over its
letter. ``^`` opens a line that is set apart, ``<`` (quad left) or ``=`` (quad centre) closes it.
"""

import re
import unicodedata

_ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", '"': "\u0308", ",": "\u0327"}
_OVERSTRUCK = re.compile(r"([A-Za-z])\x08(['`^~\",])")
# Between words, and alone in a cell of a table: a rule of three or more stays.
_DASH = re.compile(r"(?<![^\s;])_{1,2}(?![^\s;])")
# Some wires write 3{ for three and a half.
_HALF = re.compile(r"(?<=\d)\{|(?<![^\s;])\{(?![^\s;])")
_TYPESETTING = str.maketrans("", "", "".join(map(chr, (*range(1, 9), *range(14, 32)))))


def read_signs(line: str) -> str:
    """Return a line as it is printed, without typesetting codes."""
    line = _OVERSTRUCK.sub(_strike_over, line) if "\x08" in line else line
    line = line.translate(_TYPESETTING)
    line = _HALF.sub("½", _DASH.sub("—", line))
    line = line.replace("```", "“‘").replace("'''", "’”").replace("``", "“").replace("''", "”")
    if "`" in line:
        # Its closing one is an apostrophe too.
        line = line.replace("`", "‘").replace("'", "’")
    return line


def is_closed(line: str) -> bool:
    """Say whether a line ends with a mark for the typesetter."""
    return _cut_marks(line) != line


def is_centred(line: str) -> bool:
    """Say whether a line is set in the middle, as a heading or a byline is."""
    return line.rstrip(" \t@!").endswith("=")


def without_marks(line: str) -> str:
    """Return a line without the marks that set it apart."""
    return _cut_marks(line.strip(" \t^")).strip()


def _cut_marks(line: str) -> str:
    """Return a line without the marks that close it: without an expression, which would go through blanks again."""
    marked = line.rstrip(" \t").removesuffix("!")
    bare = marked.rstrip("<=")
    return line if bare == marked else bare.removesuffix("@").rstrip(" \t")


def _strike_over(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", found[1] + _ACCENTS[found[2]])
