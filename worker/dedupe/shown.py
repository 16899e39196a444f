"""Which version an article shows: a function of what its sightings say, never of the order in which that came."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from worker.values import Statement

_FILES = 0
_THE_ITEM = -1
Rank = tuple[int, datetime, datetime, bytes, int, bytes]


def rank(statement: Statement) -> Rank:
    """Return by what one statement of a voice is newer than another.

    The publisher's number goes first, then the moment at which the version was made, then that of the reading. The rest
    only keeps those that are alike in all this in one order: two entries of a document, or two files, in one wording.
    """
    moments = statement.said_at, statement.read_at
    return statement.version or 0, *moments, statement.content_hash, -statement.feed_id, statement.guid_hash


def find_shown(statements: Iterable[Statement], *, is_item: bool) -> Statement | None:
    """Return the statement that an article shows; None when nothing is known of any.

    Each feed speaks with one voice, and so do all files, which are the operator's own, and all that carry one newsroom
    item: of a voice the newest statement counts. Between voices the fullest is shown, of equals the earliest feed's.
    """
    voices: dict[int, list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.article or statement.is_shown:
            voices[_THE_ITEM if is_item else _FILES if statement.is_of_file else statement.feed_id].append(statement)
    newest = (max(said, key=rank) for said in voices.values())
    return max(newest, key=lambda statement: (statement.length, -statement.feed_id), default=None)


def confirm(statement: Statement, confirmed_at: datetime | None) -> Statement:
    """Return a stored statement as of when its feed was last polled well, if its entry was still there then."""
    if not statement.is_present or confirmed_at is None or confirmed_at <= statement.read_at:
        return statement
    is_dated = statement.said_at != statement.read_at
    return replace(statement, read_at=confirmed_at, said_at=statement.said_at if is_dated else confirmed_at)
