"""ninjs, news in JSON (https://iptc.org/std/ninjs/): 1.x, 2.x and, its names being the same but for case, 3.x."""

from collections.abc import Iterator
from typing import Any

from worker.basics.json_values import is_count, list_in, text_in
from worker.basics.text import clean
from worker.basics.wording import LONGEST_CONTENT, as_html
from worker.values.entries import Enclosure, Entry, ParsedDocument
from worker.wire.newsroom_entry import Skipped, as_document, judge_status

_NAME, _URL, _LINE = 400, 4_000, 4_000
# What only ninjs calls so, and what it shares with others.
_TELLING = frozenset(
    "pubstatus versioncreated representationtype bodies headlines body_xhtml body_html body_text".split()
)
_KINDS = frozenset("text composite component".split())
_TAGS = "subjects subject keywords people person organisations organisation places place events event objects object"


def is_ninjs(value: Any) -> bool:
    """Say whether a JSON value is a news object, or a list of them."""
    items = value if isinstance(value, list) else [value]
    return bool(items) and all(_is_item(item) for item in items)


def read_ninjs(value: Any, max_entries: int) -> ParsedDocument:
    """Return what a news object publishes, or a list of them; PermanentError when none of them may be."""
    items = value if isinstance(value, list) else [value]
    return as_document("ninjs", [_read_item(_folded(item)) for item in items], max_entries)


