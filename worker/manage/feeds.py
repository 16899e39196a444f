"""Managing feeds: adding, finding, pausing, resuming and removing them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select, true, union_all, update

from worker.basics.codec import pack, unpack
from worker.basics.measures import read_id
from worker.basics.urls import feed_url_key, host_key
from worker.database.clock import read_clock
from worker.database.feed_tables import FeedAliasRow, FeedRow, ScheduleRow
from worker.database.locks import add_hosts, count_editions, count_instruction, lock_feeds, wake_hosts
from worker.database.statements import upsert
from worker.manage.deletion import delete_feed, reconsider_articles
from worker.manage.opml import Outline
from worker.values.due_feeds import FROM_DOCUMENT, FeedOptions, FeedState
from worker.values.entries import GuidPolicy

# Rows added by one statement; SQLite bounds its parameters.
_SLICE = 500


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be added."""

    url: str
    title: str | None = None
    site_url: str | None = None


@dataclass(frozen=True, slots=True)
class NamedFeed:
    """A feed that somebody named, and whether it is polled."""

    feed_id: int
    host_id: int | None
    url: str
    state: FeedState
    state_reason: str | None

    @property
    def is_from_document(self) -> bool:
        """Whether nobody has asked for it yet: a saved document named it."""
        return self.state_reason == FROM_DOCUMENT


def add_feeds(connection: Connection, now: datetime, feeds: Iterable[NewFeed], *, revive: bool = True) -> int:
    """Add feeds, due at once, and return how many were not there yet.

    One that was known only from a saved document counts as new. One that was removed comes back with ``revive``, for
    whoever names it; a list that is read again and again must not undo what an operator did. A URL that
    ``feed_url_key`` refuses is a ValueError.
    """
    remaining = iter(feeds)
    added = 0
    while some := list(islice(remaining, _SLICE)):
        added += _add(connection, now, {feed_url_key(feed.url): feed for feed in some}, revive=revive)
    return added


def add_document_feed(connection: Connection, now: datetime, feed: NewFeed) -> bool:
    """Add the feed that a saved document names as its own, and return whether it was not there yet.

    It is not polled before somebody asks for that. A URL that ``feed_url_key`` refuses is a ValueError.
    """
    feeds = _at_their_present_urls(connection, {feed_url_key(feed.url): feed})
    statement = upsert(connection.dialect.name, FeedRow).on_conflict_do_nothing(index_elements=["url_key"])
    rows = [row | {"state": FeedState.PAUSED, "state_reason": FROM_DOCUMENT} for row in _feed_rows(now, feeds)]
    added = list(connection.execute(statement.returning(FeedRow.id), rows).scalars())
    hosts = add_hosts(connection, (host_key(feed.url) for feed in feeds.values()))
    _insert_schedules(connection, hosts, added, FROM_DOCUMENT)
    return bool(added)


def add_file_feed(connection: Connection, now: datetime, uri: str) -> int:
    """Return the id of the feed that a seed file is, added when it is not there yet."""
    _insert_feeds(connection, now, {uri: NewFeed(uri)}, revive=True)
    feed_id: int = connection.execute(select(FeedRow.id).where(FeedRow.url_key == uri)).scalar_one()
    row = {"feed_id": feed_id, "next_poll_reason": "a file is read when it is ingested, never polled"}
    connection.execute(
        upsert(connection.dialect.name, ScheduleRow).on_conflict_do_nothing(index_elements=["feed_id"]), [row]
    )
    return feed_id


def find_feed(connection: Connection, name: str, *, with_removed: bool = False) -> NamedFeed | None:
    """Return the feed that an id or a URL names, one it had before it moved too; None when there is none.

    One that was removed, and whose articles stayed, is none unless ``with_removed`` asks for it.
    """
    is_there = true() if with_removed else FeedRow.state != FeedState.REMOVED
    row = connection.execute(
        select(FeedRow.id, ScheduleRow.host_id, FeedRow.url, FeedRow.state, FeedRow.state_reason)
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .where(_is_called(name), is_there)
    ).first()
    return NamedFeed(row.id, row.host_id, row.url, FeedState(row.state), row.state_reason) if row else None


