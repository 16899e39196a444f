"""Keeping the index: articles are added by whoever stores them, and those that wait some at a time.

Taking articles out of it is the business of triggers (``worker.database.search_tables``).
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial

import orjson
from sqlalchemy import Connection, Engine, delete, func, select, text
from sqlalchemy.sql.dml import ReturningDelete

from worker.database.article_tables import ArticleRow
from worker.database.conflicts import write
from worker.database.engine import keeps_index
from worker.database.search_tables import WAITING
from worker.database.statements import is_one_of, is_one_of_given, slices
from worker.database.types import TsVector
from worker.search.folded_words import LONGEST, fold_words, is_unspaced, space_out
from worker.search.stems import find_stemmer, learn_stems
from worker.search.tsquery import list_facets
from worker.search.tsvector import write_tsvector
from worker.values.frozen import dataclass

_SLICE = 200
"""Articles indexed in one transaction."""
_AT_ONCE = 100
"""Articles of which PostgreSQL gets the words in one statement: meanwhile each word is a string, 4 MB in all."""
_COLUMNS = "title, text, tags, language, agency"
_SPACE = text("INSERT INTO search_spaced (article_id, title, text) VALUES (:article_id, :title, :text)")
# One statement for all: before each that reads a table SQLite sets a savepoint, at which FTS5 writes what it has.
_INDEX = (
    f"INSERT INTO search_index (rowid, {_COLUMNS}) SELECT id, {_COLUMNS} FROM search_texts"  # noqa: S608 -- our own names
    " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
)
_ADD_WORDS = (
    "WITH waited AS (DELETE FROM search_waiting WHERE article_id = ANY (%b::bigint[]) RETURNING article_id)"
    " INSERT INTO search_words (article_id, words) SELECT article_id, words"
    " FROM unnest(%b::bigint[], %b::tsvector[]) AS given (article_id, words) JOIN waited USING (article_id)"
    " ON CONFLICT (article_id) DO NOTHING"
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
    if connection.dialect.name == "postgresql":
        for some in slices(given.values(), _AT_ONCE):
            _add_words(connection, some)
        return
    waited = connection.execute(_take_waiting(), {"ids": list(given)}).scalars()
    if added := [given[article_id] for article_id in waited]:
        _add_texts(connection, added)


@cache
def _take_waiting() -> ReturningDelete[int]:
    """Return the statement that has the articles ``ids`` wait no longer, and says which of them did."""
    # Built once: for the few articles of a poll that costs as much as running it.
    waits = is_one_of_given("sqlite", WAITING.c.article_id, "ids")
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
    """Add the words of those of some articles that wait."""
    split = [
        (find_stemmer(connection, each.language), fold_words(each.title), fold_words(each.text[:LONGEST]))
        for each in articles
    ]
    words: defaultdict[str, set[str]] = defaultdict(set)
    for stemmer, title, text_ in split:
        words[stemmer].update(title, text_)
    stems = learn_stems(connection, words)
    vectors = []
    for each, (stemmer, title, text_) in zip(articles, split, strict=True):
        stem = stems[stemmer].__getitem__
        facets = list_facets(each.tags or (), each.language, each.agency)
        vectors.append(TsVector(write_tsvector([*map(stem, title)], [*map(stem, text_)], facets)))
    ids = [each.article_id for each in articles]
    connection.exec_driver_sql(_ADD_WORDS, (ids, ids, vectors))
