"""Looking at articles: ``articles`` and ``show``."""

from typing import Any

import click

from worker.basics.units import read_id
from worker.cli.moments import utc_option
from worker.cli.open_store import reading_store
from worker.cli.options import Words, as_options
from worker.cli.output import paged, print_json, share_of_page
from worker.cli.screens import print_article
from worker.cli.tables import Column, StandIn, print_rows
from worker.cli.wanted_rows import asked_rows, host_or_file, say_what_next, when_empty
from worker.errors import NamedError, UsageError
from worker.look.article_listing import as_shown, count_listed_articles, list_articles
from worker.look.article_page import find_whole_article
from worker.look.listings import Sort
from worker.wire.agencies import agency_name
from worker.wording.sentences import mark_title


@click.command("articles")
@as_options
@click.argument("feed", required=False)
@click.option("--feed", "feed_too", metavar="FEED", help="The same as FEED.")
@click.option("--text", type=Words(), help="Only articles with all these words in title or text.")
@click.option("--since", help="Only articles first seen since: 2d, 1h30m, a date or a moment; see above.")
@click.option("--until", help="Only articles until then; a date is meant to its end.")
@click.option("--tag", type=Words(), help="Only articles that have this tag (keyword, category) themselves.")
@click.option("--feed-tag", help="Only articles that a feed with this tag carries.")
@click.option("--agency", type=Words(), help="Only what this agency filed, in any of its spellings.")
@click.option("--language", type=Words(), help="Only articles in this language: en finds en-GB too.")
@click.option(
    "--sort",
    type=click.Choice([str(sort) for sort in Sort]),
    help="The newest first, by when they were published (without a date: first seen), first seen, or stored.",
)
@click.option("--reverse", is_flag=True, help="The other way round.")
def articles_command(
    *, as_json: bool, limit: int | None, sort: str | None, reverse: bool, **filters: str | None
) -> None:
    """List articles, the newest by its date first; with FEED, those that one feed carries.

    For an article without a date stands when it was first seen, with a ~ before it.

    FEED is an id, a URL, or a title or address as tables show it. --since and --until bound when articles were first
    seen, and with --sort published when they were published. With --json and without --sort the oldest come first, in
    the order of their ids; with --since, of first sight.
    """
    filters["feed"] = _one_feed(filters.pop("feed_too"), filters["feed"])
    more = {
        "tag": filters["tag"],
        "agency": agency_name(filters["agency"]) if filters["agency"] else None,
        "language": filters["language"],
        "is_published_then": sort == Sort.PUBLISHED,
        "sort": Sort(sort) if sort else None if as_json else Sort.PUBLISHED,
        # A table and what is sorted begin with the newest.
        "newest_first": (sort is not None or not as_json) is not reverse,
    }
    with asked_rows(filters, limit, as_json=as_json, **more) as asked:
        found = list_articles(asked.connection, asked.wanted)
        none = say_what_next(asked.connection, "No articles", "`feedmill run --once` fetches some.")
        print_rows(
            map(as_shown, found),
            article_columns(),
            as_json=as_json,
            when_empty=when_empty(filters, none),
            page=asked.page(count_listed_articles),
        )


def _one_feed(one: str | None, other: str | None) -> str | None:
    if None not in {one, other} and one != other:
        raise UsageError(f"Articles are of one feed: either {other} or --feed {one}.")
    return other if one is None else one


def article_columns() -> list[Column]:
    """Return what a table of articles shows of each."""
    return [
        Column("ID", "id", 9),
        Column("PUBLISHED", lambda row: row["published_at"] or StandIn(row["first_seen_at"]), 26),
        Column("TITLE", mark_title),
        Column("BY", lambda row: row["agency"] or ", ".join(row["authors"] or ()), share_of_page(6), is_spare=True),
        Column(
            "FEED", lambda row: f"{row['feed_id']} {host_or_file(row['feed_url'])}", share_of_page(5), is_spare=True
        ),
    ]


@click.command("show")
@click.argument("article")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--no-pager", is_flag=True, help="Print all at once, however long it is.")
@utc_option
def show_command(*, article: str, as_json: bool, no_pager: bool) -> None:
    """Show one article whole: who carries it, how it changed, what corrects or kills it, and its copies.

    What does not fit on the screen goes through a pager: $PAGER, or less.
    """
    found = _find_whole(article)
    if as_json:
        print_json([found])
        return
    with paged(is_wanted=not no_pager):
        print_article(found)


def _find_whole(article: str) -> dict[str, Any]:
    article_id = read_id(article)
    if article_id is None:
        raise UsageError(f"ARTICLE is an id, as `feedmill articles` lists them; not {article!r}.")
    with reading_store() as connection:
        found = find_whole_article(connection, article_id)
    if found is None:
        raise NamedError(f"There is no article {article}: `feedmill articles` lists them.")
    return found
