"""Which elements of a broken document are open, and where one ends that nobody has closed.

An element ends where its parent ends, and a field of an entry at the latest where the next field begins: unless its end
tag comes after that, before the entry ends. Only then is something else between the two, markup of a text most often.
"""

from collections.abc import Mapping

from worker.basics.markup import VOID_ELEMENTS, is_html_element
from worker.parse.mended_prefixes import Prefixes
from worker.parse.mended_tags import NextMarks
from worker.parse.vocabulary import USUAL_NAMESPACES, role_as_written
from worker.values.frozen import dataclass

# Elements that make a document a feed or a newsroom's, and what is written around those that are but a part of a feed.
_ROOTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("rss", "feed", "rdf", "urlset", "nitf", "newsitem", "newsmessage", "newsml"), ()),
    "channel": ("rss",),
    "item": ("rss", "channel"),
    "entry": ("feed",),
}
_FRAMES = frozenset({"rss", "atom", "rdf", "sitemap", "channel"})
_PARENTS = _FRAMES | {"entry"}
_HTML_FIELDS = frozenset({"summary", "plain summary", "content", "html content", "caption"})
_FIELDS = _HTML_FIELDS | frozenset(
    {"guid", "link", "title", "media title", "author", "name", "email", "published", "created", "updated", "language"}
    | {"tag", "tags", "enclosure", "media group", "media", "thumbnail", "image", "loc", "lastmod", "image loc"}
    | {"news name", "news language", "news date", "news title"}
)
# Fields that hold others of their namespace: media RSS, an export of WordPress.
_HOLDERS = frozenset({"media", "media group", "export author", "post meta"})
# Fields that nobody reads, but that tell where another one ends.
_OTHER_FIELDS = frozenset("cloud comments contributor copyright docs generator rights textinput ttl uri".split())
# But for those whose names feeds have for other things.
_VOID = VOID_ELEMENTS - {"base", "link", "source"}
# Each ends the one before (HTML, section 13.1.2.4).
_ROWS = frozenset("dd dt li option p td th tr".split())


@dataclass(frozen=True, slots=True)
class _Open:
    """An element that has begun, and where in what was written."""

    name: str
    key: str
    role: str
    start: int
    declared: tuple[str, ...]


