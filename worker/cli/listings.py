"""Looking at the store: ``feeds``, ``articles``, ``polls``, ``stories``, ``show`` and ``status``."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Connection

from worker.basics.text import is_storable
from worker.basics.units import read_id
from worker.cli.open_store import reading_store
from worker.cli.options import TABLE_ROWS, Words, as_options, parse_since
from worker.cli.output import Column, column_room, from_now, print_json, print_rows, share_of_page
from worker.cli.screens import print_article, print_feed, print_health
from worker.cli.sentences import explain_feed, explain_poll, mark_title, next_poll
from worker.database.clock import read_clock
from worker.errors import NamedError, UsageError
from worker.look import listings as look
from worker.look.health import read_health
from worker.look.stories import find_story, list_stories
from worker.manage.feed_tags import are_tags_in_use, known_tag
from worker.manage.named_feeds import feed_called
from worker.values.due_feeds import FeedState
from worker.values.outcomes import Outcome

# Columns of articles that Feedmill keeps for its own use.
_INTERNAL = {"match_key", "policy_version", "grouped_at", "wire_key"}
_FEED = click.argument("feed", required=False)


@click.command("feeds")
@as_options
@click.option("--state", type=click.Choice([str(state) for state in FeedState]), help="Only feeds in this state.")
@click.option("--text", type=Words(), help="Only feeds with this in URL or title.")
@click.option("--since", help="Only feeds added since: 2d, 1h30m, or a date.")
@click.option("--tag", "feed_tag", help="Only feeds with this tag.")
def feeds_command(*, as_json: bool, limit: int | None, **filters: str | None) -> None:
    """List feeds: when each is polled next, and why then."""
    with _wanted_rows(filters, limit, is_table=not as_json) as (connection, now, wanted):
        rows = look.list_feeds(connection, now, wanted)
        when_empty = _when_empty(filters, "No feeds: `feedmill add URL` adds one.")
        columns = _feed_columns(now, with_tags=are_tags_in_use(connection))
        print_rows(rows, columns, as_json=as_json, when_empty=when_empty)


def _feed_columns(now: datetime, *, with_tags: bool) -> list[Column]:
    return [
        Column("ID", "id", 9),
        Column("FEED", lambda row: row["title"] or _short_address(row["url"]), _feed_room()),
        *([Column("TAGS", lambda row: ", ".join(row["tags"]), share_of_page(6))] if with_tags else []),
        Column("NEXT POLL", lambda row: next_poll(row, now), 11),
        Column("LAST POLL, AND WHY NEXT THEN", lambda row: explain_feed(row, now), wraps=True),
    ]


@click.command("articles")
@as_options
@_FEED
@click.option("--text", type=Words(), help="Only articles with this in title or text.")
@click.option("--since", help="Only articles first seen since: 2d, 1h30m, or a date.")
@click.option("--feed-tag", help="Only articles that a feed with this tag carries.")
def articles_command(*, as_json: bool, limit: int | None, **filters: str | None) -> None:
    """List articles, the last seen first, whatever their dates; with FEED, those that one feed carries.

    FEED is an id, a URL, or a title or address as tables show it. With --json the oldest come first, in the order of
    their ids; with --since, of first sight.
    """
    with _wanted_rows(filters, limit, is_table=not as_json) as (connection, _, wanted):
        found = look.list_articles(connection, wanted)
        rows = ({name: row[name] for name in row if name not in _INTERNAL} for row in found)
        when_empty = _when_empty(filters, "No articles: `feedmill run --once` fetches some.")
        print_rows(rows, article_columns(), as_json=as_json, when_empty=when_empty)


def article_columns() -> list[Column]:
    """Return what a table of articles shows of each."""
    return [
        Column("ID", "id", 9),
        Column("PUBLISHED", "published_at", 16),
        Column("TITLE", mark_title),
        Column("BY", lambda row: row["agency"] or ", ".join(row["authors"] or ()), share_of_page(6)),
        Column("FEED", lambda row: f"{row['feed_id']} {_host_or_file(row['feed_url'])}", share_of_page(5)),
    ]


@click.command("polls")
@as_options
@_FEED
@click.option("--outcome", "state", type=click.Choice([str(outcome) for outcome in Outcome]), help="Only these polls.")
@click.option("--since", help="Only polls since: 2d, 1h30m, or a date.")
def polls_command(*, as_json: bool, limit: int | None, **filters: str | None) -> None:
    """List the ledger of polls, the newest first; of one FEED also say why it is late, if it is.

    FEED is an id, a URL, or a title or address as tables show it.
    """
    with _wanted_rows(filters, limit, is_table=not as_json) as (connection, now, wanted):
        if wanted.feed_id and not as_json:
            print_feed(look.find_feed_with_host(connection, now, wanted.feed_id), now)
        columns = _poll_columns(of_one_feed=bool(wanted.feed_id))
        when_empty = _when_empty(filters, "No polls yet: `feedmill poll` makes some.")
        print_rows(look.list_polls(connection, wanted), columns, as_json=as_json, when_empty=when_empty)


def _poll_columns(*, of_one_feed: bool) -> list[Column]:
    return [
        Column("STARTED", "started_at", 16),
        *([] if of_one_feed else [Column("FEED", _name_feed, _feed_room())]),
        Column("NEXT", lambda row: from_now(row["next_poll_at"], row["started_at"] + row["duration"]) or "never", 7),
        Column("WHAT HAPPENED, AND WHY NEXT THEN", explain_poll, wraps=True),
    ]


def _name_feed(poll: Mapping[str, Any]) -> str:
    # With the id, by which `feedmill polls ID` tells more.
    return f"{poll['feed_id']} {_short_address(poll['url']) if poll['url'] else 'deleted'}"


@click.command("stories")
@as_options
@_FEED
@click.option("--text", type=Words(), help="Only stories with this in a title.")
@click.option("--since", help="Only stories whose last copy was first seen since: 2d, 1h30m, or a date.")
def stories_command(*, as_json: bool, limit: int | None, **filters: str | None) -> None:
    """List stories that more than one article tells, the newest first; with FEED, those that one feed's articles tell.

    FEED is an id, a URL, or a title or address as tables show it.
    """
    columns = [
        Column("ID", "id", 9),
        Column("ARTICLES", "size", 8),
        Column("OUTLETS", lambda row: len(row["outlets"]), 7),
        Column("FIRST", "first_at", 16),
        Column("SPREAD", "spread", 10),
        Column("TITLE", mark_title),
    ]
    with _wanted_rows(filters, limit, is_table=not as_json) as (connection, _, wanted):
        when_empty = _when_empty(filters, "No stories: no two articles here are copies of one another.")
        print_rows(list_stories(connection, wanted), columns, as_json=as_json, when_empty=when_empty)


@click.command("show")
@click.argument("article")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show_command(*, article: str, as_json: bool) -> None:
    """Show one article whole: who carries it, how it changed, what corrects or kills it, and its copies."""
    article_id = read_id(article)
    if article_id is None:
        raise UsageError(f"ARTICLE is an id, as `feedmill articles` lists them; not {article!r}.")
    with reading_store() as connection:
        found = look.find_article(connection, article_id)
        if found is None:
            raise NamedError(f"There is no article {article}: `feedmill articles` lists them.")
        found = {**found, **look.find_linked(connection, found), "story": find_story(connection, found["story_id"])}
    if as_json:
        print_json([found])
    else:
        print_article(found)


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def status_command(*, as_json: bool) -> None:
    """Show the store's health at a glance: due, late, failing, polls and articles per hour, slowest hosts."""
    with reading_store() as connection:
        health = read_health(connection, read_clock(connection).now())
    if as_json:
        print_json([asdict(health)])
    else:
        print_health(health)


