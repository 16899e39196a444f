"""The data dictionary: what each column of the promised views and each field of the data sets is called and means.

``python -m scripts.dictionary`` prints it for ``docs/dictionary.md``; the words are those of the tables' comments.
"""

from collections.abc import Iterable, Iterator, Mapping

from worker.database.views import ARTICLES, VIEWS, View
from worker.datasets.data_sets import DATA_SETS, DataSet
from worker.datasets.row_kinds import Field, Kind, read_fields

_OPENING = """# Data dictionary

Printed by `scripts/dictionary.py` from the comments of the tables. What is promised is in [datasets.md](datasets.md),
the rule behind each field of an article in [fields.md](fields.md).

## Kinds of values

Any value may be missing: null; in CSV nothing between two commas. All moments are of UTC."""
# Of each kind: on PostgreSQL, on SQLite, in Parquet, in CSV and in JSON Lines.
_WRITTEN: Mapping[Kind, tuple[str, ...]] = {
    Kind.NUMBER: ("`bigint`", "`INTEGER`", "`int64`", "`42`", "`42`"),
    Kind.SMALL_NUMBER: ("`integer`", "`INTEGER`", "`int32`", "`42`", "`42`"),
    Kind.TEXT: ("`text`", "`TEXT`", "`string`", '`"in quotes"`', '`"in quotes"`'),
    Kind.MOMENT: (
        "`timestamptz`",
        "`2026-11-29 07:30:00.000000`",
        "`timestamp[us, UTC]`",
        "`2026-11-29T07:30:00Z`",
        '`"2026-11-29T07:30:00Z"`',
    ),
    Kind.DAY: ("`date`", "`2026-11-29`", "`date32`", "`2026-11-29`", '`"2026-11-29"`'),
    Kind.SECONDS: ("`double precision`", "`REAL`", "`double`", "`0.25`", "`0.25`"),
    Kind.TEXTS: ("`jsonb`", "JSON", "`list<string>`", "JSON", "`[…]`"),
    Kind.FILES: ("`jsonb`", "JSON", "`list<struct<url, media_type, length>>`", "JSON", "`[{…}]`"),
    Kind.OBJECT: ("`jsonb`", "JSON", "`string`, of JSON", "JSON", "`{…}`"),
}


def write_dictionary() -> Iterator[str]:
    """Yield the lines of the page."""
    yield from _OPENING.splitlines()
    yield ""
    rows = ((f"{kind.value}", *written) for kind, written in _WRITTEN.items())
    yield from _write_table(("Kind", "PostgreSQL", "SQLite", "Parquet", "CSV", "JSON Lines"), rows)
    for view in VIEWS:
        yield from _write_view(view)
    for data_set in DATA_SETS.values():
        yield from _write_data_set(data_set)


def _write_view(view: View) -> Iterator[str]:
    yield from ("", f"## The view {view.name}", "", f"{view.comment}.", "")
    yield from _write_fields("Column", read_fields(view.table.columns, view.comments()))


def _write_data_set(data_set: DataSet) -> Iterator[str]:
    yield from ("", f"## The data set {data_set.name}", "")
    yield f"{data_set.meaning}, sorted and put into days by `{data_set.moment}`."
    if data_set.name == ARTICLES.name.removeprefix("v1_"):
        yield f"Its fields are the columns of [{ARTICLES.name}](#the-view-{ARTICLES.name})."
        return
    yield ""
    yield from _write_fields("Field", data_set.fields)


def _write_fields(heading: str, fields: Iterable[Field]) -> Iterator[str]:
    yield from _write_table(
        (heading, "Kind", "Means"), ((f"`{field.name}`", field.kind.value, field.meaning) for field in fields)
    )


def _write_table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    headings = list(headings)
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