def is_removed(connection: Connection, name: str) -> bool:
    """Say whether an id or a URL names a feed that was removed, and whose articles stayed."""
    removed = select(FeedRow.id).where(_is_called(name), FeedRow.state == FeedState.REMOVED)
    return connection.execute(removed).first() is not None


def choose_guid_policy(connection: Connection, feed_id: int, policy: GuidPolicy | None) -> None:
    """Set by what a feed's entries are known, null for what the audit of its guids says."""
    count_instruction(connection, [feed_id])
    count_editions(connection, [feed_id])
    stored = connection.execute(select(FeedRow.options).where(FeedRow.id == feed_id)).scalar_one()
    options = replace(unpack(FeedOptions, stored) or FeedOptions(), guid_policy=policy)
    connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(options=pack(options)))


def list_feed_ids(connection: Connection) -> list[int]:
    """Return the ids of all feeds that are polled, the longest due first."""
    polled = select(ScheduleRow.feed_id).where(ScheduleRow.next_poll_at.is_not(None))
    return list(connection.execute(polled.order_by(ScheduleRow.next_poll_at, ScheduleRow.feed_id)).scalars())


def list_outlines(connection: Connection) -> Iterator[Outline]:
    """List the feeds that somebody asked for and nobody removed, as OPML names them; seed files stay where they are."""
    rows = connection.execute(
        select(FeedRow.url, FeedRow.title, FeedRow.site_url)
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .where(
            FeedRow.state != FeedState.REMOVED,
            FeedRow.state_reason.is_distinct_from(FROM_DOCUMENT),
            ScheduleRow.host_id.is_not(None),
        )
        .order_by(FeedRow.id),
        execution_options={"yield_per": _SLICE},
    )
    for row in rows:
        yield Outline(row.url, row.title, row.site_url)


def pause_feed(connection: Connection, feed_id: int) -> None:
    """Stop polling a feed until it is resumed."""
    _set_state(connection, feed_id, FeedState.PAUSED, "paused by its operator")


def resume_feed(connection: Connection, now: datetime, feed_id: int) -> None:
    """Poll a feed again from now on, whatever had stopped it; its failures are forgotten."""
    _set_state(connection, feed_id, FeedState.ACTIVE, None)
    _make_due(connection, now, [feed_id], "resumed")


def begin_anew(connection: Connection, now: datetime, feed_id: int, reason: str) -> None:
    """Poll a feed from now on at a URL that served it no document yet: what the last one gave is forgotten."""
    _set_state(connection, feed_id, FeedState.ACTIVE, None)
    # Validators are of one URL's document (RFC 9110, section 8.8): another's could call an unread one unchanged.
    unread = {"etag": None, "last_modified": None, "body_hash": None}
    connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == feed_id).values(unread))
    _make_due(connection, now, [feed_id], reason)


def remove_feed(connection: Connection, feed_id: int, *, articles: bool) -> None:
    """Stop polling a feed for good; with ``articles`` also delete it, and every article that no other feed carried."""
    _set_state(connection, feed_id, FeedState.REMOVED, "removed by its operator")
    if articles:
        now = read_clock(connection).now()
        reconsider_articles(connection, delete_feed(connection, now, feed_id), now)


def _is_called(name: str) -> ColumnElement[bool]:
    feed_id = read_id(name)
    return FeedRow.id == feed_id if feed_id is not None else _has_or_had_url(feed_url_key(name))


def _has_or_had_url(key: str) -> ColumnElement[bool]:
    has, had = select(FeedRow.id).where(FeedRow.url_key == key), select(FeedAliasRow.feed_id)
    return FeedRow.id.in_(union_all(has, had.where(FeedAliasRow.url_key == key)))