@contextmanager
def _wanted_rows(
    filters: Mapping[str, str | None], limit: int | None, *, is_table: bool
) -> Iterator[tuple[Connection, datetime, look.Wanted]]:
    """Open the store to look, and say which rows the options of a listing ask for."""
    with reading_store() as connection:
        now = read_clock(connection).now()
        feed = filters.get("feed")
        wanted = look.Wanted(
            feed_id=_feed_id(connection, now, feed) if feed else None,
            since=parse_since(filters.get("since"), now),
            text=filters.get("text"),
            state=filters.get("state"),
            feed_tag=known_tag(connection, tag) if (tag := filters.get("feed_tag")) is not None else None,
            limit=limit or TABLE_ROWS if is_table else limit,
            newest_first=is_table,
        )
        yield connection, now, wanted


def _feed_id(connection: Connection, now: datetime, name: str) -> int:
    """Return the id of a feed by its id or URL, or by what a table shows in its place: title, address, host or file."""
    if read_id(name) is None and "://" not in name and is_storable(name):
        alike = look.list_feeds(connection, now, look.Wanted(text=name))
        ids = [
            int(row["id"])
            for row in alike
            if name in {row["title"], _short_address(row["url"]), _host_or_file(row["url"])}
        ]
        if len(ids) > 1:
            some = ", ".join(map(str, ids[:5]))
            raise NamedError(f"{len(ids):,} feeds are called {name}: name one by its id, such as {some}.")
        if ids:
            return ids[0]
    return feed_called(connection, name).feed_id


def _when_empty(filters: Mapping[str, str | None], otherwise: str) -> str:
    """Say why nothing is listed: nothing matches, or there is nothing yet."""
    return "None match." if any(filters.values()) else otherwise


def _feed_room() -> int:
    # A reason that wraps is read as easily as one that does not; a title that is cut is not.
    return column_room(16, 96)


def _host_or_file(feed_url: str) -> str:
    scheme, _, rest = feed_url.partition("://")
    return rest.rpartition("/")[2] if scheme == "file" else rest.partition("/")[0]


def _short_address(feed_url: str) -> str:
    """Return what tells feeds without a title apart: the URL, without what most have in common."""
    scheme, _, rest = feed_url.partition("://")
    return _host_or_file(feed_url) if scheme == "file" else rest.rstrip("/")
