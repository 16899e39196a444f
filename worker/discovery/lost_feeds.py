"""Rediscovery: a lost feed, which has been dead for long, is looked for on its site's page, which may name its new URL.

A feed is lost when its host has called it missing or broken for a week, or when polling it has ended for such a reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from worker.basics.stopping import counts_down
from worker.basics.urls import absolute_url, feed_url_key
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.locks import lock_feeds
from worker.database.value_columns import read_request_settings
from worker.discovery.adding import discover
from worker.discovery.single_fetch import Lookup
from worker.errors import ErrorClass, PollError, TransientError
from worker.manage.feeds import begin_anew
from worker.pipeline import Stop, Tools
from worker.store.decided_articles import StaleDecisionError
from worker.store.feed_moves import move_feed
from worker.values.due_feeds import FeedState
from worker.values.request_settings import RequestSettings

_LOST_AFTER = timedelta(days=7)
_SEEK_AGAIN = timedelta(days=7)
# One failure is not enough, however long ago it was: perhaps we did not run meanwhile.
_FEWEST_FAILURES = 5
# What a host answers where there is no feed any more; a host that does not answer may have a bad week.
_PERMANENT = (ErrorClass.HTTP_4XX, ErrorClass.HTTP_410, ErrorClass.NOT_A_FEED, ErrorClass.PARSE, ErrorClass.REDIRECT)
_GIVEN_UP = (FeedState.GONE, FeedState.QUARANTINED)
# How many lost feeds one task looks for. More are listed, because those whose hosts are busy do not count.
_MOST = 20
_LISTED = 5 * _MOST


@dataclass(frozen=True, slots=True)
class LostFeed:
    """A feed to look for, and the site on whose page to look."""

    feed_id: int
    url: str
    site_url: str
    request: RequestSettings | None = None
    """How its operator wants it asked for."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A lost feed, and the URL at which it was found; None with the reason where it was not."""

    feed_id: int
    url: str
    found_url: str | None
    reason: str | None = None


def seek_feeds(tools: Tools, stop: Stop) -> Iterator[Sought]:
    """Look for at most 20 lost feeds, as long as one task's time lasts; yield each when it is done."""
    left = counts_down(tools.limits.stop_claiming)
    sought = 0
    with reading(tools.engine) as connection:
        lost_feeds = list_lost_feeds(connection, read_clock(connection).now(), _LISTED)
    for lost in lost_feeds:
        time_left = left()
        if stop() or not time_left or sought == _MOST:
            return
        if outcome := _look_for(tools, lost, stop, time_left):
            sought += 1
            yield outcome


def list_lost_feeds(connection: Connection, now: datetime, most: int) -> list[LostFeed]:
    """Return up to ``most`` lost feeds that have not been sought for a week."""
    fails_for_long = and_(
        FeedRow.state == FeedState.ACTIVE,
        ScheduleRow.failing_since <= now - _LOST_AFTER,
        ScheduleRow.failures >= _FEWEST_FAILURES,
        ScheduleRow.error_class.in_(_PERMANENT),
    )
    rows = connection.execute(
        select(FeedRow.id, FeedRow.url, FeedRow.site_url, FeedRow.request)
        .join(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
        .where(
            # Every lost feed has it; with it the index finds those that fail among the many that do not.
            ScheduleRow.failing_since.is_not(None),
            or_(fails_for_long, FeedRow.state.in_(_GIVEN_UP)),
            ScheduleRow.host_id.is_not(None),
            # A feed that may have killed workers is for a person to look into.
            ScheduleRow.claim_attempts == 0,
            FeedRow.site_url.is_not(None),
            _may_be_sought(now),
        )
        # A different order each time: feeds that cannot be sought now must not hold up the others.
        .order_by(func.random())
        .limit(most)
    )
    return [LostFeed(row.id, row.url, row.site_url, read_request_settings(row.request)) for row in rows]


def _may_be_sought(now: datetime) -> ColumnElement[bool]:
    return or_(FeedRow.sought_at.is_(None), FeedRow.sought_at <= now - _SEEK_AGAIN)


def _look_for(tools: Tools, lost: LostFeed, stop: Stop, time_left: timedelta) -> Sought | None:
    """Look for one feed; None where its hosts are busy, so that it waits for another time."""
    # Publishers write anything as the site's URL; the next best page is the front page of the feed's own host.
    page_url = absolute_url(lost.site_url, lost.url) or absolute_url("/", lost.url)
    assert page_url, "a feed that was polled has a host"
    with Lookup(tools, stop, time_left, settings=lost.request) as lookup:
        if not _may_begin(tools, lookup, lost, page_url):
            return None
        try:
            found = discover(tools, lookup, page_url, dead_url=lost.url)
        except PollError as error:
            return Sought(lost.feed_id, lost.url, None, error.sentence)
        return write(tools.engine, lambda connection: _move(connection, lost, found.url), also=(StaleDecisionError,))


def _may_begin(tools: Tools, lookup: Lookup, lost: LostFeed, page_url: str) -> bool:
    """Note that the search begins; False where a host is leased, the site asked to be left alone, or another began."""

    def note_search(connection: Connection) -> bool:
        now = read_clock(connection).now()
        is_due = FeedRow.id == lost.feed_id, _may_be_sought(now)
        return connection.execute(update(FeedRow).where(*is_due).values(sought_at=now)).rowcount > 0

    try:
        # The feed's own host is leased too: no poll of the feed may end while it moves.
        lookup.hold(lost.url)
        if not lookup.may_ask(lookup.hold(page_url)):
            return False
    except TransientError:
        return False
    # Noted before the search, not after: a search that costs us the worker must not begin again at once.
    return write(tools.engine, note_search)


def _move(connection: Connection, lost: LostFeed, url: str) -> Sought:
    """Move the feed to the URL that was found, unless another feed has it: the page then says nothing of this one."""
    lock_feeds(connection, [lost.feed_id])
    taken_by = select(FeedRow.id).where(FeedRow.url_key == feed_url_key(url))
    if other := connection.execute(taken_by).scalar_one_or_none():
        told = "no other feed" if other == lost.feed_id else f"feed {other}, which is another"
        return Sought(lost.feed_id, lost.url, None, f"its site names {told}")
    if not is_still_lost(connection, lost):
        return Sought(lost.feed_id, lost.url, None, "it was changed meanwhile")
    now = read_clock(connection).now()
    move_feed(connection, now, lost.feed_id, url)
    begin_anew(connection, now, lost.feed_id, "found again on its site's page")
    return Sought(lost.feed_id, lost.url, url)


def is_still_lost(connection: Connection, lost: LostFeed) -> bool:
    """Say whether nobody moved, paused or removed the feed meanwhile; the feed is locked."""
    is_wanted = FeedRow.state.in_([FeedState.ACTIVE, *_GIVEN_UP])
    same = select(FeedRow.id).where(FeedRow.id == lost.feed_id, FeedRow.url == lost.url, is_wanted)
    return connection.execute(same).first() is not None
