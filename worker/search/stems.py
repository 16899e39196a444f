"""The stemmers of PostgreSQL: by an article's language, where the server has one.

Their dictionaries, which a migration makes, know no stop words: a word that one language drops may be what is looked
for.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

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
_STEM = text(
    "SELECT word, array_agg(DISTINCT stem) FROM unnest(CAST(:words AS text[])) AS word,"
    " unnest(CAST(:stemmers AS text[])) AS stemmer, unnest(ts_lexize(stemmer::regdictionary, word)) AS stem"
    " GROUP BY word"
)


def find_stemmer(connection: Connection, language: str | None) -> str:
    """Return the configuration by which an article in this language is indexed."""
    name = _NAMES.get((language or "").partition("-")[0].lower())
    return f"{_PREFIX}{name}" if name and f"{_PREFIX}{name}" in _list_stemmers(connection.engine) else PLAIN


def find_stems(connection: Connection, words: Iterable[str]) -> Mapping[str, list[str]]:
    """Return what each word may be indexed as, whatever the language of the article that has it."""
    given = {"words": sorted(set(words)), "stemmers": [PLAIN, *sorted(_list_stemmers(connection.engine))]}
    return {row[0]: row[1] for row in connection.execute(_STEM, given)} if given["words"] else {}


@lru_cache(maxsize=64)
def _list_stemmers(engine: Engine) -> frozenset[str]:
    with engine.connect() as connection:
        return frozenset(connection.execute(_THERE).scalars())
