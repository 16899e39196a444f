"""Managing feeds: adding, finding, listing, pausing, resuming and removing them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, false, or_, select, true, union_all, update

from worker.basics.codec import pack, unpack
from worker.basics.text import is_storable
from worker.basics.units import read_id
from worker.basics.urls import feed_url_key, host_key
from worker.database.clock import read_clock
from worker.database.feed_tables import FeedAliasRow, FeedRow, FeedTagRow, ScheduleRow
from worker.database.host_rows import add_hosts
from worker.database.locks import count_edition, count_instruction, lock_feeds, wake_hosts
from worker.database.statements import is_one_of, slices, upsert
from worker.manage.deletion import delete_feed, reconsider_articles
from worker.manage.feed_tags import add_tags
from worker.store.feed_hubs import wake_subscriptions
from worker.values.due_feeds import FILE_NEVER_POLLED, FROM_DOCUMENT, NO_OPTIONS, FeedOptions, FeedState
from worker.values.entries import GuidPolicy
from worker.values.feed_quality import QualityState

# Rows added by one statement; SQLite bounds its parameters.
_SLICE = 500


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be added, as a person or a list of feeds names it."""

    url: str
    title: str | None = None
    site_url: str | None = None
    tags: tuple[str, ...] = ()


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
        """Whether only a saved document has named the feed yet, and nobody has asked for it."""
        return self.state_reason == FROM_DOCUMENT


def add_feeds(connection: Connection, now: datetime, feeds: Iterable[NewFeed], *, revive: bool = True) -> int:
    """Add feeds, due at once, and return how many were not there yet; ValueError for a URL that cannot be a feed's.

    The tags of known ones are added too. A feed that is known only from a saved document counts as new. With ``revive``
    a removed feed comes back, because somebody named it; a seed list, which is read again and again, must not bring it
    back.
    """
    added = 0
    for some in slices(feeds, _SLICE):
        present = _at_their_present_urls(connection, _once_each(some))
        # Of a list that is read again and again nearly all are known.
        if unknown := _without_known(connection, present, revive=revive):
            added += len(_begin_feeds(connection, now, unknown, revive=revive))
        if tags := {key: feed.tags for key, feed in present.items() if feed.tags}:
            add_tags(connection, tags)
    return added


def _once_each(feeds: Iterable[NewFeed]) -> dict[str, NewFeed]:
    """Return feeds by key; one that is named several times, as in several folders, has all their tags."""
    found: dict[str, NewFeed] = {}
    for feed in feeds:
        key = feed_url_key(feed.url)
        found[key] = _with_tags_of(found[key], feed) if key in found else feed
    return found


def _with_tags_of(feed: NewFeed, other: NewFeed) -> NewFeed:
    return replace(feed, tags=tuple(dict.fromkeys((*feed.tags, *other.tags))))


def _begin_feeds(connection: Connection, now: datetime, feeds: Mapping[str, NewFeed], *, revive: bool) -> list[int]:
    """Add or activate feeds and make them due; return their ids."""
    hosts = add_hosts(connection, (host_key(feed.url) for feed in feeds.values()))
    feed_ids = _insert_feeds(connection, now, feeds, revive=revive)
    _insert_schedules(connection, hosts, feed_ids)
    _make_due(connection, now, feed_ids, "never polled")
    return feed_ids


def add_document_feed(connection: Connection, now: datetime, feed: NewFeed) -> bool:
    """Add the feed that a saved document names as its own, paused; return whether it was not there yet.

    ValueError for a URL that cannot be a feed's.
    """
    feeds = _at_their_present_urls(connection, {feed_url_key(feed.url): feed})
    added = _insert_unknown(connection, now, feeds, state=FeedState.PAUSED, state_reason=FROM_DOCUMENT)
    hosts = add_hosts(connection, (host_key(feed.url) for feed in feeds.values()))
    _insert_schedules(connection, hosts, added, FROM_DOCUMENT)
    return bool(added)


def add_file_feeds(connection: Connection, now: datetime, uris: Collection[str]) -> dict[str, int]:
    """Return the ids of the feeds that seed files are, by URI; those that are not there yet are added."""
    _insert_feeds(connection, now, {uri: NewFeed(uri) for uri in uris}, revive=True)
    found = connection.execute(select(FeedRow.url_key, FeedRow.id).where(FeedRow.url_key.in_(uris)))
    feed_ids = {feed.url_key: feed.id for feed in found}
    rows = [{"feed_id": feed_id, "next_poll_reason": FILE_NEVER_POLLED} for feed_id in feed_ids.values()]
    statement = upsert(connection.dialect.name, ScheduleRow).on_conflict_do_nothing(index_elements=["feed_id"])
    connection.execute(statement, rows)
    return feed_ids


