"""What newsrooms put into the entries of feeds: articles in NITF, and AP's metadata (WebFeeds).

NITF stands in an entry's content or description, as elements or as text, or beside them. AP's feeds have the headline,
byline and dateline of a story in ``ContentMetadata``, and whether and when it may be published in ``NewsManagement``.
"""

from collections.abc import Iterator
from itertools import chain
from typing import TypeAlias
from xml.etree.ElementTree import Element

from worker.errors import PollError
from worker.parse.references import mend_references
from worker.parse.tree_text import Parts, Scope, UnreadableError, local_name, read_element_text
from worker.values.due_feeds import Document
from worker.values.entries import Entry, Notice
from worker.values.frozen import replace
from worker.wire.days import read_moment
from worker.wire.newsroom.newsroom_entry import Skipped, combine_entries, judge_status, read_urgency
from worker.wire.newsroom.newsroom_tree import Node, find_node, read_attribute, read_tree
from worker.wire.newsroom.newsroom_words import read_dateline_element, read_words
from worker.wire.newsroom.nitf import read_inner_article
from worker.wire.transmissions.categories import ANPA_PRIORITIES

_Facts: TypeAlias = dict[str, list[Element]]

_WITHIN = ("content", "html content", "summary")
_NITF = ("<nitf", "<?xml", "<!")
_STARTS = frozenset(start[:2] for start in _NITF)
_DEEPEST = 100
_LONGEST = 4_000
_TAGS = frozenset({"ap subject", "ap geography", "ap organization", "ap party"})  # codespell:ignore -- AP's spelling


def may_be_newsroom(entry: Entry, parts: Parts) -> bool:
    """Say, at once for nearly all entries, whether one may hold something of a newsroom."""
    if "nitf" in parts or "ap metadata" in parts or "ap management" in parts:
        return True
    return (entry.content or "")[:2] in _STARTS or (entry.summary or "")[:2] in _STARTS


def as_newsroom(entry: Entry, parts: Parts, scope: Scope) -> Entry | Skipped:
    """Return an entry with what a newsroom says in it, or why it must not be published."""
    nitf = _find_nitf(entry, parts, scope)
    facts = _sort_facts(chain(parts.get("ap metadata", ()), parts.get("ap management", ())))
    if nitf is None and not facts:
        return entry
    kind = _attribute(facts, "characteristics", "MediaType")
    if kind and kind.casefold() != "text":
        return Skipped(f"it is of the type {kind.casefold()!r}, not a text")
    inner = read_inner_article(nitf) if nitf else Entry()
    told = _with_facts(_combine(entry, inner), inner, facts)
    docdata = find_node(nitf, "head", "docdata") if nitf else None
    status = _text(facts, "publishingstatus") or read_attribute(docdata, "management-status")
    release = read_attribute(find_node(docdata, "date.release"), "norm")
    judged = judge_status(told, status, _embargo(facts, (status or "").casefold(), release))
    return read_words(judged) if isinstance(judged, Entry) else judged


def _find_nitf(entry: Entry, parts: Parts, scope: Scope) -> Node | None:
    """Return the article in an entry, as elements or as text; None where there is none that can be read."""
    within = (child for role in _WITHIN for element in parts.get(role, ()) for child in element)
    for element in chain(parts.get("nitf", ()), within):
        if scope.roles[element.tag] == "nitf":
            return _as_node(element, 0)
    for text in filter(None, (entry.content, entry.summary)):
        # A document type would declare things, and is not needed.
        start = text.find("<nitf") if text.startswith(_NITF) else -1
        if start >= 0:
            try:
                return read_tree(Document("", mend_references(text[start:], {}).encode(errors="replace")))
            except PollError:
                # Broken: it stays the text that it is.
                continue
    return None


def _as_node(element: Element, depth: int) -> Node:
    if depth > _DEEPEST:
        raise UnreadableError
    attributes = {name.rpartition("}")[2]: value for name, value in element.items()}
    node = Node(element.tag.rpartition("}")[2], attributes, [element.text] if element.text else [])
    for child in element:
        node.parts.append(_as_node(child, depth + 1))
        if child.tail:
            node.parts.append(child.tail)
    return node


