"""The stemmers of PostgreSQL: by an article's language, where the server has one.

Their dictionaries, which a migration makes, know no stop words: a word that one language drops may be what is looked
for.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from itertools import filterfalse

from sqlalchemy import Connection, Engine, text

PLAIN = "simple"
"""What makes no stems."""
_PREFIX = "feedmill_"
# By the language's subtag (BCP 47).
_NAMES = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "et": "estonian", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_THERE = text(
    "SELECT dictname FROM pg_ts_dict WHERE dictname LIKE 'feedmill@_%' ESCAPE '@' AND pg_ts_dict_is_visible(oid)"
)
_STEMS = text(
    "SELECT word, array_agg(DISTINCT stem) FROM unnest(CAST(:words AS text[])) AS word,"
    " unnest(CAST(:stemmers AS text[])) AS stemmer, unnest(ts_lexize(stemmer::regdictionary, word)) AS stem"
    " GROUP BY word"
)
# One array of all: a row for each word takes twice as long to read.
_STEMS_IN_ORDER = (
    "SELECT array_agg((ts_lexize(%b::regdictionary, word))[1] ORDER BY place)"
    " FROM unnest(%b::text[]) WITH ORDINALITY AS given (word, place)"
)
_MOST_KNOWN = 50_000
"""Words whose stems a process keeps, some 7 MB; which are forgotten matters little."""


class Stems(dict[str, bytes]):
    """The stems of words, in UTF-8; a word that is not in there is its own."""

    def __missing__(self, word: str) -> bytes:
        return word.encode()


def find_stemmer(connection: Connection, language: str | None) -> str:
    """Return the configuration by which an article in this language is indexed."""
    name = _NAMES.get((language or "").partition("-")[0].lower())
    return f"{_PREFIX}{name}" if name and f"{_PREFIX}{name}" in _list_stemmers(connection.engine) else PLAIN


def find_stems(connection: Connection, words: Iterable[str]) -> Mapping[str, list[str]]:
    """Return what each word may be indexed as, whatever the language of the article that has it."""
    stems = {word: [word] for word in words}
    if stems:
        given = {"words": sorted(stems), "stemmers": sorted(_list_stemmers(connection.engine))}
        for word, others in connection.execute(_STEMS, given):
            stems[word] = sorted({word, *others})
    return stems


def learn_stems(
    connection: Connection, words: Mapping[str, AbstractSet[str]], most_known: int = _MOST_KNOWN
) -> Mapping[str, Stems]:
    """Return the stems that words have by each of some stemmers; the server is asked once for each word."""
    known = _known_stems(connection.engine)
    if sum(map(len, known.values())) > most_known:
        # What articles use most is soon asked for again.
        known.clear()
    # Another thread may have all forgotten meanwhile: these stay.
    stems = {stemmer: known[stemmer] for stemmer in words}
    for stemmer in words.keys() - {PLAIN}:
        unknown = filterfalse(stems[stemmer].__contains__, words[stemmer])
        # Numbers have no stems, and there is no end of them.
        if asked := [word for word in unknown if not (word.isascii() and word.isdigit())]:
            learnt = connection.exec_driver_sql(_STEMS_IN_ORDER, (stemmer, asked)).scalar_one()
            stems[stemmer].update(zip(asked, map(str.encode, learnt), strict=True))
    return stems


@lru_cache(maxsize=64)
def _known_stems(_engine: Engine) -> defaultdict[str, Stems]:
    return defaultdict(Stems)


@lru_cache(maxsize=64)
def _list_stemmers(engine: Engine) -> frozenset[str]:
    with engine.connect() as connection:
        return frozenset(connection.execute(_THERE).scalars())
