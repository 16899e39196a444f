"""Reading a query: words, "phrases", -not, a OR b, and fields such as ``title:`` and ``since:``.

What is no field of ours is words: a URL and a time have colons too.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from worker.basics.moments import read_bound
from worker.basics.text import is_storable, shorten
from worker.basics.units import read_id
from worker.errors import UsageError
from worker.search.folded_words import fold_words, is_unspaced
from worker.search.query import Condition, Facet, Phrase, Place, SearchQuery
from worker.wire.agencies import agency_name

LONGEST_QUERY = 10_000
"""Bytes of UTF-8."""
MOST_PARTS = 100
"""Words, phrases and fields of a query."""
MOST_WORDS = 300
"""A word of a script without spaces is a character."""
LONGEST_WORD = 500
"""Characters; PostgreSQL takes 2,046 bytes."""
_SHORTEST_PREFIX = 3
# Characters of a part that a sentence shows.
_SHOWN = 40
_FIELDS = ("title", *Facet, "since", "until")
_OR = "OR stands between two words or phrases, neither of them with a -"
_ACCEPTED = f"the fields are {', '.join(f'{name}:' for name in _FIELDS[:-1])} and {_FIELDS[-1]}:"
_EXAMPLES = {
    "title": "election", "agency": "Reuters", "feed": "12", "tag": "politics", "lang": "en", "story": "4711",
    "since": "7d", "until": "2026-11-24",
}  # fmt: skip
# What people type who know another search: as words they would find nothing, and nobody would say why.
_OTHERS = {
    "intitle": "title", "headline": "title", "language": "lang", "locale": "lang", "category": "tag", "keyword": "tag",
    "label": "tag", "tags": "tag", "site": "feed", "source": "feed", "from": "since", "after": "since",
    "before": "until", "to": "until", "date": "since",
}  # fmt: skip
_PART = re.compile(
    rf'(?P<not>-?)(?:(?P<field>{"|".join([*_FIELDS, *_OTHERS])}):)?(?:"(?P<quoted>[^"]*)"(?P<star>\*?)|(?P<bare>\S*))',
    re.IGNORECASE,
)
_QUOTES = str.maketrans("“”„‟", '""""')


class QueryError(UsageError):
    """A query that cannot be read; the sentence says where it is wrong and what is accepted."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One word, phrase or field, as it was typed."""

    position: int
    """Of its first character, from 1."""
    typed: str
    field: str
    value: str
    is_excluded: bool
    is_quoted: bool
    is_prefix: bool

    @property
    def is_wanted(self) -> bool:
        """Whether it is a word or phrase that an article must have."""
        return self.field in {"", Place.TITLE} and not self.is_excluded

    def wrong(self, why: str) -> QueryError:
        """Return the error that says where the query is wrong."""
        return QueryError(f"The query is wrong at character {self.position:,}, {shorten(self.typed, _SHOWN)}: {why}.")


def read_query(text: str, *, in_utc: bool = True) -> SearchQuery:
    """Read a query; QueryError says what is wrong with it. Dates without a zone are of UTC, or of this machine."""
    if len(text.encode(errors="surrogatepass")) > LONGEST_QUERY:
        raise QueryError(f"The query is longer than {LONGEST_QUERY:,} bytes: leave some of it out.")
    if not is_storable(text):
        raise QueryError("The query holds NUL, or bytes that are not UTF-8: nothing in the store does.")
    query = SearchQuery()
    for part, is_alternative in _join(_split(text.translate(_QUOTES))):
        query = _add(query, part, is_alternative=is_alternative, in_utc=in_utc)
    if query == SearchQuery() and text.strip():
        raise QueryError(f"The query has no word in it, which is made of letters and digits; {_ACCEPTED}.")
    _refuse_long(query)
    _refuse_empty_time(query)
    return query


def _refuse_long(query: SearchQuery) -> None:
    words = [word for phrase in (*query.phrases, *query.excluded) for word in phrase.words]
    if len(words) > MOST_WORDS:
        raise QueryError(f"The query has more than {MOST_WORDS} words: leave some of them out.")
    if any(len(word) > LONGEST_WORD for word in words):
        raise QueryError(f"The query has a word of more than {LONGEST_WORD} characters: none so long is looked for.")


def read_words(text: str) -> SearchQuery:
    """Read a text all of whose words are wanted, in whatever order; nothing in it is a field."""
    words = (_make_phrase(word, Place.ANYWHERE, is_prefix=word.endswith("*")) for word in text.split())
    return SearchQuery(wanted=tuple((word,) for word in words if word))