def _add(connection: Connection, now: datetime, feeds: Mapping[str, NewFeed], *, revive: bool) -> int:
    feeds = _at_their_present_urls(connection, feeds)
    hosts = add_hosts(connection, (host_key(feed.url) for feed in feeds.values()))
    added = _insert_feeds(connection, now, feeds, revive=revive)
    _insert_schedules(connection, hosts, added)
    _make_due(connection, now, added, "never polled")
    return len(added)


def _insert_feeds(connection: Connection, now: datetime, feeds: Mapping[str, NewFeed], *, revive: bool) -> list[int]:
    """Insert feeds, and make those active that may be; return the ids of both."""
    # Looked for first: an upsert would lock every feed of a list, however seldom there is one to be made active.
    is_waiting = FeedRow.state_reason == FROM_DOCUMENT
    revived = or_(is_waiting, FeedRow.state == FeedState.REMOVED) if revive else is_waiting
    active = {"state": FeedState.ACTIVE, "state_reason": None}
    changed = update(FeedRow).where(FeedRow.url_key.in_(feeds), revived).values(**active).returning(FeedRow.id)
    statement = upsert(connection.dialect.name, FeedRow).on_conflict_do_nothing(index_elements=["url_key"])
    added = connection.execute(statement.returning(FeedRow.id), _feed_rows(now, feeds)).scalars()
    return [*connection.execute(changed).scalars(), *added]


def _feed_rows(now: datetime, feeds: Mapping[str, NewFeed]) -> list[dict[str, Any]]:
    return [
        {"url": feed.url, "url_key": key, "title": feed.title, "site_url": feed.site_url, "added_at": now}
        for key, feed in sorted(feeds.items())
    ]


def _at_their_present_urls(connection: Connection, feeds: Mapping[str, NewFeed]) -> dict[str, NewFeed]:
    """Return the feeds, those that have moved under the URL and key that they have now."""
    moved = connection.execute(
        select(FeedAliasRow.url_key.label("former"), FeedRow.url, FeedRow.url_key)
        .join(FeedRow, FeedRow.id == FeedAliasRow.feed_id)
        .where(FeedAliasRow.url_key.in_(feeds))
    ).all()
    present = dict(feeds)
    for row in moved:
        feed = present.pop(row.former)
        present.setdefault(row.url_key, replace(feed, url=row.url))
    return present


def _insert_schedules(
    connection: Connection, hosts: Mapping[str, int], feed_ids: list[int], reason: str | None = None
) -> None:
    if not feed_ids:
        return
    urls = connection.execute(select(FeedRow.id, FeedRow.url).where(FeedRow.id.in_(feed_ids)))
    connection.execute(
        upsert(connection.dialect.name, ScheduleRow).on_conflict_do_nothing(index_elements=["feed_id"]),
        [{"feed_id": feed.id, "host_id": hosts[host_key(feed.url)], "next_poll_reason": reason} for feed in urls],
    )


def _make_due(connection: Connection, now: datetime, feed_ids: list[int], reason: str) -> None:
    if feed_ids:
        lock_feeds(connection, feed_ids)
        connection.execute(
            update(ScheduleRow)
            .where(ScheduleRow.feed_id.in_(feed_ids), ScheduleRow.host_id.is_not(None))
            .values(
                next_poll_at=now,
                next_poll_reason=reason,
                failures=0,
                attempts=0,
                failing_since=None,
                claim_attempts=0,
            )
        )
        wake_hosts(connection, now, feed_ids)


def _set_state(connection: Connection, feed_id: int, state: FeedState, reason: str | None) -> None:
    count_instruction(connection, [feed_id])
    connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(state=state, state_reason=reason))
    connection.execute(
        update(ScheduleRow)
        .where(ScheduleRow.feed_id == feed_id)
        .values(next_poll_at=None, requested_at=None, next_poll_reason=reason)
    )
