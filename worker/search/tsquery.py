"""A query in PostgreSQL's words (tsquery). Every word is quoted, so that nothing in it is an operator.

A word is looked for as each stem that it has in some language: an article has it as that of its own. A facet is a
lexeme such as ``lang=en``, which no word looks like, and so is a word that is in the title.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import ARRAY, REAL, ColumnElement, Connection, Select, cast, exists, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY, array

from worker.database.search_tables import WORDS
from worker.database.statements import is_one_of
from worker.search.folded_words import space_out
from worker.search.query import Condition, Facet, Phrase, Place, SearchQuery
from worker.search.stems import find_stems
from worker.search.tsvector import name_in_title

Stems = Mapping[str, Sequence[str]]
"""What each word may be indexed as."""
# How much a word counts by its place: the text (D), …, the title (A).
_WEIGHTS = cast(array([0.125, 0.125, 0.125, 1.0]), ARRAY(REAL))
# The rank is divided by the logarithm of the article's length.
_BY_LENGTH = 1


def select_matching(connection: Connection, query: SearchQuery) -> Select[int] | None:
    """Return the ids of articles that match what is indexed; None unless an article must match something."""
    stems = _find_stems(connection, query)
    wanted = [_write_condition(each) for each in query.indexed_conditions if not each.is_excluded]
    wanted += [_write_either(either, stems) for either in query.wanted]
    if not wanted:
        return None
    # All is one condition: for each the server reads an article's words anew.
    if unwanted := _write_excluded(query, stems):
        wanted.append(f"!({unwanted})")
    return select(WORDS.c.article_id.label("id")).where(_matches(_write_all(wanted)))


def is_excluded(
    connection: Connection, query: SearchQuery, article_id: ColumnElement[int]
) -> ColumnElement[bool] | None:
    """Return the condition that an article matches what is not wanted; None where nothing is not wanted."""
    unwanted = _write_excluded(query, _find_stems(connection, query))
    if not unwanted:
        return None
    return exists().where(_matches(unwanted), WORDS.c.article_id == article_id).correlate_except(WORDS)


def rank(connection: Connection, query: SearchQuery, ids: Collection[int]) -> dict[int, float]:
    """Return how well each of some articles matches, by how near its words are to one another; more is better."""
    stems = _find_stems(connection, query)
    # A word in the title is ranked as what it is, one of all.
    anywhere = [[replace(phrase, place=Place.ANYWHERE) for phrase in either] for either in query.wanted]
    looked_for = cast(literal(_write_all(_write_either(either, stems) for either in anywhere)), TSQUERY)
    score = func.ts_rank_cd(_WEIGHTS, WORDS.c.words, looked_for, _BY_LENGTH)
    ranked = select(WORDS.c.article_id, score).where(is_one_of(connection, WORDS.c.article_id, ids))
    return {row[0]: row[1] for row in connection.execute(ranked)}


def _find_stems(connection: Connection, query: SearchQuery) -> Stems:
    return find_stems(connection, (word for phrase in (*query.phrases, *query.excluded) for word in phrase.words))


def _write_excluded(query: SearchQuery, stems: Stems) -> str:
    """Return what an article must not match; empty where nothing is unwanted."""
    unwanted = [_write_phrase(phrase, stems) for phrase in query.excluded]
    unwanted += [_write_condition(each) for each in query.indexed_conditions if each.is_excluded]
    return " | ".join(f"({part})" for part in unwanted)


def _matches(written: str) -> ColumnElement[bool]:
    return WORDS.c.words.op("@@", is_comparison=True)(cast(literal(written), TSQUERY))


def _write_all(parts: Iterable[str]) -> str:
    return " & ".join(f"({part})" for part in parts)


def _write_either(phrases: Iterable[Phrase], stems: Stems) -> str:
    return " | ".join(f"({_write_phrase(phrase, stems)})" for phrase in phrases)


def _write_condition(condition: Condition) -> str:
    return _quote(_name_facet(condition.facet, condition.value))


def _write_phrase(phrase: Phrase, stems: Stems) -> str:
    name = name_in_title if phrase.place is Place.TITLE else str
    words = [f"({' | '.join(_quote(name(stem)) for stem in stems[word])})" for word in phrase.words]
    if phrase.is_prefix:
        # A stem may be shorter than what was typed.
        words[-1] = f"({_quote(name(phrase.words[-1]))}:* | {words[-1]})"
    return " <-> ".join(words)


def _quote(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def list_facets(tags: Iterable[str], language: str | None, agency: str | None) -> Iterator[str]:
    """Yield the lexemes of an article's facets."""
    for tag in tags:
        yield _name_facet(Facet.TAG, tag)
    if agency:
        yield _name_facet(Facet.AGENCY, agency)
    # en finds en-GB.
    parts = space_out(language or "").split()
    for count in range(1, len(parts) + 1):
        yield f"{Facet.LANGUAGE}={' '.join(parts[:count])}"


# Articles of a feed share most of theirs.
@lru_cache(maxsize=1_024)
def _name_facet(facet: Facet, value: str) -> str:
    return f"{facet}={space_out(value)}"
