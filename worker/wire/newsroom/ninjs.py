"""ninjs, news in JSON (https://iptc.org/std/ninjs/): 1.x, 2.x, and 3.x, whose names differ in case.

What the interfaces of AP (Media API), Reuters (Connect), the BBC and Superdesk answer follows it, with names of their
own.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from worker.basics.field_rules import LONGEST_CONTENT, as_html
from worker.basics.json_values import is_count, list_in, text_in
from worker.values.entries import Enclosure, Entry, Notice, ParsedDocument
from worker.wire.newsroom.newsroom_entry import Skipped, as_document, judge_status
from worker.wire.notice_lines import weightiest_notice

_NAME, _URL, _LINE = 400, 4_000, 4_000
# Names that only ninjs has: it shares uri and headline with others.
_TELLING = frozenset(
    "pubstatus versioncreated versionedguid representationtype bodies headlines body_xhtml body_html body_text".split()
)
# Where the interfaces keep their items, from the outside in: AP data.items[].item, Reuters data.search.items[], the BBC
# item[], Superdesk _items[].
_WRAPPINGS = ("data", "search", "items", "item", "_items")
_KINDS = frozenset({"text", "composite", "component", "story", "article", "advisory"})
_PICTURES = frozenset({"picture", "graphic"})
_TAGS = (
    "subjects subject keywords people person organisations organisation places place events event objects object"
).split()
_AGENCIES = ("infosources", "infosource", "source", "provider", "copyrightholder")
_MINTERS = {"tag:reuters.com,": "Reuters", "tag:ap.org,": "AP"}
# What AP says of a version (https://api.ap.org/media/v/docs/Content_Metadata_Fields.htm), in lower case.
_EDITORIAL_TYPES = {
    "add": Notice.TAKE,
    "advisory": Notice.ADVISORY,
    "clarification": Notice.CORRECTION,
    "correction": Notice.CORRECTION,
    "corrective": Notice.CORRECTION,
    "disregard": Notice.KILL,
    "disregardadvisory": Notice.KILL,
    "kill": Notice.KILL,
    "repeat": Notice.REPEAT,
    "update": Notice.UPDATE,
    "writethru": Notice.UPDATE,
}
# AP marks by this what may be published at all.
_FOR_READERS = "newscontent"
# The main headline, else one without a role, else the first.
_ROLES = ("main", None)

# Some say where an author works, behind the name.
_WORKPLACE = re.compile(r", [^,]{0,100}\b(?:College|Institute|School|University)\b.*", re.DOTALL)
_BODY, _END_OF_BODY = re.compile(r"<body(?=[\s>])[^<>]*>", re.IGNORECASE), "</body>"

_Object = dict[str, Any]


def is_ninjs(value: Any) -> bool:
    """Say whether a JSON value is a news object, a list of them, or what an interface answers with."""
    items = _find_items(value)
    return bool(items) and all(isinstance(item, dict) and _has_its_names(_folded(item)) for item in items)


def _has_its_names(item: _Object) -> bool:
    return ("uri" in item or "guid" in item) and not _TELLING.isdisjoint(item)


def read_ninjs(value: Any, max_entries: int) -> ParsedDocument:
    """Return what the news objects of a JSON value publish; PermanentError when that is nothing."""
    items = [_folded(item) for item in _find_items(value)]
    parsed = as_document("ninjs", items, _read_item, max_entries)
    if elsewhere := sum(map(_is_elsewhere, items)):
        return replace(
            parsed, doubts=(f"of {elsewhere} of its items the text is at another address, which is not asked",)
        )
    return parsed


def _find_items(value: Any) -> list[Any]:
    beside = value.get("nitf") if isinstance(value, dict) else None
    for _ in _WRAPPINGS:
        if not isinstance(value, dict) or _has_its_names(_folded(value)):
            break
        value = next((inner for name in _WRAPPINGS if isinstance(inner := value.get(name), dict | list)), None)
    if isinstance(beside, dict) and isinstance(value, dict):
        # Whoever has fetched the text of AP's item keeps it beside the item.
        return [{**beside, **value}]
    if not isinstance(value, list):
        return [value]
    return [item["item"] if isinstance(item, dict) and isinstance(item.get("item"), dict) else item for item in value]


def _is_elsewhere(item: _Object) -> bool:
    """Say whether an item names an address for its text in place of the text."""
    renditions = item.get("renditions")
    texts = ("nitf", "anpa", "hnews")
    is_text = (text_in(item, "type", _NAME) or "").casefold() == "text"
    return (
        is_text and isinstance(renditions, dict) and not _content(item)[0] and any(map(renditions.__contains__, texts))
    )


def _folded(item: _Object) -> _Object:
    return {name.casefold(): value for name, value in item.items()}


def _read_item(item: _Object) -> Entry | Skipped:
    kind = (text_in(item, "type", _NAME) or "text").casefold()
    if kind not in _KINDS:
        return Skipped(f"it is of the type {kind!r}, not a text")
    content, is_plain_text = _content(item)
    headline, has_plain_title = _headline(item)
    guid = _identity(item)
    associated = _objects(item, "associations")
    # 1.x and 2.x, and 3.x.
    embargo = item.get("embargoed", item.get("embargoeduntil"))
    entry = Entry(
        guid=guid,
        title=headline,
        has_plain_title=has_plain_title,
        summary=_description(item),
        content=content,
        is_plain_text=is_plain_text,
        authors=tuple(_authors(item)),
        published=text_in(item, "firstcreated", _NAME) or text_in(item, "contentcreated", _NAME),
        updated=text_in(item, "versioncreated", _NAME),
        language=text_in(item, "language", _NAME),
        tags=tuple(_names(item, *_TAGS)),
        enclosures=tuple(_recordings(item, *associated)),
        image_url=_image(item, associated),
        dateline_place=next(_names(item, "located"), None) or _city(item),
        agency=next(_names(item, *_AGENCIES), None) or next(_minters(guid or ""), None),
        slug=text_in(item, "slugline", _NAME) or text_in(item, "slug", _NAME),
        notice=weightiest_notice(*_notices(item, kind)),
        note=text_in(item, "ednote", _LINE),
        urgency=item["urgency"] if is_count(item.get("urgency")) else None,
        version=_version(item),
        item_id=guid,
    )
    # Some write it as G2 does: stat:usable.
    status = (text_in(item, "pubstatus", _NAME) or "").rpartition(":")[2] or None
    return judge_status(entry, status, None if embargo is None else str(embargo))


def _identity(item: _Object) -> str | None:
    """Return the name that all versions of an item share."""
    others = item.get("altids")
    # AP's addresses hold what was asked for.
    of_ap = text_in(_folded(others), "itemid", _NAME) if isinstance(others, dict) else None
    return of_ap or text_in(item, "uri", _URL) or text_in(item, "guid", _URL) or text_in(item, "versionedguid", _URL)


def _minters(guid: str) -> Iterator[str]:
    return (agency for start, agency in _MINTERS.items() if guid.startswith(start))


def _city(item: _Object) -> str | None:
    place = item.get("datelinelocation")
    return text_in(_folded(place), "city", _NAME) if isinstance(place, dict) else None


def _notices(item: _Object, kind: str) -> Iterator[Notice | None]:
    """Yield what an item's type, AP's types of versions and AP's signals make of it."""
    signals = item.get("signals")
    is_for_editors = isinstance(signals, list) and isinstance(item.get("altids"), dict) and _FOR_READERS not in signals
    if kind == "advisory" or is_for_editors:
        yield Notice.ADVISORY
    for written in list_in(item, "editorialtypes"):
        yield _EDITORIAL_TYPES.get(written.casefold()) if isinstance(written, str) else None


