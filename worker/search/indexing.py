"""Keeping the index: articles are added by whoever stores them, and those that wait some at a time.

Taking articles out of it is the business of triggers (``worker.database.search_tables``).
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial

import orjson
from sqlalchemy import Connection, Engine, delete, func, select, text
from sqlalchemy.sql.dml import ReturningDelete

from worker.database.article_tables import ArticleRow
from worker.database.conflicts import write
from worker.database.engine import keeps_index
from worker.database.search_tables import WAITING
from worker.database.statements import is_one_of, is_one_of_given
from worker.search.folded_words import LONGEST, is_unspaced, space_out
from worker.search.stems import find_stemmer
from worker.search.tsquery import list_facets

_SLICE = 200
"""Articles indexed in one transaction."""
_COLUMNS = "title, text, tags, language, agency"
_SPACE = text("INSERT INTO search_spaced (article_id, title, text) VALUES (:article_id, :title, :text)")
# One statement for all: before each that reads a table SQLite sets a savepoint, at which FTS5 writes what it has.
_INDEX = (
    f"INSERT INTO search_index (rowid, {_COLUMNS}) SELECT id, {_COLUMNS} FROM search_texts"  # noqa: S608 -- our own names
    " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
)
_ADD_WORDS = (
    "INSERT INTO search_words (article_id, words, title)"
    " SELECT article_id, setweight(title, 'A') || words || array_to_tsvector(string_to_array(facets, chr(10))), title"
    " FROM (SELECT article_id, to_tsvector(stemmer::regconfig, title) AS title,"
    " to_tsvector(stemmer::regconfig, words) AS words, facets"
    " FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], %b::text[])"
    " AS given (article_id, stemmer, title, words, facets)) AS made ON CONFLICT (article_id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class SearchedArticle:
    """What of an article is searched."""

    article_id: int
    title: str
    text: str
    tags: Sequence[str]
    language: str | None
    agency: str | None


def index_articles(connection: Connection, articles: Iterable[SearchedArticle]) -> None:
    """Add those of the articles that wait to the index, where this process keeps one.

    The articles are locked, or not committed yet.
    """
    if not keeps_index(connection) or not (given := {each.article_id: each for each in articles}):
        return
    # One that does not wait is in the index already: its words are the same.
    dialect = connection.dialect.name
    waited = connection.execute(_take_waiting(dialect), {"ids": list(given)}).scalars()
    if added := [given[article_id] for article_id in waited]:
        (_add_words if dialect == "postgresql" else _add_texts)(connection, added)


@cache
def _take_waiting(dialect: str) -> ReturningDelete[int]:
    """Return the statement that has the articles ``ids`` wait no longer, and says which of them did."""
    # Built once: for the few articles of a poll that costs as much as running it.
    waits = is_one_of_given(dialect, WAITING.c.article_id, "ids")
    return delete(WAITING).where(waits).returning(WAITING.c.article_id)


def index_waiting(engine: Engine, stop: Callable[[], bool] = lambda: False) -> Iterator[int]:
    """Index the articles that wait, the newest first, some at a time; yield how many each time.

    After each time others have as long to write.
    """
    before: int | None = None
    while not stop():
        began = time.monotonic()
        looked_at, indexed, before = write(engine, partial(_index_some, before=before))
        if not looked_at:
            return
        yield indexed
        time.sleep(time.monotonic() - began)


def count_waiting(connection: Connection, most: int) -> int:
    """Return how many articles are not indexed; no more than ``most`` are counted."""
    some = select(WAITING.c.article_id).limit(most).subquery()
    counted: int = connection.execute(select(func.count()).select_from(some)).scalar_one()
    return counted


def wait_again(engine: Engine) -> None:
    """Empty the index: every article waits."""
    is_postgresql = engine.dialect.name == "postgresql"

    def empty(connection: Connection) -> None:
        emptied = (
            ("TRUNCATE search_words",)
            if is_postgresql
            else ("INSERT INTO search_index (search_index) VALUES ('delete-all')", "DELETE FROM search_spaced")
        )
        for statement in (*emptied, "DELETE FROM search_waiting", "INSERT INTO search_waiting SELECT id FROM articles"):
            connection.execute(text(statement))

    write(engine, empty)


def _index_some(connection: Connection, before: int | None) -> tuple[int, int, int]:
    """Index the newest articles that wait, of those before an id; return how many were looked at and indexed."""
    waiting = select(WAITING.c.article_id).order_by(WAITING.c.article_id.desc()).limit(_SLICE)
    if before is not None:
        waiting = waiting.where(WAITING.c.article_id < before)
    ids = connection.execute(waiting).scalars().all()
    columns = (
        ArticleRow.id,
        ArticleRow.title,
        ArticleRow.text,
        ArticleRow.tags,
        ArticleRow.language,
        ArticleRow.agency,
    )
    # Locked, so that nobody changes their words until this is committed; those that a poll has in hand are left to it.
    articles = select(*columns).where(is_one_of(connection, ArticleRow.id, ids)).order_by(ArticleRow.id)
    rows = connection.execute(articles.with_for_update(skip_locked=True)).all()
    index_articles(connection, [SearchedArticle(*row) for row in rows])
    return len(ids), len(rows), min(ids, default=0)


def _add_texts(connection: Connection, articles: Sequence[SearchedArticle]) -> None:
    spaced = [
        {"article_id": each.article_id, "title": space_out(each.title), "text": space_out(each.text[:LONGEST])}
        for each in articles
        if is_unspaced(each.title) or is_unspaced(each.text)
    ]
    if spaced:
        connection.execute(_SPACE, spaced)
    ids = orjson.dumps([each.article_id for each in articles]).decode()
    connection.exec_driver_sql(_INDEX, (ids,))


def _add_words(connection: Connection, articles: Sequence[SearchedArticle]) -> None:
    rows = [
        (
            each.article_id,
            find_stemmer(connection, each.language),
            space_out(each.title),
            space_out(each.text[:LONGEST]),
            "\n".join(list_facets(each.tags or (), each.language, each.agency)),
        )
        for each in articles
    ]
    connection.exec_driver_sql(_ADD_WORDS, tuple(map(list, zip(*rows, strict=True))))
