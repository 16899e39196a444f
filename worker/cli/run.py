"""The main job in one process: ``run``."""

from collections import Counter
from collections.abc import Iterable

import click

from worker.basics.event_lines import speaks_in_events
from worker.basics.units import counted
from worker.cli.articles import article_columns
from worker.cli.open_store import group_stored, migrate_aloud, opened_store
from worker.cli.output import with_progress, write_line, write_note, write_stop
from worker.cli.seeds import print_seeds
from worker.cli.tables import print_table
from worker.cli.wanted_rows import FIRST_STEPS
from worker.database.engine import place_of, reading
from worker.database.sole_use import sole_use
from worker.embedded_worker import run_embedded
from worker.errors import UsageError
from worker.logs import speak_in_json
from worker.look.article_listing import list_articles
from worker.look.feed_listing import is_any_feed_polled
from worker.look.health import count_refused_files
from worker.look.listings import Wanted
from worker.pipeline import poll_all_due
from worker.pipeline.tools import Tools, make_tools
from worker.seeds.seed_folder import explain_missing_folder, ingest_seed_folder
from worker.settings import Settings, settings, wants_json_logs
from worker.telemetry.heartbeat import send_heartbeat
from worker.telemetry.sentry import report_faults
from worker.values.outcomes import PollRecord

_NEWEST = 15


@click.command("run")
@click.option("--once", is_flag=True, help="Read the seeds, poll what is due, print a summary and end.")
def run_command(*, once: bool) -> None:
    """Poll on schedule in this one process: no server is needed, Ctrl-C ends it."""
    if wants_json_logs():
        speak_in_json()
    chosen = settings()
    report_faults(chosen)
    _look_for_seeds(chosen)
    with opened_store(check=False) as engine, sole_use(engine):
        if migrate_aloud(engine):
            write_line(f"Made the store {place_of(engine)} ready.")
        tools = make_tools(chosen, engine)
        try:
            print_seeds(with_progress(ingest_seed_folder(tools, chosen), "Reading seeds", name=lambda seed: seed.path))
            with reading(engine) as connection:
                # As with a feed that fails, a file that a scan refuses is data: nobody named it, and the work goes on.
                if count_refused_files(connection):
                    write_line("`feedmill files --refused` lists what was not read, and why.")
                if not chosen.mailbox and not is_any_feed_polled(connection):
                    write_line(f"No feeds to poll yet: {FIRST_STEPS}")
            if once:
                _poll_once(tools)
        finally:
            tools.close()
        if not once:
            write_line("Polling feeds as they fall due; Ctrl-C ends this.")
            run_embedded(lambda: write_stop("Stopping: what is under way gets five seconds; Ctrl-C ends it at once."))


def _look_for_seeds(chosen: Settings) -> None:
    if chosen.seeds_dir.is_dir():
        return
    if missing := explain_missing_folder(chosen):
        raise UsageError(missing)
    write_line(f"There is no folder {chosen.seeds_dir}/ here, so no seed files are read.")


def _poll_once(tools: Tools) -> None:
    _print_polls(with_progress(poll_all_due(tools, lambda: False), "Polling", name=lambda record: record.url))
    group_stored(tools.engine)
    _send_heartbeat(tools)
    if speaks_in_events():
        # The table is for people.
        return
    with reading(tools.engine) as connection:
        newest = list_articles(connection, Wanted(limit=_NEWEST, newest_first=True))
        write_line("")
        print_table(article_columns(), newest, when_empty="No articles yet.")


def _send_heartbeat(tools: Tools) -> None:
    # What calls this every so often is what the dead man's switch watches; how it fares is none of the work's success.
    sent = send_heartbeat(tools.engine, settings())
    if sent and sent.reason:
        write_note(f"{sent.reason[0].upper()}{sent.reason[1:]}.")


def _print_polls(records: Iterable[PollRecord]) -> None:
    outcomes: Counter[str] = Counter()
    new = updated = 0
    for record in records:
        failed = record.error.error_class if record.error else None
        outcomes[f"{record.outcome} ({failed})" if failed else record.outcome] += 1
        new, updated = new + record.new, updated + record.updated
    polls = ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.most_common()) or "no feed was due"
    write_line(f"Polls: {polls}; {counted(new, 'new article')}, {updated:,} updated.")
