"""Files in: ``ingest`` and ``import``."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import click

from worker.basics.units import counted
from worker.cli.open_store import group_stored, opened_tools
from worker.cli.output import print_json, with_progress, write_failure, write_line
from worker.cli.rehearsed_files import as_row, describe_file
from worker.errors import NamedError, SeedError, UnfinishedSeedError, UsageError
from worker.seeds.bunches import SeedRead
from worker.seeds.files import MOST_OPML_BYTES
from worker.seeds.importing import STANDARD_INPUT, import_opml
from worker.seeds.ingest import IngestOptions, ingest
from worker.seeds.opml_outlines import UnreadOutline
from worker.settings import settings


@click.command("ingest")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--dry-run", is_flag=True, help="Only say what each file would become: nothing is written.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: one JSON object a file.")
@click.option("--as-is", is_flag=True, help="Read texts too that do not look like prose.")
def ingest_command(paths: tuple[str, ...], *, dry_run: bool, as_json: bool, as_is: bool) -> int:
    """Read seed files, folders or globs: dispatches, newsroom documents, e-mail, feeds, OPML; archives of these.

    Repeating doubles nothing.

    \b
    feedmill ingest wire/ 'archive/*.zip'
    feedmill ingest --dry-run wire/             # what would each file become?
    feedmill ingest --dry-run --json wire/
    feedmill ingest --as-is notes.txt
    """  # noqa: D301 -- by a backspace click knows lines that stay as they are
    if as_json and not dry_run:
        raise UsageError("--json is of --dry-run: `feedmill articles --json` lists what was stored.")
    options = IngestOptions(is_rehearsal=dry_run, as_is=as_is)
    with opened_tools(is_rehearsal=dry_run) as tools:
        seeds = ingest(tools, paths, settings().max_body, options=options)
        read = with_progress(seeds, "Reading", name=lambda seed: seed.path)
        if not dry_run:
            code = print_seeds(read)
            group_stored(tools.engine)
            return code
        return _print_rehearsed(read, as_json=as_json)


def _print_rehearsed(seeds: Iterable[SeedRead], *, as_json: bool) -> int:
    """Say of each file what it would become, and return the exit code that reading it would have."""
    if as_json:
        codes: list[int] = []

        def rows() -> Iterator[dict[str, Any]]:
            for seed in seeds:
                codes.append(1 if seed.error or seed.unread else 0)
                yield as_row(seed)

        print_json(rows())
        return max(codes, default=0)
    code = print_seeds(map(_told, seeds))
    write_line("This was a rehearsal: nothing was written.")
    return code


def _told(seed: SeedRead) -> SeedRead:
    for line in describe_file(seed) if not seed.error else ():
        write_line(line)
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
