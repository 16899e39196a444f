"""NewsML-G2 (https://iptc.org/std/NewsML-G2/), alone or in a news message; NITF and NewsML 1 are told from it here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from worker.basics.field_rules import as_html, read_length
from worker.values.due_feeds import Document
from worker.values.entries import Enclosure, Entry, Notice, ParsedDocument
from worker.wire.days import read_day
from worker.wire.newsroom.newsml_1 import list_items, read_basic_moment, read_envelope, read_item
from worker.wire.newsroom.newsml_content import media_type_of, read_content
from worker.wire.newsroom.newsml_notes import read_contacts, read_note
from worker.wire.newsroom.newsroom_body import is_same_line
from worker.wire.newsroom.newsroom_entry import (
    Skipped,
    as_document,
    combine_entries,
    judge_status,
    read_urgency,
    read_version_name,
)
from worker.wire.newsroom.newsroom_tree import (
    Node,
    children,
    find_node,
    line_of,
    read_attribute,
    read_tree,
    read_width,
)
from worker.wire.newsroom.newsroom_words import choose_agency, read_dateline_element
from worker.wire.newsroom.nitf import read_nitf
from worker.wire.newsroom.ritzau import ROOTS as RITZAU_ROOTS
from worker.wire.newsroom.ritzau import list_news, read_news
from worker.wire.notice_lines import weightiest_notice

# What the other kinds of items are (NewsML-G2 Guidelines, "Item types").
_OTHER_ITEMS = {
    "packageItem": "a package of other items",
    "conceptItem": "a concept",
    "knowledgeItem": "a set of concepts",
    "planningItem": "a plan of coverage",
    "catalogItem": "a catalogue of vocabularies",
}
_TEXTS = frozenset({"text", "composite"})
_WRITER = re.compile("author|writ|report|journal|correspond")
_PACKAGES = ("packageItem", "knowledgeItem")
_SIGNALS = {
    "sig:correction": Notice.CORRECTION,
    "sig:update": Notice.UPDATE,
    "sig:kill": Notice.KILL,
    # Reuters and TT have vocabularies of their own.
    "edstat:c": Notice.CORRECTION,
    "edstat:u": Notice.UPDATE,
    "tt_sig:replace": Notice.UPDATE,
}


@dataclass(frozen=True, slots=True)
class _Header:
    """What a news message says of all its items."""

    sender: str | None = None
    priority: int | None = None


def read_newsroom_xml(document: Document, max_entries: int) -> ParsedDocument:
    """Read NITF, NewsML or Ritzau's XML; PollError where it is broken, or nothing in it may be published."""
    root = read_tree(document)
    if root.name == "nitf":
        return as_document("nitf", [root], read_nitf, max_entries)
    if root.name in RITZAU_ROOTS:
        return as_document("ritzau", list_news(root), read_news, max_entries)
    if root.name == "NewsML":
        read = partial(read_item, envelope=read_envelope(root))
        parsed = as_document("newsml-1", list_items(root), read, max_entries)
        return replace(parsed, updated=read_basic_moment(find_node(root, "NewsEnvelope", "DateAndTime")))
    header = find_node(root, "header") or find_node(root, "Header")
    sent = line_of(find_node(header, "sent") or find_node(header, "Sent"))
    told = _Header(line_of(find_node(header, "sender")), read_urgency(line_of(find_node(header, "priority"))))
    parsed = as_document("newsml-g2", [*_list_items(root)], partial(_read_item, header=told), max_entries)
    return replace(parsed, updated=sent)


def _list_items(root: Node) -> Iterator[Node]:
    """Yield the items of a message, or the one that a document is; a package that holds news stands for its items."""
    items = [item for each in children(root, "itemSet") for item in children(each)]
    for item in items if root.name == "newsMessage" else [root]:
        held = [*_find_news(item)] if item.name in _PACKAGES else []
        yield from held or [item]


def _find_news(node: Node) -> Iterator[Node]:
    for child in children(node):
        if child.name == "newsItem":
            yield child
        else:
            yield from _find_news(child)