def _at_their_present_urls(connection: Connection, feeds: Mapping[str, NewFeed]) -> dict[str, NewFeed]:
    """Return the feeds by key; a feed that is known to have moved gets its present URL and key."""
    moved = connection.execute(
        select(FeedAliasRow.url_key.label("former"), FeedRow.url, FeedRow.url_key)
        .join(FeedRow, FeedRow.id == FeedAliasRow.feed_id)
        .where(FeedAliasRow.url_key.in_(feeds))
    ).all()
    present = dict(feeds)
    for row in moved:
        feed = replace(present.pop(row.former), url=row.url)
        present[row.url_key] = _with_tags_of(present.get(row.url_key, feed), feed)
    return present


def _without_known(connection: Connection, feeds: Mapping[str, NewFeed], *, revive: bool) -> dict[str, NewFeed]:
    """Return the feeds without those that are there and stay as they are."""
    unchanged = select(FeedRow.url_key).where(FeedRow.url_key.in_(feeds), ~_may_begin(revive=revive))
    known = set(connection.execute(unchanged).scalars())
    return {key: feed for key, feed in feeds.items() if key not in known}


def _may_begin(*, revive: bool) -> ColumnElement[bool]:
    """Return the condition for making a known feed active because it is added."""
    is_waiting = FeedRow.state_reason.is_not_distinct_from(FROM_DOCUMENT)
    return or_(is_waiting, FeedRow.state == FeedState.REMOVED) if revive else is_waiting


def _insert_feeds(connection: Connection, now: datetime, feeds: Mapping[str, NewFeed], *, revive: bool) -> list[int]:
    """Insert unknown feeds, and activate known ones; return the ids of both.

    Those that only a document named are activated, and with ``revive`` those that were removed.
    """
    # Not one upsert for both: it would lock every feed of a list, although there is seldom one to make active.
    active = {"state": FeedState.ACTIVE, "state_reason": None}
    waiting = update(FeedRow).where(FeedRow.url_key.in_(feeds), _may_begin(revive=revive))
    changed = waiting.values(**active).returning(FeedRow.id)
    added = _insert_unknown(connection, now, feeds)
    return [*connection.execute(changed).scalars(), *added]


def _insert_unknown(connection: Connection, now: datetime, feeds: Mapping[str, NewFeed], **state: Any) -> list[int]:
    rows = [
        {"url": feed.url, "url_key": key, "title": feed.title, "site_url": feed.site_url, "added_at": now, **state}
        # A file is never polled: it has no rhythm, and no quality.
        | {"quality": None if key.startswith("file:") else QualityState.NEW}
        for key, feed in sorted(feeds.items())
    ]
    statement = upsert(connection.dialect.name, FeedRow).on_conflict_do_nothing(index_elements=["url_key"])
    return list(connection.execute(statement.returning(FeedRow.id), rows).scalars())


def _insert_schedules(
    connection: Connection, hosts: Mapping[str, int], feed_ids: list[int], reason: str | None = None
) -> None:
    if not feed_ids:
        return
    feeds = connection.execute(select(FeedRow.id, FeedRow.url).where(FeedRow.id.in_(feed_ids)))
    rows = [{"feed_id": feed.id, "host_id": hosts[host_key(feed.url)], "next_poll_reason": reason} for feed in feeds]
    statement = upsert(connection.dialect.name, ScheduleRow).on_conflict_do_nothing(index_elements=["feed_id"])
    connection.execute(statement, rows)


def find_feed(connection: Connection, name: str, *, with_removed: bool = False) -> NamedFeed | None:
    """Return the feed that has this id, or has or had this URL; None when there is none.

    A feed that was removed, but whose articles stayed, is found only ``with_removed``.
    """
    is_there = true() if with_removed else FeedRow.state != FeedState.REMOVED
    row = connection.execute(
        select(FeedRow.id, ScheduleRow.host_id, FeedRow.url, FeedRow.state, FeedRow.state_reason)
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .where(_is_called(name), is_there)
    ).first()
    return NamedFeed(row.id, row.host_id, row.url, FeedState(row.state), row.state_reason) if row else None


def is_removed(connection: Connection, name: str) -> bool:
    """Say whether an id or a URL names a feed that was removed, but whose articles stayed."""
    removed = select(FeedRow.id).where(_is_called(name), FeedRow.state == FeedState.REMOVED)
    return connection.execute(removed).first() is not None


def _is_called(name: str) -> ColumnElement[bool]:
    feed_id = read_id(name)
    if feed_id is not None:
        return FeedRow.id == feed_id
    if not is_storable(name):
        raise ValueError("it holds NUL, or bytes that are not UTF-8.")
    # A file's URI is its key, and a mailbox's URL.
    key = name if name.startswith(("file://", "imap://", "imaps://")) else feed_url_key(name)
    has, had = select(FeedRow.id).where(FeedRow.url_key == key), select(FeedAliasRow.feed_id)
    return FeedRow.id.in_(union_all(has, had.where(FeedAliasRow.url_key == key)))


