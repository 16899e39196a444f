"""A folder with a file for each day of a data set, named as Hive has it, so that programs know the day by the name.

``day=2026-11-29/part-0.parquet``; days are of UTC. A folder is of one data set, of the same feeds, in one format, as a
file in it says: no other program's files are ever written over, nor those of another export.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import orjson

from worker.datasets.data_sets import Part, Row, Rows
from worker.datasets.whole_files import explaining, whole_file
from worker.errors import NamedError

_MARK = ".feedmill-data-set"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayFolder:
    """A folder of one data set, of the same feeds, in one format."""

    path: Path
    data_set: str
    feeds_named: str
    ending: str

    def file_of(self, day: date) -> Path:
        """Return the file for a day."""
        return self.path / f"day={day:%Y-%m-%d}" / f"part-0.{self.ending}"

    def take(self) -> None:
        """Make the folder, or find that it is ours; NamedError where it holds anything else, or cannot be made."""
        mark = self.path / _MARK
        ours = orjson.dumps({"data_set": self.data_set, "of": self.feeds_named or "all feeds", "format": self.ending})
        with explaining(self.path):
            self.path.mkdir(parents=True, exist_ok=True)
            found = mark.read_bytes() if mark.exists() else None
            if found is None and any(self.path.iterdir()):
                raise NamedError(f"{self.path} has files that are no export's: name a new or an empty folder.")
        if found is None:
            with whole_file(mark) as stream:
                stream.write(ours)
        elif found != ours:
            raise NamedError(
                f"{self.path} is of another export ({found[:80].decode(errors='replace')}): name another one."
            )

    @contextmanager
    def whole_day(self, day: date) -> Iterator[BinaryIO]:
        """Provide the file for a day, which takes the place of the one before once it is whole."""
        file = self.file_of(day)
        with explaining(file):
            file.parent.mkdir(exist_ok=True)
        with whole_file(file) as stream:
            yield stream


def whole_days(part: Part) -> Part:
    """Return the part of a data set that has each day whole which ``part`` touches, as the day's file must."""
    until = _midnight_before(part.until) if part.until else None
    if until and part.until != until:
        until += _DAY
    return replace(part, since=_midnight_before(part.since) if part.since else None, until=until)


def midnight_of(day: date) -> datetime:
    """Return when a day begins."""
    return datetime.combine(day, time(), UTC)


def _midnight_before(moment: datetime) -> datetime:
    return midnight_of(moment.astimezone(UTC).date())


def split_days(slices: Iterable[Rows], moment_place: int) -> Iterator[tuple[date, Iterator[Rows]]]:
    """Yield each day with its rows, some at a time; the rows come in the order of their moments."""

    def day_of(row: Row) -> date:
        day: date = row[moment_place].date()
        return day

    def cut() -> Iterator[tuple[date, Rows]]:
        for rows in slices:
            if rows and day_of(rows[0]) == day_of(rows[-1]):
                yield day_of(rows[0]), rows
            else:
                yield from ((day, list(some)) for day, some in groupby(rows, day_of))

    for day, some in groupby(cut(), lambda each: each[0]):
        yield day, (rows for _, rows in some)