def _combine(entry: Entry, inner: Entry) -> Entry:
    """Return a feed's entry with the article in it: identity and dates are the feed's, the rest is the article's."""
    has_body = bool(inner.content)
    outer = replace(
        entry, content=None if has_body else entry.content, summary=_own_summary(entry) if has_body else None
    )
    article = replace(
        inner,
        link=None,
        published=None,
        updated=None,
        tags=tuple(dict.fromkeys((*entry.tags, *inner.tags))),
        has_plain_title=inner.has_plain_title and bool(inner.title),
    )
    combined = combine_entries(article, outer)
    return replace(
        combined,
        summary=(inner.summary or outer.summary) if has_body else entry.summary,
        is_plain_text=inner.is_plain_text if has_body else entry.is_plain_text,
        has_plain_title=inner.has_plain_title if inner.title else entry.has_plain_title,
    )


def _own_summary(entry: Entry) -> str | None:
    """Return the summary, unless it is the article itself."""
    is_article = entry.summary is not None and (entry.summary == entry.content or entry.summary.startswith(_NITF))
    return None if is_article else entry.summary


def _sort_facts(holders: Iterator[Element]) -> _Facts:
    """Return the elements of AP's metadata by their names in lower case."""
    facts: _Facts = {}
    for fact in (fact for holder in holders for fact in holder):
        facts.setdefault(local_name(fact), []).append(fact)
    return facts


def _text(facts: _Facts, name: str) -> str | None:
    texts = (read_element_text(fact, _LONGEST) for fact in facts.get(name, ()))
    return next(filter(None, texts), None)


def _attribute(facts: _Facts, name: str, attribute: str) -> str | None:
    values = ((fact.get(attribute) or "").strip()[:_LONGEST] for fact in facts.get(name, ()))
    return next(filter(None, values), None)


def _with_facts(entry: Entry, inner: Entry, facts: _Facts) -> Entry:
    """Return an entry with what AP's metadata say of it; what the article in it says goes before."""
    dateline = read_dateline_element(_text(facts, "dateline"), None)
    place = _attribute(facts, "datelinelocation", "City") or dateline.place
    headline = _text(facts, "headline") or _text(facts, "extendedheadline")
    bylines = tuple(filter(None, (read_element_text(byline, _LONGEST) for byline in facts.get("byline", ()))))
    is_for_editors = (_text(facts, "consumerready") or "").casefold() == "false"
    said = Entry(
        authors=bylines,
        agency=dateline.agency or _text(facts, "source"),
        dateline_place=place,
        slug=_text(facts, "slugline"),
        note=_text(facts, "editorialnote") or _text(facts, "instruction"),
        urgency=read_urgency(_attribute(facts, "priority", "Numeric")) or _priority(facts),
        version=_text(facts, "managementsequencenumber"),
        item_id=_text(facts, "managementid"),
        notice=Notice.ADVISORY if is_for_editors else None,
    )
    told = combine_entries(entry, said)
    return replace(
        told,
        # The title of the feed may be the slug, and its author the agency.
        title=inner.title or headline or entry.title,
        has_plain_title=bool(inner.title or headline) or entry.has_plain_title,
        authors=inner.authors or bylines or entry.authors,
        tags=tuple(dict.fromkeys((*entry.tags, *_subjects(facts)))),
    )


def _priority(facts: _Facts) -> int | None:
    return ANPA_PRIORITIES.get((_text(facts, "editorialpriority") or "").casefold())


def _subjects(facts: _Facts) -> Iterator[str]:
    for subject in facts.get("subjectclassification", ()):
        if (subject.get("Authority") or "").casefold() in _TAGS and (value := (subject.get("Value") or "").strip()):
            yield value[:_LONGEST]


def _embargo(facts: _Facts, status: str, release: str | None) -> str | None:
    """Return until when an article is embargoed; AP says when its status will be another, in UTC."""
    if status == "withheld":
        return None
    changes = _attribute(facts, "publishingstatus", "statusChangeOn") if status == "embargoed" else None
    told = read_moment(changes or "")
    return told.isoformat() if told else changes or release
