"""XML of newsrooms: read as a tree of elements, of which the body is written as HTML.

Names lose their prefixes: ``<headline>`` and ``<nar:headline>`` are the same. There are no entities but those of HTML,
and a tree is bounded in depth and size. Nothing is made safe here: normalise cleans all HTML alike.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from html.entities import html5
from xml.parsers import expat

from worker.basics.charset import decode
from worker.basics.markup import VOID_ELEMENTS
from worker.basics.media_rules import read_pixels
from worker.basics.text import clean, fold
from worker.errors import ErrorClass, PermanentError, RejectedError
from worker.values.due_feeds import Document

_DEEPEST = 100
_MOST_ELEMENTS = 100_000
_LONGEST_TEXT = 4_000

# HTML that means the same as an element of NITF 3; the others, people and places among them, are text or HTML already.
_HTML_NAMES = {
    "block": "div",
    "bq": "blockquote",
    "credit": "p",
    "datasource": "p",
    "fn": "p",
    "hl1": "h1",
    "hl2": "h2",
    "lang": "span",
    "media": "figure",
    "media-caption": "figcaption",
    "media-producer": "small",
    "note": "div",
    # Infomaker's, of many papers in Scandinavia.
    "element": "p",
    "group": "div",
    "idf": "div",
    # TT's own, in Swedish.
    "BILD": "figure",
    "BILDSKAPARE": "small",
    "BILDTEXT": "figcaption",
    "BRODTEXT": "div",
    "CITAT": "p",
    "INGRESS": "div",
    "MELLIS": "h2",
    "RUBRIK": "h2",
    "TEXT": "div",
}
# As the editors of STT name it.
_NAMED_DASH = "<endash>-</endash>"
# What no article spells out; < and > may be meant so.
_ESCAPED_TWICE = re.compile(r"&(?:amp;)?(?:#\d{2,6}|quot|apos|nbsp);|&amp;(?=\s)")
# Where each element has lines of its own, so has the mark behind it.
_MARK_ON_NEXT_LINE = re.compile(r"^[ \t]*\r?\n[ \t]*(?=[.,;:!?)](?:\s|$))")
_ESCAPED_IN_MARKUP = re.compile(r"&amp;(?=(?:#\d{2,6}|quot|apos|nbsp|amp);)")
# Binary pictures, data about data, and what has fields of its own.
_DROPPED = frozenset(
    "media-metadata media-object nitf-table-metadata byline dateline hedline BYLINE DAT BILDFIL".split()
)
# With what TT's own element for a line of speech stands.
_SPOKEN = {"CITAT": "– "}


@dataclass(slots=True)
class Node:
    """An element: its name and attributes without prefixes, its children and text in order."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    parts: list["Node | str"] = field(default_factory=list)


def read_tree(document: Document) -> Node:
    """Return the root of an XML document; PollError when it is broken, or cannot be read safely."""
    text = clean(decode(document.body, document.content_type), len(document.body))
    return _Builder().build(text.encode())


class _Builder:
    """An expat parser and the elements that are open; a class because expat calls back."""

    def __init__(self) -> None:
        self._root = Node("")
        self._open = [self._root]
        self._elements = 0
        # We have decoded the text, whatever encoding the document declares.
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.SkippedEntityHandler = self._named_character
        self._parser.EntityDeclHandler = self._refuse_entity

    def build(self, body: bytes) -> Node:
        try:
            self._parser.Parse(body, True)
        except expat.ExpatError as error:
            sentence = f"the document is broken at line {error.lineno}: {expat.errors.messages[error.code]}"
            raise PermanentError(ErrorClass.PARSE, sentence) from error
        return next(children(self._root))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._open) > _DEEPEST or self._elements > _MOST_ELEMENTS:
            sentence = f"the document has more than {_MOST_ELEMENTS:,} elements, or nests them deeper than {_DEEPEST}"
            raise RejectedError(ErrorClass.TOO_BIG, sentence)
        node = Node(_local(name), {_local(key): value for key, value in attributes.items() if key != "xmlns"})
        self._open[-1].parts.append(node)
        self._open.append(node)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].parts.append(text)

    def _named_character(self, name: str, is_parameter: bool) -> None:  # noqa: FBT001 -- expat's own signature
        # NITF's document type declares the names of HTML, and we do not read it.
        if not is_parameter:
            self._text(html5.get(f"{name};", f"&{name};"))

    def _refuse_entity(self, _name: str, is_parameter: bool, *_: object) -> None:  # noqa: FBT001 -- as above
        # Old wires name the types of their bodies by parameter entities, <!ENTITY % nitf SYSTEM …>: nobody reads those.
        # An honest article has no use for others of its own; chains of them crash expat itself.
        if not is_parameter:
            raise RejectedError(ErrorClass.PARSE, "the document declares entities, which is refused")


