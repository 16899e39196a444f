"""Writing a data set: into one file, or into a file for each day, with no more of it in memory than a slice."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, TypeAlias

from sqlalchemy import Connection

from worker.datasets.data_sets import DataSet, Part, Rows, read_slices
from worker.datasets.day_folders import DayFolder, midnight_of, split_days, whole_days
from worker.datasets.text_rows import write_csv, write_csv_for_spreadsheets, write_json_lines
from worker.errors import UsageError

_Writer: TypeAlias = Callable[[BinaryIO, DataSet, Iterable[Rows]], None]


class Format(StrEnum):
    """What a data set is written as; its name is how the files end."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Export:
    """What is exported: which rows of which data set, and as what."""

    data_set: DataSet
    part: Part
    file_format: Format
    is_for_spreadsheets: bool = False
    """Whether CSV in one file is for people, who open it in a spreadsheet, and not for programs."""


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day that was written, or left as it was because pruning has begun on it since."""

    day: date
    rows: int
    is_left: bool = False


def writer_of(file_format: Format) -> _Writer:
    """Return the function that writes a format; UsageError where it is Parquet, and pyarrow is not installed."""
    if file_format is not Format.PARQUET:
        return write_csv if file_format is Format.CSV else write_json_lines
    try:
        writer: _Writer = import_module("worker.datasets.parquet").write_parquet
    except ModuleNotFoundError as error:
        raise UsageError(
            "Parquet takes the extra datasets: `pip install '.[datasets]'` in the clone of Feedmill. csv and jsonl do "
            "without it."
        ) from error
    return writer


def write_rows(connection: Connection, export: Export, stream: BinaryIO) -> int:
    """Write the rows that are wanted into a stream; return how many."""
    rows = read_slices(connection, export.data_set, export.part)
    write = write_csv_for_spreadsheets if export.is_for_spreadsheets else writer_of(export.file_format)
    return _write(write, stream, export.data_set, rows)


def write_days(connection: Connection, export: Export, path: Path, pruned_to: datetime | None) -> Iterator[WrittenDay]:
    """Write a file for each day that has rows and that the part touches; yield each when it is whole.

    A file takes the place of the one before, so that a day may be written again and again. Only of days before
    ``pruned_to`` the file stays: the store has no longer all that is in it.
    """
    write, data_set = writer_of(export.file_format), export.data_set
    folder = DayFolder(path, data_set.name, export.part.feeds_named, export.file_format)
    folder.take()
    slices = read_slices(connection, data_set, whole_days(export.part))
    for day, rows in split_days(slices, data_set.moment_place):
        if pruned_to and midnight_of(day) < pruned_to and folder.file_of(day).exists():
            yield WrittenDay(day, 0, is_left=True)
            continue
        with folder.whole_day(day) as stream:
            written = _write(write, stream, data_set, rows)
        yield WrittenDay(day, written)


def _write(write: _Writer, stream: BinaryIO, data_set: DataSet, slices: Iterable[Rows]) -> int:
    written = 0

    def count() -> Iterator[Rows]:
        nonlocal written
        for rows in slices:
            written += len(rows)
            yield rows

    write(stream, data_set, count())
    return written
