"""The statements that the pages show, made in a real store of the kind they are for."""

import re

from sqlalchemy import Connection, Engine, text

from tests.pages import blocks, spans, statements
from tests.stores import server
from worker.database.engine import reading

ONLY_FOR = {"-- SQLite": "sqlite", "-- PostgreSQL": "postgresql"}


def _shown() -> list[tuple[str, str, str | None]]:
    """Every statement with its place, and the one kind of store that it is for, if it says so."""
    shown = [
        (str(block), statement, ONLY_FOR.get(block.text.partition("\n")[0]))
        for block in blocks("sql")
        for statement in statements(block)
    ]
    return shown + [
        (place, span, None)
        for place, span in spans()
        if re.match(r"(SELECT|GRANT|(ALTER|CREATE) (DEFAULT|ROLE|TABLE)) [^…]+$", span)
    ]


QUERIES = [shown for shown in _shown() if re.match(r"\s*(--.*\n)?SELECT", shown[1])]
FOR_OPERATORS = [shown for shown in _shown() if shown not in QUERIES]


def _make(connection: Connection, place: str, statement: str) -> None:
    try:
        connection.execute(text(statement))
    except Exception as error:
        error.add_note(f"shown by {place}")
        raise


def test_every_query_that_a_page_shows_can_be_asked(store: Engine) -> None:
    asked = [shown for shown in QUERIES if shown[2] in {None, store.dialect.name}]
    assert asked
    with reading(store) as connection:
        for place, query, _ in asked:
            _make(connection, place, query)


def test_every_statement_for_an_operator_can_be_made(postgres: Engine) -> None:
    with postgres.connect() as connection:
        # Roles belong to the whole server, so that nothing of this is committed; and the roles come first.
        for place, statement, _ in sorted(FOR_OPERATORS, key=lambda shown: "CREATE ROLE" not in shown[1]):
            if "CONCURRENTLY" not in statement:
                _make(connection, place, statement)


def test_a_day_that_is_to_be_kept_can_be_detached(postgres: Engine) -> None:
    (detaching,) = [statement for _, statement, _ in FOR_OPERATORS if "CONCURRENTLY" in statement]
    with server(postgres.url) as connection:
        day = connection.execute(
            text("SELECT relname FROM pg_class WHERE relname ~ '^polls_\\d{8}$' LIMIT 1")
        ).scalar_one()
        connection.execute(text(re.sub(r"polls_\d{8}", day, detaching)))


def test_a_reader_may_read_what_comes_after_its_rights_were_given(postgres: Engine) -> None:
    with postgres.connect() as connection:
        for place, statement, _ in FOR_OPERATORS:
            if "CREATE ROLE" in statement or "DEFAULT PRIVILEGES" in statement:
                _make(connection, place, statement)
        connection.execute(text("GRANT CREATE ON SCHEMA public TO feedmill"))
        connection.execute(text("SET ROLE feedmill"))
        connection.execute(text("CREATE TABLE of_a_later_version (id integer)"))
        connection.execute(text("SET ROLE reader"))
        assert connection.execute(text("SELECT * FROM of_a_later_version")).all() == []
