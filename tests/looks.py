"""Every look at a store, as commands and pages take it, to be judged by what the statements read."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import Connection, select

from worker.coverage.feed_days import Days
from worker.coverage.missed_entries import list_missed
from worker.coverage.stored_days import choose_feeds, read_coverage
from worker.database.views import COVERAGE
from worker.datasets.data_sets import DATA_SETS, Part
from worker.datasets.exporting import Export, Format, write_rows
from worker.look.article_listing import count_listed_articles, list_articles, moment_of_articles
from worker.look.article_page import find_article, find_linked
from worker.look.change_listing import list_changes
from worker.look.feed_history import (
    list_feed_articles,
    list_feed_backfills,
    list_former_urls,
    list_publications,
)
from worker.look.feed_listing import count_listed_feeds, find_feed_with_host, list_feeds
from worker.look.feed_paging import FeedFilter, first_tags, page_of_feeds
from worker.look.file_listing import count_listed_files, list_files
from worker.look.health import read_health
from worker.look.host_listing import count_listed_hosts, list_hosts
from worker.look.hourly_activity import read_activity
from worker.look.large_stories import StoryOrder, list_large_stories
from worker.look.listings import Sort, Wanted, place_of
from worker.look.metrics import COLLECTORS, Look
from worker.look.poll_listing import count_listed_polls, list_polls, moment_of_polls
from worker.look.stories import count_listed_stories, find_story, list_stories
from worker.manage.feeds import list_feed_ids, list_feeds_to_export
from worker.manage.hosts import find_hosts
from worker.settings import Settings

MINUTE = timedelta(minutes=1)
OLD = 7
"""The id of a feed and of an article that a large store is filled with."""


def list_everything(connection: Connection, now: datetime) -> None:
    """List as the commands do: the newest rows, what has some words, all of a feed, or all that is new."""
    pages = (Wanted(limit=50, newest_first=True), Wanted(limit=50, text="of article 7"))
    for wanted in (*pages, Wanted(feed_id=OLD)):
        list(list_feeds(connection, now, wanted))
    for wanted in (*pages, Wanted(feed_id=OLD), Wanted(since=now)):
        for rows in (list_articles, list_polls, list_stories):
            list(rows(connection, wanted))
    _go_on(connection, now)
    kinds = (Wanted(is_polled=True, limit=50), Wanted(is_polled=True, is_failing=True, limit=50))
    kinds = (*kinds, Wanted(quality="silent", is_polled=True, limit=50))
    for wanted in (Wanted(state="paused"), Wanted(since=now), Wanted(feed_tag="tag 7"), *kinds):
        list(list_feeds(connection, now, wanted))
        count_listed_feeds(connection, wanted)
    list(list_articles(connection, Wanted(feed_tag="tag 7", limit=50, newest_first=True)))
    _sort_articles(connection, now)
    for wanted in (Wanted(limit=50), Wanted(is_failing=True)):
        list(list_files(connection, wanted))
    _count_rows(connection, now)
    list(list_hosts(connection, now, Wanted(limit=50, after=(OLD,))))
    list(list_hosts(connection, now, host_ids=[host.host_id for host in find_hosts(connection, f"h{OLD}.example")]))
    list_feed_ids(connection)
    list(list_feeds_to_export(connection))
    for data_set in DATA_SETS.values():
        write_rows(connection, Export(data_set, Part(now, now + timedelta(days=1)), Format.JSONL), BytesIO())
    _look(connection, now)


def _go_on(connection: Connection, now: datetime) -> None:
    """List the page after some row, by ids and by moments."""
    by_moment = (Wanted(since=now, after=(now, OLD), limit=50), Wanted(until=now, after=(now, OLD), limit=50))
    for wanted in (Wanted(after=(OLD,), limit=50), Wanted(after=(OLD,), limit=50, newest_first=True), *by_moment):
        list(list_polls(connection, wanted))
        list(list_feeds(connection, now, wanted))
    list(list_stories(connection, Wanted(after=(OLD,), limit=50)))


def _look(connection: Connection, now: datetime) -> None:
    """Look at one feed, article and story, and at the whole store as status and metrics do."""
    find_feed_with_host(connection, now, OLD)
    find_linked(connection, find_article(connection, OLD) or {})
    find_story(connection, OLD - 1)
    for order in StoryOrder:
        for wanted in (Wanted(since=now - MINUTE), Wanted(text="article 7"), Wanted(feed_id=OLD, until=now)):
            list_large_stories(connection, wanted, order, 50)
    read_health(connection, now)
    read_activity(connection, now, 48)
    list_changes(connection, 50)
    list_changes(connection, 50, 9, ["feed gone"])
    _look_at_days(connection, now)
    _page_feeds(connection, now)
    look = Look(connection, now, Settings())
    assert [metric for collect in COLLECTORS for metric in collect(look)]


def _look_at_days(connection: Connection, now: datetime) -> None:
    """Ask for the coverage of some feeds, and of one as other programs do."""
    days = Days(now.date() - timedelta(days=13), now.date())
    feeds = list(choose_feeds(connection, now, None, 20))
    assert len(list(read_coverage(connection, feeds, days))) == 20
    list_missed(connection, [feed["id"] for feed in feeds], days.begins, days.ends)
    view = COVERAGE.table
    for is_wanted in (view.c.day >= days.first, view.c.day == days.last):
        connection.execute(select(view).where(view.c.feed_id == OLD, is_wanted)).all()


def _page_feeds(connection: Connection, now: datetime) -> None:
    """Find feeds by each filter alone and with others, and look at what one has been like."""
    filters: tuple[dict[str, Any], ...] = (
        {},
        {"tag": "tag 7"},
        {"state": "paused"},
        {"state": "active"},
        {"quality": "silent"},
        {"are_files": True},
    )
    for chosen in (*filters, {"is_failing": True}):
        for more in ({}, {"text": "Feed 7"}, {"tag": "tag 8"}):
            page_of_feeds(connection, now, FeedFilter(**{**chosen, **more}), after=OLD, most_read=100)
    first_tags(connection, 50)
    of_feed = Wanted(feed_id=OLD, newest_first=True, limit=50)
    place = place_of(next(list_polls(connection, of_feed)), moment_of_polls(of_feed))
    list(list_polls(connection, replace(of_feed, after=place)))
    list_feed_articles(connection, OLD, 20)
    list_publications(connection, OLD, 2000)
    list_feed_backfills(connection, OLD)
    list_former_urls(connection, OLD)


def _count_rows(connection: Connection, now: datetime) -> None:
    count_listed_files(connection, Wanted())
    count_listed_polls(connection, Wanted(since=now))
    count_listed_stories(connection, Wanted(since=now))
    count_listed_hosts(connection, None)


def _sort_articles(connection: Connection, now: datetime) -> None:
    """List and count articles in each order, and by each filter that an index serves; the others read on to a limit."""
    bounds = {"since": now - MINUTE, "until": now}
    filters = ({}, bounds, {"feed_id": OLD}, {"feed_tag": "tag 7"}, {"agency": "ANI"}, {"agency": "ANI"} | bounds)
    for chosen in (*filters, {"language": "en"}, {"tag": "sport"}):
        for sort in Sort:
            for is_published_then in (False, sort is Sort.PUBLISHED):
                wanted = Wanted(**chosen, is_published_then=is_published_then, sort=sort, limit=50, newest_first=True)
                place = (OLD,) if moment_of_articles(wanted) is None else (now - MINUTE, OLD)
                list(list_articles(connection, wanted))
                list(list_articles(connection, replace(wanted, after=place)))
                count_listed_articles(connection, replace(wanted, limit=None))
