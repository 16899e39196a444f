"""A query in SQLite's words (FTS5). Every word is quoted, so that nothing in it is an operator."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, exists, func, literal_column, select

from worker.database.article_tables import ArticleRow
from worker.database.search_tables import EDGE, INDEX
from worker.database.statements import is_one_of
from worker.search.folded_words import space_out
from worker.search.query import Condition, Facet, Phrase, Place, SearchQuery

_TABLE: ColumnElement[Any] = literal_column("search_index")
# How much more a word counts in the title than in the text, where it counts 1; what is in no column is not ranked.
_WEIGHTS = (8.0, 1.0, 0.0, 0.0, 0.0)
_MOST_COUNTED = 150_000
"""A word that more articles have is not weighed by BM25."""
_SAMPLE = 500
"""How many articles are looked at to tell whether very many have a word: the newest that have it."""
_COMMON_IN_TITLE = 1.0
_COLUMNS = {Place.ANYWHERE: "{title text}", Place.TITLE: "title"}


def select_matching(query: SearchQuery) -> Select[int] | None:
    """Return the ids of articles that match what is indexed; None unless an article must match something."""
    match = write_match(query)
    return select(INDEX.c.rowid.label("id")).where(_matches(match)) if match else None


def is_excluded(query: SearchQuery, article_id: ColumnElement[int]) -> ColumnElement[bool] | None:
    """Return the condition that an article matches what is not wanted; None where nothing is not wanted."""
    excluded = write_excluded(query)
    return exists().where(_matches(excluded), INDEX.c.rowid == article_id).correlate_except(INDEX) if excluded else None


def rank(
    connection: Connection, query: SearchQuery, ids: Collection[int], most_counted: int = _MOST_COUNTED
) -> dict[int, float]:
    """Return how well each of some articles matches; more is better.

    By BM25, for which SQLite counts the articles that have a phrase, in the whole index. What very many have is not
    counted: it says little about any of them, and of that only a title that has it weighs.
    """
    phrases = dict.fromkeys(query.phrases)
    words = {word for phrase in phrases if not phrase.is_prefix for word in phrase.words}
    stored = _count_stored(connection)
    common = {word for word in words if stored > most_counted and _is_common(connection, word, most_counted / stored)}
    weighed = [phrase for phrase in phrases if phrase.is_prefix or not common.issuperset(phrase.words)]
    scores = dict.fromkeys(ids, 0.0)
    if weighed:
        match = _write_either(weighed) if common else _write_all(map(_write_either, query.wanted))
        scores |= _rank_by_bm25(connection, match, ids)
    unweighed = [f" {' '.join(phrase.words)} " for phrase in phrases if phrase not in weighed]
    if unweighed:
        titles = select(ArticleRow.id, ArticleRow.title).where(is_one_of(connection, ArticleRow.id, ids))
        for article_id, title in connection.execute(titles):
            spaced = f" {space_out(title)} "
            scores[article_id] += _COMMON_IN_TITLE * sum(words in spaced for words in unweighed)
    return scores


def _count_stored(connection: Connection) -> int:
    """Return how many articles there are, as their ids tell, with those deleted since the first that is left."""
    ends = [connection.execute(select(end(ArticleRow.id))).scalar_one() or 0 for end in (func.min, func.max)]
    return ends[1] - ends[0] + 1


def _is_common(connection: Connection, word: str, share: float) -> bool:
    """Say whether more than a share of the articles have a word, as far as the newest that have it tell."""
    match = _matches(f"{_COLUMNS[Place.ANYWHERE]} : {_quote([word])}")
    having = select(INDEX.c.rowid).where(match).order_by(INDEX.c.rowid.desc()).limit(_SAMPLE)
    newest = connection.execute(having).scalars().all()
    return len(newest) == _SAMPLE and share * (newest[0] - newest[-1] + 1) < _SAMPLE


def _rank_by_bm25(connection: Connection, match: str, ids: Collection[int]) -> dict[int, float]:
    score = func.bm25(_TABLE, *_WEIGHTS)
    within = INDEX.c.rowid.between(min(ids), max(ids))
    # A sum, so that FTS5 begins once for all of them: it counts each phrase anew each time.
    is_one = is_one_of(connection, INDEX.c.rowid + 0, ids)
    ranked = select(INDEX.c.rowid, score).where(_matches(match), within, is_one)
    return {row[0]: -row[1] for row in connection.execute(ranked)}


def _matches(match: str) -> ColumnElement[bool]:
    return _TABLE.op("MATCH", is_comparison=True)(bindparam(None, match, unique=True))


def write_wanted(query: SearchQuery) -> str:
    """Return what an article must match; empty where it need not match anything."""
    conditions = [_write_condition(each) for each in query.indexed_conditions if not each.is_excluded]
    return _write_all([*map(_write_either, query.wanted), *conditions])


def write_excluded(query: SearchQuery) -> str:
    """Return what an article must not match; empty where it may match anything."""
    conditions = (_write_condition(each) for each in query.indexed_conditions if each.is_excluded)
    return " OR ".join([*map(_write_phrase, query.excluded), *conditions])


def write_match(query: SearchQuery) -> str:
    """Return a query for all of it; empty unless an article must match something."""
    wanted, excluded = write_wanted(query), write_excluded(query)
    return f"({wanted}) NOT ({excluded})" if wanted and excluded else wanted


def _write_all(parts: Iterable[str]) -> str:
    return " AND ".join(f"({part})" for part in parts)


def _write_either(phrases: Iterable[Phrase]) -> str:
    return " OR ".join(map(_write_phrase, phrases))


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
