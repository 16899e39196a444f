"""NewsML-G2 (https://iptc.org/std/NewsML-G2/), alone or in a news message; NITF and NewsML 1 are told from it here."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from worker.basics.field_rules import LONGEST_CONTENT, as_html, read_length
from worker.basics.text import clean
from worker.values.due_feeds import Document
from worker.values.entries import Enclosure, Entry, Notice, ParsedDocument
from worker.wire.days import read_day
from worker.wire.newsroom.newsml_1 import list_items, read_basic_moment, read_item
from worker.wire.newsroom.newsroom_entry import (
    Skipped,
    as_document,
    combine_entries,
    judge_status,
    read_dateline_alone,
    read_urgency,
)
from worker.wire.newsroom.newsroom_tree import (
    Node,
    children,
    find_node,
    line_of,
    read_attribute,
    read_tree,
    read_width,
    write_html,
)
from worker.wire.newsroom.nitf import read_inner_article, read_nitf

# What the other kinds of items are (NewsML-G2 Guidelines, "Item types").
_OTHER_ITEMS = {
    "packageItem": "a package of other items",
    "conceptItem": "a concept",
    "knowledgeItem": "a set of concepts",
    "planningItem": "a plan of coverage",
    "catalogItem": "a catalogue of vocabularies",
}
_TEXTS = frozenset({"text", "composite"})
_SIGNALS = {"correction": Notice.CORRECTION, "update": Notice.UPDATE}


def read_newsroom_xml(document: Document, max_entries: int) -> ParsedDocument:
    """Read NITF or NewsML; PollError where the document is broken, or nothing in it may be published."""
    root = read_tree(document)
    if root.name == "nitf":
        return as_document("nitf", [root], read_nitf, max_entries)
    if root.name == "NewsML":
        parsed = as_document("newsml-1", list_items(root), read_item, max_entries)
        return replace(parsed, updated=read_basic_moment(find_node(root, "NewsEnvelope", "DateAndTime")))
    is_message = root.name == "newsMessage"
    items = [item for each in children(root, "itemSet") for item in children(each)] if is_message else [root]
    parsed = as_document("newsml-g2", items, _read_item, max_entries)
    return replace(parsed, updated=line_of(find_node(root, "header", "sent")))


def _read_item(item: Node) -> Entry | Skipped:
    """Return the article that an item is, or why it is none or must not be published."""
    if item.name != "newsItem":
        return Skipped(f"it is {_OTHER_ITEMS.get(item.name, f'of the kind {item.name!r}')}, not news itself")
    meta = find_node(item, "itemMeta")
    kind = _code(find_node(meta, "itemClass")) or "text"
    if kind not in _TEXTS:
        return Skipped(f"it is of the class {kind!r}, not a text")
    entry = combine_entries(_read_meta(item), _read_content(find_node(item, "contentSet")))
    embargo = find_node(meta, "embargoed")
    # An embargo without a moment ends when its publisher says so.
    return judge_status(entry, _code(find_node(meta, "pubStatus")), (line_of(embargo) or "") if embargo else None)


def _read_meta(item: Node) -> Entry:
    meta, content, contents = find_node(item, "itemMeta"), find_node(item, "contentMeta"), find_node(item, "contentSet")
    language = read_attribute(find_node(content, "language"), "tag") or read_attribute(item, "lang")
    created = line_of(find_node(meta, "firstCreated")) or line_of(find_node(content, "contentCreated"))
    dateline = read_dateline_alone(line_of(find_node(content, "dateline")), read_day(created))
    signals = (_SIGNALS.get(_code(signal) or "") for signal in children(meta, "signal"))
    return Entry(
        guid=read_attribute(item, "guid"),
        title=_headline(content) or line_of(find_node(meta, "title")),
        has_plain_title=True,
        summary=as_html(line_of(find_node(content, "description"))),
        authors=_authors(content, language),
        published=created,
        updated=line_of(find_node(meta, "versionCreated")),
        language=language,
        tags=tuple(filter(None, _tags(item, content, language))),
        enclosures=tuple(_recordings(contents)),
        image_url=_image(contents),
        dateline_place=dateline.place or _name(find_node(content, "located"), language),
        dateline_date=dateline.filed_on,
        agency=dateline.agency or _agency(item, content, language),
        slug=line_of(find_node(content, "slugline")),
        notice=next(filter(None, signals), None),
        note=line_of(find_node(meta, "edNote")),
        urgency=read_urgency(line_of(find_node(content, "urgency"))),
        version=read_attribute(item, "version"),
        item_id=read_attribute(item, "guid"),
    )


def _headline(content: Node | None) -> str | None:
    """Return the headline without a role, which is the main one, else the first."""
    headlines = sorted(children(content, "headline"), key=lambda headline: read_attribute(headline, "role") is not None)
    return next(filter(None, map(line_of, headlines)), None)


def _authors(content: Node | None, language: str | None) -> tuple[str, ...]:
    bylines = tuple(filter(None, map(line_of, children(content, "by"))))
    return bylines or tuple(filter(None, (_name(creator, language) for creator in children(content, "creator"))))


def _agency(item: Node, content: Node | None, language: str | None) -> str | None:
    nodes = chain(
        children(content, "infoSource"),
        children(find_node(item, "itemMeta"), "provider"),
        children(find_node(item, "rightsInfo"), "copyrightHolder"),
    )
    names = (_name(node, language) or (read_attribute(node, "qcode") or "").partition(":")[2] for node in nodes)
    return next(filter(None, names), None) or line_of(find_node(content, "creditline"))


def _tags(item: Node, content: Node | None, language: str | None) -> Iterator[str | None]:
    # A subject that is only a code may have its name elsewhere in the item.
    asserted = {read_attribute(node, "qcode"): _name(node, language) for node in children(item, "assert")}
    for subject in children(content, "subject"):
        yield _name(subject, language) or asserted.get(read_attribute(subject, "qcode"))
    yield from map(line_of, children(content, "keyword"))


def _name(node: Node | None, language: str | None) -> str | None:
    """Return the name of the concept that a node refers to, in the item's language where it has several."""
    names = [*children(node, "name")]
    own = [name for name in names if (read_attribute(name, "lang") or "")[:2] == (language or "")[:2]]
    return next(filter(None, map(line_of, [*own, *names])), None) or read_attribute(node, "literal")


