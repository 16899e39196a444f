"""Feeds that somebody names: which one is meant, or in one sentence why there is none or why it is not polled."""

from collections.abc import Iterable

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
        others = f", nor are {len(wrong) - 1:,} others" if wrong[2:] else ", nor is another" if wrong[1:] else ""
        raise UsageError(f"A feed is named by its id, from 1, or its URL: {show_wrong(wrong[0])} is neither{others}.")
    return list(dict.fromkeys(map(str, names)))


def read_ids(feed_ids: object) -> list[int]:
    """Return feeds' ids; UsageError for anything else."""
    if not isinstance(feed_ids, list | tuple) or not all(map(_is_id, feed_ids)):
        raise UsageError(f"Feeds are named by a list of ids, such as [12]; not {show_wrong(feed_ids)}.")
    return list(feed_ids)


def _is_id(name: object) -> bool:
    # True is an int too.
    return type(name) is int and 0 < name <= LARGEST_ID


def _is_name(name: object) -> bool:
    return _is_id(name) or (isinstance(name, str) and bool(name.strip()) and is_storable(name))


def feed_called(connection: Connection, name: str) -> NamedFeed:
    """Return the feed that an id or URL names; NamedError says why there is none."""
    if not name.strip():
        raise NamedError("A feed is named by its id or URL; here its name is empty.")
    try:
        found = find_feed(connection, name)
    except ValueError as error:
        raise NamedError(f"{name} names no feed: {error}") from error
    if found is None and is_removed(connection, name):
        raise NamedError(f"{name} was removed: `feedmill feeds --state removed` lists such feeds.")
    if found is None:
        raise NamedError(f"There is no feed {name}: `feedmill feeds` lists them, `feedmill add URL` adds one.")
    return found


def find_polled(connection: Connection, names: Iterable[str]) -> dict[str, NamedFeed | NamedError]:
    """Return by name the feeds that ids and URLs name, or why there is none or why it is not polled."""
    return {name: _find_polled(connection, name) for name in names}


def _find_polled(connection: Connection, name: str) -> NamedFeed | NamedError:
    try:
        return polled_feed_called(connection, name)
    except NamedError as error:
        return error


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