def _is_item(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    names = {name.casefold() for name in value}
    return bool(names & {"uri", "guid"}) and bool(names & _TELLING)


def _folded(item: dict[str, Any]) -> dict[str, Any]:
    return {name.casefold(): value for name, value in item.items()}


def _read_item(item: dict[str, Any]) -> Entry | Skipped:
    kind = (text_in(item, "type", _NAME) or "text").casefold()
    if kind not in _KINDS:
        return Skipped(f"it is of the type {kind!r}, not a text")
    content, is_plain_text = _content(item)
    guid = text_in(item, "uri", _URL) or text_in(item, "guid", _URL)
    entry = Entry(
        guid=guid,
        title=_headline(item),
        summary=_description(item),
        content=content,
        is_plain_text=is_plain_text,
        authors=tuple(_authors(item)),
        published=text_in(item, "firstcreated", _NAME) or text_in(item, "contentcreated", _NAME),
        updated=text_in(item, "versioncreated", _NAME),
        language=text_in(item, "language", _NAME),
        tags=tuple(name for field in _TAGS.split() for name in _names(item, field)),
        enclosures=tuple(_recordings(item)),
        image_url=_image(item),
        dateline_place=next(_names(item, "located"), None),
        agency=next(_agencies(item), None),
        slug=text_in(item, "slugline", _NAME),
        note=text_in(item, "ednote", _LINE),
        urgency=item["urgency"] if is_count(item.get("urgency")) else None,
        version=_version(item),
        item_id=guid,
    )
    if not (entry.title or entry.content or entry.summary):
        return Skipped("there is no text in it")
    return judge_status(entry, text_in(item, "pubstatus", _NAME), _embargo(item))


def _embargo(item: dict[str, Any]) -> str | None:
    embargo = item.get("embargoed")
    return None if embargo is None else str(embargo)


def _version(item: dict[str, Any]) -> str | None:
    # A string by the standard; not everybody keeps to it.
    written = item.get("version")
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    return str(written)[:_NAME] if is_number else text_in(item, "version", _NAME)


def _headline(item: dict[str, Any]) -> str | None:
    headlines = [_folded(value) for value in list_in(item, "headlines") if isinstance(value, dict)]
    # The main one, else one without a role, else the first.
    headlines.sort(key=lambda value: ("main", None).index(role) if (role := value.get("role")) in {"main", None} else 2)
    main = next((value for value in headlines if text_in(value, "value", _LINE)), None)
    if main:
        text = text_in(main, "value", _LINE)
        return text if _is_html(main) else as_html(text)
    return as_html(text_in(item, "headline", _LINE) or text_in(item, "title", _LINE))


def _content(item: dict[str, Any]) -> tuple[str | None, bool]:
    """Return the body, and whether it is plain text; HTML goes first, as it says more."""
    bodies = [*_bodies(item, "bodies")]
    named = ((name, text_in(item, name, LONGEST_CONTENT)) for name in item if name.startswith("body_"))
    bodies += [(text, "html" in name) for name, text in named if text]
    return next(
        ((text, False) for text, is_html in bodies if is_html),
        next(((text, True) for text, _ in bodies), (None, False)),
    )


def _bodies(item: dict[str, Any], name: str) -> Iterator[tuple[str, bool]]:
    for value in list_in(item, name):
        body = _folded(value) if isinstance(value, dict) else {}
        text = text_in(body, "value", LONGEST_CONTENT)
        if text and not (text_in(body, "contenttype", _NAME) or "").endswith("xml"):
            yield text, _is_html(body)


def _is_html(value: dict[str, Any]) -> bool:
    declared = text_in(value, "contenttype", _NAME) or text_in(value, "role", _NAME) or ""
    return "html" in declared.casefold() or ("text/plain" not in declared and "</" in str(value.get("value")))


def _description(item: dict[str, Any]) -> str | None:
    for text, is_html in _bodies(item, "descriptions"):
        return text if is_html else as_html(text)
    html = text_in(item, "description_html", LONGEST_CONTENT)
    return html or as_html(text_in(item, "description_text", LONGEST_CONTENT))


def _authors(item: dict[str, Any]) -> Iterator[str]:
    signed = text_in(item, "by", _LINE) or text_in(item, "byline", _LINE)
    if signed:
        yield signed
    for value in list_in(item, "bylines"):
        name = (
            text_in(_folded(value), "by", _LINE) or text_in(_folded(value), "name", _LINE)
            if isinstance(value, dict)
            else value
        )
        if isinstance(name, str) and name:
            yield clean(name, _LINE)


def _agencies(item: dict[str, Any]) -> Iterator[str]:
    for field in ("infosources", "infosource", "source", "copyrightholder"):
        yield from _names(item, field)


def _names(item: dict[str, Any], field: str) -> Iterator[str]:
    """Yield the names under a field, which may be a string, an object, or a list of either."""
    value = item.get(field)
    for each in value if isinstance(value, list) else [value]:
        named = _folded(each) if isinstance(each, dict) else {"name": each}
        if name := text_in(named, "name", _NAME):
            yield name


def _recordings(item: dict[str, Any]) -> Iterator[Enclosure]:
    for rendition in (each for owner in (item, *_associated(item)) for each in _listed(owner, "renditions")):
        media_type = text_in(rendition, "contenttype", _NAME) or text_in(rendition, "mimetype", _NAME) or ""
        if media_type.startswith(("audio/", "video/")) and (url := text_in(rendition, "href", _URL)):
            size = rendition.get("sizeinbytes")
            yield Enclosure(url, media_type, size if is_count(size) else None)


def _image(item: dict[str, Any]) -> str | None:
    """Return the widest rendition of the first picture that goes with the item, else of the item itself."""
    pictures = [each for each in _associated(item) if each.get("type") in {"picture", "graphic"}]
    for owner in (*pictures, item):
        renditions = [each for each in _listed(owner, "renditions") if _is_picture(each)]
        renditions.sort(key=lambda each: width if is_count(width := each.get("width")) else 0, reverse=True)
        if url := next((text_in(each, "href", _URL) for each in renditions), None):
            return url
    return None


def _is_picture(rendition: dict[str, Any]) -> bool:
    media_type = text_in(rendition, "contenttype", _NAME) or text_in(rendition, "mimetype", _NAME) or "image/"
    return media_type.startswith("image/") and text_in(rendition, "href", _URL) is not None


def _associated(item: dict[str, Any]) -> list[dict[str, Any]]:
    return _listed(item, "associations")


def _listed(item: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """Return the objects of a field: named ones in 1.x, a list in 2.x."""
    value = item.get(field)
    found = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [_folded(each) for each in found if isinstance(each, dict)]