def _content(item: _Object) -> tuple[str | None, bool]:
    """Return the body, and whether it is plain text; HTML goes first, as it says more."""
    bodies = [*_texts(item, "bodies")]
    # Reuters: bodyXhtmlRich, bodyXhtml.
    names = sorted((name for name in item if name.startswith("body")), key=lambda name: not name.endswith("rich"))
    named = ((name, text_in(item, name, LONGEST_CONTENT)) for name in names)
    bodies += [(text, "html" in name) for name, text in named if text]
    text, is_html = max(bodies, key=lambda body: body[1], default=(None, True))
    if text and is_html and (document := _BODY.search(text)):
        return text[document.end() :].rpartition(_END_OF_BODY)[0].strip() or None, False
    return text, not is_html


def _description(item: _Object) -> str | None:
    for text, is_html in _texts(item, "descriptions"):
        return text if is_html else as_html(text)
    html = text_in(item, "description_html", LONGEST_CONTENT)
    plain = (
        text_in(item, name, LONGEST_CONTENT) for name in ("description_text", "fragment", "intro", "headline_extended")
    )
    return html or as_html(next(filter(None, plain), None))


def _texts(item: _Object, field: str) -> Iterator[tuple[str, bool]]:
    """Yield the texts of a field in 2.x, and whether each is HTML."""
    for value in list_in(item, field):
        body = _folded(value) if isinstance(value, dict) else {}
        text = text_in(body, "value", LONGEST_CONTENT)
        if text and not (text_in(body, "contenttype", _NAME) or "").endswith("xml"):
            yield text, _is_html(body)


