"""A query in SQLite's words (FTS5). Every word is quoted, so that nothing in it is an operator."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, func, literal_column, select

from worker.database.search_tables import EDGE, INDEX
from worker.database.statements import is_one_of
from worker.search.query import Condition, Facet, Phrase, Place, SearchQuery

_TABLE: ColumnElement[Any] = literal_column("search_index")
# How much more a word counts in the title than in the text, where it counts 1; what is in no column is not ranked.
_WEIGHTS = (8.0, 1.0, 0.0, 0.0, 0.0)
_COLUMNS = {Place.ANYWHERE: "{title text}", Place.TITLE: "title"}


def select_matching(query: SearchQuery) -> Select[int] | None:
    """Return the ids of articles that match what is indexed; None unless an article must match something."""
    match = write_match(query)
    return select(INDEX.c.rowid.label("id")).where(_matches(match)) if match else None


def is_excluded(query: SearchQuery, article_id: ColumnElement[int]) -> ColumnElement[bool] | None:
    """Return the condition that an article matches what is not wanted; None where nothing is not wanted."""
    excluded = write_excluded(query)
    return exists().where(_matches(excluded), INDEX.c.rowid == article_id).correlate_except(INDEX) if excluded else None


def rank(connection: Connection, query: SearchQuery, ids: Collection[int]) -> dict[int, float]:
    """Return how well each of some articles matches, by BM25; more is better."""
    score = func.bm25(_TABLE, *_WEIGHTS)
    within = INDEX.c.rowid.between(min(ids), max(ids))
    # A sum, so that FTS5 begins once for all of them: it counts each word in the whole index to weigh it.
    is_one = is_one_of(connection, INDEX.c.rowid + 0, ids)
    ranked = select(INDEX.c.rowid, score).where(_matches(write_match(query)), within, is_one)
    return {row[0]: -row[1] for row in connection.execute(ranked)}


def _matches(match: str) -> ColumnElement[bool]:
    return _TABLE.op("MATCH", is_comparison=True)(bindparam(None, match, unique=True))


def write_wanted(query: SearchQuery) -> str:
    """Return what an article must match; empty where it need not match anything."""
    groups = (" OR ".join(map(_write_phrase, either)) for either in query.wanted)
    conditions = (_write_condition(each) for each in query.indexed_conditions if not each.is_excluded)
    return " AND ".join(f"({each})" for each in [*groups, *conditions])


def write_excluded(query: SearchQuery) -> str:
    """Return what an article must not match; empty where it may match anything."""
    conditions = (_write_condition(each) for each in query.indexed_conditions if each.is_excluded)
    return " OR ".join([*map(_write_phrase, query.excluded), *conditions])


def write_match(query: SearchQuery) -> str:
    """Return a query for all of it; empty unless an article must match something."""
    wanted, excluded = write_wanted(query), write_excluded(query)
    return f"({wanted}) NOT ({excluded})" if wanted and excluded else wanted


def _write_phrase(phrase: Phrase) -> str:
    return f"{_COLUMNS[phrase.place]} : {_quote(phrase.words)}{' *' if phrase.is_prefix else ''}"


def _write_condition(condition: Condition) -> str:
    if condition.facet is Facet.LANGUAGE:
        # It begins so: en finds en-GB.
        return f"language : ^ {_quote([condition.value])}"
    column = "tags" if condition.facet is Facet.TAG else "agency"
    return f"{column} : {_quote([EDGE + EDGE.join(condition.value.split()), EDGE])}"


def _quote(words: Iterable[str]) -> str:
    return '"' + " ".join(words).replace('"', '""') + '"'
