"""NewsML 1.0 to 1.2 (https://iptc.org/std/NewsML/1.2/), an older format of its own beside NewsML-G2.

A news item is a component, which may hold others: texts, pictures and recordings are the content items within them.
"""

import re
from collections.abc import Iterator

from worker.basics.field_rules import LONGEST_CONTENT, as_html, read_length
from worker.basics.media_rules import read_pixels
from worker.basics.text import clean
from worker.values.entries import Enclosure, Entry, Notice
from worker.wire.days import read_day, read_moment
from worker.wire.newsroom.newsroom_entry import (
    Skipped,
    combine_entries,
    judge_status,
    read_dateline_alone,
    read_urgency,
)
from worker.wire.newsroom.newsroom_tree import Node, children, find_node, line_of, read_attribute, write_html
from worker.wire.newsroom.nitf import read_inner_article

_INSTRUCTIONS = {"update": Notice.UPDATE, "rectify": Notice.CORRECTION, "delete": Notice.KILL}
_TEXTS = frozenset({"text", "complexdata", ""})
_RECORDINGS = frozenset({"audio", "video"})
_PICTURES = frozenset({"photo", "graphic", "picture", "image", "animation"})
# A public identifier names a revision of its item: its number, and whether the update of it is a new one.
_REVISION = re.compile(r":\d+[NAU]?$")


def list_items(newsml: Node) -> list[Node]:
    """Return the news items of a document: those within another one in its place, for it is a package of them."""
    return [item for outer in children(newsml, "NewsItem") for item in _unpack(outer)]


def _unpack(item: Node) -> Iterator[Node]:
    inner = [each for component in _components(item) for each in children(component, "NewsItem")]
    for each in inner:
        yield from _unpack(each)
    if not inner:
        yield item


def read_item(item: Node) -> Entry | Skipped:
    """Return the article that a news item is, or why it is none or must not be published."""
    components = [*_components(item)]
    contents = [content for each in components for content in children(each, "ContentItem")]
    texts = [content for each in components if not _is_caption(each) for content in children(each, "ContentItem")]
    entry = combine_entries(_read_meta(item, components, contents), _read_content(texts))
    kinds = {kind for kind in map(_media_type, contents) if kind}
    if not entry.content and kinds and kinds.isdisjoint(_TEXTS):
        return Skipped(f"it is of the media type {min(kinds)!r}, not a text")
    if not contents and any(find_node(each, "NewsItemRef") for each in components):
        return Skipped("it is a package of other items, not news itself")
    management = find_node(item, "NewsManagement")
    status = (_formal_name(find_node(management, "Status")) or "usable").casefold()
    return judge_status(entry, status, _embargo(management) if status == "embargoed" else None)


def _is_caption(component: Node) -> bool:
    return _formal_name(find_node(component, "Role")) in {"Caption", "Legend"}


def _components(item: Node) -> Iterator[Node]:
    """Yield the components of an item, the main one of several before the others."""
    for component in children(item, "NewsComponent"):
        yield component
        inner = children(component, "NewsComponent")
        for each in sorted(inner, key=lambda each: _formal_name(find_node(each, "Role")) != "Main"):
            yield from _components(Node("", parts=[each]))


def _read_meta(item: Node, components: list[Node], contents: list[Node]) -> Entry:
    management, name = find_node(item, "NewsManagement"), find_node(item, "Identification", "NewsIdentifier")
    lines = [node for each in components for node in children(find_node(each, "NewsLines"))]  # codespell:ignore
    created = read_basic_moment(find_node(management, "FirstCreated"))
    dateline = read_dateline_alone(_first_line(lines, "DateLine"), read_day(created))
    item_id = _item_id(name)
    return Entry(
        guid=item_id,
        title=_first_line(lines, "HeadLine") or _first_line(lines, "NewsLineText"),
        has_plain_title=True,
        summary=as_html(_first_line(lines, "SubHeadLine")),
        authors=tuple(_lines(lines, "ByLine")),
        published=created,
        updated=read_basic_moment(find_node(management, "ThisRevisionCreated")),
        language=_language(item, components),
        tags=tuple(dict.fromkeys([*_lines(lines, "KeywordLine"), *_properties(components, "Keyword")])),
        enclosures=tuple(_recordings(contents)),
        image_url=_image(contents),
        dateline_place=dateline.place or next(_properties(components, "City"), None),
        dateline_date=dateline.filed_on,
        agency=dateline.agency or _agency(components) or _first_line(lines, "CreditLine"),
        slug=_first_line(lines, "SlugLine") or line_of(find_node(item, "Identification", "NameLabel")),
        notice=_INSTRUCTIONS.get((_formal_name(find_node(management, "Instruction")) or "").casefold()),
        note=line_of(find_node(item, "Comment")),
        urgency=read_urgency(_formal_name(find_node(management, "Urgency"))),
        version=line_of(find_node(name, "RevisionId")),
        item_id=item_id,
    )


