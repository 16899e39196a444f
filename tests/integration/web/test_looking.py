"""Whoever looks at the store writes nothing, ends in time, and is told so in a sentence; also while it is away."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from tests.asking import ask
from tests.stores import server, url_of
from worker.database.engine import open_store
from worker.settings import Settings
from worker.web.application import make_application
from worker.web.looking import look_once, open_to_look

LONG = timedelta(seconds=0.2)
_ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT count(*) FROM generate_series(1, 100000000000)",
}


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO feeds (url, url_key, added_at) VALUES ('a', 'a', '2026-12-01 00:00:00')",
        "DELETE FROM feeds",
        "CREATE TABLE mine (a integer)",
        "DROP TABLE feeds",
    ],
)
def test_nothing_is_written_by_whoever_looks(store: Engine, statement: str) -> None:
    engine = open_to_look(Settings(database_url=url_of(store)))
    with pytest.raises(DBAPIError, match=r"readonly database|read-only transaction"):
        look_once(engine, lambda connection: connection.execute(text(statement)))
    engine.dispose()


def test_what_takes_too_long_is_ended_and_the_connection_goes_on(store: Engine) -> None:
    engine = open_store(url_of(store), LONG, only_reads=True)
    with pytest.raises(HTTPException) as ended:
        look_once(engine, lambda found: found.execute(text(_ENDLESS[store.dialect.name])).scalar(), LONG)
    assert (ended.value.status_code, ended.value.detail) == (
        503,
        "That took too long to find: ask for less, such as a shorter time",
    )
    assert look_once(engine, lambda found: found.execute(text("SELECT 7")).scalar(), LONG) == 7
    engine.dispose()


def test_a_user_of_its_own_may_be_named_for_whoever_looks(store: Engine) -> None:
    engine = open_to_look(Settings(database_url="sqlite:///none.db", web_database_url=url_of(store)))
    assert look_once(engine, lambda found: found.execute(text("SELECT 7")).scalar()) == 7
    engine.dispose()


def test_a_user_of_postgresql_who_may_only_select_is_enough_for_whoever_looks(postgres: Engine) -> None:
    url = make_url(url_of(postgres)).set(username="only_selects", password="secret")
    with server(postgres.url) as connection:
        connection.execute(text("CREATE ROLE only_selects LOGIN PASSWORD 'secret'"))
        try:
            connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA public TO only_selects"))
            looked_at = open_to_look(Settings(web_database_url=url.render_as_string(hide_password=False)))
            application = make_application(postgres, Settings(), looked_at)
            paths = (
                "/",
                "/feeds",
                "/articles?q=lang:en%20climat*",
                "/stories",
                "/changes",
                "/v1/status",
                "/out/all.atom",
            )
            assert {path: ask(application, path).status for path in paths} == dict.fromkeys(paths, 200)
            looked_at.dispose()
        finally:
            connection.execute(text("DROP OWNED BY only_selects"))
            connection.execute(text("DROP ROLE only_selects"))


@pytest.mark.parametrize(
    ("path", "headers", "media_type"),
    [
        ("/v1/articles", {}, "application/problem+json"),
        ("/v1/status", {"Accept": "text/html"}, "application/problem+json"),
    ],
)
def test_while_the_store_is_away_that_is_what_is_told(path: str, headers: dict[str, str], media_type: str) -> None:
    away = create_engine("postgresql+psycopg://nobody:secret@127.0.0.1:1/none")
    answer = ask(make_application(away, Settings()), path, headers)
    assert (answer.status, answer.headers["content-type"], answer.headers["retry-after"]) == (503, media_type, "10")
    assert answer.json["detail"] == "The store cannot be used now; the log says why."
    assert "secret" not in answer.text
