"""Writing the body of a newsroom document as HTML: NITF's own elements become those that readers know.

Nothing is made safe here: normalise cleans all HTML alike.
"""

from collections.abc import Iterator
from html import escape

from worker.wire.xml_tree import Node, attribute, find, line_of

# Elements of NITF 3 by the HTML that means the same; the rest, people and places among it, is text or HTML already.
_HTML_NAMES = {
    "block": "div",
    "bq": "blockquote",
    "credit": "p",
    "datasource": "p",
    "fn": "p",
    "hl1": "h1",
    "hl2": "h2",
    "lang": "span",
    "media": "figure",
    "media-caption": "figcaption",
    "media-producer": "small",
    "note": "div",
}
# Binary pictures, data about data, and what stands in fields of its own.
_DROPPED = frozenset("media-metadata media-object nitf-table-metadata byline dateline hedline".split())
_VOID = frozenset("br hr img col wbr source track".split())


def write_html(nodes: Iterator[Node]) -> str:
    """Return elements as HTML."""
    return "".join(piece for node in nodes for piece in _write(node)).strip()


def _write(node: Node) -> Iterator[str]:
    if node.name in _DROPPED:
        return
    if node.name == "media-reference":
        yield _picture(node)
        return
    if node.name == "frac":
        yield escape(f"{line_of(find(node, 'frac-num')) or ''}/{line_of(find(node, 'frac-den')) or ''}", quote=False)
        return
    name = _HTML_NAMES.get(node.name, node.name)
    # person, org and chron are words of a sentence; name.given and the like have names that HTML cannot have.
    is_tag = name.isascii() and name.replace("-", "").isalnum()
    if is_tag:
        yield f"<{name}{''.join(_write_attributes(node))}>"
    for part in node.parts if name not in _VOID else ():
        if isinstance(part, str):
            yield escape(part, quote=False)
        else:
            yield from _write(part)
    if is_tag and name not in _VOID:
        yield f"</{name}>"


def _write_attributes(node: Node) -> Iterator[str]:
    for name, value in node.attributes.items():
        if name.isascii() and name.replace("-", "").isalnum():
            yield f' {name}="{escape(value)}"'


def _picture(reference: Node) -> str:
    source = picture_url(reference)
    text = attribute(reference, "alternate-text") or ""
    return f'<img src="{escape(source)}" alt="{escape(text)}">' if source else ""


def picture_url(reference: Node) -> str | None:
    """Return the address of a media reference that is a picture."""
    media_type = attribute(reference, "mime-type") or "image/"
    return attribute(reference, "source") if media_type.startswith("image/") else None
