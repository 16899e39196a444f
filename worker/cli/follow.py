"""Following changes to the store: ``follow``."""

import select
import sys

import click

from worker.basics.moments import show_second
from worker.cli.moments import utc_option
from worker.cli.open_store import opened_store
from worker.cli.options import MOST_ROWS, Cursor, Whole
from worker.cli.output import fit_screen, print_json, write_line, write_stop
from worker.outbox import Change, follow_changes
from worker.wording.changes import describe_details

# Between two looks into the outbox, in milliseconds.
_INTERVAL = 1000


@click.command("follow")
@click.option("--since", type=Cursor(), help="Begin after this cursor; 0: with the oldest change kept.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--limit", type=Whole(1, MOST_ROWS), help="End after so many changes.")
@click.option("--once", is_flag=True, help="End when there are no more.")
@utc_option
def follow_command(*, since: int | None, as_json: bool, limit: int | None, once: bool) -> None:
    """Follow changes to the store as they are committed, from now on or from a cursor; Ctrl-C ends it."""
    with opened_store() as engine:
        changes = follow_changes(engine, since, (lambda: False) if once else _wait)
        try:
            for number, change in enumerate(changes, start=1):
                if as_json:
                    print_json([change])
                else:
                    write_line(fit_screen(_format_change(change)))
                if number == limit:
                    break
        except KeyboardInterrupt:
            # That is how a person ends it.
            write_stop("Stopped.")


def _wait() -> bool:
    """Wait a moment; return False as soon as nobody reads what we print any more."""
    reader = select.poll()
    reader.register(sys.stdout.fileno(), 0)
    return not reader.poll(_INTERVAL)


def _format_change(change: Change) -> str:
    details = change["details"] or {}
    # An article that was removed cannot be looked up any more: its event keeps these.
    title, url, feed_url = (change[name] or details.get(name) for name in ("title", "url", "feed_url"))
    about = (str(change["article_id"]), title, url) if change["article_id"] else (title, feed_url)
    what = "  ".join(filter(None, (*about, describe_details(details))))
    return f"{change['cursor']:>8}  {show_second(change['at'])}  {change['kind']:<18}  {what}"
