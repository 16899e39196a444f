"""The queries that the pages show, asked of a real store of the kind they are for."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from worker.database.engine import reading

ROOT = Path(__file__).parents[2]
OTHERS = {"postgresql": "-- SQLite\n", "sqlite": "-- PostgreSQL\n"}


def _queries(page: str, dialect: str) -> Iterator[str]:
    for block in re.findall(r"```sql\n(.*?)```", (ROOT / page).read_text(), re.DOTALL):
        if not block.startswith(OTHERS[dialect]):
            yield from (query for query in block.split(";\n") if re.match(r"\s*(--.*\n)?SELECT", query))


@pytest.mark.parametrize("page", ["README.md", "docs/operations.md"])
def test_every_query_that_a_page_shows_can_be_asked(page: str, store: Engine) -> None:
    queries = list(_queries(page, store.dialect.name))
    with reading(store) as connection:
        asked = [connection.execute(text(query)).all() for query in queries]
    assert asked
    assert asked == [[]] * len(queries)
