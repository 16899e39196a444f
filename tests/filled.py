"""A store with rows in every table there is, whose values are as odd as each column's type allows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, Column, Date, Engine, LargeBinary, Table, Text, insert, select, text, update

from worker.database.engine import reading, writing
from worker.database.outbox_tables import EventBoundsRow
from worker.database.schema import METADATA
from worker.database.types import Json, Seconds, UtcDateTime

ROWS = 3
# In the order of their characters; languages sort them otherwise.
_TEXTS = ("Z", "a — “quoted” \U0001f5de", "ä\n\t\\N")
_JSON: tuple[Any, ...] = (
    {"b": 1e3, "a": [-0.0, 0.1, 10**18, 1e300], "ü": {"10": None, "9": True}},
    ["\U0001f5de", "", "\\", 2**63],
    {"a": 1, "b": 1e3},
)
_MOMENTS = (
    datetime(1987, 3, 1, 2, 3, 4, 5, tzinfo=UTC),
    datetime(2026, 11, 25, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 11, 26, tzinfo=UTC),
)
_BY_TYPE: dict[type, tuple[Any, ...]] = {
    Json: _JSON,
    UtcDateTime: _MOMENTS,
    Seconds: (timedelta(microseconds=1), timedelta(days=400, seconds=0.1), timedelta(0)),
    Text: _TEXTS,
    LargeBinary: (b"\x00\xff", b"", b"a" * 16),
    Boolean: (True, False, True),
    Date: (date(1901, 1, 1), date(2026, 2, 28), date(9999, 12, 31)),
}
# What a table's constraints want: each retention is a feed's or a tag's.
_WANTED: dict[str, tuple[dict[str, Any], ...]] = {"retentions": ({"tag": None}, {"feed_id": None}, {"feed_id": 3})}


def fill_every_table(store: Engine) -> None:
    """Add ``ROWS`` rows to each table; the last row of each has nulls wherever it may."""
    with writing(store) as connection:
        for table in METADATA.sorted_tables:
            if table.name != EventBoundsRow.__tablename__:
                rows = [_make_row(table, number) for number in range(ROWS)]
                connection.execute(insert(table), rows)


def fill_as_polls_do(store: Engine) -> None:
    """Add such rows too, but with states, lists and objects wherever what polls write has those."""
    fill_every_table(store)
    some = {"a": 1}
    sane: dict[str, dict[str, Any]] = {
        "articles": {"authors": ["A"], "tags": ["b"], "enclosures": [{"url": "https://a.example/a"}], "podcast": some},
        "feeds": {"state": "active", "options": some, "request": some, "hints": some, "rhythm": some},
        "polls": {"outcome": "new"},
        "events": {"details": some},
    }
    with writing(store) as connection:
        for name, values in sane.items():
            connection.execute(update(METADATA.tables[name]).values(values))
        if connection.dialect.name == "postgresql":
            # Ids that were given do not move the sequence that gives the next.
            connection.execute(text("SELECT setval(pg_get_serial_sequence('tickets', 'id'), :given)"), {"given": ROWS})


def _make_row(table: Table, number: int) -> dict[str, Any]:
    wanted = _WANTED.get(table.name, ({},) * ROWS)
    return {each.name: _value_of(each, number) for each in table.columns} | wanted[number]


def _value_of(column: Column[Any], number: int) -> Any:
    if number == ROWS - 1 and column.nullable:
        return None
    kinds = [values for kind, values in _BY_TYPE.items() if isinstance(column.type, kind)]
    # All others are numbers; those of rows name rows of the tables that they refer to.
    return kinds[0][number] if kinds else number + 1


def contents(store: Engine) -> dict[str, list[Any]]:
    """Return all rows of all tables, as Python's values."""
    with reading(store) as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in METADATA.sorted_tables
        }
