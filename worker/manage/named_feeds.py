"""Feeds that somebody names: which one is meant, or in one sentence why there is none or why it is not polled."""

from sqlalchemy import Connection

from worker.basics.text import is_storable, show_wrong
from worker.basics.units import LARGEST_ID
from worker.errors import NamedError, UsageError
from worker.manage.feeds import NamedFeed, find_feed, is_removed
from worker.values.due_feeds import FeedState


def read_names(names: object, *, most: int) -> list[str]:
    """Return feeds' ids and URLs as commands take them; UsageError where a program has handed over anything else."""
    if not isinstance(names, list | tuple):
        raise UsageError(f"Feeds are named by a list of ids and URLs, such as [12]; not {show_wrong(names)}.")
    if len(names) > most:
        raise UsageError(f"At most {most:,} feeds can be named at once, not {len(names):,}.")
    wrong = [name for name in names if not _is_name(name)]
    if wrong:
        others = f", nor are {len(wrong) - 1:,} others" if len(wrong) > 1 else ""
        raise UsageError(f"A feed is named by its id, from 1, or its URL: {show_wrong(wrong[0])} is neither{others}.")
    return list(dict.fromkeys(map(str, names)))


def _is_name(name: object) -> bool:
    # True is an int too.
    is_id = type(name) is int and 0 < name <= LARGEST_ID
    return is_id or (isinstance(name, str) and bool(name.strip()) and is_storable(name))


def feed_called(connection: Connection, name: str) -> NamedFeed:
    """Return the feed that an id or URL names; NamedError says why there is none."""
    try:
        found = find_feed(connection, name)
    except ValueError as error:
        raise NamedError(f"{name} names no feed: {error}") from error
    if found is None and is_removed(connection, name):
        raise NamedError(f"{name} was removed: `feedmill feeds --state removed` lists such feeds.")
    if found is None:
        raise NamedError(f"There is no feed {name}: `feedmill feeds` lists them, `feedmill add URL` adds one.")
    return found


def polled_feed_called(connection: Connection, name: str) -> NamedFeed:
    """Return the feed that an id or URL names; NamedError says why there is none, or why it is not polled."""
    feed = feed_called(connection, name)
    if refusal := why_not_polled(feed, name):
        raise NamedError(refusal)
    return feed


def why_not_polled(feed: NamedFeed, name: str) -> str | None:
    """Say why a feed that somebody called ``name`` is not polled; None for a feed that is."""
    if feed.host_id is None:
        return f"{name} is a seed file: `feedmill ingest` reads it."
    if feed.state is not FeedState.ACTIVE:
        return f"{name} is {feed.state} ({feed.state_reason}): `feedmill resume {feed.feed_id}` first."
    return None
