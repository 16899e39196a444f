"""The components of a NewsML 1 item, by their roles: what is its body, a summary, a picture, or none of these."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from worker.basics.field_rules import as_html, read_length
from worker.basics.media_rules import read_pixels
from worker.values.entries import Enclosure, Entry
from worker.wire.newsroom.newsroom_body import read_body
from worker.wire.newsroom.newsroom_tree import Node, children, find_node, line_of, read_attribute
from worker.wire.newsroom.nitf import read_inner_article

_TEXTS = frozenset({"text", ""})
_RECORDINGS = frozenset({"audio", "video"})
_PICTURES = frozenset({"photo", "graphic", "picture", "image", "animation"})
_KINDS = {"complexdata": "text"}
# Where an item names no type of media, the format of its file tells.
_FORMATS = {"jpeg": "photo", "jpg": "photo", "gif": "photo", "png": "photo", "css": "stylesheet", "mp3": "audio"}
_PICTURE_ROLES = frozenset({"picture", "photo", "image", "graphic", "caption", "legend", "logo"})
_TITLES = frozenset({"title", "headline"})
_SUMMARIES = frozenset({"abstract", "summary", "teaser"})
_LEAD = "lead"
# Text that is no part of the article.
_BESIDE = frozenset({"caption", "legend", "stylesheet", "contact", "tweettext", "logo"}) | _TITLES | _SUMMARIES


@dataclass(frozen=True, slots=True)
class Part:
    """A component of an item, with its role in small letters; one without has that of what it is in."""

    node: Node
    role: str = ""
    is_picture: bool = False
    """Whether it is, or is within, a picture that goes with the text."""

    @property
    def description(self) -> Node | None:
        """What it is about."""
        # TASS spells it in a way of its own.
        return find_node(self.node, "DescriptiveMetadata") or find_node(self.node, "DescriptiveMetada")

    @property
    def kinds(self) -> list[str]:
        """The types of media of its content items, in small letters; empty where an item says none."""
        return [_kind_of(content) for content in children(self.node, "ContentItem")]


def list_parts(item: Node) -> list[Part]:
    """Return the components of an item, however deep, the main one of several before the others."""
    return [*_list_parts(item, Part(item))]


def _list_parts(owner: Node, above: Part) -> Iterator[Part]:
    inner = [_as_part(each, above) for each in children(owner, "NewsComponent")]
    for part in sorted(inner, key=lambda part: part.role != "main") if above.node.name == "NewsComponent" else inner:
        yield part
        yield from _list_parts(part.node, part)


def _as_part(component: Node, above: Part) -> Part:
    role = (formal_name(find_node(component, "Role")) or "").casefold()
    return Part(component, role or above.role, is_picture=above.is_picture or role in _PICTURE_ROLES)


def read_texts(parts: Sequence[Part], headline: str | None) -> Entry:
    """Return the body of an item with what stands in it, and a title or a summary that are components too."""
    read = [(part.role, entry) for part in parts for entry in _read_part(part, headline)]
    title, summary, lead = (_first(read, roles) for roles in (_TITLES, _SUMMARIES, {_LEAD}))
    others = [(role, entry) for role, entry in read if role not in _BESIDE | {_LEAD}]
    body = _first(others, {"body"}) or _first(others, {role for role, _ in others}) or lead or Entry()
    if lead and lead is not body and lead.content:
        body = _join(lead, body)
    named = line_of(Node("", parts=[title.content or ""])) if title and title.is_plain_text else None
    told = as_html(summary.content, is_plain=summary.is_plain_text) if summary else None
    return replace(body, title=body.title or named, summary=told or body.summary)


def _first(read: Sequence[tuple[str, Entry]], roles: frozenset[str] | set[str]) -> Entry | None:
    return next((entry for role, entry in read if role in roles and entry.content), None)


def _join(lead: Entry, body: Entry) -> Entry:
    if lead.is_plain_text and body.is_plain_text:
        return Entry(content=f"{lead.content}\n\n{body.content or ''}".strip(), is_plain_text=True)
    html = [as_html(each.content, is_plain=each.is_plain_text) or "" for each in (lead, body)]
    return Entry(content="".join(f"<p>{each}</p>" if "<p" not in each else each for each in html))


def _read_part(part: Part, headline: str | None) -> Iterator[Entry]:
    for content in children(part.node, "ContentItem"):
        if _kind_of(content) in _TEXTS and not part.is_picture and (body := _body_of(content)):
            yield _read_content(body, headline)


def _read_content(data: Node, headline: str | None) -> Entry:
    if nitf := find_node(data, "nitf"):
        return read_inner_article(nitf)
    inner = find_node(data, "html", "body") or find_node(data, "body", "body.content")
    return read_body(inner or find_node(data, "body") or find_node(data, "body.content") or data, headline)


def _body_of(content: Node) -> Node | None:
    """Return the data of a content item; none where it is encoded, as pictures are."""
    data = find_node(content, "DataContent") or find_node(content, "Encoding", "DataContent")
    encoding = (read_attribute(find_node(content, "Encoding"), "Notation") or "").casefold()
    return None if "base64" in encoding else data


def read_image(parts: Sequence[Part]) -> str | None:
    """Return the widest picture."""
    contents = [content for part in parts for content in children(part.node, "ContentItem")]
    pictures = [each for each in contents if _kind_of(each) in _PICTURES and read_attribute(each, "Href")]
    return read_attribute(max(pictures, key=_width, default=None), "Href")


def _width(content: Node) -> int:
    properties = [*children(find_node(content, "Characteristics"), "Property")]
    widths = (read_attribute(each, "Value") for each in properties if formal_name(each) in {"Width", "PixelWidth"})
    return max(map(read_pixels, widths), default=0)


def read_recordings(parts: Sequence[Part]) -> Iterator[Enclosure]:
    """Yield the recordings that have an address."""
    for content in (content for part in parts for content in children(part.node, "ContentItem")):
        href = read_attribute(content, "Href")
        if href and _kind_of(content) in _RECORDINGS:
            length = read_length(line_of(find_node(content, "Characteristics", "SizeInBytes")))
            yield Enclosure(href, formal_name(find_node(content, "MimeType")), length)


def _kind_of(content: Node) -> str:
    """Return the type of media of a content item, in small letters; nothing where that is not said."""
    kind = (formal_name(find_node(content, "MediaType")) or "").casefold()
    mime = (formal_name(find_node(content, "MimeType")) or "").casefold()
    form = (formal_name(find_node(content, "Format")) or "").casefold().partition(" ")[0]
    told = kind or _FORMATS.get(mime.partition("/")[2]) or _FORMATS.get(form) or ""
    return _KINDS.get(told, told)


def formal_name(node: Node | None) -> str | None:
    """Return the name by which an element says which of a vocabulary's it is."""
    return read_attribute(node, "FormalName")
