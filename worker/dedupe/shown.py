"""Which version an article shows: a function of what its sightings say, never of the order in which that came."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from worker.values.articles import Statement

_FILES = 0
_THE_ITEM = -1
Rank = tuple[int, datetime, datetime, bytes, int, bytes]


def rank(statement: Statement) -> Rank:
    """Return by what one statement of a voice is newer than another.

    The publisher's number goes first, then the moment at which the version was made, then that of the reading. The rest
    only keeps those that are alike in all this in one order, as two entries of a document in the same words are.
    """
    moments = statement.said_at, statement.read_at
    return statement.version or 0, *moments, statement.content_hash, -statement.feed_id, statement.guid_hash


def is_older(statement: Statement, known: Statement) -> bool:
    """Say whether a feed says what is older than what it said before.

    The publisher's word decides where both have it: the number, then the moment at which each version was made. A feed
    may begin to give such words, or end: where only one of the two has them, the later reading counts.
    """
    if statement.version and known.version and statement.version != known.version:
        return statement.version < known.version
    if is_dated(statement) and is_dated(known) and statement.said_at != known.said_at:
        return statement.said_at < known.said_at
    return rank(replace(statement, version=None, said_at=known.said_at)) < rank(replace(known, version=None))


def is_dated(statement: Statement) -> bool:
    """Say whether anybody but the reading tells when a version was made."""
    return statement.said_at != statement.read_at


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
    said_at = statement.said_at if is_dated(statement) else confirmed_at
    return replace(statement, read_at=confirmed_at, said_at=said_at)
