"""When what a seed file holds was said, as far as anybody can tell. Pure."""

from collections.abc import Iterator
from datetime import datetime

from worker.normalise.dates import read_date
from worker.values import ParsedDocument

_WIRE_PARSERS = {"dispatch", "newsroom"}


def is_wire(parsed: ParsedDocument) -> bool:
    """Say whether a file is copy of a wire or a newsroom, not a saved document of a feed."""
    return parsed.parser in _WIRE_PARSERS


def said_at(parsed: ParsedDocument, written_at: datetime, now: datetime, *, is_known: bool) -> datetime:
    """Return when a file was said that was last written at ``written_at``: never after ``now``, when it is read.

    A saved document says itself when it was made, or its newest entry does, whichever is later: it may have been
    downloaded yesterday and be years old, and what it says of itself may be when its feed began. Of a wire's file that
    is new the file's time tells; one that has been read before (``is_known``) was edited in place since, by whatever
    program, and says so now.
    """
    if is_wire(parsed):
        return now if is_known else min(written_at, now)
    return min(max(_dates(parsed, now), default=written_at), now)


def _dates(parsed: ParsedDocument, now: datetime) -> Iterator[datetime]:
    dates = (written for entry in parsed.entries for written in (entry.updated, entry.published))
    for written in (parsed.updated, *dates):
        if moment := read_date(written, now):
            yield moment