class Elements:
    """The open elements of a document, and the document as it is written; a class because they grow together."""

    def __init__(self, next_marks: NextMarks) -> None:
        self._next_marks = next_marks
        self._written: list[str] = []
        self._open: list[_Open] = []
        # Places among the open elements: of each name, of fields, of entries.
        self._by_key: dict[str, list[int]] = {}
        self._fields: list[int] = []
        self._entries: list[int] = []
        self._entries_begun = 0
        self._prefixes = Prefixes()

    @property
    def is_begun(self) -> bool:
        """True once the root has begun."""
        return bool(self._written)

    @property
    def is_over(self) -> bool:
        """True once the root has ended."""
        return self.is_begun and not self._open

    @property
    def innermost(self) -> str:
        """The name of the element that began last and is open."""
        return self._open[-1].name if self._open else ""

    @property
    def entry(self) -> str:
        """The name of the open entry."""
        return self._open[self._entries[-1]].name if self._entries else ""

    def write(self, text: str) -> None:
        """Write text or a CDATA section, which has a place only within the root."""
        if self._open:
            self._written.append(text)

    def begin(self, name: str, attributes: Mapping[str, str], *, at: int, is_empty: bool) -> None:
        """Begin an element at its place in the text, and end the open ones that cannot hold it."""
        key = name.lower()
        role = role_as_written(key)
        if not self._open and not self._begin_root(key, attributes):
            return
        self._end_before(key, role, at)
        is_empty = is_empty or key in _VOID
        self._write_start(name, attributes, is_empty=is_empty, role=role)

    def end(self, name: str) -> None:
        """End an element and all within it; one that is not open, or is not the entry's own, stays as it is."""
        key = name.lower()
        places = self._by_key.get(key)
        if not places:
            return
        is_outside = self._entries and places[-1] < self._entries[-1]
        if not is_outside or self._open[places[-1]].role in _FRAMES:
            self._end_from(places[-1])

    def finish(self, *, is_cut: bool) -> str:
        """Return the whole document, but for an entry that the end of the text cuts off: others are whole."""
        if self._entries and self._entries_begun > 1 and (is_cut or self._field()):
            del self._written[self._open[self._entries[-1]].start :]
            del self._open[self._entries[-1] :]
        self._written += (f"</{element.name}>" for element in reversed(self._open))
        # Behind the name and the attributes of the root.
        self._written.insert(1, self._prefixes.declarations())
        return "".join(self._written)

    def _begin_root(self, key: str, attributes: Mapping[str, str]) -> bool:
        around = _ROOTS.get(key.rpartition(":")[2])
        # The channel of CDF has an address, and is the root.
        if around is None or self.is_over:
            return False
        for name in () if any(name.lower() == "href" for name in attributes) else around:
            self._write_start(name, {}, role=role_as_written(name), is_empty=False)
        return True

    def _end_before(self, key: str, role: str, at: int) -> None:
        """End the open elements before one that they cannot hold."""
        if role == "entry":
            same = self._by_key.get(key)
            if same:
                self._end_from(same[-1])
            elif self._fields:
                self._end_from(self._fields[0])
        elif key in _ROWS:
            if self._open and self._open[-1].key == key:
                self._end_from(len(self._open) - 1)
        else:
            while (field := self._field()) and self._ends(field, key, role, at):
                self._end_from(self._fields[-1])

    def _field(self) -> _Open | None:
        """Return the innermost open field of the entry, or of the feed where no entry is open."""
        entry = self._entries[-1] if self._entries else -1
        return self._open[self._fields[-1]] if self._fields and self._fields[-1] > entry else None

    def _ends(self, field: _Open, key: str, role: str, at: int) -> bool:
        """Say whether an element ends an open field that it begins in."""
        is_field = role or key in _OTHER_FIELDS or self._is_extension(field, key)
        return bool(is_field) and not _holds(field, key, role) and not self._is_ended(field, at)

    def _is_extension(self, field: _Open, key: str) -> bool:
        """Say whether an element is one of those that others have added to feeds, not markup of the field's text."""
        prefix, colon, local = key.rpartition(":")
        is_declared = self._prefixes.is_bound(prefix) or prefix in USUAL_NAMESPACES
        return bool(colon) and not is_html_element(local) and (is_declared or field.role not in _HTML_FIELDS)

    def _is_ended(self, field: _Open, at: int) -> bool:
        """Say whether the end tag of a field comes before another one begins, and before the entry ends."""
        entry = self.entry or "item"
        bounds = (f"<{field.name}", f"<{entry}>", f"<{entry} ", f"</{entry}>")
        end = self._next_marks.find(f"</{field.name}", at)
        return all(end < self._next_marks.find(bound, at) for bound in bounds)

    def _write_start(self, name: str, attributes: Mapping[str, str], *, role: str, is_empty: bool) -> None:
        start, key = len(self._written), name.lower()
        declared = self._prefixes.enter(name, attributes)
        self._written.append("".join((f"<{name}", *(f' {each}="{value}"' for each, value in attributes.items()))))
        self._written.append("/>" if is_empty else ">")
        self._entries_begun += role == "entry"
        if is_empty:
            self._prefixes.leave(declared)
            return
        place = len(self._open)
        is_field = role in _FIELDS or (place > 0 and self._open[-1].role in _PARENTS and role not in _PARENTS)
        self._open.append(_Open(name, key, role, start, declared))
        self._by_key.setdefault(key, []).append(place)
        if role == "entry":
            self._entries.append(place)
        elif is_field:
            self._fields.append(place)

    def _end_from(self, place: int) -> None:
        """End the open elements from a place on, the innermost first."""
        while len(self._open) > place:
            element = self._open.pop()
            self._written.append(f"</{element.name}>")
            self._prefixes.leave(element.declared)
            self._by_key[element.key].pop()
            for places in (self._fields, self._entries):
                if places and places[-1] == len(self._open):
                    places.pop()


def _holds(field: _Open, key: str, role: str) -> bool:
    """Say whether one field may hold another."""
    if field.role == "author":
        return role in {"name", "email"} or key.endswith("uri")
    if field.role in _HOLDERS:
        return key.partition(":")[0] == field.key.partition(":")[0]
    # Categories of podcasts hold others.
    return field.role == "tag" and key == field.key
