"""Reading a feed's older documents on demand: ``backfill``."""

from collections.abc import Iterator

import click
from sqlalchemy import Connection

from worker.backfill.asking import MOST_ASKED, ask_for_older, was_polled
from worker.backfill.older_documents import BackfillStep, read_older
from worker.basics.units import counted
from worker.cli.moments import read_since, utc_option
from worker.cli.open_store import group_stored, opened_tools
from worker.cli.options import Whole
from worker.cli.output import write_failure, write_line
from worker.database.backfill_rows import find_newest_backfill
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.manage.feeds import NamedFeed
from worker.manage.named_feeds import feed_called
from worker.pipeline.tools import Tools
from worker.values.backfills import MOST_DOCUMENTS, BackfillEnd
from worker.wording.sentences import explain_backfill


@click.command("backfill")
@click.argument("name", metavar="URL_OR_ID")
@click.option("--since", help="No entries from before then: 30d, a date or a moment.")
@click.option(
    "--documents",
    type=Whole(1, MOST_ASKED),
    default=MOST_DOCUMENTS,
    help=f"At most so many older ones ({MOST_DOCUMENTS}).",
)
@utc_option
def backfill_command(*, name: str, since: str | None, documents: int) -> int:
    """Read a feed's older documents now, from its newest one back, where it says where they are (RFC 5005).

    What this is stopped before it has read the workers read.
    """
    with opened_tools() as tools:

        def ask(connection: Connection) -> NamedFeed:
            now, feed = read_clock(connection).now(), feed_called(connection, name)
            ask_for_older(connection, now, feed, read_since(since, now), documents)
            return feed

        feed = write(tools.engine, ask)
        last = _print_steps(_read_all(tools, feed.feed_id))
        code = _print_end(tools, feed, last)
        group_stored(tools.engine)
        return code


def _read_all(tools: Tools, feed_id: int) -> Iterator[BackfillStep]:
    """Read on as long as there is anything to read soon, each turn as long as a task may take."""
    was_read = True
    while was_read:
        was_read = False
        for step in read_older(tools, lambda: False, feed_id):
            was_read = True
            yield step


def _print_steps(steps: Iterator[BackfillStep]) -> BackfillStep | None:
    """Print what came of each document, and return the last."""
    last = None
    for last in steps:
        write_line(_describe_step(last))
    return last


def _print_end(tools: Tools, feed: NamedFeed, last: BackfillStep | None) -> int:
    """Print how it ended, or when it goes on, and return the exit code: 1 where it was given up."""
    if last is None or last.after.outcome is None:
        with reading(tools.engine) as connection:
            write_line(f"{feed.url}: {_describe_rest(connection, feed)}.")
        return 0
    if last.after.outcome is BackfillEnd.GIVEN_UP:
        write_failure(f"{feed.url} was not read further back: {last.after.reason}.")
        return 1
    write_line(f"{feed.url}: {counted(last.after.articles, 'new article')}; {last.after.reason}.")
    return 0


def _describe_rest(connection: Connection, feed: NamedFeed) -> str:
    if not was_polled(connection, feed.feed_id):
        return "it has not been polled yet: its older documents are read once it has been"
    told = explain_backfill(find_newest_backfill(connection, feed.feed_id), read_clock(connection).now())
    return f"the rest is for a worker ({told})"


def _describe_step(step: BackfillStep) -> str:
    if step.was_read:
        entries = step.after.entries - step.before.entries
        return f"{step.url}: {counted(entries, 'entry', 'entries')}, {counted(step.new, 'new article')}"
    return f"{step.url}: not read ({step.after.reason})"
