"""Upkeep of the store: ``migrate``, ``restored``, ``group``, ``prune``; ``sanitise``, which tries its HTML policy."""

import sys

import click

from worker.basics.text import clean
from worker.basics.units import counted
from worker.basics.urls import is_feed_url
from worker.cli.moments import read_since
from worker.cli.open_store import change_store, migrate_aloud, opened_store
from worker.cli.output import print_markup, with_progress, write_line
from worker.database.clock import read_clock
from worker.database.engine import place_of, reading
from worker.database.schema import SCHEMA_VERSION
from worker.database.sole_use import sole_use
from worker.errors import UsageError
from worker.normalise.sanitise import sanitise as sanitise_html
from worker.outbox import number_from_now
from worker.retention.pruning import prune
from worker.settings import settings
from worker.stories.forget import regroup
from worker.stories.grouping import group_waiting


@click.command("migrate")
def migrate_command() -> None:
    """Bring the store's schema to the newest; everything in it stays."""
    with opened_store(check=False) as engine, sole_use(engine):
        moved = migrate_aloud(engine)
        place = place_of(engine)
    write_line(f"{place} {'is now' if moved else 'was already'} at schema version {SCHEMA_VERSION}.")


@click.command("group")
@click.option("--again", is_flag=True, help="Also group anew what is in a story already, as after a change of rules.")
@click.option(
    "--since", help="With --again: only articles first seen since (30d, or a date) and the others of their stories."
)
def group_command(*, again: bool, since: str | None) -> None:
    """Group new articles into stories, copies of one another into one; workers do it by themselves."""
    if since and not again:
        raise click.UsageError("--since goes with --again: new articles are grouped whenever they came.")
    with opened_store() as engine:
        if again:
            with reading(engine) as connection:
                moment = read_since(since, read_clock(connection).now())
            for _ in with_progress(regroup(engine, moment), "Forgetting"):
                pass
        grouped = sum(with_progress(group_waiting(engine, lambda: False), "Grouping"))
    write_line(f"Grouped {counted(grouped, 'article')}.")


@click.command("restored")
def restored_command() -> None:
    """Tell the store that it was restored from a backup: changes are numbered from beyond those that followers had."""
    newest = change_store(lambda connection, _: number_from_now(connection))
    write_line(f"Changes are numbered from {newest + 1} on: followers and webhooks go on from the cursors they have.")


@click.command("prune")
def prune_command() -> None:
    """Remove what has outlived FEEDMILL_RETAIN_ARTICLES, _DOCUMENTS, _POLLS and _EVENTS.

    Articles go once they have left all their feeds for so long, with all of their story, and are not stored again when
    they return. What articles were grouped by goes too.
    """
    with opened_store() as engine:
        pruned = prune(engine, settings())
    rows = {
        "article": pruned.articles,
        "document": pruned.documents,
        "poll": pruned.polls,
        "event": pruned.events,
        "daily partition": pruned.partitions,
    }
    removed = [counted(count, kind) for kind, count in rows.items() if count]
    if pruned.sketches:
        removed.append(f"the sketches of {counted(pruned.sketches, 'article')}")
    write_line(f"Removed: {', '.join(removed)}." if removed else "Nothing here has outlived its retention.")


@click.command("sanitise")
@click.option("--base", help="URL that relative links resolve against.")
def sanitise_command(*, base: str | None) -> None:
    """Read HTML on standard input and write what the store would keep of it."""
    if base is not None and not is_feed_url(base):
        raise UsageError(f"--base is an http or https URL; not {base!r}.")
    html = sys.stdin.buffer.read().decode("utf-8", "replace")
    html = clean(html, len(html))
    print_markup([sanitise_html(html, base).encode(), b"\n"])
