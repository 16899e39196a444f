"""Ritzau's XML, in which the Danish agency delivers: an item (``RBNews``), or the answer of its queue with several."""

import re
from collections.abc import Iterator

from worker.basics.field_rules import as_html
from worker.basics.text import fold
from worker.values.entries import Entry, Notice
from worker.wire.newsroom.newsroom_body import read_text
from worker.wire.newsroom.newsroom_entry import Skipped, judge_status, read_urgency
from worker.wire.newsroom.newsroom_tree import Node, children, find_node, line_of

ROOTS = frozenset({"RBNews", "XMLNewsQueuedResponse"})
"""The names of its documents' root elements."""

_AGENCY = "Ritzau"
# What a version does to the one before it, by the flag that says so.
_FLAGS = (("Korrektion", Notice.CORRECTION), ("NyVersion", Notice.UPDATE))
_TAG = re.compile(r"<[^<>]{0,200}>")


def list_news(root: Node) -> list[Node]:
    """Return the items of a document."""
    return [root] if root.name == "RBNews" else [*_find_news(root)]


def _find_news(node: Node) -> Iterator[Node]:
    for child in children(node):
        if child.name == "RBNews":
            yield child
        else:
            yield from _find_news(child)


def read_news(item: Node) -> Entry | Skipped:
    """Return the article that an item is, or why it must not be published."""
    content = read_text("".join(part for part in _parts(item, "content") if isinstance(part, str)))
    news_id = _line(item, "NewsID")
    entry = Entry(
        guid=news_id,
        title=_line(item, "headline"),
        has_plain_title=True,
        summary=as_html(_without_tags(_line(item, "subtitle"))),
        content=content.content,
        is_plain_text=content.is_plain_text,
        authors=tuple(filter(None, [_line(item, "byLine")])),
        published=_line(item, "PublishDate"),
        updated=_line(item, "PublishDate"),
        language="da",
        tags=tuple(filter(None, [_line(item, "section"), *_keywords(item)])),
        dateline_place=_line(item, "town"),
        agency=_AGENCY,
        slug=_line(item, "strapline"),
        notice=next((notice for name, notice in _FLAGS if _is_set(item, name)), None),
        note=_without_tags(_line(item, "TilRedaktionen")),
        urgency=read_urgency(_line(item, "Priority")),
        version=_line(item, "version"),
        item_id=news_id,
    )
    return judge_status(entry, "killed" if _is_set(item, "Annuleret") else None, None)


def _parts(item: Node, name: str) -> list[Node | str]:
    found = find_node(item, name)
    return found.parts if found else []


def _line(item: Node, name: str) -> str | None:
    return line_of(find_node(item, name))


def _is_set(item: Node, name: str) -> bool:
    return (_line(item, name) or "").casefold() in {"true", "1"}


def _keywords(item: Node) -> Iterator[str | None]:
    yield from map(line_of, children(find_node(item, "SubjectKeyword")))


def _without_tags(markup: str | None) -> str | None:
    return fold(_TAG.sub(" ", markup)) or None if markup else None
