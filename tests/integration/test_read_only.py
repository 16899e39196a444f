"""A store that its reader may not write."""

import multiprocessing
import os
import stat
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from worker.database.conflicts import is_read_only
from worker.database.engine import open_store, reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.schema import check_schema, migrate

NOBODY = 65534


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store with one feed, which nobody has open."""
    path = tmp_path / "store.db"
    engine = open_store(f"sqlite:///{path}")
    migrate(engine)
    with writing(engine) as connection:
        connection.execute(text("INSERT INTO feeds (url, url_key, added_at) VALUES ('u', 'k', '2026-11-24 00:00:00')"))
    engine.dispose()
    return path


def _read_and_write(path: Path) -> None:
    if os.getuid() == 0:
        os.setuid(NOBODY)
    engine = open_store(f"sqlite:///{path}")
    check_schema(engine)
    with reading(engine) as connection:
        assert connection.execute(select(FeedRow.url)).scalars().all() == ["u"]
    with pytest.raises(DBAPIError) as raised, writing(engine) as connection:
        connection.execute(text("DELETE FROM feeds"))
    assert is_read_only(raised.value)


@pytest.mark.parametrize(("of_file", "of_folder"), [(0o444, 0o555), (0o444, 0o777), (0o644, 0o555)])
def test_it_can_be_read_by_who_may_not_write_it(file: Path, of_file: int, of_folder: int) -> None:
    # Others must get there: pytest's folders are for one user alone.
    above = [parent for parent in list(file.parents)[1:] if not parent.stat().st_mode & stat.S_IXOTH]
    modes = {parent: parent.stat().st_mode for parent in above}
    for parent in above:
        parent.chmod(0o755)
    file.chmod(of_file)
    file.parent.chmod(of_folder)
    reader = multiprocessing.get_context("fork").Process(target=_read_and_write, args=(file,))
    reader.start()
    reader.join(30)
    file.parent.chmod(0o755)
    for parent, mode in modes.items():
        parent.chmod(mode)
    assert reader.exitcode == 0
