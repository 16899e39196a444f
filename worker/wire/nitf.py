"""NITF 3, the News Industry Text Format (https://iptc.org/std/NITF/): one article, its head and its body."""

from collections.abc import Iterator
from itertools import chain

from worker.basics.feed_texts import LONGEST_CONTENT, as_html
from worker.basics.text import clean
from worker.values.entries import Enclosure, Entry, Notice
from worker.wire.days import read_day, read_moment
from worker.wire.dispatch import DISPATCH_GUID
from worker.wire.newsroom_entry import Skipped, judge_status, read_dateline_alone, read_urgency
from worker.wire.newsroom_xml import Node, attribute, children, find, line_of, picture_url, write_html

_LONGEST_NUMBER = 6
_MOST_VERSIONS = 10**_LONGEST_NUMBER


def read_nitf(nitf: Node) -> Entry | Skipped:
    """Return the article of a document of its own, or why it must not be published."""
    docdata = find(nitf, "head", "docdata")
    release = attribute(find(docdata, "date.release"), "norm")
    return judge_status(read_article(nitf), attribute(docdata, "management-status"), release)


def read_article(nitf: Node) -> Entry:
    """Return what the article says, without asking whether it may be published."""
    docdata, head, body = find(nitf, "head", "docdata"), find(nitf, "body", "body.head"), find(nitf, "body")
    dateline = read_dateline_alone(line_of(find(head, "dateline")), None)
    day = attribute(find(head, "dateline", "story.date"), "norm")
    correction = find(docdata, "correction")
    item_id = attribute(find(docdata, "doc-id"), "id-string")
    issued = attribute(find(docdata, "date.issue"), "norm")
    return Entry(
        guid=item_id or DISPATCH_GUID,
        title=_title(nitf, head),
        summary=write_html(children(find(head, "abstract"))) or as_html(line_of(find(head, "abstract"))),
        content=_content(body),
        authors=tuple(_authors(head, body)),
        published=issued,
        updated=_revised(nitf) or issued,
        language=attribute(body, "lang") or attribute(nitf, "baselang") or attribute(nitf, "lang"),
        tags=tuple(_tags(nitf, docdata)),
        enclosures=tuple(_recordings(body)),
        image_url=next(filter(None, map(picture_url, _media(body))), None),
        dateline_place=line_of(find(head, "dateline", "location")) or dateline.place,
        dateline_date=read_day(day) or dateline.filed_on,
        agency=dateline.agency or _agency(docdata, head),
        slug=attribute(find(docdata, "du-key"), "key") or _anpa_keyword(nitf),
        notice=Notice.CORRECTION if correction else None,
        note=attribute(correction, "info") or attribute(find(docdata, "ed-msg"), "info"),
        urgency=read_urgency(attribute(find(docdata, "urgency"), "ed-urg")),
        version=_version(find(docdata, "du-key")),
        item_id=item_id,
    )


def _title(nitf: Node, head: Node | None) -> str | None:
    headline = find(head, "hedline")
    lines = (find(headline, "hl1"), find(nitf, "head", "title"), find(headline, "hl2"))
    return as_html(next(filter(None, map(line_of, lines)), None))


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
    for person in children(find(body, "body.end", "tagline"), "person"):
        yield line_of(person) or ""


def _revised(nitf: Node) -> str | None:
    """Return when the article was last revised, as written."""
    revisions = (attribute(each, "norm") or "" for each in children(find(nitf, "head"), "revision-history"))
    dated = ((moment, written) for written in revisions if (moment := read_moment(written)))
    return max(dated, default=(None, None))[1]


def _tags(nitf: Node, docdata: Node | None) -> Iterator[str]:
    for subject in children(find(nitf, "head", "tobject"), "tobject.subject"):
        for level in ("type", "matter", "detail"):
            yield attribute(subject, f"tobject.subject.{level}") or ""
    for keyword in children(find(docdata, "key-list"), "keyword"):
        yield attribute(keyword, "key") or ""
    for classifier in children(find(docdata, "identified-content"), "classifier"):
        yield attribute(classifier, "value") or ""


def _recordings(body: Node | None) -> Iterator[Enclosure]:
    for reference in _media(body):
        media_type, source = attribute(reference, "mime-type"), attribute(reference, "source")
        if source and media_type and media_type.startswith(("audio/", "video/")):
            yield Enclosure(source, media_type)


def _media(body: Node | None) -> Iterator[Node]:
    """Yield the media references of the body, however deep they are."""
    for node in children(body):
        if node.name == "media-reference":
            yield node
        else:
            yield from _media(node)


def _agency(docdata: Node | None, head: Node | None) -> str | None:
    return (
        line_of(find(head, "distributor"))
        or attribute(find(docdata, "doc.copyright"), "holder")
        or line_of(find(head, "rights", "rights.owner"))
        or attribute(find(docdata, "doc-id"), "regsrc")
    )


def _anpa_keyword(nitf: Node) -> str | None:
    metas = children(find(nitf, "head"), "meta")
    return attribute(next((meta for meta in metas if attribute(meta, "name") == "anpa-keyword"), None), "content")


def _version(key: Node | None) -> str | None:
    version, generation = attribute(key, "version") or "", attribute(key, "generation") or "1"
    if not all(number.isdecimal() and len(number) <= _LONGEST_NUMBER for number in (version, generation)):
        return version or None
    # Each generation of a key counts its versions anew: the number made of both rises.
    return str((int(generation) - 1) * _MOST_VERSIONS + int(version))