def _item_id(name: Node | None) -> str | None:
    """Return the name that all revisions of an item share, as the standard builds it (NewsML 1.2, section 5.5.3)."""
    parts = [line_of(find_node(name, part)) for part in ("ProviderId", "DateId", "NewsItemId")]
    if all(parts):
        return ":".join(["urn:newsml", *filter(None, parts)])
    public = line_of(find_node(name, "PublicIdentifier"))
    return _REVISION.sub("", public) if public else None


def read_basic_moment(node: Node | None) -> str | None:
    """Return a moment as ISO 8601 has it for people: NewsML writes it without hyphens and colons."""
    written = line_of(node)
    moment = read_moment(written) if written else None
    return moment.isoformat() if moment else written


def _embargo(management: Node | None) -> str:
    """Return when the status changes to usable; nothing where its publisher will say so."""
    changes = find_node(management, "StatusWillChange")
    becomes = (_formal_name(find_node(changes, "FutureStatus")) or "").casefold()
    return (line_of(find_node(changes, "DateAndTime")) or "") if becomes == "usable" else ""


def _language(item: Node, components: list[Node]) -> str | None:
    described = (find_node(each, "DescriptiveMetadata", "Language") for each in components)
    marked = (read_attribute(each, "lang") for each in (*components, item))
    return next(filter(None, (*map(_formal_name, described), *marked)), None)


def _agency(components: list[Node]) -> str | None:
    metadata = [find_node(each, "AdministrativeMetadata") for each in components]
    parties = (find_node(each, role, "Party") for role in ("Source", "Provider") for each in metadata)
    return next(filter(None, map(_formal_name, parties)), None)


def _properties(components: list[Node], name: str) -> Iterator[str]:
    """Yield the values of a property of what the components describe, or of where they are set."""
    for described in (find_node(each, "DescriptiveMetadata") for each in components):
        for owner in (described, *children(described, "Location")):
            for each in children(owner, "Property"):
                if _formal_name(each) == name and (value := read_attribute(each, "Value")):
                    yield value


def _lines(lines: list[Node], name: str) -> Iterator[str]:
    return filter(None, (line_of(line) for line in lines if line.name == name))


def _first_line(lines: list[Node], name: str) -> str | None:
    return next(_lines(lines, name), None)


def _read_content(contents: list[Node]) -> Entry:
    """Return the first text."""
    for content in contents:
        if _media_type(content) in _TEXTS and (body := _body_of(content)):
            if nitf := find_node(body, "nitf"):
                return read_inner_article(nitf)
            inner = find_node(body, "html", "body") or find_node(body, "body", "body.content")
            inner = inner or find_node(body, "body") or find_node(body, "body.content") or body
            if read := _read_body(inner):
                return read
    return Entry()


def _body_of(content: Node) -> Node | None:
    """Return the data of a content item; none where it is encoded, as pictures are."""
    data = find_node(content, "DataContent") or find_node(content, "Encoding", "DataContent")
    encoding = (read_attribute(find_node(content, "Encoding"), "Notation") or "").casefold()
    return None if "base64" in encoding else data


def _read_body(body: Node) -> Entry | None:
    if any(children(body)):
        # A name that HTML cannot have stands for its parts alone, words between elements among them.
        html = clean(write_html([Node("data.content", parts=body.parts)]), LONGEST_CONTENT)
        return Entry(content=html) if html else None
    text = clean("".join(part for part in body.parts if isinstance(part, str)), LONGEST_CONTENT).strip()
    return Entry(content=text, is_plain_text="</" not in text) if text else None


def _image(contents: list[Node]) -> str | None:
    """Return the widest picture."""
    pictures = [each for each in contents if _media_type(each) in _PICTURES and read_attribute(each, "Href")]
    widest = max(pictures, key=lambda each: read_pixels(_characteristic(each, "Width")), default=None)
    return read_attribute(widest, "Href")


def _recordings(contents: list[Node]) -> Iterator[Enclosure]:
    for each in contents:
        href, kind = read_attribute(each, "Href"), _media_type(each)
        if href and kind in _RECORDINGS:
            media_type = _formal_name(find_node(each, "MimeType"))
            yield Enclosure(href, media_type, read_length(line_of(find_node(each, "Characteristics", "SizeInBytes"))))


def _characteristic(content: Node, name: str) -> str | None:
    properties = children(find_node(content, "Characteristics"), "Property")
    return next((read_attribute(each, "Value") for each in properties if _formal_name(each) == name), None)


def _media_type(content: Node) -> str:
    return (_formal_name(find_node(content, "MediaType")) or "").casefold()


def _formal_name(node: Node | None) -> str | None:
    return read_attribute(node, "FormalName")
