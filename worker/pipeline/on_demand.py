"""Polling what somebody names, by URL or id, and saying what became of each name."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection

from worker.basics.ids import read_id
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.manage.feeds import NamedFeed, NewFeed, add_feeds, find_feed, remove_feed
from worker.pipeline.named import poll_named
from worker.pipeline.polling import Stop
from worker.pipeline.tools import Tools
from worker.store.sightings import StaleDecisionError
from worker.stories.lock import StaleStoriesError
from worker.values import Credentials, FeedState, PollRecord

LEFT_TO_WORKERS = "its host is being polled or asked to be left alone; the next free worker polls it"


@dataclass(frozen=True, slots=True)
class NamedPoll:
    """What became of a name: a poll, or a sentence that says why there was none."""

    name: str
    record: PollRecord | None = None
    refusal: str | None = None
    is_kept: bool = True
    """False for an unknown URL whose answer was not a feed: it was not added."""


def poll_by_name(
    tools: Tools, names: Sequence[str], stop: Stop, *, force: bool = False, credentials: Credentials | None = None
) -> Iterator[NamedPoll]:
    """Poll feeds now; an unknown URL is added for it, and forgotten again unless its answer is a feed."""
    found = _find_or_add_all(tools, names)
    # Several names may mean one feed.
    waiting: dict[int, list[str]] = defaultdict(list)
    for name, named in found.items():
        if named.feed:
            waiting[named.feed.feed_id].append(name)
        else:
            yield NamedPoll(name, refusal=named.refusal)
    unknown = {named.feed.feed_id for named in found.values() if named.feed and named.is_unknown}
    for record in poll_named(tools, list(waiting), stop, force=force, credentials=credentials):
        is_kept = record.error is None or record.feed_id not in unknown
        if not is_kept:
            _forget(tools, record.feed_id)
        yield from (NamedPoll(name, record, is_kept=is_kept) for name in waiting.pop(record.feed_id))
    for name in chain.from_iterable(waiting.values()):
        yield NamedPoll(name, refusal=f"{name} was not polled now: {LEFT_TO_WORKERS}")


@dataclass(frozen=True, slots=True)
class _Found:
    feed: NamedFeed | None = None
    is_unknown: bool = False
    refusal: str | None = None


def _find_or_add_all(tools: Tools, names: Sequence[str]) -> dict[str, _Found]:
    return write(tools.engine, lambda connection: {name: _find_or_add(connection, name) for name in names})


def _find_or_add(connection: Connection, name: str) -> _Found:
    try:
        feed = find_feed(connection, name)
        is_unknown = feed is None and read_id(name) is None
        if is_unknown:
            add_feeds(connection, read_clock(connection).now(), [NewFeed(name)])
            feed = find_feed(connection, name)
    except ValueError as error:
        return _Found(refusal=f"{name} cannot be polled: {error}")
    if feed is None:
        return _Found(refusal=f"There is no feed {name}: `feedmill feeds` lists them.")
    if refusal := why_not_polled(feed, name):
        return _Found(refusal=refusal)
    return _Found(feed, is_unknown)


def why_not_polled(feed: NamedFeed, name: str) -> str | None:
    """Say why a feed that somebody called ``name`` is not polled; null for one that is."""
    if feed.host_id is None:
        return f"{name} is a seed file: `feedmill ingest` reads it."
    if feed.state is not FeedState.ACTIVE:
        return f"{name} is {feed.state} ({feed.state_reason}): `feedmill resume {feed.feed_id}` first."
    return None


def _forget(tools: Tools, feed_id: int) -> None:
    write(
        tools.engine,
        lambda connection: remove_feed(connection, feed_id, articles=True),
        also=(StaleDecisionError, StaleStoriesError),
    )
