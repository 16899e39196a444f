"""Searching articles by their words, and keeping the index of them: ``search`` and ``index``."""

from collections.abc import Mapping
from typing import Any

import click

from worker.basics.moments import is_in_utc
from worker.basics.units import counted
from worker.cli.open_store import opened_store, reading_store
from worker.cli.options import as_options, most_rows
from worker.cli.output import emphasised_text, print_json, share_of_page, with_progress, write_line, write_note
from worker.cli.tables import Column, Page, StandIn, print_table
from worker.cli.wanted_rows import host_or_file
from worker.errors import UsageError
from worker.look.article_listing import as_shown
from worker.search.indexing import index_waiting, wait_again
from worker.search.query_reading import read_query
from worker.search.searching import Order, count_unindexed, walk_found
from worker.settings import settings
from worker.wording.sentences import mark_title

_NONE = "None match. docs/search.md has the language of queries: a word is found as a whole, or with * as a beginning."


# -word is a word that is not wanted, no option.
@click.command("search", context_settings={"ignore_unknown_options": True})
@as_options
@click.argument("query", nargs=-1)
@click.option(
    "--sort",
    type=click.Choice([str(order) for order in Order]),
    default=str(Order.RELEVANCE),
    help="The best first, as by default, or the newest, by when they were first seen.",
)
def search_command(*, as_json: bool, limit: int | None, query: tuple[str, ...], sort: str) -> None:
    """Search articles: all words of QUERY, in title or text, whatever their case and accents.

    "a phrase", -not, this OR that, clim* for what begins so; title:, agency:, feed:, tag:, lang:, story:, since:,
    until:. Put it in quotes where your shell would read it: feedmill search '"new york" -sport since:7d'.
    """
    if unknown := next((word for word in query if word.startswith("--")), None):
        raise UsageError(f"There is no option {unknown}; a word that is not wanted has one hyphen before it.")
    wanted = read_query(" ".join(query), in_utc=is_in_utc())
    most = most_rows(limit, as_json=as_json)
    with reading_store() as connection:
        if unindexed := count_unindexed(connection):
            write_note(f"{counted(unindexed, 'article')} not indexed, so not found by words: see `feedmill index`.")
        found = walk_found(connection, wanted, Order(sort), most if as_json or most is None else most + 1)
        if as_json:
            print_json(map(_as_json, found))
        else:
            print_table(_columns(), found, when_empty=_NONE, page=Page(most, lambda: None))


def _as_json(row: Mapping[str, Any]) -> Mapping[str, Any]:
    excerpt = [{"text": part, "is_match": is_match} for part, is_match in row["excerpt"]]
    return as_shown(row) | {"excerpt": excerpt}


def _columns() -> list[Column]:
    return [
        Column("ID", "id", 9),
        Column("PUBLISHED", lambda row: row["published_at"] or StandIn(row["first_seen_at"]), 26),
        Column("TITLE AND TEXT", lambda row: [mark_title(row), emphasised_text(row["excerpt"])], wraps=True),
        Column(
            "FEED", lambda row: f"{row['feed_id']} {host_or_file(row['feed_url'])}", share_of_page(5), is_spare=True
        ),
    ]


@click.command("index")
@click.option("--again", is_flag=True, help="Index all articles anew, as after an upgrade that says so.")
@click.option("--drop", is_flag=True, help="Empty the index, as where FEEDMILL_SEARCH was turned off for good.")
def index_command(*, again: bool, drop: bool) -> None:
    """Index the articles that search cannot find yet, the newest first; workers do it by themselves.

    They are those of a store that was upgraded, copied, or written to while FEEDMILL_SEARCH was off.
    """
    if again and drop:
        raise UsageError("Either --again or --drop: an index that was dropped is made anew by `feedmill index`.")
    if not (drop or settings().search):
        raise UsageError("Search is turned off: FEEDMILL_SEARCH=true has articles indexed, here and by workers.")
    with opened_store() as engine:
        if again or drop:
            wait_again(engine)
        indexed = 0 if drop else sum(with_progress(index_waiting(engine), "Indexing"))
    write_line("The index is empty." if drop else f"Indexed {counted(indexed, 'article')}.")
