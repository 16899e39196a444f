"""Looking at the store: ``feeds``, ``polls``, ``stories`` and ``status``."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from worker.basics.moments import from_now
from worker.cli.moments import utc_option
from worker.cli.open_store import reading_store
from worker.cli.options import Words, as_options
from worker.cli.output import column_room, print_json, share_of_page, write_line
from worker.cli.screens import print_feed, print_health
from worker.cli.tables import Column, print_rows
from worker.cli.wanted_rows import FIRST_STEPS, Asked, asked_rows, say_what_next, short_address, when_empty
from worker.database.backfill_rows import find_newest_backfill
from worker.database.clock import read_clock
from worker.errors import UsageError
from worker.look.feed_listing import count_listed_feeds, find_feed_with_host, list_feeds
from worker.look.file_listing import count_listed_files, list_files
from worker.look.health import read_health
from worker.look.poll_listing import count_listed_polls, list_polls
from worker.look.stories import count_listed_stories, list_stories
from worker.manage.feed_tags import are_tags_in_use
from worker.values.due_feeds import FeedState
from worker.values.feed_quality import QualityState
from worker.values.outcomes import Outcome
from worker.wording.sentences import explain_feed, explain_poll, is_pushed, mark_title, next_poll

_FEED = click.argument("feed", required=False)


@click.command("feeds")
@as_options
@click.option("--state", type=click.Choice([str(state) for state in FeedState]), help="Only feeds in this state.")
@click.option(
    "--quality", type=click.Choice([str(state) for state in QualityState]), help="Only feeds of this quality."
)
@click.option("--failing", is_flag=True, help="Only feeds whose last poll failed; with --files, what was refused.")
@click.option("--files", is_flag=True, help="Seed files in place of feeds: first those that the last scan refused.")
@click.option("--text", type=Words(), help="Only feeds with this in URL or title.")
@click.option("--since", help="Only feeds added since: 2d, 1h30m, a date or a moment.")
@click.option("--until", help="Only feeds added until then; a date is meant to its end.")
@click.option("--tag", "feed_tag", help="Only feeds with this tag.")
def feeds_command(*, as_json: bool, limit: int | None, failing: bool, files: bool, **filters: str | None) -> None:
    """List feeds: when each is polled next, and why then; with --files, the seed files that were read or refused."""
    _refuse_contradictions(filters, is_failing=failing, is_files=files)
    with asked_rows(filters, limit, as_json=as_json, is_failing=failing, is_polled=not files) as asked:
        if files:
            _print_files(asked, when_empty({**filters, "failing": failing}, _NO_FILES), as_json=as_json)
            return
        print_rows(
            list_feeds(asked.connection, asked.now, asked.wanted),
            _feed_columns(asked.now, with_tags=are_tags_in_use(asked.connection)),
            as_json=as_json,
            when_empty=when_empty({**filters, "failing": failing}, _NO_FEEDS),
            page=asked.page(count_listed_feeds),
        )


@click.command("files")
@as_options
@click.option("--refused", is_flag=True, help="Only files that the last scan of the seed folder refused, and why.")
@click.option("--text", type=Words(), help="Only files with this in their paths.")
def files_command(*, as_json: bool, limit: int | None, refused: bool, text: str | None) -> None:
    """List seed files: first those that the last scan of the seed folder refused; then those that were read.

    \b
    feedmill files --refused
    feedmill files --text reuters/ --json
    """  # noqa: D301 -- by a backspace click knows lines that stay as they are
    filters = {"text": text}
    with asked_rows(filters, limit, as_json=as_json, is_failing=refused, is_polled=False) as asked:
        _print_files(asked, when_empty(filters, _NONE_REFUSED if refused else _NO_FILES), as_json=as_json)


_NO_FEEDS = f"No feeds: {FIRST_STEPS}"
_NONE_REFUSED = "The last scan of the seed folder refused no file; what `feedmill ingest` refuses it says by itself."
_NO_FILES = "No seed files: `feedmill ingest PATH` reads some, and `feedmill run` those of the seed folder."


def _refuse_contradictions(filters: Mapping[str, str | None], *, is_failing: bool, is_files: bool) -> None:
    state = filters["state"]
    if is_failing and state not in {None, FeedState.ACTIVE}:
        raise UsageError(f"--failing lists feeds that are polled: none of them is {state}.")
    if is_files and any(filters[name] for name in ("state", "quality", "feed_tag", "since", "until")):
        raise UsageError("--files lists seed files: --state, --quality, --tag, --since and --until are of feeds.")


def _print_files(asked: Asked, none: str, *, as_json: bool) -> None:
    columns = [
        Column("FILE", "path", wraps=True),
        Column("READ OR REFUSED", "at", 25),
        Column("FEED", _feed_of_file, share_of_page(5), is_spare=True),
        Column("WHY", lambda row: (row["reason"] or "").removeprefix(row["path"]).lstrip(), wraps=True),
    ]
    rows = list_files(asked.connection, asked.wanted)
    print_rows(rows, columns, as_json=as_json, when_empty=none, page=asked.page(count_listed_files))


def _feed_of_file(row: Mapping[str, Any]) -> str:
    if row["feed_id"] is None:
        return ""
    return str(row["feed_id"]) if row["feed_url"].startswith("file:") else f"{row['feed_id']} {row['feed_url']}"


def _feed_columns(now: datetime, *, with_tags: bool) -> list[Column]:
    return [
        Column("ID", "id", 9),
        Column("FEED", lambda row: row["title"] or short_address(row["url"]), _feed_room()),
        *([Column("TAGS", lambda row: ", ".join(row["tags"]), share_of_page(6), is_spare=True)] if with_tags else []),
        Column("NEXT POLL", lambda row: next_poll(row, now), 11),
        Column("LAST POLL, AND WHY NEXT THEN", lambda row: explain_feed(row, now), wraps=True),
    ]


@click.command("polls")
@as_options
@_FEED
@click.option("--outcome", "state", type=click.Choice([str(outcome) for outcome in Outcome]), help="Only these polls.")
@click.option("--since", help="Only polls since: 2d, 1h30m, a date or a moment.")
@click.option("--until", help="Only polls until then; a date is meant to its end.")
def polls_command(*, as_json: bool, limit: int | None, **filters: str | None) -> None:
    """List the ledger of polls, the newest first; of one FEED also say why it is late, if it is.

    FEED is an id, a URL, or a title or address as tables show it.
    """
    with asked_rows(filters, limit, as_json=as_json) as asked:
        wanted = asked.wanted
        if wanted.feed_id and not as_json:
            feed = find_feed_with_host(asked.connection, asked.now, wanted.feed_id)
            print_feed(feed, asked.now, find_newest_backfill(asked.connection, wanted.feed_id))
        print_rows(
            list_polls(asked.connection, wanted),
            _poll_columns(of_one_feed=bool(wanted.feed_id)),
            as_json=as_json,
            when_empty=when_empty(filters, say_what_next(asked.connection, "No polls", "`feedmill poll` makes some.")),
            page=asked.page(count_listed_polls),
        )


def _poll_columns(*, of_one_feed: bool) -> list[Column]:
    return [
        Column("STARTED", "started_at", 25),
        *([] if of_one_feed else [Column("FEED", _name_feed, _feed_room())]),
        Column("NEXT", _when_next, 7, is_spare=True),
        Column("WHAT HAPPENED, AND WHY NEXT THEN", explain_poll, wraps=True),
    ]


def _when_next(poll: Mapping[str, Any]) -> str:
    at = from_now(poll["next_poll_at"], poll["started_at"] + poll["duration"])
    return at or ("" if is_pushed(poll) else "never")


def _name_feed(poll: Mapping[str, Any]) -> str:
    # With the id, by which `feedmill polls ID` tells more.
    return f"{poll['feed_id']} {short_address(poll['url']) if poll['url'] else 'deleted'}"


@click.command("stories")
@as_options
@_FEED
@click.option("--text", type=Words(), help="Only stories with this in a title.")
@click.option("--since", help="Only stories whose last copy was first seen since: 2d, 1h30m, a date or a moment.")
@click.option("--until", help="Only stories whose last copy was first seen until then; a date is meant to its end.")
def stories_command(*, as_json: bool, limit: int | None, **filters: str | None) -> None:
    """List stories that more than one article tells, the newest first; with FEED, those that one feed's articles tell.

    FEED is an id, a URL, or a title or address as tables show it.
    """
    columns = [
        Column("ID", "id", 9),
        Column("ARTICLES", "size", 8),
        Column("OUTLETS", lambda row: len(row["outlets"]), 7, is_spare=True),
        Column("FIRST", "first_at", 25),
        Column("SPREAD", "spread", 10, is_spare=True),
        Column("TITLE", mark_title),
    ]
    with asked_rows(filters, limit, as_json=as_json) as asked:
        none = when_empty(filters, "No stories: no two articles here are copies of one another.")
        rows = list_stories(asked.connection, asked.wanted)
        print_rows(rows, columns, as_json=as_json, when_empty=none, page=asked.page(count_listed_stories))


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@utc_option
def status_command(*, as_json: bool) -> None:
    """Show the store's health at a glance: due, late, failing, polls and articles per hour, slowest hosts."""
    with reading_store() as connection:
        health = read_health(connection, read_clock(connection).now())
    if as_json:
        print_json([asdict(health)])
        return
    print_health(health)
    if not health.feeds:
        write_line(f"No feeds: {FIRST_STEPS}")


def _feed_room() -> int:
    # A reason that wraps is read as easily as one that does not; a title that is cut is not.
    return column_room(16, 96)