def unescape_markup(markup: str) -> str:
    """Return markup in which no character is named by a code that was escaped twice."""
    return _ESCAPED_IN_MARKUP.sub("&", markup)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def children(node: Node | None, name: str | None = None) -> Iterator[Node]:
    """Yield the child elements, or those of one name; a missing node has none."""
    for part in node.parts if node else ():
        if isinstance(part, Node) and name in {None, part.name}:
            yield part


def find_node(node: Node | None, *path: str) -> Node | None:
    """Return the first element at the end of a path of names; None where there is none."""
    for name in path:
        node = next(children(node, name), None)
    return node


def read_attribute(node: Node | None, name: str) -> str | None:
    """Return an attribute, clean and trimmed; None where it is missing or empty."""
    return (fold(node.attributes.get(name, "")[:_LONGEST_TEXT]) or None) if node else None


def line_of(node: Node | None) -> str | None:
    """Return all text within an element as one line; None where it has none."""
    return (fold(unescape_twice("".join(_texts(node))[:_LONGEST_TEXT])) or None) if node else None


def unescape_twice(text: str) -> str:
    """Return a text with the characters that it still names by a code, since its publisher escaped it twice."""
    text = text.replace(_NAMED_DASH, "–")
    return _ESCAPED_TWICE.sub(lambda named: unescape(named[0]), text) if "&" in text else text


def _texts(node: Node) -> Iterator[str]:
    for part in node.parts:
        if isinstance(part, str):
            yield part
        else:
            yield from _texts(part)


def write_html(nodes: Iterable[Node]) -> str:
    """Return elements as HTML."""
    return "".join(piece for node in nodes for piece in _write(node)).strip()


def _write(node: Node) -> Iterator[str]:
    if node.name in _DROPPED:
        return
    if node.name == "media-reference":
        source, text = picture_url(node), read_attribute(node, "alternate-text") or ""
        yield f'<img src="{escape(source)}" alt="{escape(text)}">' if source else ""
        return
    if node.name == "frac":
        above, below = (line_of(find_node(node, name)) or "" for name in ("frac-num", "frac-den"))
        yield escape(f"{above}/{below}", quote=False)
        return
    name = _HTML_NAMES.get(node.name, node.name)
    # person, org and chron are words of a sentence; name.given and the like have names that HTML cannot have.
    is_tag = _is_html_name(name)
    if is_tag:
        attributes = (f' {key}="{escape(value)}"' for key, value in node.attributes.items() if _is_html_name(key))
        yield f"<{name}{''.join(attributes)}>{_SPOKEN.get(node.name, '')}"
    before: Node | str = ""
    for part in _parts_to_write(node) if name not in VOID_ELEMENTS else ():
        if isinstance(part, Node):
            yield from _write(part)
        else:
            text = _MARK_ON_NEXT_LINE.sub("", part, count=1) if isinstance(before, Node) else part
            yield escape(unescape_twice(text), quote=False)
        before = part
    if is_tag and name not in VOID_ELEMENTS:
        yield f"</{name}>"


def _parts_to_write(node: Node) -> list["Node | str"]:
    """Return an element's parts; of a medium in several sizes one picture."""
    if node.name != "media":
        return node.parts
    widest = find_widest_picture(children(node, "media-reference"))
    return [part for part in node.parts if isinstance(part, str) or part.name != "media-reference" or part is widest]


def _is_html_name(name: str) -> bool:
    return name.isascii() and name.replace("-", "").isalnum()


def find_widest_picture(references: Iterable[Node]) -> Node | None:
    """Return the widest picture of some media references, the first of equals; None where none is a picture."""
    return max(filter(picture_url, references), key=read_width, default=None)


def read_width(picture: Node) -> int:
    """Return the width of a picture in pixels; 0 where it is not said."""
    return read_pixels(read_attribute(picture, "width"))


def picture_url(reference: Node) -> str | None:
    """Return the address of a media reference that is a picture."""
    media_type = read_attribute(reference, "mime-type") or "image/"
    source = read_attribute(reference, "source") or ""
    # A number in its owner's archive leads nowhere.
    return source if media_type.startswith("image/") and ("." in source or "/" in source) else None
