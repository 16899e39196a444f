"""Documents spoilt at random through the parser as it is used: ``python -m benchmarks.fuzz --count 100000 [FOLDER…]``.

Every one must be answered, read or refused, within the limits. A fault of our own paths that another parser made up for
is counted and shown all the same; the command fails for it.
"""

import argparse
import random
import re
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from benchmarks.parsers import FOLDERS, read_documents
from worker.errors import PollError
from worker.parse import Parsed, ParseLimits, Parser
from worker.parse.mended import mend_document
from worker.parse.well_formed import read_well_formed
from worker.values.due_feeds import Document

_MOST = 50
# Large documents are cut to a few entries: what is wrong with ten is wrong with two.
_ENTRY_END = re.compile(rb"</(?:item|entry|url)>")
_KEPT_ENTRIES = 2
_LARGEST = 20_000
_AT_ONCE = 64
_LIMITS = ParseLimits(max_entries=_MOST, cpu=timedelta(seconds=5), wall=timedelta(seconds=20), memory=600_000_000)
_MARKUP = b"""
< > & ' " </ /> ]]> <![CDATA[ <!-- --> <?xml?> &#0; &#xD800; &#x10FFFF; &#146; &nbsp; &x; <item> </item> <entry> <title>
<link/> <guid> <a:b> <author><name> <media:group> xml:base='//[' xml:lang='' xmlns:a='b' xmlns='c' type='xhtml'
mode='base64' isPermaLink='true' rel='self' url='' encoding='utf-7' <!DOCTYPE%a%[<!ENTITY%x%'y'>]>
<content%xmlns='http://search.yahoo.com/mrss/'>
"""
_PIECES = [
    *(piece.replace(b"%", b" ") for piece in _MARKUP.split()),
    *(b"\x00", b"\xff", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\xf0\x9f\x98\x80"),
    *(b"9" * 40, b"a@" * 40),
]
_JSON = b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Weather", "home_page_url": "https://example.com/",
"authors": [{"name": "Ann"}], "items": [{"id": 1, "url": "https://example.com/1", "title": "Rain", "tags": ["wet"],
"content_html": "<p>It rained.</p>", "date_published": "2026-11-23T07:30:00Z", "attachments": [{"url": "a",
"size_in_bytes": 1234}]}, {"id": "2", "content_text": "It snowed.", "image": "b", "author": {"name": "Ben"}}]}"""
Spoil = Callable[[random.Random, bytes, bytes], bytes]


@dataclass(slots=True)
class Tally:
    """What came of the documents."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    """Seconds that a batch took to be answered."""


def seeds(folders: Sequence[Path]) -> list[bytes]:
    """Return the documents to spoil, small."""
    bodies = (document.body for document in read_documents(folders).values())
    return [*20 * [_JSON], *(cut[:_LARGEST] for body in bodies if (cut := _shorten(body)))]


def spoilt(chance: random.Random, bodies: Sequence[bytes], count: int, spoils: Sequence[Spoil] = ()) -> Iterator[bytes]:
    """Return documents with one to six things wrong in each, of those that markup has unless others are named."""
    spoils = spoils or SPOILS
    for _ in range(count):
        body = chance.choice(bodies)
        for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
            body = chance.choice(spoils)(chance, body, chance.choice(bodies))
        yield body


def run(bodies: Iterator[bytes], tally: Tally) -> None:
    """Send documents through a parser, and through our own paths alone to see their faults."""
    with Parser(_LIMITS) as parser:
        for key, body in enumerate(bodies):
            document = Document("http://feed.example/feed", body, None)
            _try_alone(document, tally)
            parser.submit(key, document)
            if parser.pending >= _AT_ONCE:
                _collect_all(parser, tally)
        _collect_all(parser, tally)


def _try_alone(document: Document, tally: Tally) -> None:
    try:
        with suppress(PollError):
            if read_well_formed(document, _MOST, _MOST) is None:
                read_well_formed(mend_document(document), _MOST, _MOST)
    except Exception as fault:  # noqa: BLE001 -- another parser then reads it
        tally.faults[f"{type(fault).__name__}: {traceback.extract_tb(fault.__traceback__)[-1]}"] += 1


def _collect_all(parser: Parser, tally: Tally) -> None:
    began = time.monotonic()
    while parser.pending:
        for answered in parser.collect(timedelta(seconds=1)):
            tally.outcomes[_outcome(answered)] += 1
    tally.slowest = max(tally.slowest, time.monotonic() - began)


def _outcome(answered: Parsed) -> str:
    answer = answered.answer
    if not isinstance(answer, PollError):
        return f"read by {answer.parser}"
    died = "crash" in answer.sentence or "took more than" in answer.sentence
    return f"child lost: {answer.sentence}" if died else f"refused: {answer.error_class}"


def _shorten(body: bytes) -> bytes:
    ends = [end.end() for end in _ENTRY_END.finditer(body)]
    return body[: ends[_KEPT_ENTRIES - 1]] + body[ends[-1] :] if len(ends) > _KEPT_ENTRIES else body


def _place(chance: random.Random, body: bytes) -> tuple[int, int]:
    start = chance.randrange(len(body) + 1)
    return start, min(start + int(chance.paretovariate(0.7)), len(body))


def _flip(chance: random.Random, body: bytes, _: bytes) -> bytes:
    place, _end = _place(chance, body)
    return body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]


def _drop(chance: random.Random, body: bytes, _: bytes) -> bytes:
    start, end = _place(chance, body)
    return body[:start] + body[end:]


def _repeat(chance: random.Random, body: bytes, _: bytes) -> bytes:
    start, end = _place(chance, body)
    return (body[:start] + body[start:end] * chance.choice((2, 3, 200)) + body[end:])[:_LARGEST]


def _insert(chance: random.Random, body: bytes, _: bytes) -> bytes:
    place, _end = _place(chance, body)
    return body[:place] + chance.choice((b"", b" ")) + chance.choice(_PIECES) + body[place:]


def _splice(chance: random.Random, body: bytes, other: bytes) -> bytes:
    return (body[: _place(chance, body)[0]] + other[_place(chance, other)[0] :])[:_LARGEST]


def _swap_names(chance: random.Random, body: bytes, other: bytes) -> bytes:
    """Keep it well-formed: one element takes the name of another."""
    names = sorted(set(re.findall(rb"<([A-Za-z][\w:]*)", body)) or {b"x"})
    others = sorted(set(re.findall(rb"<([A-Za-z]\w*)[ >]", other)) or {b"y"})
    name, new = chance.choice(names), chance.choice(others)
    return re.sub(rb"(</?)" + re.escape(name) + rb"\b", rb"\1" + new, body)


def _empty(chance: random.Random, body: bytes, _: bytes) -> bytes:
    """Keep it well-formed: a text is gone, or another."""
    texts = list(re.finditer(rb">([^<>]+)<", body))
    if not texts:
        return body
    text = chance.choice(texts)
    return body[: text.start(1)] + chance.choice((b"", b" ", b"-1", b"//[", b"&#133;&amp;lt;b>")) + body[text.end(1) :]


def _recode(chance: random.Random, body: bytes, _: bytes) -> bytes:
    text = body.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-be", "utf-32", "cp1252", "koi8-r", "shift_jis")), "replace")


# Twice those that leave a document well-formed: most others end at the first look.
SPOILS: Sequence[Spoil] = [_flip, _drop, _repeat, _insert, _splice, _recode, *2 * (_swap_names, _empty)]


def main() -> None:
    """Spoil, read and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="the same documents for the same number")
    parser.add_argument("folders", nargs="*", type=Path, default=[folder for folder in FOLDERS if folder.is_dir()])
    chosen = parser.parse_args()
    tally = Tally()
    run(spoilt(random.Random(chosen.seed), seeds(chosen.folders), chosen.count), tally)
    for outcome, count in tally.outcomes.most_common():
        print(f"{count:8,}  {outcome}")
    print(f"\n{tally.slowest:.1f} s for the slowest {_AT_ONCE} documents")
    for fault, count in tally.faults.most_common():
        print(f"{count:8,}  FAULT {fault}")
    if tally.faults or tally.outcomes.total() != chosen.count:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
