"""Outlines: the entries of a document told by their bytes, so that those which come again need not be read.

Most documents that changed have one new entry, at twenty times the price of reading one. An entry of the same bytes
says the same, if nothing around it gives it another meaning: the outline's ``frame`` is a hash of all that could.

The bytes from ``<item`` to the next ``</item>`` are an element, unless one of the two stands in a comment or a text.
Known ones are replaced by empty elements before the rest is read. Where the rest is well-formed, and has these empty
elements at the places of its entries, all under one parent, each of them stood for a whole one.
"""

import re
from collections.abc import Iterator, Sequence

import xxhash

from worker.parse.vocabulary import is_known_namespace
from worker.values.entries import Outline, OutlinedEntry
from worker.values.frozen import dataclass

# Of 32 bytes each: longer outlines would be much to keep.
_MOST_ENTRIES = 2_000
_NAMES = (b"item", b"entry")
_PREFIXED = re.compile(rb"<([\w.-]{1,40}:(?:item|entry))[\s>]")
_AFTER_NAME = frozenset((b" ", b"\t", b"\r", b"\n", b">"))
# What entries inherit is in these tags: namespaces, xml:base, xml:lang, and the encoding.
_AROUND = rb"(?:[\w.-]{1,40}:)?(?i:rss|rdf|feed|channel)"
_TAGS_AROUND = re.compile(rb"<(?:\?xml|%s)(?=[\s>])[^>]*>" % _AROUND)
_PARENT = re.compile(rb"</?%s(?=[\s>])" % _AROUND)
_PREFIX = b"xmlns:"
_DECLARATION = re.compile(_PREFIX + rb"""[\w.-]{1,40}=(?:"([^"<]*)"|'([^'<]*)')""")


@dataclass(frozen=True, slots=True)
class Sliced:
    """A document cut into its entries' elements and what is around them."""

    name: bytes
    """The entries' tag."""
    around: Sequence[bytes]
    """What is before, between and after the entries: one more than there are entries."""
    slices: Sequence[bytes]

    def without(self, known: Sequence[bool]) -> bytes:
        """Return the document with an empty element in place of each known entry."""
        empty = b"<%s></%s>" % (self.name, self.name)
        pieces = [self.around[0]]
        for piece, is_known, after in zip(self.slices, known, self.around[1:], strict=True):
            pieces += (empty if is_known else piece, after)
        return b"".join(pieces)


def slice_entries(body: bytes) -> Sliced | None:
    """Return a document cut into entries; None where bytes do not tell them apart, or there are none or too many."""
    for name in _find_names(body):
        ends = list(_find_ends(body, name))
        if 0 < len(ends) <= _MOST_ENTRIES:
            starts, after = zip(*ends, strict=True)
            around = [body[end:start] for end, start in zip((0, *after), (*starts, len(body)), strict=True)]
            return Sliced(name, around, [body[start:end] for start, end in ends])
    return None


def _find_names(body: bytes) -> Iterator[bytes]:
    """Yield the tags that a document's entries may have, the commonest first."""
    yield from _NAMES
    if prefixed := _PREFIXED.search(body):
        yield prefixed[1]


def _find_ends(body: bytes, name: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each entry's element begins and ends."""
    start_tag, end_tag = b"<" + name, b"</%s>" % name
    at = body.find(start_tag)
    while at >= 0:
        start, at = at, at + len(start_tag)
        if body[at : at + 1] in _AFTER_NAME:
            end = body.find(end_tag, at)
            if end < 0:
                return
            at = end + len(end_tag)
            yield start, at
        at = body.find(start_tag, at)


def outline_entries(sliced: Sliced, before: Outline | None = None) -> tuple[OutlinedEntry, ...] | None:
    """Return a document's entries by their bytes; those that the one before had too have their keys.

    None where one declares what may give others another meaning.
    """
    known = {each.slice_hash: each for each in before.entries} if before else {}
    entries = [known.get(digest) or OutlinedEntry(digest) for digest in map(xxhash.xxh3_64_digest, sliced.slices)]
    unread = (piece for entry, piece in zip(entries, sliced.slices, strict=True) if not entry.guid_hash)
    return None if any(map(_gives_meaning, unread)) else tuple(entries)


def _gives_meaning(piece: bytes) -> bool:
    """Say whether an entry may declare a prefix of a namespace that others have too, and that is known by no name."""
    prefixes = piece.count(_PREFIX)
    if not prefixes:
        return False
    declared = [(double or single).decode(errors="replace") for double, single in _DECLARATION.findall(piece)]
    return len(declared) < prefixes or not all(map(is_known_namespace, declared))


def hash_frame(sliced: Sliced, content_type: str | None, authors: Sequence[str]) -> bytes | None:
    """Return the hash of all that entries take from around them; ``authors`` are the feed's.

    None where the entries do not have one parent, or a tag around them cannot be told from its text.
    """
    before, *between = sliced.around[:-1]
    tags = _TAGS_AROUND.findall(before)
    is_sure = not any(tag.count(quote) % 2 for tag in tags for quote in (b'"', b"'"))
    if not _PARENT.search(before) or not is_sure or any(map(_PARENT.search, between)):
        return None
    said = "\0".join((content_type or "", *authors)).encode(errors="replace")
    return xxhash.xxh3_128_digest(b"\0".join((sliced.name, said, *tags)))
