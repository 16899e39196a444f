"""Rediscovery: a feed that has been dead for long is looked for on its site's page, where its new address may stand."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from worker.basics.urls import absolute_url
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.feed_locks import lock_feeds
from worker.discovery.asking import Lookup
from worker.discovery.discovery import discover
from worker.discovery.lost_feeds import LostFeed, find_occupant, is_still_lost, list_lost_feeds, note_search
from worker.errors import PollError, TransientError
from worker.manage.feeds import begin_anew
from worker.pipeline.polling import Stop
from worker.pipeline.tools import Tools
from worker.store.moves import move_feed

# Lost feeds looked for by one task; those whose hosts are busy leave room for others.
_MOST = 20
_LISTED = 5 * _MOST


@dataclass(frozen=True, slots=True)
class Sought:
    """A lost feed, and where it was found on its site; null with the reason where it was not."""

    feed_id: int
    url: str
    found_url: str | None
    reason: str | None = None


def seek_feeds(tools: Tools, stop: Stop) -> Iterator[Sought]:
    """Look for lost feeds, as many as one task's time allows and at most 20; yield each as it is done."""
    ends_at = time.monotonic() + tools.limits.stop_claiming.total_seconds()
    sought = 0
    with reading(tools.engine) as connection:
        lost_feeds = list_lost_feeds(connection, read_clock(connection).now(), _LISTED)
    for lost in lost_feeds:
        time_left = timedelta(seconds=ends_at - time.monotonic())
        if stop() or time_left <= timedelta(0) or sought == _MOST:
            return
        if outcome := _look_for(tools, lost, stop, time_left):
            sought += 1
            yield outcome


def _look_for(tools: Tools, lost: LostFeed, stop: Stop, time_left: timedelta) -> Sought | None:
    """Look for one feed; null where its hosts are busy, so that it waits for another time."""
    # Publishers write anything there; the front page of the feed's own host is the next best.
    page_url = absolute_url(lost.site_url, lost.url) or absolute_url("/", lost.url)
    assert page_url, "a feed that was polled has a host"
    with Lookup(tools, stop, time_left) as lookup:
        if not _may_begin(tools, lookup, lost, page_url):
            return None
        try:
            found = discover(tools, lookup, page_url, dead_url=lost.url)
        except PollError as error:
            return Sought(lost.feed_id, lost.url, None, error.sentence)
        return write(tools.engine, lambda connection: _move(connection, lost, found.url))


def _may_begin(tools: Tools, lookup: Lookup, lost: LostFeed, page_url: str) -> bool:
    """Note that the search begins, unless the site asked to be left alone or a host is leased."""
    try:
        # Its own host too: no poll of it must end while it moves.
        lookup.hold(lost.url)
        if not lookup.may_ask(lookup.hold(page_url)):
            return False
    except TransientError:
        return False
    # Before it, not after: a search that costs us the worker must not begin again at once.
    return write(tools.engine, lambda connection: note_search(connection, read_clock(connection).now(), lost))


def _move(connection: Connection, lost: LostFeed, url: str) -> Sought:
    """Let the feed live where it was found, unless another does: a page that names one says nothing of the other."""
    lock_feeds(connection, [lost.feed_id])
    if other := find_occupant(connection, url):
        told = "no other feed" if other == lost.feed_id else f"feed {other}, which is another"
        return Sought(lost.feed_id, lost.url, None, f"its site names {told}")
    if not is_still_lost(connection, lost):
        return Sought(lost.feed_id, lost.url, None, "it was changed meanwhile")
    now = read_clock(connection).now()
    move_feed(connection, now, lost.feed_id, url)
    begin_anew(connection, now, lost.feed_id, "found again on its site's page")
    return Sought(lost.feed_id, lost.url, url)
