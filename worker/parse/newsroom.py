"""XML documents of newsrooms, NITF and NewsML-G2, by their root element."""

from dataclasses import replace

from worker.values import Document, ParsedDocument
from worker.wire.newsml import read_item, read_message
from worker.wire.newsroom_entry import as_document
from worker.wire.nitf import read_nitf
from worker.wire.xml_tree import find, line_of, read_tree


def parse_newsroom(document: Document, max_entries: int) -> ParsedDocument:
    """Return what a newsroom document publishes; PollError when it is broken, or nothing in it may be published."""
    root = read_tree(document)
    if root.name == "nitf":
        return as_document("nitf", [read_nitf(root)], max_entries)
    read = read_message(root) if root.name == "newsMessage" else [read_item(root)]
    parsed = as_document("newsml-g2", read, max_entries)
    return replace(parsed, updated=line_of(find(root, "header", "sent")))