def _split(text: str) -> Iterator[_Part]:
    for found in _PART.finditer(text):
        if not found[0]:
            # Between two parts, and at the end.
            continue
        is_quoted = found["quoted"] is not None
        value = found["quoted"] if is_quoted else found["bare"]
        is_prefix = bool(found["star"]) if is_quoted else value.endswith("*")
        field = (found["field"] or "").lower()
        part = _Part(found.start() + 1, found[0], field, value, bool(found["not"]), is_quoted, is_prefix)
        if not is_quoted and value.startswith('"'):
            raise part.wrong("its quotation mark is not closed")
        yield part


def _join(parts: Iterable[_Part]) -> Iterator[tuple[_Part, bool]]:
    """Yield all parts but OR and AND, each with whether it is an alternative to the one before."""
    before: _Part | None = None
    for number, part in enumerate(parts, 1):
        if number > MOST_PARTS:
            raise part.wrong(f"it is one of more than {MOST_PARTS} words and fields")
        if part.typed == "OR" and (before is None or before.typed == "OR" or not before.is_wanted):
            raise part.wrong(_OR)
        # AND is what is meant anyway.
        if part.typed not in {"OR", "AND"}:
            yield part, before is not None and before.typed == "OR"
        before = part
    if before and before.typed == "OR":
        raise before.wrong(_OR)


def _add(query: SearchQuery, part: _Part, *, is_alternative: bool, in_utc: bool) -> SearchQuery:
    """Return a query with one more part."""
    if part.field in _OTHERS:
        raise part.wrong(f"that field is called {_OTHERS[part.field]}: here")
    if part.field and not part.value.strip():
        raise part.wrong(f"what is looked for stands right after the colon, as in {part.field}:{_EXAMPLES[part.field]}")
    if part.field in {"", Place.TITLE}:
        return _add_phrase(query, part, is_alternative=is_alternative)
    if is_alternative:
        raise part.wrong(_OR)
    if part.field in {"since", "until"}:
        return _add_bound(query, part, in_utc=in_utc)
    return replace(query, conditions=(*query.conditions, _read_condition(part)))


def _add_phrase(query: SearchQuery, part: _Part, *, is_alternative: bool) -> SearchQuery:
    phrase = _make_phrase(part.value, Place(part.field), is_prefix=part.is_prefix)
    if phrase is None and (part.field or is_alternative):
        raise part.wrong("there is no letter or digit in it")
    if phrase is None:
        # As the & of "AT & T".
        return query
    if phrase.is_prefix and len(phrase.words[-1]) < _SHORTEST_PREFIX:
        raise part.wrong(f"a word that goes on (*) begins with {_SHORTEST_PREFIX} letters at least")
    if is_alternative and (part.is_excluded or not query.wanted):
        raise part.wrong(_OR)
    if part.is_excluded:
        return replace(query, excluded=(*query.excluded, phrase))
    *others, either = (*query.wanted, ()) if not is_alternative else query.wanted
    return replace(query, wanted=(*others, (*either, phrase)))


def _make_phrase(text: str, place: Place, *, is_prefix: bool) -> Phrase | None:
    words = tuple(fold_words(text))
    # A character that is a word never goes on.
    return Phrase(words, is_prefix and not is_unspaced(words[-1]), place) if words else None


def _read_condition(part: _Part) -> Condition:
    facet, value = Facet(part.field), part.value.strip()
    if facet is Facet.STORY and not read_id(value):
        raise part.wrong("a story is named by its id, as `feedmill stories` lists them")
    if facet is not Facet.FEED and not fold_words(value):
        raise part.wrong("there is no letter or digit in it")
    return Condition(facet, (agency_name(value) or value) if facet is Facet.AGENCY else value, part.is_excluded)


def _add_bound(query: SearchQuery, part: _Part, *, in_utc: bool) -> SearchQuery:
    is_end = part.field == "until"
    if part.is_excluded:
        raise part.wrong(f"write {'since' if is_end else 'until'}: in its place")
    if getattr(query, part.field) is not None:
        raise part.wrong(f"{part.field}: is there twice")
    try:
        bound = read_bound(part.value, is_end=is_end, in_utc=in_utc)
    except ValueError as error:
        raise part.wrong(str(error)) from error
    except OverflowError as error:
        raise part.wrong("that is no moment that can be told in UTC") from error
    return replace(query, until=bound) if is_end else replace(query, since=bound)


def _refuse_empty_time(query: SearchQuery) -> None:
    since, until = query.since, query.until
    if isinstance(since, timedelta) and isinstance(until, timedelta):
        is_empty = until >= since
    else:
        is_empty = isinstance(since, datetime) and isinstance(until, datetime) and until <= since
    if is_empty:
        raise QueryError("until: is not after since: nothing lies between them.")
