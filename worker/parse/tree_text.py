"""What elements of a feed say: their texts, plain or with markup inside, and their children sorted by role."""

from collections.abc import Iterator
from html import escape
from typing import TypeAlias
from xml.etree.ElementTree import Element

from worker.basics.field_rules import (
    LONGEST_NAME,
    LONGEST_URL,
    as_html,
    is_text_type,
    link_relation,
    resolve_url,
    tidy_text,
)
from worker.basics.markup import VOID_ELEMENTS, looks_like_html
from worker.parse.references import escape_markup
from worker.parse.vocabulary import BASE, LANGUAGE, Roles
from worker.values.frozen import dataclass, replace

Parts: TypeAlias = dict[str, list[Element]]
"""The elements of an entry or a feed, by role and in document order; links by their relation too: ``link self``."""

_PLAIN, _HTML, _XHTML = "text/plain", "text/html", "application/xhtml+xml"
_TYPES = {"text": _PLAIN, "plain": _PLAIN, "html": _HTML, "xhtml": _XHTML}
# What texts of these roles are where they declare no type; all others are plain.
_HTML_ROLES = {"summary", "html content"}
_DEEPEST = 200
# Each link of each entry is resolved against the base, at a price that grows with the base's length.
_LONGEST_BASE = 1_000
# Groups hold contents, contents hold thumbnails.
_DEEPEST_GROUP = 3


class UnreadableError(Exception):
    """The document holds something that only feedparser can read."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an element inherits from the elements around it."""

    roles: Roles
    is_atom: bool
    base: str = ""
    language: str | None = None

    def within(self, element: Element) -> "Scope":
        """Return the scope inside an element (xml:base, xml:lang)."""
        if not element.attrib:
            return self
        base, language = element.get(BASE), element.get(LANGUAGE)
        if base is None and language is None:
            return self
        base = resolve_url(self.base, tidy_text(base, LONGEST_URL) or "")
        # An empty xml:lang takes back the inherited language.
        language = self.language if language is None else tidy_text(language, LONGEST_NAME)
        return replace(self, base=base if len(base) <= _LONGEST_BASE else self.base, language=language)


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text, whether it is plain, and the scope it is in."""

    text: str
    is_plain: bool
    scope: Scope

    @property
    def is_text(self) -> bool:
        """Whether its format says that it is text; in RSS it may only look like it."""
        return self.is_plain and self.scope.is_atom

    def as_title(self) -> str | None:
        """Return it as HTML, unless its format says that it is text."""
        return as_html(self.text, is_plain=self.is_plain and not self.is_text)


def sort_parts(element: Element, roles: Roles, depth: int = 0) -> Parts:
    """Sort an element's children by role; the members of media groups count as children too."""
    parts: Parts = {}
    for child in element:
        role = roles[child.tag]
        if not role:
            continue
        if role == "link":
            role = f"link {link_relation(child.get('rel'))}"
        parts.setdefault(role, []).append(child)
        if role in {"media", "media group"} and len(child) and depth < _DEEPEST_GROUP:
            for inner_role, members in sort_parts(child, roles, depth + 1).items():
                parts.setdefault(inner_role, []).extend(members)
    return parts


def read_element_text(element: Element, longest: int) -> str | None:
    """Return the text of an element and of everything inside it."""
    return tidy_text("".join(element.itertext()) if len(element) else element.text, longest)


def last_text(parts: Parts, role: str, longest: int = LONGEST_NAME) -> str | None:
    """Return the last text that an element of a role has; empty ones do not count."""
    for element in reversed(parts.get(role, ())):
        if text := read_element_text(element, longest):
            return text
    return None


def read_marked_texts(parts: Parts, scope: Scope, longest: int, *roles: str) -> Iterator[MarkedText]:
    """Yield the texts, with or without markup, that the elements of some roles have."""
    for role in roles:
        if role in parts:
            default = _HTML if role in _HTML_ROLES else _PLAIN
            for element in parts[role]:
                if text := _read_marked_text(element, scope, default, longest):
                    yield text


def _read_marked_text(element: Element, scope: Scope, default: str, longest: int) -> MarkedText | None:
    if not len(element) and not (element.text or "").strip():
        return None
    media_type, mode = _declared(element, default) if element.attrib else (default, None)
    content = _content_of(element) if len(element) else element
    if len(content) or (media_type.endswith("xml") and mode != "escaped"):
        pieces: list[str] = []
        _write_inside(content, pieces, 0)
        text, is_plain = tidy_text("".join(pieces), longest), False
    else:
        text, is_plain = tidy_text(content.text, longest), media_type == _PLAIN
    if text is None:
        return None
    # Only Atom feeds can be believed about what is plain.
    is_plain = is_plain and (scope.is_atom or not looks_like_html(text))
    return MarkedText(text, is_plain, scope.within(element))


def _declared(element: Element, default: str) -> tuple[str, str | None]:
    """Return the media type of an element's text, and how it is written; UnreadableError where it is no text."""
    declared = (element.get("type") or default).lower()
    media_type, mode = _TYPES.get(declared, declared), element.get("mode")
    if mode == "base64" or not is_text_type(media_type):
        # RFC 4287, section 4.1.3.3: a picture, or another file.
        raise UnreadableError
    return media_type, mode


def _content_of(element: Element) -> Element:
    """Return the div that wraps a whole text and is no part of it (RFC 4287, section 3.1.1.3), else the element."""
    if len(element) != 1 or local_name(element[0]) != "div":
        return element
    (div,) = element
    return element if (element.text or "").strip() or (div.tail or "").strip() else div


def _write_inside(element: Element, pieces: list[str], depth: int) -> None:
    if depth > _DEEPEST:
        raise UnreadableError
    pieces.append(escape(element.text or "", quote=False))
    for child in element:
        name = local_name(child)
        pieces.append(f"<{name}{_attributes(child)}>")
        _write_inside(child, pieces, depth + 1)
        if name not in VOID_ELEMENTS:
            pieces.append(f"</{name}>")
        pieces.append(escape(child.tail or "", quote=False))


def _attributes(element: Element) -> str:
    # Attributes of other namespaces mean nothing in HTML.
    own = ((name, value) for name, value in element.items() if "}" not in name)
    return "".join(f' {name}="{escape_markup(value)}"' for name, value in own)


def local_name(element: Element) -> str:
    """Return an element's name without its namespace, in lower case."""
    return element.tag.rpartition("}")[2].lower()
