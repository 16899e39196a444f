"""What broken documents are read as, beside what they were before: ``python -m benchmarks.broken [FOLDER…]``.

Sound documents are broken in the ways in which publishers break them, every entry of each. The table says how many
entries have the guid, the link, the title and the text that they have in the sound document.
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle, zip_longest
from pathlib import Path

from benchmarks.agreement import FIELDS, sighting_of
from benchmarks.parsers import FOLDERS, read_documents
from worker.basics.charset import decode
from worker.errors import PollError
from worker.parse.document import parse_document
from worker.parse.well_formed import read_well_formed
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

COMPARED = ("guid", "link", "title", "text")
_MOST = 5_000
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_ENTRY = re.compile(r"<(item|entry)[\s>].*?</\1>", re.DOTALL)
_ROOT = re.compile(r"<(?:rss|feed|rdf:RDF)\b[^>]*>")
_PREFIX = re.compile(r"""\sxmlns:[\w.-]+\s*=\s*(?:"[^"]*"|'[^']*')""")
# What can be written into an entry: behind the first tag of its title and of its text, before the end of its addresses.
_TITLE = re.compile(r"<title(?:\s[^>]*)?(?<!/)>")
_TEXT = re.compile(r"<(?:description|summary|content)(?:\s[^>]*)?(?<!/)>")
_ADDRESS = re.compile(r"""<(?:link|guid|id)(?:\s[^<>]*)?>[^<>\s]+(?=<)|<link\s[^<>]*?\bhref="[^"<>]+(?=")""")
_STRAY = "\ue0e9"
_JUNK = (
    "<br />\n<b>Deprecated</b>:  Function each() is deprecated in <b>/var/www/feed.php</b> on line <b>3</b><br />\n",
    "PHP Warning: Undefined variable $feed in /var/www/feed.php on line 3\n",
    "\n\n\ufeff",
    '<?xml version="1.0"?>\n',
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A document that is sound, and the same one broken."""

    sound: str
    broken: str


Way = Callable[[str, int], Pair]
"""Breaks the text of a document, the so-manieth of all."""


def _inserted(text: str, titles: str, texts: str, addresses: str = "") -> str:
    """Write something into the title, the text and the addresses of every entry."""

    def write(entry: re.Match[str]) -> str:
        written = _TITLE.sub(lambda tag: tag[0] + titles, entry[0], count=1)
        written = _TEXT.sub(lambda tag: tag[0] + texts, written, count=1)
        return _ADDRESS.sub(lambda address: address[0] + addresses, written) if addresses else written

    return _ENTRY.sub(write, text)


def _ampersands(text: str, _: int) -> Pair:
    broken = ("AT&T, M&S: ", "Q&A & more ", "?a=1&copy=2&lt=3&b")
    return Pair(_inserted(text, *(each.replace("&", "&amp;") for each in broken)), _inserted(text, *broken))


def _names(text: str, _: int) -> Pair:
    sound, broken = "fair\u00a0weather \u2014 Ren\u00e9 ", "fair&nbsp;weather &mdash; Ren&eacute; "
    return Pair(_inserted(text, sound, sound), _inserted(text, broken, broken))


def _prefixes(text: str, _: int) -> Pair:
    return Pair(text, _ROOT.sub(lambda root: _PREFIX.sub("", root[0]), text, count=1))


def _unclosed(text: str, _: int) -> Pair:
    ends = cycle(("</title>", "</description>|</summary>|</content>", "</link>", "</pubDate>|</updated>"))
    return Pair(text, _ENTRY.sub(lambda entry: re.sub(next(ends), "", entry[0], count=1), text))


def _stray_bytes(text: str, _: int) -> Pair:
    return Pair(_inserted(text, "Ren\u00e9 ", "Ren\u00e9 "), _inserted(text, f"Ren{_STRAY} ", f"Ren{_STRAY} "))


def _junk(text: str, number: int) -> Pair:
    return Pair(text, _JUNK[number % len(_JUNK)] + text)


WAYS: dict[str, Way] = {
    "bare & in titles, texts and links": _ampersands,
    "&nbsp; and other names of HTML": _names,
    "no prefix declared": _prefixes,
    "an unclosed tag in each entry": _unclosed,
    "a byte of Latin 1": _stray_bytes,
    "junk before the declaration": _junk,
}


@dataclass(slots=True)
class Tally:
    """What became of the documents that were broken in one way."""

    documents: int = 0
    entries: int = 0
    alike: Counter[str] = field(default_factory=Counter)
    parsers: Counter[str] = field(default_factory=Counter)
    differing: list[str] = field(default_factory=list)

    def share(self, compared: str) -> float:
        """Return how many entries in a hundred have the same in a field as in the sound document."""
        return 100 * self.alike[compared] / max(self.entries, 1)


def tally_ways(documents: Iterable[tuple[str, Document]]) -> dict[str, Tally]:
    """Break every sound document in every way, and compare its entries."""
    tallies = {name: Tally() for name in WAYS}
    for number, (name, document) in enumerate(documents):
        text = _DECLARATION.sub("", decode(document.body, document.content_type).lstrip(), count=1)
        for way, tally in tallies.items():
            pair = WAYS[way](f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', number)
            sound = _read_sound(replace(document, body=pair.sound.encode(), content_type=None))
            if sound and sound.entries:
                broken = replace(document, body=pair.broken.encode().replace(_STRAY.encode(), b"\xe9"))
                _compare(name, broken, sound, tally)
    return tallies


def _read_sound(document: Document) -> ParsedDocument | None:
    try:
        return read_well_formed(document, _MOST, _MOST)
    except PollError:
        return None


def _compare(name: str, broken: Document, sound: ParsedDocument, tally: Tally) -> None:
    tally.documents += 1
    tally.entries += len(sound.entries)
    try:
        read = parse_document(broken, _MOST)
    except PollError as error:
        tally.parsers["none"] += 1
        tally.differing.append(f"{name}: {error.sentence}")
        return
    tally.parsers[read.parser] += 1
    pairs = zip_longest(_articles(broken, sound), _articles(broken, read), fillvalue=None)
    for number, (ours, theirs) in enumerate(pairs):
        for compared in COMPARED:
            if ours and theirs and ours[compared] == theirs[compared]:
                tally.alike[compared] += 1
            else:
                tally.differing.append(f"{name}, entry {number}, {compared}: {theirs and theirs[compared]!r}")


def _articles(document: Document, parsed: ParsedDocument) -> Iterator[dict[str, object]]:
    for entry in parsed.entries:
        said = sighting_of(document, replace(parsed, site_url=None, language=None), entry)
        yield {compared: FIELDS[compared](said) for compared in COMPARED}


def main() -> None:
    """Print the table, and with ``--differing`` what was read otherwise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[folder for folder in FOLDERS if folder.is_dir()])
    parser.add_argument("--differing", action="store_true", help="name what is not read as it is in the sound document")
    chosen = parser.parse_args()
    tallies = tally_ways(read_documents(chosen.folders).items())
    print(f"{'':<36}documents  entries" + "".join(f"{compared:>9}" for compared in COMPARED) + "  read by")
    for way, tally in tallies.items():
        shares = "".join(f"{tally.share(compared):9.2f}" for compared in COMPARED)
        read_by = ", ".join(f"{parser} {count}" for parser, count in tally.parsers.most_common())
        print(f"{way:<36}{tally.documents:9,}{tally.entries:9,}{shares}  {read_by}")
        for line in tally.differing if chosen.differing else ():
            print("   ", line[:300])


if __name__ == "__main__":
    main()
