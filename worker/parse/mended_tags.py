"""The tags of a document that is not well-formed, told from brackets in its text, with their attributes made sound."""

import re
from collections.abc import Mapping

from worker.parse.references import escape_value
from worker.values.frozen import dataclass

_NAME = r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?"
# In no way of matching is a bracket within quotes passed: to look for the second quote must not take long. Each piece
# that may be given back takes memory, so they are few and long; a tag of more than a thousand values has odd quotes.
_TAG = re.compile(rf"""<(/?)({_NAME})(?=[\s/>])((?:[^<>"']++|"[^"<]*+"|'[^'<]*+'){{0,2000}})>""")
_TAG_OF_ODD_QUOTES = re.compile(rf"<(/?)({_NAME})(?=[\s/>])([^<>]*)>")
_TAG_WITH_BRACKETS = re.compile(rf"""<(/?)({_NAME})(?=\s)((?:[^<>"']++|"[^"]*+"|'[^']*+')*)>""")
# But for the first so many tags of a document, which are looked at closely.
_LONGEST_TAG = 4_000
_MOST_LONG_LOOKS = 1_000
_ATTRIBUTE = re.compile(rf"""({_NAME})(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
# What follows a value without its second quote: the next name.
_NEXT_NAME = re.compile(r"\s[\w:.-]{1,40}=$")
# Each mark that comes nowhere costs a look at the whole text: of marks with names no more than so many are sought.
_MOST_MARKS = 200
_ALWAYS_SOUGHT = ("<", ">", "-->", "?>", "<![CDATA[", "]]>")
_BLANK = " \t\r\n/"
_RESERVED = frozenset({"http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"})


class NextMarks:
    """Where marks come next in a text; a class because what was found once is not looked for again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found = dict.fromkeys(_ALWAYS_SOUGHT, -1)

    def find(self, mark: str, at: int) -> int:
        """Return where a mark comes next; behind the end of the text where it does not."""
        found = self._found.get(mark, -1)
        if found < at:
            is_sought = mark in self._found or len(self._found) < _MOST_MARKS
            found = self._text.find(mark, at) if is_sought else -1
            self._found[mark] = found = found if found >= 0 else len(self._text)
        return found


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as it was written, and where it ends."""

    name: str
    attributes: str
    is_end: bool
    is_empty: bool
    end: int


class Tags:
    """Reads the tags of one text; a class because it looks closely only so many times."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._looks = _MOST_LONG_LOOKS

    def read(self, at: int) -> Tag | None:
        """Return the tag that begins at a bracket; None where the bracket begins none."""
        found = _TAG.match(self._text, at) or _TAG_OF_ODD_QUOTES.match(self._text, at) or self._look_closely(at)
        if found is None:
            return None
        slash, name, attributes = found.groups()
        if len(name) == 1 and "=" not in attributes and attributes.strip(_BLANK):
            # No tag, but "a <b and c> d".
            return None
        # An unquoted value takes the slash behind it (HTML, section 13.2.5.38); after an address it ends the tag.
        is_empty = attributes.endswith("/")
        return Tag(name, attributes.removesuffix("/") if is_empty else attributes, bool(slash), is_empty, found.end())

    def _look_closely(self, at: int) -> re.Match[str] | None:
        if not self._looks:
            return None
        self._looks -= 1
        return _TAG_WITH_BRACKETS.match(self._text, at, at + _LONGEST_TAG)


def read_attributes(written: str, entities: Mapping[str, str]) -> dict[str, str]:
    """Return attributes by name, each value ready to be quoted; of two with one name the first counts."""
    read: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(written):
        value = escape_value(_NEXT_NAME.sub("", "".join(values)), entities)
        if name.startswith("xmlns"):
            # Python's SAX, which feedparser reads by, takes what is behind a space for a name.
            value = "%20".join(value.split())
        if not (name.startswith("xmlns:") and _is_no_declaration(name.removeprefix("xmlns:"), value)):
            read.setdefault(name, value)
    return read


def _is_no_declaration(prefix: str, namespace: str) -> bool:
    """Say whether a declaration is against the rules (Namespaces in XML 1.0, section 3)."""
    return not namespace or prefix in {"xml", "xmlns"} or namespace in _RESERVED
