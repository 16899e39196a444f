"""What reading feeds costs, and whether two parsers read the same: ``python -m benchmarks.parsers [FOLDER…]``.

here        well-formed documents, read in the worker's own process
feedparser  the same documents, read by feedparser
as polled   all documents: here, or else by the child, what is sent to it and back included
"""

import argparse
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks.agreement import FIELDS, Comparison, compare
from benchmarks.measuring import cpu_ms
from worker.errors import PollError
from worker.parse.document import parse_document
from worker.parse.forgiving import read_with_feedparser
from worker.parse.frames import LENGTHS, pack_answer, pack_request, unpack_answer
from worker.parse.parser import read_in_process
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

ROOT = Path(__file__).parents[1]
# What is there without asking, and what docs/parsing.md says how to get.
FOLDERS = (ROOT / "tests/data/parse", ROOT.parent / "shared/feeds", ROOT.parent / "corpora")
_MOST = 2_000


def read_documents(folders: Iterable[Path]) -> dict[str, Document]:
    """Return the documents of folders by name; expectations beside them are none."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return {
        f"{path.parent.name}/{path.name}": Document("http://feed.example/feed", path.read_bytes(), None)
        for path in files
        if path.suffix in {"", ".xml", ".rss", ".atom", ".rdf"}
    }


def attempt(read: Callable[[Document], object], document: Document) -> None:
    """Read a document, whether or not it can be read."""
    with suppress(PollError):
        read(document)


def read_as_polled(document: Document) -> object:
    """Do what parent and child do together, in one process."""
    if parsed := read_in_process(document, _MOST):
        return parsed
    pack_request(document, _MOST, timedelta(seconds=10))
    try:
        frame = pack_answer(parse_document(document, _MOST))
    except PollError as error:
        frame = pack_answer(error)
    return unpack_answer(frame[LENGTHS.size :])


def print_speed(documents: Sequence[Document]) -> None:
    """Print the table of what reading costs."""
    here = [document for document in documents if isinstance(read_in_process(document, _MOST), ParsedDocument)]
    print(
        f"{len(documents)} documents, {sum(len(each.body) for each in documents) / 1e6:.1f} MB; {len(here)} read here\n"
    )
    print("CPU ms a document     mean   median       max")
    rows = (
        ("here", lambda document: read_in_process(document, _MOST), here),
        ("feedparser", lambda document: read_with_feedparser(document, _MOST), here),
        ("as polled", read_as_polled, documents),
    )
    for name, read, chosen in rows:
        took = cpu_ms(partial(attempt, read, document) for document in chosen)
        print(f"{name:<17} {statistics.mean(took):8.2f} {statistics.median(took):8.2f} {max(took):9.1f}")


def print_agreement(comparisons: dict[str, Comparison]) -> None:
    """Print how often the parsers agree, and why they do not."""
    entries = sum(comparison.entries for comparison in comparisons.values())
    differences = [difference for comparison in comparisons.values() for difference in comparison.differences]
    fields = Counter(difference.field for difference in differences)
    print(f"\n{entries} entries of {len(comparisons)} documents that both read\n")
    for field in FIELDS:
        print(f"{field:<12} {100 - 100 * fields[field] / entries:7.2f} %")
    print()
    for reason, count in Counter(difference.reason or "not looked at yet" for difference in differences).most_common():
        print(f"{count:5}  {reason}")
    for name, comparison in comparisons.items():
        if comparison.lost:
            print(f"{comparison.lost:5}  entries that only feedparser found in {name}")


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[folder for folder in FOLDERS if folder.is_dir()])
    documents = read_documents(parser.parse_args().folders)
    print_speed([*documents.values()])
    compared = {name: compare(document) for name, document in documents.items()}
    print_agreement({name: comparison for name, comparison in compared.items() if comparison})


if __name__ == "__main__":
    main()
