"""What making articles of new entries costs: ``python -m benchmarks.normalising [FOLDER…]``.

Each entry of saved feeds is normalised as if it were new. The HTML of its body is most of that, and stands apart below,
as does what it costs with languages detected where entry and feed declare none.
"""

import argparse
import statistics
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.measuring import cpu_ms
from benchmarks.parsers import FOLDERS, read_documents
from worker.basics.languages import find_detector
from worker.errors import PollError
from worker.normalise.article import normalise
from worker.normalise.feed_context import FeedContext
from worker.normalise.language import Detect
from worker.normalise.plain_text import text_of_tree
from worker.normalise.sanitise import sanitise_to_tree
from worker.parse.document import parse_document
from worker.recognise.keys import key_entries
from worker.values.due_feeds import Document
from worker.values.entries import GuidPolicy

_MOST = 2_000
_NOW = datetime(2030, 1, 1, tzinfo=UTC)

Work = Callable[[], object]


def as_articles(document: Document, detect: Detect | None = None) -> Iterator[Work]:
    """Yield the work of normalising each entry of a document."""
    with suppress(PollError):
        parsed = parse_document(document, _MOST)
        urls = document.url, document.url, parsed.site_url
        context = FeedContext(*urls, parsed.language, _NOW, detect, format=parsed.format)
        for keyed in key_entries(parsed.entries, "1", GuidPolicy.GUID):
            yield partial(normalise, keyed, context, _NOW)


def as_markup(document: Document) -> Iterator[Work]:
    """Yield the work of sanitising each body of a document and of reading its text."""
    with suppress(PollError):
        for entry in parse_document(document, _MOST).entries:
            body = entry.content or entry.summary
            if body and not entry.is_plain_text:
                yield partial(_read_markup, body, document.url)


def _read_markup(body: str, base: str) -> str:
    return text_of_tree(sanitise_to_tree(body, base)[1])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[folder for folder in FOLDERS if folder.is_dir()])
    documents = [*read_documents(parser.parse_args().folders).values()]
    print("CPU ms an entry    entries     mean   median       max")
    detected = partial(as_articles, detect=find_detector())
    for name, works_of in (
        ("as an article", as_articles),
        ("its body's HTML", as_markup),
        ("language detected", detected),
    ):
        took = cpu_ms(work for document in documents for work in works_of(document))
        print(f"{name:<17} {len(took):8} {statistics.mean(took):8.3f} {statistics.median(took):8.3f} {max(took):9.1f}")


if __name__ == "__main__":
    main()
