"""What an article's columns hold, and what a sighting says as JSON: one codec, made from the fields of ``Article``."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from worker.values import Article, Enclosure, LanguageSource, Notice

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
_FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "content_hash": bytes.fromhex,
    "published_at": datetime.fromisoformat,
    "updated_at": datetime.fromisoformat,
    "dateline_date": date.fromisoformat,
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
    columns = article_columns(article)
    said = {name: value for name, value in columns.items() if getattr(article, name) != _DEFAULTS.get(name, MISSING)}
    return {name: _plain(value) for name, value in said.items()}


def unpack_article(said: Mapping[str, Any] | None) -> Article | None:
    """Return the article that JSON tells of; None where there is nothing in it."""
    if not said:
        return None
    read = {name: kind(said[name]) for name, kind in (_KINDS | _FROM_JSON).items() if name in said}
    return Article(**{**said, **read})


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else value
