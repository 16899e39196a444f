"""Texts of elements: as they stand, or with the markup that is inside them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias
from xml.etree.ElementTree import Element

from worker.basics.wording import LONGEST_NAME, LONGEST_URL, is_text_type, looks_like_html, resolve_url, tidy_text
from worker.parse.vocabulary import BASE, LANGUAGE, Roles

Parts: TypeAlias = dict[str, list[Element]]
"""The elements of an entry or a feed, by role and in document order."""

_PLAIN, _HTML, _XHTML = "text/plain", "text/html", "application/xhtml+xml"
_TYPES = {"text": _PLAIN, "plain": _PLAIN, "html": _HTML, "xhtml": _XHTML}
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_DEEPEST = 200
# Resolving costs what the base has of steps, for each link of each entry again.
_LONGEST_BASE = 1_000
# Groups hold contents, contents hold thumbnails.
_DEEPEST_GROUP = 3


class UnreadableError(Exception):
    """The document is well-formed, but holds something that only feedparser can read."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an element inherits from those around it."""

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
        # An empty language says that there is none to inherit.
        language = self.language if language is None else tidy_text(language, LONGEST_NAME)
        return replace(self, base=base if len(base) <= _LONGEST_BASE else self.base, language=language)


@dataclass(frozen=True, slots=True)
class Words:
    """A text, what it is, and what it inherits from the elements around it."""

    text: str
    is_plain: bool
    scope: Scope


def sort_parts(element: Element, roles: Roles) -> Parts:
    """Sort the children of an element by role; what stands in media groups counts as if it stood beside them."""
    parts: Parts = {}
    _sort_into(parts, element, roles, 0)
    return parts


def _sort_into(parts: Parts, element: Element, roles: Roles, depth: int) -> None:
    for child in element:
        role = roles[child.tag]
        if not role:
            continue
        parts.setdefault(role, []).append(child)
        if role in {"media", "media group"} and depth < _DEEPEST_GROUP:
            _sort_into(parts, child, roles, depth + 1)


def plain_text(element: Element, longest: int) -> str | None:
    """Return the text of an element whatever stands between."""
    return tidy_text("".join(element.itertext()) if len(element) else element.text, longest)


def texts(elements: Iterable[Element], longest: int) -> Iterator[str]:
    """Return those texts of elements that say something."""
    return (text for element in elements if (text := plain_text(element, longest)))


def last_text(elements: Sequence[Element], longest: int) -> str | None:
    """Return the text of the last element that says something."""
    return next(texts(reversed(elements), longest), None)


def read_words(element: Element, scope: Scope, default: str, longest: int) -> Words | None:
    """Return a text that may hold markup; ``default`` is its type where it declares none."""
    if not len(element) and not (element.text or "").strip():
        return None
    declared = (element.get("type") or default).lower()
    media_type = _TYPES.get(declared, declared)
    mode = element.get("mode")
    if mode == "base64" or not is_text_type(media_type):
        # RFC 4287, section 4.1.3.3: a picture, or another file.
        raise UnreadableError
    content = _content_of(element)
    if len(content) or (media_type.endswith("xml") and mode != "escaped"):
        text, is_plain = tidy_text(_markup_inside(content), longest), False
    else:
        text, is_plain = tidy_text(content.text, longest), media_type == _PLAIN
    if text is None:
        return None
    # Only Atom keeps its word on what is plain.
    is_plain = is_plain and (scope.is_atom or not looks_like_html(text))
    return Words(text, is_plain, scope.within(element))


def _content_of(element: Element) -> Element:
    """Return the div that holds all of a text and is no part of it (RFC 4287, section 3.1.1.3)."""
    if len(element) != 1 or _local_name(element[0]) != "div":
        return element
    (div,) = element
    return element if (element.text or "").strip() or (div.tail or "").strip() else div


def _markup_inside(element: Element) -> str:
    pieces: list[str] = []
    _write_inside(element, pieces, 0)
    return "".join(pieces)


def _write_inside(element: Element, pieces: list[str], depth: int) -> None:
    if depth > _DEEPEST:
        raise UnreadableError
    pieces.append(_escape(element.text))
    for child in element:
        name = _local_name(child)
        pieces.append(f"<{name}{_attributes(child)}>")
        _write_inside(child, pieces, depth + 1)
        if name not in _VOID:
            pieces.append(f"</{name}>")
        pieces.append(_escape(child.tail))


def _attributes(element: Element) -> str:
    # Those of other namespaces mean nothing in HTML.
    own = ((name, value) for name, value in element.items() if "}" not in name)
    return "".join(f' {name}="{_escape(value).replace(chr(34), "&quot;")}"' for name, value in own)


def _local_name(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower()


def _escape(text: str | None) -> str:
    return (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
