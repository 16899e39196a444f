"""Newsroom files spoilt at random, read as ``feedmill ingest`` reads them: ``python -m benchmarks.intake_fuzz``.

Dispatches, transmissions, mail, items of newsrooms, feeds, and archives of them (every tenth) lose, gain, repeat and
exchange bytes, lines and elements. Each has to be read to its articles or refused within two seconds of CPU; the
command fails for an error that nobody thought of, a part that was lost to one, and a document that takes longer.
"""

import argparse
import gzip
import io
import random
import signal
import tarfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from benchmarks.fuzz import SPOILS, Spoil, spoilt
from worker.errors import PollError, SeedError
from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.parse import Kind, sniff
from worker.parse.document import parse_document
from worker.recognise.keys import key_entries
from worker.seeds.archives import find_kind, read_members
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument
from worker.wire.text_documents import read_text

DATA = Path(__file__).parents[1] / "tests/data"
_FOLDERS = ("broken", "dispatch", "json_feed", "mail", "newsroom", "parse", "prose", "transmissions")
_URL = "file:///wire/file"
_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_LARGEST, _MOST_ENTRIES, _MOST_SECONDS = 30_000, 100, 2.0
_ARCHIVE_EVERY, _MEMBERS = 10, 3
_LINES = b"""
%% ZCZC NNNN From%a@b.example%Mon%Jan%1%00:00:00%2026 Subject:%=?utf-8?b?4pyT?= MIME-Version:%1.0
Content-Type:%multipart/mixed;boundary=a --a --a-- Content-Transfer-Encoding:%base64 Date:%x ---------- NOTE:%a
(ANI) LONDON,%July%10%(Reuters)%- UPDATE%2-A By%A%B ^By%A=< ^BC-A< r%i%BC-A%%%%07-10%0099 *** EMBARGO%until%10:00
KILL%-%A HL:%a #%Notizblock ##%A -%[A](b) AFP%0001%4%POL%/%A # === ___ <p>a</p> ::: |%a%|%b%|
"""
_WIRE_LINES = [b"\x01", b"\x02", b"\x03", b"\x04", *(line.replace(b"%", b" ") for line in _LINES.split())]


@dataclass(slots=True)
class Tally:
    """What came of the documents."""

    outcomes: Counter[str] = field(default_factory=Counter)
    articles: int = 0
    faults: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """How often each was met, and the first document that met it."""
    slowest: float = 0.0
    """Seconds of CPU."""

    def blame(self, fault: str, body: bytes) -> None:
        """Count a fault."""
        count, first = self.faults.get(fault, (0, body))
        self.faults[fault] = (count + 1, first)


class TooSlowError(BaseException):
    """A document takes too long; no reader takes this for an error of its own."""


def documents(folder: Path) -> list[bytes]:
    """Return the documents under a folder, small, without the expectations beside them."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    stems = Counter(path.with_suffix("") for path in files)
    return [
        path.read_bytes()[:_LARGEST]
        for path in files
        if not (path.suffix == ".json" and stems[path.with_suffix("")] > 1)
    ]


def run(chance: random.Random, forms: Sequence[Sequence[bytes]], count: int, tally: Tally) -> None:
    """Spoil and read documents, of each form as many."""
    # As many of each form, however many documents it has.
    bodies = [chance.choice(form) for form in forms for _ in range(count // len(forms) + 1)]
    streams: Iterator[bytes] = spoilt(chance, bodies, count, (*SPOILS, *_LINE_SPOILS))
    for number in range(count):
        if number % _ARCHIVE_EVERY:
            attempt(next(streams), tally)
        else:
            packed = _pack(chance, list(spoilt(chance, bodies, _MEMBERS, (*SPOILS, *_LINE_SPOILS))))
            attempt(next(spoilt(chance, [packed], 1, SPOILS[:3])) if chance.random() < 0.5 else packed, tally)  # noqa: PLR2004


def attempt(body: bytes, tally: Tally) -> None:
    """Read a document as a file, and count what comes of it."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, _MOST_SECONDS)
    try:
        tally.outcomes[_read(body, tally)] += 1
    except (Exception, TooSlowError) as fault:  # noqa: BLE001 -- it is what is looked for
        place = traceback.extract_tb(fault.__traceback__)[-1]
        tally.blame(f"{type(fault).__name__}: {fault} at {place.filename}:{place.lineno}", body)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    tally.slowest = max(tally.slowest, time.process_time() - began)


