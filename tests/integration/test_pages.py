"""The queries that the pages show, asked of a real PostgreSQL."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from worker.database.engine import open_store, reading
from worker.database.schema import migrate

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md"])
def test_every_query_that_a_page_shows_can_be_asked(page: str, postgres_url: str) -> None:
    blocks = re.findall(r"```sql\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    queries = [query for block in blocks for query in block.split(";\n") if query.strip().startswith("SELECT")]
    engine = open_store(postgres_url)
    migrate(engine)
    with reading(engine) as connection:
        asked = [connection.execute(text(query)).all() for query in queries]
    engine.dispose()
    assert asked
    assert asked == [[]] * len(queries)
