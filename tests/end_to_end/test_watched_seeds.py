"""A file that is dropped into the seed folder is an article at once: no scan is due for an hour."""

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.servers.commands import Program
from tests.waiting import wait_for
from worker.database.article_tables import ArticleRow
from worker.database.engine import open_store, reading
from worker.database.schema import migrate

Start = Callable[..., Program]
NEWS = "LONDON, July 10 (Reuters) - {} is open.\n\nIt was shut for two winters."


@pytest.fixture
def seeds(environment: dict[str, str], tmp_path: Path) -> Path:
    environment["FEEDMILL_SEED_SCAN_INTERVAL"] = "1h"
    (tmp_path / "seeds").mkdir()
    return tmp_path / "seeds"


def _drop(seeds: Path, titles: Callable[[], list[str]]) -> None:
    """Drop a file that is read at the start, and one after it."""
    (seeds / "a.txt").write_text(NEWS.format("A bridge"))
    wait_for(lambda: titles() == ["A bridge is open."], "the first file is an article")
    (seeds / "b.txt").write_text(NEWS.format("A tunnel"))
    wait_for(lambda: titles() == ["A bridge is open.", "A tunnel is open."], "the second file is an article")


def test_of_feedmill_run(start: Start, seeds: Path, tmp_path: Path) -> None:
    def titles() -> list[str]:
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(tmp_path / "feedmill.db")) as store:
            return sorted(title for (title,) in store.execute("SELECT title FROM articles"))
        return []

    start("worker", "run")
    _drop(seeds, titles)


def test_of_a_deployment(
    environment: dict[str, str], postgres_url: str, valkey_url: str, start: Start, seeds: Path
) -> None:
    environment |= {"FEEDMILL_DATABASE_URL": postgres_url, "FEEDMILL_BROKER_URL": valkey_url}
    environment["FEEDMILL_BROKER_PREFIX"] = f"{seeds.parent.name}:"
    store = open_store(postgres_url)
    migrate(store)

    def titles() -> list[str]:
        with reading(store) as connection:
            return sorted(connection.execute(select(ArticleRow.title)).scalars())

    # Without beat: nobody else asks for a scan.
    start("celery", "-A", "worker", "worker", "--concurrency", "1")
    _drop(seeds, titles)
    store.dispose()
