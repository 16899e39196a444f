"""Adding what somebody names: a feed, or a site's page, whose feed is then discovered.

The page is read for the feeds that it may mean; the first of them that can be read as a feed is the one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import islice

from sqlalchemy import Connection, and_, func, select, update

from worker.basics.faults import as_failure
from worker.basics.log_lines import get_logger
from worker.basics.urls import feed_url_key, host_key
from worker.database.clock import read_clock
from worker.database.conflicts import must_stop, write
from worker.database.engine import reading
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.discovery.page import FeedLink, find_feed_links
from worker.discovery.single_fetch import Lookup
from worker.errors import ErrorClass, NamedError, PermanentError, PollError, RejectedError, TransientError
from worker.manage.feeds import NamedFeed, NewFeed, add_feeds, find_feed
from worker.manage.hosts import forget_host
from worker.parse import Kind, sniff
from worker.pipeline import Stop, Tools
from worker.schedule.failure import after_failure
from worker.values.due_feeds import Document, Streak

# For the page and the feeds it may mean together: enough for those that a site names, or for the usual places.
_MOST_REQUESTS = 8
# How long a host may be busy with a worker's polls before the URL is added without a look at it.
_PATIENCE = timedelta(seconds=10)
_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AddedFeed:
    """What became of a URL that was to be added."""

    url: str
    """As it was given."""
    feed: NamedFeed
    is_new: bool
    is_of_page: bool = False
    """Whether the URL is a page's, and the feed was found there."""
    unseen: PollError | None = None
    """Why the URL was added without a look at it."""


def add_by_url(tools: Tools, url: str, stop: Stop, tags: tuple[str, ...] = ()) -> AddedFeed:
    """Add the feed at a URL, or the feed of the page there, with tags; NamedError says why nothing was added.

    A URL that cannot be reached now is added as it is. No host is asked about a feed that is known already.
    """
    known = _find(tools, url)
    if known and not known.is_from_document:
        return _add(tools, url, NewFeed(url, tags=tags)) if tags else AddedFeed(url, known, is_new=False)
    try:
        with Lookup(tools, stop, tools.limits.deadline, _PATIENCE) as lookup:
            found = discover(tools, lookup, url)
    except PollError as error:
        if isinstance(error, TransientError) and not _is_empty_answer(error):
            return _add(tools, url, NewFeed(url, tags=tags), unseen=error)
        if error.error_class is ErrorClass.GUARD:
            # Nobody was asked, so there is nothing to remember of the host.
            write(tools.engine, lambda connection: forget_host(connection, host_key(url)))
        may_be_added = not isinstance(error, RejectedError) and error.error_class is not ErrorClass.NOT_A_FEED
        way_out = " `feedmill add --as-is` adds it all the same." if may_be_added else ""
        if error.http_status == HTTPStatus.UNAUTHORIZED:
            with_password = f"`feedmill poll --user NAME --keep {url}` adds it with its password"
            way_out = f" {with_password}, `feedmill add --as-is` without."
        raise NamedError(f"{url} was not added: {error.sentence}.{way_out}") from error
    return _add(tools, url, replace(found, site_url=found.site_url or url, tags=tags))


def add_as_is(connection: Connection, now: datetime, url: str, tags: tuple[str, ...] = ()) -> AddedFeed:
    """Add a URL as it is given, without a look at it; NamedError where it cannot be a feed's."""
    _refuse_other_names(url)
    return _add_feed(connection, now, url, NewFeed(url, tags=tags))


def _refuse_other_names(url: str) -> None:
    try:
        # An id names a feed too, but not one to add.
        feed_url_key(url)
    except ValueError as error:
        raise NamedError(f"{url} was not added: {error}") from error


def _find(tools: Tools, url: str) -> NamedFeed | None:
    _refuse_other_names(url)
    with reading(tools.engine) as connection:
        return find_feed(connection, url)


