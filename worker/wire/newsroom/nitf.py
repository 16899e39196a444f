"""NITF 3, the News Industry Text Format (https://iptc.org/std/NITF/): one article, its head and its body."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain

from worker.basics.field_rules import as_html
from worker.basics.text import fold
from worker.values.entries import Enclosure, Entry, Notice
from worker.wire.date_lines import read_date_line
from worker.wire.days import read_day, read_moment
from worker.wire.dispatch import DISPATCH_GUID
from worker.wire.newsroom.newsroom_body import is_same_line, read_body
from worker.wire.newsroom.newsroom_entry import Skipped, judge_status, read_count, read_urgency
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
from worker.wire.newsroom.newsroom_words import choose_agency, read_dateline_element

_MOST_VERSIONS = 1_000_000
# By these names newsrooms write a slug into the head, and others what a headline or a number is.
_SLUG_METAS = ("slug", "slugline", "NTBStikkord", "anpa-keyword")
_FOR_INDEX = "normalized"  # codespell:ignore
_SLUG_TITLE = re.compile(r"[^\W_]+(?:[-/][^\W_]+){1,8}")
_UUID = re.compile(r"(?:^|-)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# PA numbers its headlines as it does their parts: 1 SPORT Trivia.
_PATTERN = re.compile("Y{2,4}-?M", re.IGNORECASE)
_PART_NUMBER = re.compile(r"\d{1,2} (?=[A-Z]{2})")


def read_nitf(nitf: Node) -> Entry | Skipped:
    """Return the article of a document of its own, or why it must not be published."""
    docdata = find_node(nitf, "head", "docdata")
    release = read_attribute(find_node(docdata, "date.release"), "norm")
    # A system that has no date for it may write its pattern: YYYYMMDD000000-HHMM.
    embargo = None if release and _PATTERN.match(release) else release
    return judge_status(_read_article(nitf), read_attribute(docdata, "management-status"), embargo)


def read_inner_article(nitf: Node) -> Entry:
    """Return the article within another format's item, which has the guid and the version."""
    return replace(_read_article(nitf), guid=None, version=None, item_id=None)


def _read_article(nitf: Node) -> Entry:
    """Return what the article says, without asking whether it may be published."""
    head, docdata, body = find_node(nitf, "head"), find_node(nitf, "head", "docdata"), find_node(nitf, "body")
    body_head, pubdata = find_node(body, "body.head"), find_node(nitf, "head", "pubdata")
    issued = read_attribute(find_node(docdata, "date.issue"), "norm") or read_attribute(pubdata, "date.publication")
    issued = issued or read_attribute(find_node(body_head, "dateline", "story.date"), "norm")
    dateline = read_dateline_element(_dateline_words(body_head), read_day(issued))
    item_id = read_attribute(find_node(docdata, "doc-id"), "id-string")
    title, deck = _headlines(nitf, body_head)
    content = _content(body, title)
    return Entry(
        guid=item_id or DISPATCH_GUID,
        link=read_attribute(pubdata, "ex-ref"),
        title=title,
        has_plain_title=True,
        summary=_summary(body_head, title) or as_html(deck),
        content=content.content,
        is_plain_text=content.is_plain_text,
        authors=tuple(_authors(body_head, body)),
        published=issued,
        updated=_revised(nitf) or issued,
        language=read_attribute(body, "lang") or read_attribute(nitf, "baselang") or read_attribute(nitf, "lang"),
        tags=tuple(_tags(nitf, docdata)),
        enclosures=tuple(_recordings(body)),
        image_url=next(map(picture_url, filter(None, map(find_widest_picture, _media(body)))), None),
        dateline_place=_place(docdata, body_head) or dateline.place,
        dateline_date=_story_date(body_head) or dateline.filed_on,
        agency=dateline.agency or _agency(docdata, body_head),
        slug=_slug(nitf, title),
        notice=_notice(docdata),
        notice_number=_take_number(docdata),
        note=_note(head, docdata),
        urgency=read_urgency(_urgency(head, docdata)),
        version=_version(find_node(docdata, "du-key")),
        item_id=item_id,
    )


def _headlines(nitf: Node, head: Node | None) -> tuple[str | None, str | None]:
    """Return the headline, and the one below it where that says more."""
    # AP names the element of its own bodies in other items differently.
    headline = find_node(head, "hedline") or find_node(head, "headline") or head
    title, second = line_of(find_node(headline, "hl1")), line_of(find_node(headline, "hl2"))
    whole = line_of(find_node(nitf, "head", "title"))
    numbered = _PART_NUMBER.sub("", whole) if whole and find_node(nitf, "head", "docdata", "series") else whole
    chosen = title or numbered or second
    is_more = not (is_same_line(second, chosen) or any(is_same_line(second, each) for each in _keywords(nitf)))
    return chosen, second if is_more else None


def _summary(head: Node | None, title: str | None) -> str | None:
    abstract = find_node(head, "abstract")
    if is_same_line(line_of(abstract), title):
        return None
    return (write_html(children(abstract)) if line_of(abstract) else None) or as_html(line_of(abstract))


def _content(body: Node | None, title: str | None) -> Entry:
    contents = [*children(body, "body.content")]
    parts: list[Node | str] = [part for content in contents for part in content.parts]
    if body and not contents:
        parts = [part for part in body.parts if isinstance(part, str) or not part.name.startswith("body.")]
    # Of a lead that is in the full text too, only that counts.
    has_full = any(isinstance(part, Node) and read_attribute(part, "class") == "full_text" for part in parts)
    kept = [
        part
        for part in parts
        if not (has_full and isinstance(part, Node) and read_attribute(part, "class") == "lead_paragraph")
    ]
    return read_body(Node("body.content", parts=kept), title)


