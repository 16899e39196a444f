import sqlite3

from worker.database.types import bind_as_is


def test_sqlite_need_not_seek_what_adapts_none_and_bytes() -> None:
    bind_as_is()
    # It raises ProgrammingError where nothing adapts a value.
    assert (sqlite3.adapt(None), sqlite3.adapt(b"\x00a")) == (None, b"\x00a")
