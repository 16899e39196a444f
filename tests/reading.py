"""Reading documents with the parser, and looking at its child: the verbs of the parser's tests."""

import time
from datetime import timedelta

import psutil

from tests.documents import item, rss
from worker.parse import Parsed, ParseLimits, Parser
from worker.values.due_feeds import Document

LIMITS = ParseLimits(max_entries=10, cpu=timedelta(seconds=2), wall=timedelta(minutes=2), memory=400_000_000)
ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(60_000))
# With a document type, so that it is the child's at once; with a text in base64, so that only feedparser reads it.
SLOW = f"""<!DOCTYPE feed><feed version="0.3" xmlns="http://purl.org/atom/ns#"><x {ATTRIBUTES}/>
<entry><content mode="base64">eA==</content></entry></feed>""".encode()
# One of JSON is the child's too, and quickly read.
FOR_CHILD = b'{"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [{"id": "1", "title": "far"}]}'
LONG = rss([item(f"n{number}", "word " * 500) for number in range(10)])


def document(body: bytes) -> Document:
    return Document("http://127.0.0.1/feed", body, "text/xml")


def read_titles(parser: Parser, body: bytes) -> list[str | None]:
    return [entry.title for entry in parser.parse(document(body)).entries]


def collect_all(parser: Parser, seconds: float = 60) -> list[Parsed]:
    """Everything that is pending, as it comes."""
    ends_at = time.monotonic() + seconds
    answered: list[Parsed] = []
    while parser.pending:
        assert time.monotonic() < ends_at, f"{parser.pending} documents are still unanswered"
        answered += parser.collect(timedelta(seconds=1))
    return answered


def newest_child() -> psutil.Process:
    """The child that was started last."""
    children = [child for child in psutil.Process().children() if "worker.parse.child" in child.cmdline()]
    # Two may have started within one tick of the clock that tells when.
    return max(children, key=lambda child: (child.create_time(), child.pid))
