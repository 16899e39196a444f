"""What an article's columns hold, and what a sighting says as JSON: both made from the fields of ``Article``."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any

import orjson
from sqlalchemy import Row

from worker.basics.codec import from_json, write_json
from worker.values.articles import Article, LanguageSource
from worker.values.entries import Enclosure, Notice

FIELDS = tuple(field.name for field in fields(Article))
"""The fields of an article, each a column of that name."""

_DEFAULTS = {field.name: field.default for field in fields(Article) if field.default is not MISSING}
_LISTS: dict[str, Callable[[Any], Any]] = {
    "authors": list,
    "tags": list,
    "enclosures": lambda enclosures: [asdict(enclosure) for enclosure in enclosures],
}
_KINDS: dict[str, Callable[[Any], Any]] = {
    "authors": tuple,
    "tags": tuple,
    "enclosures": lambda stored: tuple(Enclosure(**enclosure) for enclosure in stored),
    "language_source": LanguageSource,
    "notice": Notice,
}


def article_columns(article: Article) -> dict[str, Any]:
    """Return what the columns of an article hold, by their names."""
    columns = {name: getattr(article, name) for name in FIELDS}
    return columns | {name: as_list(columns[name]) for name, as_list in _LISTS.items()}


def read_article(row: Row[Any]) -> Article:
    """Return the article that a row holds."""
    stored = {name: getattr(row, name) for name in FIELDS}
    return Article(**stored | {name: kind(stored[name]) for name, kind in _KINDS.items() if stored[name] is not None})


def pack_article(article: Article) -> dict[str, Any]:
    """Return an article as JSON, without the fields that say nothing."""
    said = orjson.loads(write_json(article))
    return {
        name: value
        for name, value in said.items()
        if name not in _DEFAULTS or getattr(article, name) != _DEFAULTS[name]
    }


def unpack_article(said: Mapping[str, Any] | None) -> Article | None:
    """Return the article that JSON tells of; None where there is nothing in it."""
    return from_json(Article, said) if said else None