def list_feed_ids(connection: Connection) -> list[int]:
    """Return the ids of all feeds that are polled, the longest due first."""
    polled = select(ScheduleRow.feed_id).where(ScheduleRow.next_poll_at.is_not(None))
    return list(connection.execute(polled.order_by(ScheduleRow.next_poll_at, ScheduleRow.feed_id)).scalars())


def list_feeds_to_export(connection: Connection, tag: str | None = None) -> Iterator[tuple[str | None, NewFeed]]:
    """List the feeds, except seed files, that somebody asked for and nobody removed: by their tags, once with each.

    Those without a tag come last. With ``tag`` only those that have it are listed, once.
    """
    query = select(FeedRow.url, FeedRow.title, FeedRow.site_url).join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
    is_asked_for = FeedRow.state_reason.is_distinct_from(FROM_DOCUMENT)
    query = query.where(FeedRow.state != FeedState.REMOVED, is_asked_for, FeedRow.url.startswith("http"))
    has_tag = FeedTagRow.feed_id == FeedRow.id
    untagged = query.where(~exists().where(has_tag)).order_by(FeedRow.id)
    tagged = query.add_columns(FeedTagRow.tag).join(FeedTagRow, has_tag).order_by(FeedTagRow.tag, FeedTagRow.feed_id)
    if tag is not None:
        tagged, untagged = tagged.where(FeedTagRow.tag == tag), untagged.where(false())
    streaming = {"yield_per": _SLICE}
    for row in connection.execute(tagged, execution_options=streaming):
        yield row.tag, NewFeed(row.url, row.title, row.site_url)
    for row in connection.execute(untagged, execution_options=streaming):
        yield None, NewFeed(row.url, row.title, row.site_url)


def choose_guid_policy(connection: Connection, feed_id: int, policy: GuidPolicy | None) -> None:
    """Set by what a feed's entries are known; None leaves it to the audit of the feed's guids."""
    count_instruction(connection, [feed_id])
    count_edition(connection, feed_id)
    stored = connection.execute(select(FeedRow.options).where(FeedRow.id == feed_id)).scalar_one()
    options = replace(unpack(FeedOptions, stored) or NO_OPTIONS, guid_policy=policy)
    connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(options=pack(options)))


def pause_feed(connection: Connection, feed_id: int) -> None:
    """Stop polling a feed until it is resumed."""
    _set_state(connection, feed_id, FeedState.PAUSED, "paused by its operator")


def resume_feed(connection: Connection, now: datetime, feed_id: int) -> None:
    """Poll a feed again from now on, whatever had stopped it; its failures are forgotten."""
    _set_state(connection, feed_id, FeedState.ACTIVE, None)
    _make_due(connection, now, [feed_id], "resumed")


def begin_anew(connection: Connection, now: datetime, feed_id: int, reason: str) -> None:
    """Poll a feed from now on at a new URL: the validators that its former URL gave are forgotten."""
    _set_state(connection, feed_id, FeedState.ACTIVE, None)
    # Validators are of one URL's document (RFC 9110, section 8.8): another's could call an unread one unchanged.
    forget_validators(connection, [feed_id])
    _make_due(connection, now, [feed_id], reason)


def forget_validators(connection: Connection, feed_ids: Collection[int]) -> None:
    """Let the next poll of feeds ask without conditions, and read what comes even if its bytes are known."""
    count_instruction(connection, feed_ids)
    unread = {"etag": None, "last_modified": None, "body_hash": None}
    mine = is_one_of(connection, ScheduleRow.feed_id, feed_ids)
    connection.execute(update(ScheduleRow).where(mine).values(unread))


def remove_feed(connection: Connection, feed_id: int, *, articles: bool) -> None:
    """Stop polling a feed for good; with ``articles`` also delete it and every article that no other feed carries."""
    _set_state(connection, feed_id, FeedState.REMOVED, "removed by its operator")
    if articles:
        now = read_clock(connection).now()
        reconsider_articles(connection, delete_feed(connection, now, feed_id), now)


def _set_state(connection: Connection, feed_id: int, state: FeedState, reason: str | None) -> None:
    count_instruction(connection, [feed_id])
    connection.execute(update(FeedRow).where(FeedRow.id == feed_id).values(state=state, state_reason=reason))
    unscheduled = {"next_poll_at": None, "requested_at": None, "next_poll_reason": reason}
    connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == feed_id).values(unscheduled))
    # Hubs push what is polled, and nothing else.
    wake_subscriptions(connection, feed_id, read_clock(connection).now())


def _make_due(connection: Connection, now: datetime, feed_ids: list[int], reason: str) -> None:
    if feed_ids:
        lock_feeds(connection, feed_ids)
        polled = ScheduleRow.feed_id.in_(feed_ids), ScheduleRow.host_id.is_not(None)
        due = {"next_poll_at": now, "next_poll_reason": reason}
        unfailed = {"failures": 0, "attempts": 0, "failing_since": None, "claim_attempts": 0, "held_until": None}
        connection.execute(update(ScheduleRow).where(*polled).values(due | unfailed))
        wake_hosts(connection, now, feed_ids)
