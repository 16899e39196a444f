"""NewsML 1.0 to 1.2 (https://iptc.org/std/NewsML/1.2/), an older format of its own beside NewsML-G2.

A news item is a component, which may hold others: texts, pictures and recordings are the content items within them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from worker.basics.field_rules import as_html
from worker.values.entries import Entry, Notice
from worker.wire.agencies import agency_name, is_agency
from worker.wire.days import read_day, read_moment
from worker.wire.newsroom.newsml_parts import (
    Part,
    formal_name,
    has_words,
    list_parts,
    read_image,
    read_recordings,
    read_texts,
)
from worker.wire.newsroom.newsroom_body import is_same_line
from worker.wire.newsroom.newsroom_entry import (
    Skipped,
    combine_entries,
    judge_status,
    read_urgency,
    read_version_name,
)
from worker.wire.newsroom.newsroom_tree import Node, children, find_node, line_of, read_attribute
from worker.wire.newsroom.newsroom_words import choose_agency, read_dateline_element, read_embargo_words
from worker.wire.words import KINDS

_INSTRUCTIONS = {"update": Notice.UPDATE, "rectify": Notice.CORRECTION, "delete": Notice.KILL}
_TEXTS = frozenset({"text", ""})
# A public identifier names a revision of its item: its number, and whether the update of it is a new one.
_REVISION = re.compile(r":\d+[NAU]?$")
_FEWEST_PARTS_OF_A_NAME = 4
_MOST_LANGUAGES = 20
# 9 is the customers' own, and nothing in the envelope but the item says how urgent that is.
_PRIORITIES = "12345678"
# ANP signs there: Ada Lindqvist (alq).
_SIGNED_SLUG = re.compile(r"((?:[^\W\d_a-z]\S{1,30} ){1,4}\S{2,30}) \([a-z]{2,4}\)")
_NOTE_LINES = frozenset({"advisoryline", "editorialnote", "ednote", "note"})
_SUMMARY_LINES = frozenset({"summary", "abstract"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a document says of all its items."""

    agency: str | None = None
    urgency: int | None = None


def read_envelope(newsml: Node) -> Envelope:
    """Return what the envelope of a document says, for items that do not say it."""
    envelope = find_node(newsml, "NewsEnvelope")
    priority = formal_name(find_node(envelope, "Priority"))
    urgency = int(priority) if priority and priority in _PRIORITIES and len(priority) == 1 else None
    return Envelope(formal_name(find_node(envelope, "SentFrom", "Party")), urgency)


def list_items(newsml: Node) -> list[Node]:
    """Return the news items of a document: those within another one in its place, for it is a package of them."""
    return [item for outer in children(newsml, "NewsItem") for item in _unpack(outer)]


def _unpack(item: Node) -> Iterator[Node]:
    inner = [each for part in list_parts(item) for each in children(part.node, "NewsItem")]
    for each in inner:
        yield from _unpack(each)
    if not inner:
        yield from _split_languages(item)


def _split_languages(item: Node) -> Iterator[Node]:
    """Yield the item once for each language in which it holds a text: each is an article."""
    whole = find_node(item, "NewsComponent")
    marked = [each for each in children(whole, "NewsComponent") if read_attribute(each, "lang")]
    texts = [each for each in marked if has_words(each)] if 1 < len(marked) <= _MOST_LANGUAGES else []
    languages = {(read_attribute(each, "lang") or "").casefold() for each in texts}
    if whole is None or len(texts) <= 1 or len(languages) != len(texts):
        yield item
        return
    for text in texts:
        beside = [part for part in whole.parts if not any(part is each for each in texts)]
        # What is said in this language goes before what is said of all.
        component = Node(text.name, text.attributes, [*text.parts, *beside])
        language = read_attribute(text, "lang") or ""
        others = [part for part in item.parts if part is not whole]
        yield Node(item.name, item.attributes | {"version-in": language.casefold()}, [*others, component])


def read_item(item: Node, envelope: Envelope) -> Entry | Skipped:
    """Return the article that a news item is, or why it is none or must not be published."""
    item = _with_updates(item)
    parts = list_parts(item)
    kinds = {kind for part in parts for kind in part.kinds if kind}
    entry = _read_meta(item, parts, envelope)
    inner = read_texts(parts, entry.title)
    # EFE writes its slug below the headline.
    is_slug = entry.summary and is_same_line(entry.summary, inner.slug)
    entry = combine_entries(replace(entry, summary=None) if is_slug else entry, inner)
    management = find_node(item, "NewsManagement")
    status = (formal_name(find_node(management, "Status")) or "usable").casefold()
    if not entry.content and kinds and kinds.isdisjoint(_TEXTS):
        return Skipped(f"it is of the media type {min(kinds)!r}, not a text")
    references = sum(1 for part in parts for _ in children(part.node, "NewsItemRef"))
    if not kinds and references and not entry.content:
        return Skipped(f"it is a package that refers to other items ({references}), not news itself")
    if find_node(item, "Update") and not (entry.content or entry.title) and status == "usable":
        return Skipped("it amends a part of an earlier revision, which has to be sent whole")
    return judge_status(entry, status, _embargo(management, entry.note) if status == "embargoed" else None)


