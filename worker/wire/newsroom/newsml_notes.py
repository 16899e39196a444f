"""The notes to editors of a NewsML-G2 item: publishers have several kinds of them, by roles of their own."""

import re
from collections.abc import Iterator

from worker.wire.bylines import read_author_names
from worker.wire.newsroom.newsroom_tree import Node, children, line_of, read_attribute

# dpa's: initials, whom to call, which pictures there are, and once more all of these in one.
_NO_NOTES = frozenset({"closingline", "notepad", "dpacontacts", "picture"})
_CORRECTIONS = frozenset({"correction", "correctionshort", "correctionlong"})
_CONTACTS = "dpacontacts"
# Autor/in: Ada Lindqvist (Oslo), +49 …; Reporting by: Ada Lindqvist and Tobias Quill in Oslo
_SIGNED = re.compile(r"(?:Autor(?:en|in|innen|/in)?|Reporting by|Written by): ?(?P<names>[^,:;<\d]{3,200})")
_PLACE = re.compile(r"\s?\([^()]{2,60}\)|\sin\s[^\W\d_a-z][\w .-]{1,40}$")


def read_note(meta: Node | None) -> str | None:
    """Return the note to editors: what is corrected, else all that is meant for them."""
    notes = [(_role(note), words) for note in children(meta, "edNote") if (words := line_of(note))]
    corrected = [words for role, words in notes if role in _CORRECTIONS]
    meant = [words for role, words in notes if role not in _NO_NOTES]
    return " ".join(dict.fromkeys(corrected or meant)) or None


def read_contacts(meta: Node | None) -> tuple[str, ...]:
    """Return the authors whom a note names to editors who have questions."""
    return tuple(name for each in _signed(meta) for name in read_author_names(each))


def _signed(meta: Node | None) -> Iterator[str]:
    for note in children(meta, "edNote"):
        signed = _SIGNED.match(line_of(note) or "") if _role(note) == _CONTACTS else None
        if signed:
            yield _PLACE.sub("", signed["names"]).strip()


def _role(note: Node) -> str:
    return (read_attribute(note, "role") or "").rpartition(":")[2].casefold()
