"""Which version an article shows: it follows from what its sightings say, never from the order in which that came."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from worker.values.articles import Statement
from worker.values.frozen import replace

# Voices that are no single feed's: feeds have ids above zero.
_FILES, _THE_ITEM = 0, -1


def find_shown(statements: Iterable[Statement], *, is_item: bool) -> Statement | None:
    """Return the statement that an article shows; None where no statement's words are known.

    Each feed is a voice of its own; all files, which are the operator's own, are one voice; so are all feeds that carry
    one newsroom item. The newest statement of each voice counts. Of these the longest is shown; of equals, that of the
    feed that was added first.
    """
    known = [statement for statement in statements if statement.article or statement.is_shown]
    # Most articles have one.
    if len(known) <= 1:
        return known[0] if known else None
    voices: dict[int, list[Statement]] = defaultdict(list)
    for statement in known:
        voices[_THE_ITEM if is_item else _FILES if statement.is_of_file else statement.feed_id].append(statement)
    newest = (max(said, key=recency) for said in voices.values())
    return max(newest, key=lambda statement: (statement.length, -statement.feed_id))


def recency(statement: Statement) -> tuple[int, datetime, datetime, bytes, int, bytes]:
    """Return the key to sort one voice's statements by: the publisher's number, time of making, time of reading.

    Where all three are equal, as for two entries of one document, the rest keeps the order the same at all times.
    """
    moments = statement.said_at, statement.read_at
    return statement.version or 0, *moments, statement.content_hash, -statement.feed_id, statement.guid_hash


def is_older(statement: Statement, known: Statement) -> bool:
    """Say whether a feed's statement is older than a known one of the same feed.

    The publisher's word decides where both have it: the number, then the time at which the version was made. A feed may
    begin or cease to give either: where only one statement has it, the later reading is the newer one.
    """
    if statement.version and known.version and statement.version != known.version:
        return statement.version < known.version
    if _is_dated(statement) and _is_dated(known) and statement.said_at != known.said_at:
        return statement.said_at < known.said_at
    return recency(replace(statement, version=None, said_at=known.said_at)) < recency(replace(known, version=None))


def confirm(statement: Statement, confirmed_at: datetime | None) -> Statement:
    """Return a stored statement as of its feed's last good poll, if its entry was still in the feed then."""
    if not statement.is_present or confirmed_at is None or confirmed_at <= statement.read_at:
        return statement
    said_at = statement.said_at if _is_dated(statement) else confirmed_at
    return replace(statement, read_at=confirmed_at, said_at=said_at)


def _is_dated(statement: Statement) -> bool:
    """Say whether the publisher dates the version: otherwise the moment of reading stands in."""
    return statement.said_at != statement.read_at