def _read(body: bytes, tally: Tally) -> str:
    if not find_kind(body):
        return _read_file(body, tally)
    for member in read_members(io.BytesIO(body), "/wire/a", len(body), 10_000_000):
        if not isinstance(member, SeedError):
            tally.outcomes[f"member {_read_file(member.body, tally)}"] += 1
    return "unpacked"


def _read_file(body: bytes, tally: Tally) -> str:
    document, kind = Document(_URL, body), sniff(body)
    try:
        read = read_text if kind in {Kind.TEXT, Kind.MAIL} else parse_document
        parsed = read(document, _MOST_ENTRIES)
    except PollError as error:
        if error.trace:
            tally.blame(error.trace.strip().rpartition("\n")[2], body)
        return f"refused: {error.error_class}"
    for fault in parsed.faults:
        tally.blame(f"{fault.sentence}: {(fault.trace or '')[-400:]}", body)
    tally.articles += _make_articles(parsed)
    return f"read as {parsed.format} by {parsed.parser}"


def _make_articles(parsed: ParsedDocument) -> int:
    context = FeedContext(_URL, _URL, None, parsed.language, _NOW, None, "file", parsed.format, parsed.agency)
    return len([normalise(keyed, context, _NOW) for keyed in key_entries(parsed.entries, "")])


def _pack(chance: random.Random, bodies: Sequence[bytes]) -> bytes:
    packed = io.BytesIO()
    if chance.randrange(3):
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for number, body in enumerate(bodies):
                archive.writestr(f"{number}.txt", body)
        return packed.getvalue()
    with tarfile.open(fileobj=packed, mode="w") as folder:
        for number, body in enumerate(bodies):
            header = tarfile.TarInfo(f"{number}.txt")
            header.size = len(body)
            folder.addfile(header, io.BytesIO(body))
    return packed.getvalue() if chance.randrange(2) else gzip.compress(packed.getvalue())


def _lines(body: bytes) -> list[bytes]:
    return body.splitlines(keepends=True) or [b""]


def _drop_lines(chance: random.Random, body: bytes, _: bytes) -> bytes:
    lines = _lines(body)
    start = chance.randrange(len(lines))
    return b"".join(lines[:start] + lines[start + chance.choice((1, 1, 2, 9)) :])


def _repeat_line(chance: random.Random, body: bytes, _: bytes) -> bytes:
    lines = _lines(body)
    at = chance.randrange(len(lines))
    return b"".join([*lines[:at], *[lines[at]] * chance.choice((2, 3, 200)), *lines[at + 1 :]])[:_LARGEST]


def _exchange_lines(chance: random.Random, body: bytes, other: bytes) -> bytes:
    lines = _lines(body)
    lines[chance.randrange(len(lines))] = chance.choice(_lines(chance.choice((body, other))))
    return b"".join(lines)


def _insert_line(chance: random.Random, body: bytes, _: bytes) -> bytes:
    lines = _lines(body)
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(_WIRE_LINES) + chance.choice((b"\n", b"\r\n", b"\r")))
    return b"".join(lines)


_LINE_SPOILS: Sequence[Spoil] = 2 * (_drop_lines, _repeat_line, _exchange_lines, _insert_line)


def _stop(_: int, __: FrameType | None) -> None:
    raise TooSlowError


def main() -> None:
    """Spoil, read and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="the same documents for the same number")
    parser.add_argument("--keep", type=Path, help="a folder for the first document of each fault")
    parser.add_argument(
        "folders", nargs="*", type=Path, default=[DATA / name for name in _FOLDERS], help="one for each form"
    )
    chosen = parser.parse_args()
    signal.signal(signal.SIGPROF, _stop)
    tally = Tally()
    run(random.Random(chosen.seed), [documents(folder) for folder in chosen.folders], chosen.count, tally)
    for outcome, count in tally.outcomes.most_common():
        print(f"{count:8,}  {outcome}")
    print(f"\n{tally.articles:,} articles; {tally.slowest:.2f} s of CPU for the slowest document")
    for number, (fault, (count, body)) in enumerate(tally.faults.items()):
        print(f"{count:8,}  FAULT {fault}")
        if chosen.keep:
            (chosen.keep / str(number)).write_bytes(body)
    if tally.faults:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
