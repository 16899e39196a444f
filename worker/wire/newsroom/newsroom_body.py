"""The body of a newsroom's item: elements, markup that was escaped, or lines as a wire sends them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from worker.basics.field_rules import LONGEST_CONTENT
from worker.basics.text import clean, fold
from worker.values.entries import Entry
from worker.wire.dispatch import split_paragraphs
from worker.wire.newsroom.newsroom_tree import (
    Node,
    children,
    line_of,
    unescape_markup,
    unescape_twice,
    write_html,
)
from worker.wire.wire_tables import has_wide_gap, is_rule, write_paragraphs

_MARKUP = re.compile(
    r"</?(?:p|br|b|i|em|strong|u|div|span|a|ul|ol|li|h[1-6]|table|tr|td|pre|blockquote|img|hr|section|article)"
    r"(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_LONE_PARAGRAPH = re.compile(r"\s*<p>([^<>]*)</p>\s*", re.IGNORECASE)
_BEGINNING = re.compile(r"[ \t]{2,}\S")
_HEADINGS = frozenset({"h1", "h2", "hl1", "hl2", "element", "RUBRIK"})
_WRAPPERS = frozenset({"block", "div", "group", "idf", "section"})
# Wires wrap their lines before this.
_LONGEST_WRAPPED = 100


def read_body(body: Node, headline: str | None) -> Entry:
    """Return the text of an element, in an entry that says nothing else; its own copy of the headline is left out."""
    if any(children(body)):
        parts = [*_without_head(body, headline)]
        if lines := _lone_paragraph(parts):
            return _read_lines(lines)
        # A name that HTML cannot have stands for its parts alone, words between elements among them.
        html = clean(write_html([Node("data.content", parts=parts)]), LONGEST_CONTENT)
        return Entry(content=html or None)
    return read_text("".join(part for part in body.parts if isinstance(part, str)))


def read_text(written: str) -> Entry:
    """Return a body that is only text, which may be markup that was escaped."""
    text = clean(written, LONGEST_CONTENT).strip("\r\n")
    if lone := _LONE_PARAGRAPH.fullmatch(text):
        text = lone[1].strip("\n") if _is_of_a_wire(lone[1]) else text
    if not text.strip():
        return Entry()
    if _MARKUP.search(text):
        return Entry(content=unescape_markup(text.strip()))
    text = unescape_twice(text)
    return _read_lines(text) if _is_of_a_wire(text) else Entry(content=text.strip(), is_plain_text=True)


def _read_lines(text: str) -> Entry:
    """Return the lines of a wire as an entry: each paragraph begins after a blank line or with an indented one."""
    content, is_plain = write_paragraphs(split_paragraphs(text.expandtabs(4)))
    return Entry(content=content, is_plain_text=is_plain)


def _has_table(lines: Sequence[str]) -> bool:
    """Say whether half of the lines are surely a table's."""
    rows = sum(has_wide_gap(line) or is_rule(line) for line in lines)
    return len(lines) > 1 and 2 * rows >= len(lines)


def _is_of_a_wire(text: str) -> bool:
    """Say whether lines are a wire's: some begin a paragraph by their indentation, and the next do not."""
    lines = [line for line in text.expandtabs(4).split("\n") if line.strip()]
    begins = [bool(_BEGINNING.match(line)) for line in lines]
    if all(begins):
        # Each line is a paragraph, or a margin is before them.
        return any(len(line) > _LONGEST_WRAPPED for line in lines)
    return _has_table(lines) or any(first and not second for first, second in pairwise(begins))


def _without_head(body: Node, headline: str | None) -> Iterator[Node | str]:
    """Yield the parts without a head of their own, which says again what other elements say."""
    elements = [*children(body)]
    is_head_first = len(elements) > 1 and elements[0].name == "header"
    for part in body.parts:
        if is_head_first and part is elements[0]:
            continue
        if isinstance(part, Node) and part.name in _HEADINGS and is_same_line(line_of(part), headline):
            continue
        if isinstance(part, Node) and part.name in _WRAPPERS and part is elements[0]:
            yield replace(part, parts=[*_without_head(part, headline)])
        else:
            yield part


def is_same_line(one: str | None, other: str | None) -> bool:
    """Say whether two lines have the same words, whatever their capitals."""
    return bool(one and other) and fold(one or "").casefold() == fold(other or "").casefold()


def _lone_paragraph(parts: Sequence[Node | str]) -> str | None:
    """Return the lines of a wire that stand in one paragraph; None for any other body."""
    said = [part for part in parts if isinstance(part, Node) or not part.isspace()]
    if len(said) != 1:
        return None
    (lone,) = said
    if isinstance(lone, str):
        return lone if _is_of_a_wire(lone) else None
    text = "".join(part for part in lone.parts if isinstance(part, str))
    is_text = lone.name in {"p", "pre"} and not any(children(lone))
    return unescape_twice(text) if is_text and _is_of_a_wire(text) else None
