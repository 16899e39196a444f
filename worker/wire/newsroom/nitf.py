"""NITF 3, the News Industry Text Format (https://iptc.org/std/NITF/): one article, its head and its body."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from worker.basics.field_rules import LONGEST_CONTENT, as_html
from worker.basics.text import clean
from worker.values.entries import Enclosure, Entry, Notice
from worker.wire.days import read_day, read_moment
from worker.wire.dispatch import DISPATCH_GUID
from worker.wire.newsroom.newsroom_entry import Skipped, judge_status, read_dateline_alone, read_urgency
from worker.wire.newsroom.newsroom_tree import (
    Node,
    children,
    find_node,
    find_widest_picture,
    line_of,
    picture_url,
    read_attribute,
    write_html,
)

_LONGEST_NUMBER = 6
_MOST_VERSIONS = 10**_LONGEST_NUMBER


def read_nitf(nitf: Node) -> Entry | Skipped:
    """Return the article of a document of its own, or why it must not be published."""
    docdata = find_node(nitf, "head", "docdata")
    release = read_attribute(find_node(docdata, "date.release"), "norm")
    return judge_status(_read_article(nitf), read_attribute(docdata, "management-status"), release)


def read_inner_article(nitf: Node) -> Entry:
    """Return the article within another format's item, which has the guid and the version."""
    return replace(_read_article(nitf), guid=None, version=None, item_id=None)


def _read_article(nitf: Node) -> Entry:
    """Return what the article says, without asking whether it may be published."""
    docdata, body = find_node(nitf, "head", "docdata"), find_node(nitf, "body")
    head = find_node(body, "body.head")
    dateline = read_dateline_alone(line_of(find_node(head, "dateline")), None)
    day = read_attribute(find_node(head, "dateline", "story.date"), "norm")
    correction = find_node(docdata, "correction")
    item_id = read_attribute(find_node(docdata, "doc-id"), "id-string")
    issued = read_attribute(find_node(docdata, "date.issue"), "norm")
    return Entry(
        guid=item_id or DISPATCH_GUID,
        title=_title(nitf, head),
        has_plain_title=True,
        summary=write_html(children(find_node(head, "abstract"))) or as_html(line_of(find_node(head, "abstract"))),
        content=_content(body),
        authors=tuple(_authors(head, body)),
        published=issued,
        updated=_revised(nitf) or issued,
        language=read_attribute(body, "lang") or read_attribute(nitf, "baselang") or read_attribute(nitf, "lang"),
        tags=tuple(_tags(nitf, docdata)),
        enclosures=tuple(_recordings(body)),
        image_url=next(map(picture_url, filter(None, map(find_widest_picture, _media(body)))), None),
        dateline_place=line_of(find_node(head, "dateline", "location")) or dateline.place,
        dateline_date=read_day(day) or dateline.filed_on,
        agency=dateline.agency or _agency(docdata, head),
        slug=read_attribute(find_node(docdata, "du-key"), "key") or _anpa_keyword(nitf),
        notice=Notice.CORRECTION if correction else None,
        note=read_attribute(correction, "info") or read_attribute(find_node(docdata, "ed-msg"), "info"),
        urgency=read_urgency(read_attribute(find_node(docdata, "urgency"), "ed-urg")),
        version=_version(find_node(docdata, "du-key")),
        item_id=item_id,
    )


def _title(nitf: Node, head: Node | None) -> str | None:
    headline = find_node(head, "hedline")
    lines = (find_node(headline, "hl1"), find_node(nitf, "head", "title"), find_node(headline, "hl2"))
    return next(filter(None, map(line_of, lines)), None)


def _content(body: Node | None) -> str | None:
    parts = chain.from_iterable(map(children, children(body, "body.content")))
    return clean(write_html(parts), LONGEST_CONTENT) or None


def _authors(head: Node | None, body: Node | None) -> Iterator[str]:
    for byline in children(head, "byline"):
        # Titles (byttl) are no part of a name.
        parts = [part for part in byline.parts if isinstance(part, str) or part.name != "byttl"]
        if written := line_of(Node("byline", parts=parts)):
            yield written
    # In a tagline the person is marked up, and the rest is a sentence.
    for person in children(find_node(body, "body.end", "tagline"), "person"):
        yield line_of(person) or ""


def _revised(nitf: Node) -> str | None:
    """Return when the article was last revised, as written."""
    revisions = (read_attribute(each, "norm") or "" for each in children(find_node(nitf, "head"), "revision-history"))
    dated = ((moment, written) for written in revisions if (moment := read_moment(written)))
    return max(dated, default=(None, None))[1]


def _tags(nitf: Node, docdata: Node | None) -> Iterator[str]:
    for subject in children(find_node(nitf, "head", "tobject"), "tobject.subject"):
        for level in ("type", "matter", "detail"):
            yield read_attribute(subject, f"tobject.subject.{level}") or ""
    for keyword in children(find_node(docdata, "key-list"), "keyword"):
        yield read_attribute(keyword, "key") or ""
    for classifier in children(find_node(docdata, "identified-content"), "classifier"):
        yield read_attribute(classifier, "value") or ""


def _recordings(body: Node | None) -> Iterator[Enclosure]:
    for reference in chain.from_iterable(_media(body)):
        media_type, source = read_attribute(reference, "mime-type"), read_attribute(reference, "source")
        if source and media_type and media_type.startswith(("audio/", "video/")):
            yield Enclosure(source, media_type)


def _media(node: Node | None) -> Iterator[list[Node]]:
    """Yield the references of each medium in an element, however deep it is: one file in several sizes or formats."""
    if references := [*children(node, "media-reference")]:
        yield references
    for child in children(node):
        yield from _media(child)


def _agency(docdata: Node | None, head: Node | None) -> str | None:
    return (
        line_of(find_node(head, "distributor"))
        or read_attribute(find_node(docdata, "doc.copyright"), "holder")
        or line_of(find_node(head, "rights", "rights.owner"))
        or read_attribute(find_node(docdata, "doc-id"), "regsrc")
    )


def _anpa_keyword(nitf: Node) -> str | None:
    metas = children(find_node(nitf, "head"), "meta")
    keyword = next((meta for meta in metas if read_attribute(meta, "name") == "anpa-keyword"), None)
    return read_attribute(keyword, "content")


def _version(key: Node | None) -> str | None:
    version, generation = read_attribute(key, "version") or "", read_attribute(key, "generation") or "1"
    if not all(number.isdecimal() and len(number) <= _LONGEST_NUMBER for number in (version, generation)):
        return version or None
    # Each generation of a key counts its versions anew: the number made of both rises.
    return str((int(generation) - 1) * _MOST_VERSIONS + int(version))
