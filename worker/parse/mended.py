"""Mend a document that is not well-formed: write the markup that its publisher meant, for expat to read.

One pass over the text, in linear time. What is sound passes as it is, so that the mended document says what the sound
one would have said. References that XML does not know become characters, bare ampersands and stray brackets become
text, attributes get quotes, prefixes a namespace, elements the ends that they lack. What stands around the root is
dropped, and the document type with it: after this nothing can declare anything.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from worker.basics.charset import decode
from worker.parse.mended_elements import Elements
from worker.parse.mended_tags import NextMarks, Tag, Tags, read_attributes
from worker.parse.references import drop_no_characters, join_halves, mend_references
from worker.values.due_feeds import Document

_CDATA, _CDATA_END = "<![CDATA[", "]]>"
# The end of a section that was begun twice. Each beginning looks for it, which must not take long.
_DOUBLED = re.compile(r"\]\]>\s{0,100}\]\]>")
# To where a declaration reaches, or what looks like one.
_ENDS = {"<!--": "-->", "<?": "?>", "<!": ">"}
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[<>]*\[(.*?)\]\s*>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"""<!ENTITY\s+([A-Za-z][\w.-]{0,40})\s+(?:"([^"<>]{0,1000})"|'([^'<>]{0,1000})')\s*>""", re.ASCII)
# Entities must not blow a document up: no more characters may come of all references together.
_MOST_FROM_ENTITIES = 4_000_000


def mend_document(document: Document) -> Document:
    """Return a document with well-formed markup, in UTF-8."""
    text = mend(decode(document.body, document.content_type))
    return replace(document, body=text.encode(errors="replace"), content_type=None)


def mend(text: str) -> str:
    """Return the well-formed document that a text was meant to be; a text without a feed's root comes back as "" ."""
    return _Mender(drop_no_characters(join_halves(text))).mend()


class _Mender:
    """Reads a text from mark to mark; a class because what a mark means depends on those before."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next_marks = NextMarks(text)
        self._tags = Tags(text)
        self._elements = Elements(self._next_marks)
        self._entities: Mapping[str, str] = {}
        self._is_cut = False
        self._is_behind_cdata = False
        self._doctype_may_come = True

    def mend(self) -> str:
        at = 0
        while not self._elements.is_over and (bracket := self._text.find("<", at)) >= 0:
            self._write_text(self._text[at:bracket])
            at = self._read_mark(bracket)
        self._write_text(self._text[at:])
        return self._elements.finish(is_cut=self._is_cut) if self._elements.is_begun else ""

    def _read_mark(self, at: int) -> int:
        """Read what begins at a bracket; return where it ends."""
        if self._text.startswith(_CDATA, at):
            return self._read_cdata(at)
        if tag := self._tags.read(at):
            self._read_tag(tag, at)
            return tag.end
        if self._next_marks.find(">", at) == len(self._text):
            self._is_cut = True
            return len(self._text)
        if mark := next((mark for mark in _ENDS if self._text.startswith(mark, at)), None):
            return self._skip(mark, at)
        self._elements.write("&lt;")
        return at + 1

    def _read_tag(self, tag: Tag, at: int) -> None:
        self._is_behind_cdata = False
        if tag.is_end:
            self._elements.end(tag.name)
        else:
            attributes = read_attributes(tag.attributes, self._entities) if tag.attributes else {}
            self._elements.begin(tag.name, attributes, at=at, is_empty=tag.is_empty)

    def _read_cdata(self, at: int) -> int:
        """Read a CDATA section, to the end of its element where it has no end of its own."""
        start = at + len(_CDATA)
        end, next_start = self._next_marks.find(_CDATA_END, start), self._next_marks.find(_CDATA, start)
        if next_start < end and _DOUBLED.match(self._text, end) and not self._text[start:next_start].strip():
            return next_start
        if next_start < end or end == len(self._text):
            end = min(end, self._next_marks.find(f"</{self._elements.innermost}", start))
        self._elements.write(f"{_CDATA}{self._text[start:end]}{_CDATA_END}")
        self._is_behind_cdata = True
        return end + len(_CDATA_END) if self._text.startswith(_CDATA_END, end) else end

    def _skip(self, mark: str, at: int) -> int:
        """Skip a comment, an instruction or a declaration; take in the entities that a document type declares."""
        if self._doctype_may_come and mark == "<!":
            # Only once: to look for an end may take the whole text.
            self._doctype_may_come = False
            if doctype := _DOCTYPE.match(self._text, at):
                self._entities = _read_entities(doctype[1], self._text.count("&"))
                return doctype.end()
        end = self._next_marks.find(_ENDS[mark], at)
        if mark == "<!--" and self._elements.entry and end > self._next_marks.find(f"</{self._elements.entry}>", at):
            # It has no end: that one is another's.
            return at + len(mark)
        if mark == "<?" and end > self._next_marks.find("<", at + 1):
            mark, end = "<!", self._next_marks.find(">", at)
        return end + len(_ENDS[mark]) if end < len(self._text) else at + len(mark)

    def _write_text(self, text: str) -> None:
        if _CDATA_END in text:
            text = text.replace(_CDATA_END, "" if self._is_behind_cdata else "]]&gt;")
        self._elements.write(mend_references(text, self._entities))


def _read_entities(subset: str, references: int) -> Mapping[str, str]:
    """Return the texts of the entities that a document type declares, each as it stands; none if they would be much."""
    found = {name: mend_references(one or other, {}) for name, one, other in _ENTITY.findall(subset)}
    longest = max(map(len, found.values()), default=0)
    return found if longest * references <= _MOST_FROM_ENTITIES else {}