def _with_updates(item: Node) -> Node:
    """Return an item that only says what replaces parts of its earlier revision, with these in their places."""
    if find_node(item, "NewsComponent") or not find_node(item, "Update"):
        return item
    new = [part for update in children(item, "Update") for order in children(update) for part in children(order)]
    management = find_node(item, "NewsManagement") or Node("NewsManagement")
    # The first of a name counts.
    told = [part for part in new if part.name != "NewsComponent"]
    managed = replace(management, parts=[*told, *management.parts])
    others = [part for part in item.parts if part is not management]
    return replace(item, parts=[*others, managed, *(part for part in new if part.name == "NewsComponent")])


def _read_meta(item: Node, parts: Sequence[Part], envelope: Envelope) -> Entry:
    management, name = find_node(item, "NewsManagement"), find_node(item, "Identification", "NewsIdentifier")
    # A picture beside the text has a headline, a place and keywords of its own.
    told = [part for part in parts if not part.is_picture] or [*parts]
    lines = [node for part in told for node in children(find_node(part.node, "NewsLines"))]  # codespell:ignore
    created = read_basic_moment(find_node(management, "FirstCreated")) or line_of(find_node(name, "DateId"))
    dateline = read_dateline_element(_first_line(lines, "DateLine"), read_day(created))
    item_id, language = _item_id(item, name), _language(item, told)
    urgency, changed = find_node(management, "Urgency"), read_basic_moment(find_node(management, "ThisRevisionCreated"))
    slug = _first_line(lines, "SlugLine") or line_of(find_node(item, "Identification", "NameLabel"))
    signed = _SIGNED_SLUG.fullmatch(slug or "")
    return Entry(
        guid=item_id,
        title=_first_line(lines, "HeadLine"),
        has_plain_title=True,
        summary=as_html(_first_line(lines, "SubHeadLine") or _typed_line(lines, _SUMMARY_LINES)),
        authors=tuple(_authors(lines, told)) or ((signed[1],) if signed else ()),
        published=created,
        updated=changed,
        language=language,
        tags=tuple(dict.fromkeys(_tags(lines, told, language))),
        enclosures=tuple(read_recordings(parts)),
        image_url=read_image(parts),
        dateline_place=dateline.place or next(_properties(told, "City"), None),
        dateline_date=dateline.filed_on,
        agency=dateline.agency or _agency(told, lines, name, envelope),
        slug=None if signed else slug,
        notice=_notice(management, told),
        note=_note(item, told, lines),
        urgency=read_urgency(formal_name(urgency) or line_of(urgency)) or envelope.urgency,
        version=read_version_name(line_of(find_node(name, "RevisionId")), changed),
        item_id=item_id,
    )


def _authors(lines: Sequence[Node], parts: Sequence[Part]) -> Iterator[str]:
    """Yield the bylines; a company that signs its own release is no person."""
    sources = {formal_name(party) for party in _parties(parts, ("Source",))}
    return (line for line in _lines(lines, "ByLine") if line not in sources)


def _item_id(item: Node, name: Node | None) -> str | None:
    """Return the name that all revisions of an item share, as the standard builds it (NewsML 1.2, section 5.5.3)."""
    public = line_of(find_node(name, "PublicIdentifier")) or ""
    parts = [line_of(find_node(name, part)) for part in ("ProviderId", "DateId", "NewsItemId")]
    # Where its parts are as they should be, the public name has no number of a version within the item's own.
    is_whole = public.casefold().startswith("urn:newsml:") and public.count(":") > _FEWEST_PARTS_OF_A_NAME
    revision = line_of(find_node(name, "RevisionId"))
    bare = public.removesuffix(f":{revision}") if revision else public
    named = _REVISION.sub("", public) if bare == public else bare
    if not is_whole and all(parts):
        named = ":".join(["urn:newsml", *filter(None, parts)])
    elif not is_whole and public.count(":") < _FEWEST_PARTS_OF_A_NAME:
        return None
    version_in = read_attribute(item, "version-in")
    return f"{named}:{version_in}" if version_in else named