def _add(tools: Tools, url: str, feed: NewFeed, unseen: PollError | None = None) -> AddedFeed:
    def add(connection: Connection) -> AddedFeed:
        now = read_clock(connection).now()
        added = replace(_add_feed(connection, now, url, feed), unseen=unseen)
        if added.is_new and unseen:
            next_poll = after_failure(now, tools.bounds, unseen, Streak(attempts=1, failures=1), spread=0.0)
            if next_poll.at and next_poll.is_asked_for:
                _hold(connection, added.feed.feed_id, next_poll.at, next_poll.reason)
        return added

    return write(tools.engine, add)


def _add_feed(connection: Connection, now: datetime, url: str, feed: NewFeed) -> AddedFeed:
    is_new = add_feeds(connection, now, [feed]) > 0
    added = find_feed(connection, feed.url)
    assert added, "it was added, or there already"
    return AddedFeed(url, added, is_new=is_new, is_of_page=feed.url != url)


def _hold(connection: Connection, feed_id: int, until: datetime, reason: str) -> None:
    """Let the first poll of a new feed wait, for its publisher asked for that when we looked at it."""
    held = {"next_poll_at": until, "next_poll_reason": reason, "held_until": until}
    of_feed = update(ScheduleRow).where(ScheduleRow.feed_id == feed_id).values(held)
    host_id = connection.execute(of_feed.returning(ScheduleRow.host_id)).scalar_one()
    next_due = select(func.min(ScheduleRow.next_poll_at)).where(ScheduleRow.host_id == HostRow.id).scalar_subquery()
    is_idle = and_(HostRow.id == host_id, HostRow.lease_token.is_(None), next_due > HostRow.claimable_at)
    connection.execute(update(HostRow).where(is_idle).values(claimable_at=next_due))


def _is_empty_answer(error: PollError) -> bool:
    """Say whether the host answered well, but with nothing: that is no more a feed than a page without one."""
    return error.error_class is ErrorClass.INCOMPLETE and error.http_status == HTTPStatus.OK


def discover(tools: Tools, lookup: Lookup, url: str, dead_url: str | None = None) -> NewFeed:
    """Return the feed at a URL, or the feed of the page there; raises the PollError that stands in the way.

    ``dead_url`` is known to be no feed any more, and is not asked for even if the page names it. A fault of ours is
    such an error too: other URLs are looked at all the same.
    """
    try:
        return _discover(tools, lookup, url, dead_url)
    except PollError as error:
        if error.trace:
            _LOG.error("page not read", url=url, exception=error.trace)
        raise
    except Exception as error:
        if must_stop(error):
            raise
        _LOG.exception("page not read", url=url)
        raise as_failure(error) from error


def _discover(tools: Tools, lookup: Lookup, url: str, dead_url: str | None) -> NewFeed:
    document = lookup.ask(url)
    try:
        return _read(tools, url, document)
    except PermanentError:
        if not _is_page(document):
            raise
    dead_key = feed_url_key(dead_url) if dead_url else None
    links = [link for link in find_feed_links(document) if feed_url_key(link.url) != dead_key]
    return _read_first(tools, lookup, links)


def _read(tools: Tools, url: str, document: Document) -> NewFeed:
    parsed = tools.parser.parse(document)
    return NewFeed(url, parsed.title, parsed.site_url)


def _is_page(document: Document) -> bool:
    # A page may begin with almost anything; where its bytes do not tell, its host does.
    return sniff(document.body) is Kind.HTML or "html" in (document.content_type or "").lower()


def _read_first(tools: Tools, lookup: Lookup, links: Sequence[FeedLink]) -> NewFeed:
    """Return the first of a page's links that leads to a feed."""
    why_not = []
    for link in islice(links, _MOST_REQUESTS - 1):
        try:
            return _read(tools, link.url, lookup.ask(link.url))
        except PollError as error:
            if link.is_named:
                why_not.append(f"the feed that it names, {link.url}, could not be read: {error.sentence}")
    reason = why_not[0] if why_not else "no feed of its site was found"
    raise PermanentError(ErrorClass.NOT_A_FEED, f"it is a web page, and {reason}")
