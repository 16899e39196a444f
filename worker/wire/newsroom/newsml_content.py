"""The text of a NewsML-G2 item, of which there may be several: XHTML, NITF, TT's own markup, plain or escaped HTML."""

from dataclasses import replace

from worker.values.entries import Entry
from worker.wire.newsroom.newsroom_body import read_body, read_text
from worker.wire.newsroom.newsroom_tree import Node, children, find_node, line_of, read_attribute
from worker.wire.newsroom.nitf import read_inner_article

_NO_TEXT_TYPES = ("image/", "audio/", "video/", "application/json", "text/css", "text/csv")


def media_type_of(node: Node) -> str:
    """Return the type of a content's data, in small letters."""
    return (read_attribute(node, "contenttype") or "").casefold()


def read_content(contents: list[Node], entry: Entry) -> Entry:
    """Return the body: of several the longest, those in the item's language and as XML before others."""
    found = [
        (_rank(node, entry.language), _read_inline(node, entry.title)) for each in contents for node in children(each)
    ]
    bodies = [(rank, len(body.content), body) for rank, body in found if body.content]
    return max(bodies, key=lambda body: body[:2], default=((), 0, Entry()))[2]


def _rank(node: Node, language: str | None) -> tuple[bool, bool]:
    own = (read_attribute(node, "lang") or language or "")[:2].casefold()
    return own == (language or "")[:2].casefold(), node.name == "inlineXML"


def _read_inline(node: Node, title: str | None) -> Entry:
    if media_type_of(node).startswith(_NO_TEXT_TYPES) or read_attribute(node, "encoding"):
        return Entry()
    if node.name == "inlineXML":
        if nitf := find_node(node, "nitf"):
            return read_inner_article(nitf)
        if swedish := find_node(node, "BODY"):
            return _read_swedish(swedish, title)
        return read_body(find_node(node, "html", "body") or find_node(node, "html") or node, title)
    is_data = node.name == "inlineData"
    return read_text("".join(part for part in node.parts if isinstance(part, str))) if is_data else Entry()


def _read_swedish(body: Node, title: str | None) -> Entry:
    """Return the texts in TT's own markup, and who wrote them."""
    texts = [*children(body, "TEXT")]
    pictures = (line_of(find_node(picture, "BILDFIL")) for text in texts for picture in children(text, "BILD"))
    return replace(
        read_body(Node("", parts=[part for text in texts for part in text.parts]), title),
        authors=tuple(filter(None, (line_of(byline) for text in texts for byline in children(text, "BYLINE")))),
        image_url=next(filter(None, pictures), None),
    )
