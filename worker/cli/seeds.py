"""Files in and out: ``ingest``, ``import`` and ``export``."""

import sys
from collections import Counter
from collections.abc import Iterable

import click

from worker.basics.units import counted
from worker.cli.open_store import group_stored, opened_tools, reading_store
from worker.cli.output import print_markup, with_progress, write_failure, write_line
from worker.database.clock import read_clock
from worker.errors import NamedError, SeedError, UnfinishedSeedError
from worker.manage.feed_tags import known_tag
from worker.manage.feeds import list_feeds_to_export
from worker.seeds.bunches import SeedRead
from worker.seeds.files import MOST_OPML_BYTES
from worker.seeds.importing import STANDARD_INPUT, import_opml
from worker.seeds.ingest import ingest
from worker.seeds.opml_outlines import UnreadOutline
from worker.seeds.opml_writing import write_opml
from worker.settings import settings


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--dry-run", is_flag=True, help="Only say what would come of each file: nothing is written.")
def ingest_command(paths: tuple[str, ...], *, dry_run: bool) -> int:
    """Read seed files, folders or globs: dispatches, newsroom documents, feeds, OPML. Repeating doubles nothing."""
    if dry_run:
        return _rehearse(paths)
    with opened_tools() as tools:
        seeds = ingest(tools, paths, settings().max_body)
        code = print_seeds(with_progress(seeds, "Reading", name=lambda seed: seed.path))
        group_stored(tools.engine)
        return code


def _rehearse(paths: tuple[str, ...]) -> int:
    """Say of each file what would come of it, and return the exit code that reading them would have."""
    with opened_tools(is_rehearsal=True) as tools:
        seeds = ingest(tools, paths, settings().max_body, is_rehearsal=True)
        code = print_seeds(map(_told, with_progress(seeds, "Reading", name=lambda seed: seed.path)))
    write_line("This was a rehearsal: nothing was written.")
    return code


def _told(seed: SeedRead) -> SeedRead:
    brought = [
        f"{counted(seed.new, 'new article')}" if seed.new else "",
        f"{counted(seed.updated, 'article')} updated" if seed.updated else "",
        f"{counted(seed.feeds + seed.unpolled, 'feed')} added" if seed.feeds or seed.unpolled else "",
    ]
    if not seed.error:
        write_line(f"{seed.path}: {', '.join(filter(None, brought)) or 'nothing new'}")
    return seed


@click.command("import")
@click.argument("source", metavar="FILE_OR_URL")
def import_command(source: str) -> int:
    """Add the feeds of an OPML file, or of one on the web; - reads standard input.

    Its folders and categories become tags of the feeds, also of those that are known already. What cannot be added is
    named, and the rest is added all the same.
    """
    name = "standard input" if source == STANDARD_INPUT else source
    with opened_tools(MOST_OPML_BYTES) as tools:
        try:
            imported = import_opml(tools, source, sys.stdin.buffer)
        except SeedError as error:
            fault = str(error)
            raise NamedError(fault if name in fault else f"{name} was not imported: {fault}") from error
    _name_unread(name, imported.unread)
    unread = f", {counted(len(imported.unread), 'outline')} not read" if imported.unread else ""
    write_line(f"{name}: {counted(imported.added, 'feed')} added, {imported.known:,} known already{unread}.")
    return 1 if imported.unread else 0


def _name_unread(name: str, unread: Iterable[UnreadOutline]) -> None:
    for outline in unread:
        write_failure(f"{name}, {outline}")


@click.command("export")
@click.option("--tag", help="Only the feeds that have this tag, in its folder.")
def export_command(*, tag: str | None) -> None:
    """Write the feeds as OPML to standard output, those of each tag in a folder."""
    with reading_store() as connection:
        known = known_tag(connection, tag) if tag is not None else None
        feeds = list_feeds_to_export(connection, known)
        print_markup(write_opml(feeds, known or "Feedmill", read_clock(connection).now()))


def print_seeds(seeds: Iterable[SeedRead]) -> int:
    """Say why each unread file was not read, and what the others brought; return the exit code."""
    read = Counter[str]()
    for seed in seeds:
        if seed.error:
            read["unfinished" if isinstance(seed.error, UnfinishedSeedError) else "failed"] += 1
            write_failure(seed.error)
        _name_unread(seed.path, seed.unread)
        is_whole = int(seed.error is None)
        read += Counter(files=is_whole, new=seed.new, updated=seed.updated, feeds=seed.feeds, unpolled=seed.unpolled)
        read["outlines"] += len(seed.unread)
    unread = f", {read['failed']} not read" if read["failed"] else ""
    unread += f", {read['unfinished']} still being written" if read["unfinished"] else ""
    left_out = f", {counted(read['outlines'], 'outline')} of lists not read" if read["outlines"] else ""
    write_line(
        f"Seeds: {counted(read['files'], 'file')} read{unread}; {counted(read['new'], 'new article')}, "
        f"{read['updated']:,} updated, {counted(read['feeds'], 'feed')} added{left_out}."
    )
    if read["unpolled"]:
        write_line(
            f"Known from saved documents, and not polled: {counted(read['unpolled'], 'feed')}; "
            "`feedmill feeds --state paused` lists them, `feedmill resume` polls them."
        )
    return 1 if read["failed"] or read["unfinished"] or read["outlines"] else 0
