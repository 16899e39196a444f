"""How long articles are kept: listing what was chosen, and choosing it for a tag: ``retain``."""

from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy import Connection

from worker.basics.units import show_duration
from worker.cli.open_store import change_store, reading_store
from worker.cli.options import read_retention, show_retention
from worker.cli.output import write_line
from worker.cli.tables import Column, print_rows
from worker.database.clock import Clock
from worker.errors import UsageError
from worker.manage.feed_tags import known_tag, read_tag
from worker.retention.choices import keep_tag, list_retentions
from worker.settings import settings


@click.command("retain")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.argument("tag", required=False)
@click.argument("retention", required=False, metavar="[DURATION]")
def retain_command(tag: str | None, retention: str | None, *, as_json: bool) -> None:
    """List how long articles are kept after they left their feeds; with TAG and DURATION, choose it for a tag.

    DURATION is 1d or longer, such as 90d, or forever, or default. It holds for all feeds that have the tag, now or
    later; of several tags the longest counts. What `feedmill set FEED --retain` chose for a feed counts before its
    tags. An article that several feeds carried is kept for as long as any of them asks.
    """
    if tag is None:
        _print_chosen(as_json=as_json)
        return
    if retention is None or as_json:
        raise UsageError("A TAG goes with a DURATION: 1d or longer, such as 90d, or forever, or default.")
    chosen = read_retention("DURATION", retention)

    def choose(connection: Connection, _clock: Clock) -> str:
        # The choice for a tag that no feed has any more can be taken back.
        named = known_tag(connection, tag) if chosen else read_tag(tag)
        keep_tag(connection, named, chosen)
        return named

    write_line(f"Set tag {change_store(choose)}: {show_retention(chosen)}.")


def _print_chosen(*, as_json: bool) -> None:
    with reading_store() as connection:
        columns = [
            Column("ARTICLES OF", _describe_carriers, wraps=True),
            Column("ARE KEPT", lambda row: _show_kept_for(row["kept_for"]), 16),
        ]
        usual = {"tag": None, "feed_id": None, "url": None, "kept_for": settings().retain_articles}
        rows = [*list_retentions(connection), usual]
        print_rows(rows, columns, as_json=as_json, when_empty="")


def _describe_carriers(row: Mapping[str, Any]) -> str:
    if row["tag"]:
        return f"feeds tagged {row['tag']}"
    return f"{row['feed_id']} {row['url']}" if row["feed_id"] else "other feeds (FEEDMILL_RETAIN_ARTICLES)"


def _show_kept_for(kept_for: Any) -> str:
    return show_duration(kept_for) if kept_for else "for ever"