def _image(contents: Node | None) -> str | None:
    """Return the widest remote picture."""
    pictures = [node for node in children(contents, "remoteContent") if _media_type(node).startswith("image/")]
    hrefs = (read_attribute(node, "href") for node in sorted(pictures, key=read_width, reverse=True))
    return next(filter(None, hrefs), None)


def _recordings(contents: Node | None) -> Iterator[Enclosure]:
    for node in children(contents, "remoteContent"):
        href = read_attribute(node, "href")
        if href and _media_type(node).startswith(("audio/", "video/")):
            yield Enclosure(href, _media_type(node), read_length(read_attribute(node, "size")))


def _media_type(node: Node) -> str:
    return read_attribute(node, "contenttype") or ""


def _read_content(contents: Node | None) -> Entry:
    """Return the body: XML before data, since it says more."""
    for inline in children(contents, "inlineXML"):
        if nitf := find_node(inline, "nitf"):
            return read_inner_article(nitf)
        html = find_node(inline, "html", "body")
        if written := clean(write_html(children(html or inline)), LONGEST_CONTENT):
            return Entry(content=written)
    for inline in children(contents, "inlineData"):
        text = clean("".join(part for part in inline.parts if isinstance(part, str)), LONGEST_CONTENT).strip()
        if text and not read_attribute(inline, "encoding"):
            is_html = "html" in (read_attribute(inline, "contenttype") or "") or "</" in text
            return Entry(content=text, is_plain_text=not is_html)
    return Entry()


def _code(node: Node | None) -> str | None:
    """Return a controlled value by its name in its vocabulary: ``stat:usable``, or a URI that ends in it."""
    written = read_attribute(node, "qcode") or read_attribute(node, "uri") or ""
    return written.replace("/", ":").rpartition(":")[2].casefold() or None
