"""Real publishing dates as simulated feeds: half of a document is history, the other half is still to come."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.replay import ZERO
from benchmarks.rhythms import SimulatedFeed
from worker.dates.reading import read_date
from worker.errors import PollError
from worker.parse.document import parse_document
from worker.values.due_feeds import Document

_FEWEST = 10
_FAR = ZERO + timedelta(days=36500)
_MOST = 100_000


def read_feeds(folder: Path) -> Iterator[SimulatedFeed]:
    """Yield a feed for each document of a folder that dates enough of its entries to the minute."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (feed := _read_feed(path)):
            yield feed


def _read_feed(path: Path) -> SimulatedFeed | None:
    try:
        parsed = parse_document(Document(path.as_uri(), path.read_bytes()), _MOST)
    except PollError:
        return None
    dates = [date for entry in parsed.entries if (date := read_date(entry.published or entry.updated, _FAR))]
    hours = tuple(sorted((date - ZERO) / timedelta(hours=1) for date in dates if date.hour or date.minute))
    if len(hours) < _FEWEST:
        return None
    # The first poll is where the second half begins.
    return SimulatedFeed("real", hours, hours, len(hours), begins=hours[len(hours) // 2], ends=hours[-1] + 24)