def _authors(head: Node | None, body: Node | None) -> Iterator[str]:
    bylines = [*children(head, "byline")]
    # Beside the byline that is printed there may be one for an index: Lindqvist, Ada.
    printed = [each for each in bylines if _FOR_INDEX not in (read_attribute(each, "class") or "")]
    for byline in printed or bylines:
        # Titles (byttl) are no part of a name, and a name is a word of its own: By<person>Ada Lindqvist</person>.
        parts = [f" {part if isinstance(part, str) else _words_of(part)} " for part in byline.parts]
        if written := fold("".join(parts)):
            yield written
    # In a tagline the person is marked up, and the rest is a sentence.
    for person in children(find_node(body, "body.end", "tagline"), "person"):
        yield line_of(person) or ""


def _words_of(part: Node) -> str:
    return "" if part.name == "byttl" else line_of(part) or ""


def _dateline_words(head: Node | None) -> str | None:
    """Return the words of a dateline without a moment that only programs read."""
    dateline = find_node(head, "dateline")
    parts = [part for part in dateline.parts if isinstance(part, str) or part.name == "location"] if dateline else []
    whole = line_of(dateline)
    return line_of(Node("", parts=parts)) if any(map(read_day, (whole or "").split())) else whole


def _place(docdata: Node | None, head: Node | None) -> str | None:
    location = find_node(head, "dateline", "location")
    named = line_of(find_node(location, "city")) or line_of(location)
    dateline = line_of(find_node(head, "dateline"))
    return named or (None if dateline and read_dateline_element(dateline, None).place else _event_place(docdata))


def _event_place(docdata: Node | None) -> str | None:
    return read_attribute(find_node(docdata, "evloc"), "city")


def _story_date(head: Node | None) -> date | None:
    story_date = find_node(head, "dateline", "story.date")
    return read_day(read_attribute(story_date, "norm")) or read_date_line(line_of(story_date) or "")


def _slug(nitf: Node, title: str | None) -> str | None:
    """Return the slug that a newsroom names as such, else what stands in its place."""
    metas = {
        read_attribute(meta, "name"): read_attribute(meta, "content") for meta in children(find_node(nitf, "head"))
    }
    key = read_attribute(find_node(nitf, "head", "docdata", "du-key"), "key")
    whole = line_of(find_node(nitf, "head", "title"))
    is_slug = whole and not is_same_line(whole, title) and _SLUG_TITLE.fullmatch(whole)
    named = [metas.get(name) for name in _SLUG_METAS]
    kept = None if _UUID.search(key or "") else key
    return next(filter(None, [*named[:3], kept, named[3], whole if is_slug else None, *_keywords(nitf)[:1]]), None)


def _keywords(nitf: Node) -> list[str]:
    listed = children(find_node(nitf, "head", "docdata", "key-list"), "keyword")
    return list(filter(None, (read_attribute(keyword, "key") or line_of(keyword) for keyword in listed)))


def _notice(docdata: Node | None) -> Notice | None:
    if find_node(docdata, "correction"):
        return Notice.CORRECTION
    return Notice.TAKE if _take_number(docdata) else None


def _take_number(docdata: Node | None) -> int | None:
    """Return which part of a series in several parts it is, from the second; some count versions by it."""
    series = find_node(docdata, "series")
    part, parts = (read_count(read_attribute(series, f"series.{name}")) for name in ("part", "totalpart"))
    return part if part and parts and 1 < part <= parts else None


def _note(head: Node | None, docdata: Node | None) -> str | None:
    written = (
        read_attribute(find_node(docdata, "correction"), "info"),
        read_attribute(find_node(docdata, "ed-msg"), "info") or line_of(find_node(docdata, "ed-msg")),
        *(read_attribute(each, "comment") for each in children(head, "revision-history")),
    )
    return next(filter(None, written), None)


def _urgency(head: Node | None, docdata: Node | None) -> str | None:
    return next(filter(None, (read_attribute(find_node(each, "urgency"), "ed-urg") for each in (docdata, head))), None)


def _revised(nitf: Node) -> str | None:
    """Return when the article was last revised, as written."""
    revisions = (read_attribute(each, "norm") or "" for each in children(find_node(nitf, "head"), "revision-history"))
    dated = ((moment, written) for written in revisions if (moment := read_moment(written)))
    return max(dated, default=(None, None))[1]


def _tags(nitf: Node, docdata: Node | None) -> Iterator[str]:
    for subject in children(find_node(nitf, "head", "tobject"), "tobject.subject"):
        for level in ("type", "matter", "detail"):
            yield read_attribute(subject, f"tobject.subject.{level}") or ""
    yield from _keywords(nitf)
    for named in children(find_node(docdata, "identified-content")):
        yield read_attribute(named, "value") or line_of(named) or ""


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
    senders = children(find_node(docdata, "del-list"), "from-src")
    return choose_agency(
        (
            line_of(find_node(head, "distributor")),
            read_attribute(find_node(docdata, "doc.copyright"), "holder"),
            line_of(find_node(head, "rights", "rights.owner")),
            read_attribute(find_node(docdata, "doc-id"), "regsrc"),
            *(read_attribute(sender, "src-name") for sender in senders),
        )
    )


def _version(key: Node | None) -> str | None:
    written = read_attribute(key, "version")
    version, generation = read_count(written), read_count(read_attribute(key, "generation") or "1")
    if version is None or not generation:
        return written
    # Each generation of a key counts its versions anew: the number made of both rises.
    return str((generation - 1) * _MOST_VERSIONS + version)