def read_basic_moment(node: Node | None) -> str | None:
    """Return a moment as ISO 8601 has it for people: NewsML writes it without hyphens and colons."""
    written = line_of(node)
    moment = read_moment(written) if written else None
    return moment.isoformat() if moment else written


def _embargo(management: Node | None, note: str | None) -> str:
    """Return when the status changes to usable, or the note says so; nothing where its publisher will say so."""
    changes = find_node(management, "StatusWillChange")
    becomes = (formal_name(find_node(changes, "FutureStatus")) or "").casefold()
    told = line_of(find_node(changes, "DateAndTime")) if becomes == "usable" else None
    # In the zone in which the item was made.
    end = read_embargo_words(note or "", line_of(find_node(management, "FirstCreated")))
    return told or (end.isoformat() if end else "")


def _language(item: Node, parts: Sequence[Part]) -> str | None:
    described = (formal_name(find_node(part.description, "Language")) for part in parts)
    marked = (read_attribute(each, "lang") for each in (*(part.node for part in parts), item))
    return next(filter(None, (*described, *marked)), None)


def _agency(parts: Sequence[Part], lines: Sequence[Node], name: Node | None, envelope: Envelope) -> str | None:
    parties = _parties(parts, ("Source", "Provider"))
    credit_lines = _lines(lines, "CreditLine")
    provider = line_of(find_node(name, "ProviderId"))
    # The site of a provider is the name of an agency only where it is a known one.
    site = provider if provider and is_agency(agency_name(provider)) else None
    return choose_agency((*map(formal_name, parties), *credit_lines, envelope.agency, site))


def _parties(parts: Sequence[Part], roles: Sequence[str]) -> Iterator[Node | None]:
    metadata = [find_node(part.node, "AdministrativeMetadata") for part in parts]
    return (find_node(each, role, "Party") for role in roles for each in metadata)


def _tags(lines: Sequence[Node], parts: Sequence[Part], language: str | None) -> Iterator[str]:
    keywords = (*_lines(lines, "KeywordLine"), *_properties(parts, "Keyword"), *_properties(parts, "Topic"))
    for keyword in keywords:
        yield from filter(None, map(str.strip, keyword.split(";")))
    names = {code: name for part in parts for code, name in _topics(part.node, language)}
    for part in parts:
        for subject in children(part.description, "SubjectCode"):
            yield from filter(None, (names.get(formal_name(each) or "") for each in children(subject)))


def _topics(component: Node, language: str | None) -> Iterator[tuple[str, str]]:
    """Yield the codes that a document explains itself, with their names in the item's language."""
    for topic in (each for topics in children(component, "TopicSet") for each in children(topics, "Topic")):
        names = [each for each in children(topic, "Description") if read_attribute(each, "Variant") != "Category"]
        own = [each for each in names if (read_attribute(each, "lang") or "").casefold() == (language or "").casefold()]
        code, name = line_of(find_node(topic, "FormalName")), next(filter(None, map(line_of, [*own, *names])), None)
        if code and name:
            yield code, name


def _properties(parts: Sequence[Part], name: str) -> Iterator[str]:
    """Yield the values of a property of what the components describe, or of where they are set."""
    for described in (part.description for part in parts):
        for owner in (described, *children(described, "Location")):
            for each in children(owner, "Property"):
                if formal_name(each) == name and (value := read_attribute(each, "Value")):
                    yield value


def _notice(management: Node | None, parts: Sequence[Part]) -> Notice | None:
    instruction = (formal_name(find_node(management, "Instruction")) or "").casefold()
    said = _INSTRUCTIONS.get(instruction) or KINDS.get(instruction.upper())
    return said or next(filter(None, (KINDS.get(each.upper()) for each in _properties(parts, "Version"))), None)


def _note(item: Node, parts: Sequence[Part], lines: Sequence[Node]) -> str | None:
    # With a name of its own a comment says what its publisher's programs need.
    comments = (each for node in (item, *(part.node for part in parts)) for each in children(node, "Comment"))
    plain = (line_of(each) for each in comments if not formal_name(each))
    return next(filter(None, (*plain, _typed_line(lines, _NOTE_LINES))), None)


def _lines(lines: Sequence[Node], name: str) -> Iterator[str]:
    return filter(None, (line_of(line) for line in lines if line.name.casefold() == name.casefold()))


def _first_line(lines: Sequence[Node], name: str) -> str | None:
    return next(_lines(lines, name), None)


def _typed_line(lines: Sequence[Node], kinds: frozenset[str]) -> str | None:
    """Return the first line that has one of these types of its publisher's, by their names in small letters."""
    typed = (line for line in lines if (formal_name(find_node(line, "NewsLineType")) or "").casefold() in kinds)
    return next(filter(None, (line_of(find_node(line, "NewsLineText")) for line in typed)), None)
