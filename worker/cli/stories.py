"""Looking at stories: ``stories``."""

import click

from worker.cli.listings import none_of, wanted
from worker.cli.notices import mark_title
from worker.cli.output import Column, as_options, print_json, print_table
from worker.cli.store import reading_store
from worker.database.clock import read_clock
from worker.look.stories import list_stories


@click.command("stories")
@as_options
@click.argument("feed", required=False)
@click.option("--text", help="Only stories with this in a title.")
@click.option("--since", help="Only stories whose last copy was first seen since: 2d, 6h, or a date.")
def stories_command(*, as_json: bool, limit: int | None, **filters: str | None) -> None:
    """List stories that more than one article tells, the newest first; FEED lists those that one feed has part in."""
    with reading_store() as connection:
        now = read_clock(connection).now()
        rows = list_stories(connection, wanted(connection, now, filters, limit, is_table=not as_json))
        if as_json:
            print_json(rows)
        else:
            none = none_of(filters, "No stories: no two articles here are copies of one another.")
            print_table(_STORY_COLUMNS, rows, when_empty=none)


_STORY_COLUMNS = [
    Column("ID", lambda row: row["id"], 9),
    Column("ARTICLES", lambda row: row["size"], 8),
    Column("OUTLETS", lambda row: len(row["outlets"]), 7),
    Column("FIRST", lambda row: row["first_at"], 16),
    Column("SPREAD", lambda row: row["spread"], 10),
    Column("TITLE", mark_title),
]