def _read_item(item: Node, header: _Header) -> Entry | Skipped:
    """Return the article that an item is, or why it is none or must not be published."""
    if item.name != "newsItem":
        return Skipped(f"it is {_name_other(item)}, not news itself")
    meta = find_node(item, "itemMeta")
    kind = _code(find_node(meta, "itemClass")) or "text"
    if kind not in _TEXTS:
        return Skipped(f"it is of the class {kind!r}, not a text")
    entry = _read_meta(item, header)
    contents = [*children(item, "contentSet")]
    entry = combine_entries(entry, read_content(contents, entry))
    return judge_status(entry, _code(find_node(meta, "pubStatus")), _embargo(meta))


def _name_other(item: Node) -> str:
    name = _OTHER_ITEMS.get(item.name, f"of the kind {item.name!r}")
    references = sum(1 for _ in _references(item)) if item.name == "packageItem" else 0
    return f"a package that refers to other items ({references})" if references else name


def _references(node: Node) -> Iterator[Node]:
    for child in children(node):
        if child.name == "itemRef":
            yield child
        yield from _references(child)


def _embargo(meta: Node | None) -> str | None:
    """Return the moment at which an embargo ends, nothing where its publisher says when; None for none."""
    embargo = find_node(meta, "embargoed")
    if embargo is None or (moment := line_of(embargo)):
        return moment if embargo else None
    # In a form whose other fields are blank too, it was not filled in either.
    is_form = any(not (line_of(each) or each.attributes) for each in children(meta) if each is not embargo)
    return None if is_form else ""


def _read_meta(item: Node, header: _Header) -> Entry:
    meta, content = find_node(item, "itemMeta"), find_node(item, "contentMeta")
    language = read_attribute(find_node(content, "language"), "tag") or read_attribute(item, "lang")
    created = line_of(find_node(meta, "firstCreated")) or line_of(find_node(content, "contentCreated"))
    changed = line_of(find_node(meta, "versionCreated")) or line_of(find_node(content, "contentModified"))
    dateline = read_dateline_element(line_of(find_node(content, "dateline")), read_day(created or changed))
    contents = find_node(item, "contentSet")
    slug, title = line_of(find_node(content, "slugline")), _headline(content) or line_of(find_node(meta, "title"))
    return Entry(
        guid=read_attribute(item, "guid"),
        title=title,
        has_plain_title=True,
        summary=as_html(_summary(content, title)),
        authors=_authors(item, meta, content, language),
        published=created or changed,
        updated=changed,
        language=language,
        tags=tuple(dict.fromkeys(filter(None, _tags(item, content, language)))),
        enclosures=tuple(_recordings(contents)),
        image_url=_image(contents),
        dateline_place=dateline.place or _name(find_node(content, "located") or find_node(meta, "located"), language),
        dateline_date=dateline.filed_on,
        agency=dateline.agency or _agency(item, content, language, header),
        slug=slug,
        notice=weightiest_notice(*map(_signal, children(meta, "signal"))),
        note=read_note(meta),
        urgency=read_urgency(line_of(find_node(content, "urgency"))) or header.priority,
        version=read_version_name(read_attribute(item, "version"), changed),
        item_id=read_attribute(item, "guid"),
    )


def _headline(content: Node | None) -> str | None:
    """Return the headline without a role, which is the main one, else the first."""
    headlines = sorted(children(content, "headline"), key=lambda headline: read_attribute(headline, "role") is not None)
    return next(filter(None, map(line_of, headlines)), None)


def _summary(content: Node | None, title: str | None) -> str | None:
    """Return a description that says more than slug and headline, else the headline below the main one."""
    descriptions = sorted(children(content, "description"), key=lambda each: _code_of(each, "role") != "summary")
    described = filter(None, map(line_of, descriptions))
    second = (line_of(each) for each in children(content, "headline") if "sub" in _code_of(each, "role"))
    slug = line_of(find_node(content, "slugline")) or ""
    said = (text for text in (*described, *filter(None, second)) if not is_same_line(text, title))
    return next((text for text in said if not (title and text == f"{slug}:{title}")), None)


