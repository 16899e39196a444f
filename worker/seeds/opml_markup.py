"""The outlines of an OPML document that is not well-formed, as their writers meant them.

An address with a bare ``&`` is the commonest fault. Others are HTML's entities, quotes that are missing or too many,
end tags that are missing, a document that is cut off, and a program's warning above it. Only outlines are looked for:
whatever else is broken does no harm. The time is linear in the length of the document.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from worker.basics.markup import decode_entities

# How far a document's first outline may be from its start.
_HEAD = 65_536
_FIRST = re.compile(r"<(?:opml|outline)(?=[\s/>])", re.IGNORECASE)
_ENTITY_DECLARATION = re.compile(r"<!ENTITY\b", re.IGNORECASE)
_TOKEN = re.compile(r"<(!--|!\[CDATA\[|\?|/?(?:outline|opml|head|body)(?=[\s/>]|$))", re.IGNORECASE)
# Outlines in these are none.
_ASIDES = {"!--": "-->", "![CDATA[": "]]>", "?": "?>"}
_NAME = re.compile(r"[\s/]*([^\s=>\"'/]+)\s*(?:=\s*([\"'])?)?")
_UNQUOTED = re.compile(r"[^\s>]*?(?=/?>|\s|$)")
_TAG_END = re.compile(r"\s*(?:/\s*)?>")
_NOT_A_NAME = re.compile(r"[\s\"'=/]+")
# A quote ends a value where the tag ends or another attribute begins. One that does not is a part of the value; and
# where the quote is missing, so that the next attribute or the end of the tag is seen first, the value ends there.
_VALUE_ENDS = {
    quote: re.compile(
        rf"{quote}(?=\s*(?:/?>|\Z|(?:[\w:.-]+\s+){{0,4}}[\w:.-]+\s*(?:=|\Z)))"
        r"|(?=\s(?:text|title|type|url|xmlurl|htmlurl|description|category|version|language|created)\s*=\s*[\"'])"
        r"|(?=/?>\s*\Z)",
        re.IGNORECASE,
    )
    for quote in "\"'"
}


@dataclass(frozen=True, slots=True)
class Tag:
    """Where an outline begins, or where one ends."""

    place: int
    """Of its first character in the text."""
    is_end: bool = False
    is_empty: bool = False
    """Whether the outline ends where it begins."""
    is_cut: bool = False
    """Whether the tag does not end, and lacks a whole address."""
    attributes: dict[str, str] = field(default_factory=dict)
    """Their names are in lower case."""


def has_outlines(text: str) -> bool:
    """Say whether a text looks like OPML, whatever stands before it."""
    return _FIRST.search(text, 0, _HEAD) is not None


def declares_entities(text: str) -> bool:
    """Say whether a document type before the first outline declares entities."""
    first = _FIRST.search(text, 0, _HEAD)
    return _ENTITY_DECLARATION.search(text, 0, first.start() if first else _HEAD) is not None


def read_tags(text: str) -> Iterator[Tag]:
    """Yield the tags of all outlines, in the order of the text."""
    unclosed: set[str] = set()
    token = _TOKEN.search(text)
    while token:
        kind = token[1].lower()
        after = token.end()
        if (closing := _ASIDES.get(kind.upper())) and closing not in unclosed:
            end = text.find(closing, after)
            # What is never closed hides nothing, and is not looked for again.
            unclosed |= {closing} if end < 0 else set()
            after = max(after, end)
        following = _TOKEN.search(text, after)
        if kind == "/outline":
            yield Tag(token.start(), is_end=True)
        elif kind == "outline":
            inside = text[after : following.start() if following else len(text)]
            is_before_end = following is not None and following[1].lower() == "/outline"
            yield _read_tag(token.start(), inside, is_before_end=is_before_end)
        token = following


def _read_tag(place: int, inside: str, *, is_before_end: bool) -> Tag:
    """Read what stands between an outline's name and the next tag."""
    attributes: dict[str, str] = {}
    position, is_whole = 0, True
    while is_whole and not (end := _TAG_END.match(inside, position)) and position < len(inside):
        name = _NAME.match(inside, position)
        if name is None:
            stray = _NOT_A_NAME.match(inside, position)
            position = stray.end() if stray else position + 1
            continue
        value, position, is_whole = _read_value(inside, name)
        attributes.setdefault(name[1].lower(), value)
    is_closed = bool(end and "/" in end[0])
    # A feed has no outlines below it: one whose end tag is missing ends where it begins.
    is_feed = bool(attributes.get("xmlurl") or attributes.get("url"))
    is_empty = is_closed or (is_feed and not (end and is_before_end))
    is_cut = not end and not (is_whole and "xmlurl" in attributes)
    return Tag(place, is_empty=is_empty, is_cut=is_cut, attributes=attributes)


def _read_value(inside: str, name: re.Match[str]) -> tuple[str, int, bool]:
    """Return an attribute's value, where it ends, and whether it has an end."""
    start = name.end()
    # Without its semicolon a reference is none: ``?lang=en&copy=2`` is an address.
    if name[2]:
        if end := _VALUE_ENDS[name[2]].search(inside, start):
            return decode_entities(inside[start : end.start()]), end.end(), True
        return decode_entities(inside[start:].partition(">")[0].rstrip()), start, False
    if "=" not in name[0]:
        return "", start, True
    unquoted = _UNQUOTED.match(inside, start)
    assert unquoted, "it may be empty"
    return decode_entities(unquoted[0]), unquoted.end(), unquoted.end() < len(inside)
