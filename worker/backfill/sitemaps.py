"""News sitemaps: which one a site's robots.txt names, and what a feed has missed of the news that it lists.

A site's sitemap lists the news of all its sections. It tells what a feed has missed only where both list the same:
where the feed carried nearly all that the sitemap has of the time which the feed's own document shows.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from worker.basics.charset import decode
from worker.basics.field_rules import moment_of
from worker.basics.urls import absolute_url, link_key, same_site
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.statements import slices
from worker.values.due_feeds import Document
from worker.values.entries import Entry

# https://www.sitemaps.org/protocol.html, "Specifying the Sitemap location in your robots.txt file"
_SITEMAP = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_LONGEST = 500_000
# So many of the sitemap's entries must be of the time that the feed's document shows, and this share of them known.
_FEWEST, _SHARE = 5, 0.9


def find_news_sitemap(robots: Document, feed_url: str) -> str | None:
    """Return the first sitemap of the feed's site that a robots.txt names, and by its name is one of news."""
    return next(_find_news_sitemaps(robots, feed_url), None)


def _find_news_sitemaps(robots: Document, feed_url: str) -> Iterator[str]:
    for written in _SITEMAP.findall(decode(robots.body[:_LONGEST], robots.content_type)):
        url = absolute_url(written, robots.url)
        # The host's own name may have the word in it.
        if url and same_site(url, feed_url) and "news" in url.partition("://")[2].partition("/")[2].lower():
            yield url


def read_carried(connection: Connection, feed_id: int) -> list[tuple[str, datetime]]:
    """Return match keys and dates of the articles in a feed's newest document."""
    query = (
        select(ArticleRow.match_key, ArticleRow.published_at)
        .join(SightingRow, SightingRow.article_id == ArticleRow.id)
        .where(SightingRow.feed_id == feed_id, SightingRow.left_at.is_(None))
        .where(ArticleRow.match_key.is_not(None), ArticleRow.published_at.is_not(None))
    )
    return [(row.match_key, row.published_at) for row in connection.execute(query)]


def find_stored(connection: Connection, entries: Sequence[Entry]) -> set[str]:
    """Return the match keys of those entries that are articles already, whoever carries them."""
    keys = {key for entry in entries if (key := link_key(entry.link))}
    found = (select(ArticleRow.match_key).where(ArticleRow.match_key.in_(some)) for some in slices(keys))
    return {key for query in found for key in connection.execute(query).scalars() if key}


def find_beginning(carried: Sequence[tuple[str, datetime]]) -> datetime | None:
    """Return since when a feed's document shows all that the feed carries; None where it shows too little to tell."""
    # Not the oldest date: that may be of an entry which is pinned.
    dates = sorted(date for _, date in carried)
    return dates[len(dates) // 4] if len(dates) >= _FEWEST else None


def lists_same_news(
    entries: Sequence[Entry], carried: Sequence[tuple[str, datetime]], beginning: datetime, until: datetime
) -> bool:
    """Say whether a feed carries nearly all that a sitemap lists of the time from ``beginning`` to ``until``."""
    keys = {key for key, _ in carried}
    both = [link_key(entry.link) in keys for entry in entries if _is_between(entry, beginning, until)]
    return len(both) >= _FEWEST and sum(both) >= _SHARE * len(both)


def choose_missed(
    entries: Sequence[Entry], stored: Collection[str], since: datetime | None, beginning: datetime
) -> tuple[Entry, ...]:
    """Return the entries of a sitemap from ``since`` to ``beginning`` that are no articles yet."""
    wanted = (entry for entry in entries if since and _is_between(entry, since, beginning))
    return tuple(entry for entry in wanted if (key := link_key(entry.link)) and key not in stored)


def _is_between(entry: Entry, since: datetime, until: datetime) -> bool:
    moment = moment_of(entry)
    return moment is not None and since <= moment < until