def _is_html(value: _Object) -> bool:
    declared = text_in(value, "contenttype", _NAME) or text_in(value, "role", _NAME) or ""
    return "html" in declared.casefold() or ("text/plain" not in declared and "</" in str(value.get("value")))


def _headline(item: _Object) -> tuple[str | None, bool]:
    """Return the headline, and whether it is plain text."""
    headlines = [_folded(value) for value in list_in(item, "headlines") if isinstance(value, dict)]
    headlines.sort(key=lambda value: _ROLES.index(role) if (role := value.get("role")) in _ROLES else len(_ROLES))
    for headline in headlines:
        if text := text_in(headline, "value", _LINE):
            return text, not _is_html(headline)
    return text_in(item, "headline", _LINE) or text_in(item, "title", _LINE), True


def _authors(item: _Object) -> Iterator[str]:
    """Yield who wrote an item: its byline, else the authors that some newsroom systems list beside it."""
    signed = [text_in(item, "by", _LINE) or text_in(item, "byline", _LINE)]
    signed += map(_signed_by, list_in(item, "bylines"))
    listed = [value for field in ("authors", "author") for value in _listed(item, field)]
    for name in filter(None, signed if any(signed) else map(_signed_by, listed)):
        yield _WORKPLACE.sub("", name)


def _signed_by(value: Any) -> str | None:
    byline = _folded(value) if isinstance(value, dict) else {"by": value}
    is_editor = "edit" in (text_in(byline, "role", _NAME) or "").casefold()
    return None if is_editor else text_in(byline, "by", _LINE) or text_in(byline, "name", _LINE)


def _listed(item: _Object, field: str) -> list[Any]:
    value = item.get(field)
    return value if isinstance(value, list) else [value]


def _names(item: _Object, *fields: str) -> Iterator[str]:
    """Yield the names under some fields, each of which may be a string, an object, or a list of either."""
    for each in (each for field in fields for each in _listed(item, field)):
        if name := text_in(_folded(each) if isinstance(each, dict) else {"name": each}, "name", _NAME):
            yield name


def _version(item: _Object) -> str | None:
    # A string by the standard; some publishers write a number.
    written = item.get("version")
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    return str(written)[:_NAME] if is_number else text_in(item, "version", _NAME)


def _recordings(*owners: _Object) -> Iterator[Enclosure]:
    for rendition in (each for owner in owners for each in _objects(owner, "renditions")):
        url, media_type, size = text_in(rendition, "href", _URL), _media_type(rendition), rendition.get("sizeinbytes")
        if url and media_type.startswith(("audio/", "video/")):
            yield Enclosure(url, media_type, size if is_count(size) else None)


def _image(item: _Object, associated: list[_Object]) -> str | None:
    """Return the widest rendition of the first picture that goes with the item, else of the item itself."""
    for owner in (*(each for each in associated if text_in(each, "type", _NAME) in _PICTURES), item):
        # A text has renditions that are texts.
        usual = "" if owner is item else "image/"
        pictures = [each for each in _objects(owner, "renditions") if _media_type(each, usual).startswith("image/")]
        pictures.sort(key=lambda each: width if is_count(width := each.get("width")) else 0, reverse=True)
        if url := next(filter(None, (text_in(each, "href", _URL) for each in pictures)), None):
            return url
    return None


def _media_type(rendition: _Object, usual: str = "") -> str:
    return text_in(rendition, "contenttype", _NAME) or text_in(rendition, "mimetype", _NAME) or usual


def _objects(item: _Object, field: str) -> list[_Object]:
    """Return the objects of a field: named ones in 1.x, a list in 2.x."""
    value = item.get(field)
    found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [_folded(each) for each in found if isinstance(each, dict)]
