"""Data sets as text: CSV by RFC 4180, and JSON Lines as ``--json`` of the commands prints them."""

from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

import orjson

from worker.basics.json_lines import write_json_line
from worker.datasets.data_sets import DataSet, Rows
from worker.datasets.row_kinds import Kind

_LINE_END = "\r\n"
# The wide forms too: Japanese spreadsheets read them as the others.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- meant so


def write_json_lines(stream: BinaryIO, data_set: DataSet, slices: Iterable[Rows]) -> None:
    """Write rows as JSON Lines."""
    names = [field.name for field in data_set.fields]
    stream.writelines(write_json_line(dict(zip(names, row, strict=True))) for rows in slices for row in rows)


def write_csv(stream: BinaryIO, data_set: DataSet, slices: Iterable[Rows]) -> None:
    """Write rows as CSV in UTF-8 below a line of names; lists and objects are JSON.

    Texts stand in quotes and nothing stands for what is missing: so an empty text can be told from none.
    """
    _write_cells(stream, data_set, slices, _CELLS)


def write_csv_for_spreadsheets(stream: BinaryIO, data_set: DataSet, slices: Iterable[Rows]) -> None:
    """Write rows as CSV for a person who opens them in a spreadsheet, with a mark by which it knows UTF-8.

    An apostrophe stands before a text that it would take for a formula, which may ask other hosts for something.
    """
    stream.write(BOM_UTF8)
    _write_cells(stream, data_set, slices, {**_CELLS, Kind.TEXT: _quote_as_text})


def _write_cells(
    stream: BinaryIO, data_set: DataSet, slices: Iterable[Rows], cells: Mapping[Kind, Callable[[Any], str]]
) -> None:
    stream.write(f"{','.join(field.name for field in data_set.fields)}{_LINE_END}".encode())
    writers = [cells[field.kind] for field in data_set.fields]
    for rows in slices:
        lines = (
            ",".join(["" if value is None else write(value) for write, value in zip(writers, row, strict=True)])
            for row in rows
        )
        stream.write("".join(f"{line}{_LINE_END}" for line in lines).encode())


def _quote(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _quote_as_text(text: str) -> str:
    return _quote(f"'{text}" if text.startswith(_FORMULAS) else text)


def _write_moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _write_seconds(duration: timedelta) -> str:
    return repr(duration.total_seconds())


def _write_json(value: Any) -> str:
    return _quote(orjson.dumps(value).decode())


_CELLS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.NUMBER: str,
    Kind.SMALL_NUMBER: str,
    Kind.TEXT: _quote,
    Kind.MOMENT: _write_moment,
    Kind.DAY: date.isoformat,
    Kind.SECONDS: _write_seconds,
    Kind.TEXTS: _write_json,
    Kind.FILES: _write_json,
    Kind.OBJECT: _write_json,
}
