"""What `feedmill prune` says: what it removed and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from tests.commands import run_command
from tests.stores import url_of
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.outbox_tables import EventRow

pytestmark = pytest.mark.usefixtures("restored_logs")


def test_it_names_what_it_removed_or_says_that_there_was_nothing(
    store: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(store))
    assert run_command(capsys, ["prune"]).output == "Nothing here has outlived its retention.\n"
    with writing(store) as connection:
        long_ago = read_clock(connection).now() - timedelta(days=15)
        for _ in range(2):
            connection.execute(insert(EventRow).values(kind="feed gone", created_at=long_ago))
    assert run_command(capsys, ["prune"]).output == "Removed: 2 events.\n"
