"""``export``: the feeds as OPML, or a data set: articles, polls, stories or events."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Connection, select

from worker.basics.units import counted
from worker.cli.moments import read_since, read_until, utc_option
from worker.cli.open_store import opened_store, reading_store
from worker.cli.output import binary_output, print_markup, with_progress, write_line
from worker.cli.wanted_rows import find_feed_id
from worker.database.clock import read_clock
from worker.database.engine import reading_one_moment
from worker.database.feed_tables import FeedRow
from worker.datasets.data_sets import DATA_SETS, DataSet, Part
from worker.datasets.exporting import Export, Format, write_days, write_rows, writer_of
from worker.datasets.whole_files import explaining, whole_file
from worker.errors import NamedError, UsageError
from worker.look.listings import tagged_feeds
from worker.manage.feed_tags import known_tag
from worker.manage.feeds import list_feeds_to_export
from worker.outbox import number_if_allowed
from worker.seeds.opml_writing import write_opml
from worker.settings import settings

_FORMATS = [str(each) for each in Format]


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a data set goes, and as what."""

    path: Path | None
    """None for standard output."""
    file_format: Format
    by_day: bool


@click.command("export")
@click.argument("data_set", required=False, type=click.Choice([*DATA_SETS]))
@click.option("--format", "file_format", type=click.Choice(_FORMATS), help="Else as PATH ends, else jsonl.")
@click.option("--to", "path", metavar="PATH", help="Write to a file, or with --partition into a folder.")
@click.option("--partition", type=click.Choice(["day"]), help="A file for each day of UTC, in PATH/day=2026-11-29/.")
@click.option("--since", help="Only what is of since then: 2d, 1h30m, a date or a moment; see above.")
@click.option("--until", help="Only what is of until then; a date is meant to its end.")
@click.option("--feed", help="Only what is of this feed, or is carried by it.")
@click.option("--feed-tag", "--tag", "feed_tag", help="Only feeds with this tag, or what one of them carries.")
@click.option("--spreadsheet", is_flag=True, help="CSV for a spreadsheet, in which no text is taken for a formula.")
@click.option("--overwrite", is_flag=True, help="Write over a file that is there.")
@utc_option
def export_command(*, data_set: str | None, **options: Any) -> None:
    """Write the feeds as OPML to standard output, those of each tag in a folder; or a DATA_SET.

    Data sets go to standard output, or --to a file. Articles are of the moment at which they were first seen, polls of
    that at which they began, stories of that at which the last copy was first seen, events of that at which they were
    written: --since, --until and --partition go by it, and so rows are sorted.

    With --partition the days are written whole that --since and --until touch, each in place of the same day's file of
    an earlier export.
    """
    if data_set is None:
        _refuse_options({name: value for name, value in options.items() if name != "feed_tag"})
        _print_opml(options["feed_tag"])
        return
    target = _read_target(options)
    with opened_store() as engine:
        if data_set == "events":
            # Those that have no place yet would be left out.
            number_if_allowed(engine)
        # One moment of the store, whatever others write meanwhile.
        with reading_one_moment(engine) as connection:
            now = read_clock(connection).now()
            part = _read_part(connection, now, options)
            export = Export(DATA_SETS[data_set], part, target.file_format, options["spreadsheet"])
            _write(connection, export, target, now)


def _print_opml(tag: str | None) -> None:
    with reading_store() as connection:
        known = known_tag(connection, tag) if tag is not None else None
        feeds = list_feeds_to_export(connection, known)
        print_markup(write_opml(feeds, known or "Feedmill", read_clock(connection).now()))


def _refuse_options(options: Mapping[str, Any]) -> None:
    given = [name for name, value in options.items() if value]
    if given:
        names = {"file_format": "format", "path": "to"}
        option = f"--{names.get(given[0], given[0]).replace('_', '-')}"
        raise UsageError(f"{option} is for a data set, so name one: {', '.join(DATA_SETS)}; feeds alone are OPML.")