def _authors(item: Node, meta: Node | None, content: Node | None, language: str | None) -> tuple[str, ...]:
    if bylines := tuple(filter(None, map(line_of, children(content, "by")))):
        return bylines
    if contacts := read_contacts(meta):
        return contacts
    # What supplied a text is no person.
    suppliers = {name for node in _suppliers(item, content) for name in _names(node, language)}
    writers = (each for each in children(content, "contributor") if _WRITER.search(_role_of(each)))
    names = [_name(each, language) for each in [*children(content, "creator"), *writers]]
    return tuple(dict.fromkeys(name for name in names if name and name not in suppliers))


def _role_of(contributor: Node) -> str:
    return f"{_code_of(contributor, 'role')} {_code_of(contributor, 'jobtitle')}"


def _suppliers(item: Node, content: Node | None) -> Iterator[Node]:
    yield from children(content, "infoSource")
    yield from children(find_node(item, "itemMeta"), "provider")
    yield from children(find_node(item, "rightsInfo"), "copyrightHolder")


def _agency(item: Node, content: Node | None, language: str | None, header: _Header) -> str | None:
    names = chain.from_iterable(_names(node, language) for node in _suppliers(item, content))
    credit = (line_of(find_node(content, "creditline")) or "").strip(" -–—")
    return choose_agency((*names, credit, header.sender))


def _names(node: Node, language: str | None) -> Iterator[str]:
    """Yield the names by which an element tells a party: in words, then by its code."""
    code = (read_attribute(node, "qcode") or "").partition(":")[2]
    yield from filter(None, (_name(node, language), read_attribute(node, "literal"), code))


def _tags(item: Node, content: Node | None, language: str | None) -> Iterator[str | None]:
    # A subject that is only a code may have its name elsewhere in the item.
    asserted = {read_attribute(node, "qcode"): _name(node, language) for node in children(item, "assert")}
    for subject in children(content, "subject"):
        code = read_attribute(subject, "qcode")
        # Beside a code, or as one, a literal names no subject.
        is_code = code or ":" in (read_attribute(subject, "literal") or "")
        named = _name(subject, language) if not is_code or find_node(subject, "name") else None
        yield named or asserted.get(code)
    yield from map(line_of, children(content, "keyword"))


def _name(node: Node | None, language: str | None) -> str | None:
    """Return the name of the concept that a node refers to, in the item's language where it has several."""
    names = [name for name in children(node, "name") if "mnemonic" not in _code_of(name, "role")]
    own = [name for name in names if (read_attribute(name, "lang") or "")[:2] == (language or "")[:2]]
    return next(filter(None, map(line_of, [*own, *names])), None) or read_attribute(node, "literal")


def _signal(signal: Node) -> Notice | None:
    return _SIGNALS.get((read_attribute(signal, "qcode") or "").casefold())


def _image(contents: Node | None) -> str | None:
    """Return the widest remote picture."""
    pictures = [node for node in children(contents, "remoteContent") if media_type_of(node).startswith("image/")]
    hrefs = (read_attribute(node, "href") for node in sorted(pictures, key=read_width, reverse=True))
    return next(filter(None, hrefs), None)


def _recordings(contents: Node | None) -> Iterator[Enclosure]:
    for node in children(contents, "remoteContent"):
        href = read_attribute(node, "href")
        if href and media_type_of(node).startswith(("audio/", "video/")):
            yield Enclosure(href, media_type_of(node), read_length(read_attribute(node, "size")))


def _code_of(node: Node, attribute: str) -> str:
    return (read_attribute(node, attribute) or "").rpartition(":")[2].casefold()


def _code(node: Node | None) -> str | None:
    """Return a controlled value by its name in its vocabulary: ``stat:usable``, or a URI that ends in it."""
    written = read_attribute(node, "qcode") or read_attribute(node, "uri") or ""
    return written.replace("/", ":").rpartition(":")[2].casefold() or None