def _read_target(options: Mapping[str, Any]) -> _Target:
    """Read where a data set goes; UsageError where that cannot be, NamedError where it would be written over."""
    path, by_day = _read_path(options["path"]), options["partition"] is not None
    if path is None:
        target = _Target(None, Format(options["file_format"] or Format.JSONL), by_day)
        _refuse_screen(target)
    else:
        with explaining(path):
            _refuse_path(path, by_day=by_day, overwrite=options["overwrite"])
        target = _Target(path, _read_format(options["file_format"], path), by_day)
    if options["spreadsheet"] and (target.by_day or target.file_format is not Format.CSV):
        raise UsageError("--spreadsheet is for one file of CSV: say --format csv, and leave out --partition.")
    writer_of(target.file_format)
    return target


def _read_path(text: str | None) -> Path | None:
    if text is not None and (not text or "\0" in text):
        raise UsageError("--to is the path of a file or a folder, without NUL: say which, or leave it out.")
    return None if text is None else Path(text)


def _refuse_path(path: Path, *, by_day: bool, overwrite: bool) -> None:
    if path.is_dir() and not by_day:
        raise UsageError(f"{path} is a folder: --partition day writes a file for each day into it, or name a file.")
    if path.exists() and not path.is_dir() and by_day:
        raise UsageError(f"{path} is no folder, which --partition writes files into: name another one.")
    if path.is_file() and not overwrite:
        raise NamedError(f"{path} is there already: --overwrite writes over it.")


def _read_format(named: str | None, path: Path) -> Format:
    ending = path.suffix.removeprefix(".").lower()
    if named is None and ending not in {*Format}:
        raise UsageError(f"{path} does not end as a format: say --format {', '.join(_FORMATS[:-1])} or {_FORMATS[-1]}.")
    return Format(named or ending)


def _refuse_screen(target: _Target) -> None:
    if target.by_day:
        raise UsageError("--partition writes files into a folder: say which, with --to FOLDER.")
    if target.file_format is Format.PARQUET and sys.stdout.isatty():
        raise UsageError("Parquet is nothing for a screen: write it --to a file, or into a pipe.")


def _read_part(connection: Connection, now: datetime, options: Mapping[str, Any]) -> Part:
    since = read_since(options["since"], now)
    until = read_until(options["until"], now, since)
    feeds, named = select(FeedRow.id), []
    if options["feed"] is not None:
        feed_id = find_feed_id(connection, now, options["feed"])
        feeds, named = feeds.where(FeedRow.id == feed_id), [f"feed {feed_id}"]
    if options["feed_tag"] is not None:
        tag = known_tag(connection, options["feed_tag"])
        feeds, named = feeds.where(FeedRow.id.in_(tagged_feeds(tag))), [*named, f"tag {tag}"]
    return Part(since, until, feeds if named else None, ", ".join(named))


def _write(connection: Connection, export: Export, target: _Target, now: datetime) -> None:
    if target.path is None:
        output = binary_output()
        write_rows(connection, export, output)
        # What is left of it may fail too: at exit that would be no sentence.
        output.flush()
    elif target.by_day:
        _write_days(connection, export, target.path, now)
    else:
        with whole_file(target.path) as stream:
            rows = write_rows(connection, export, stream)
        write_line(f"{target.path}: {_count(rows, export.data_set)}.")


def _write_days(connection: Connection, export: Export, path: Path, now: datetime) -> None:
    kept_for = {"polls": settings().retain_polls, "events": settings().retain_events}.get(export.data_set.name)
    days = write_days(connection, export, path, now - kept_for if kept_for else None)
    written = rows = left = 0
    for each in with_progress(days, "Exporting", name=lambda each: each.day.isoformat()):
        written, rows, left = written + (not each.is_left), rows + each.rows, left + each.is_left
    kept = f"; {counted(left, 'day')} kept as written before, for pruning has begun there" if left else ""
    write_line(f"{path}: {_count(rows, export.data_set)} in {counted(written, 'day')}{kept}.")


def _count(rows: int, data_set: DataSet) -> str:
    singular = {"stories": "story"}.get(data_set.name, data_set.name.removesuffix("s"))
    return counted(rows, singular, data_set.name)
