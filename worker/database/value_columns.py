"""Dataclasses that are spread over columns, a field each: written and read by the names of their fields.

Rows are read as mappings: a Row's attribute costs six times as much as a mapping's item.
A dataclass that one JSON column holds goes through ``basics.codec.pack`` and ``unpack``.
"""

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from enum import Enum
from operator import attrgetter
from types import NoneType
from typing import Any, Generic, TypeVar, cast, get_args, get_origin, get_type_hints

from worker.basics.codec import defaults_of, from_json, reader_of
from worker.values.articles import Article
from worker.values.due_feeds import Refusals, Validators
from worker.values.entries import GuidRule
from worker.values.request_settings import UNREADABLE, RequestSettings
from worker.values.schedules import Move

_Value = TypeVar("_Value")


class Columns(Generic[_Value]):
    """Which column holds each field of a dataclass that has several.

    By default the one of the field's name; None for a field without a column.
    """

    def __init__(self, kind: type[_Value], **columns: str | None) -> None:
        self.kind = kind
        all_fields = {name: columns.get(name, name) for name in defaults_of(cast("Any", kind))}
        self.names: Mapping[str, str] = {name: column for name, column in all_fields.items() if column}
        types = get_type_hints(kind)
        readers = {name: _reader_of_column(types[name]) for name in self.names}
        self._readers = {name: reader for name, reader in readers.items() if reader}
        self.list_values: Callable[[_Value], tuple[Any, ...]] = attrgetter(*self.names)
        """Return what the columns hold of a value, in the order of ``names``."""

    def write(self, value: _Value) -> dict[str, Any]:
        """Return what the columns hold of a value, by their names."""
        return dict(zip(self.names.values(), self.list_values(value), strict=True))

    def read(self, row: Mapping[Any, Any]) -> _Value:
        """Return the value that a row's columns hold."""
        stored = {name: row[column] for name, column in self.names.items()}
        for name, reader in self._readers.items():
            if stored[name] is not None:
                stored[name] = reader(stored[name])
        return self.kind(**stored)


def _reader_of_column(kind: Any) -> Callable[[Any], Any] | None:
    """Return the function that turns a column's value into the field's; None where it needs no change."""
    kinds = [each for each in get_args(kind) if each is not NoneType]
    bare = kind if get_origin(kind) in {tuple, frozenset} or not kinds else kinds[0]
    is_json = get_origin(bare) is not None or is_dataclass(bare)
    return reader_of(bare) if is_json or issubclass(bare, Enum) else None


ARTICLE = Columns(Article)
VALIDATORS = Columns(Validators)
REFUSALS = Columns(Refusals, count="failures", feed_ids="refused_feeds", shortest="refused_wait")
MOVE = Columns(Move, url="moved_to", polls="moved_polls", since="moved_since")
GUID_RULE = Columns(GuidRule, policy="guid_policy", reason="guid_reason", renamings="guid_renamings", is_fixed=None)


def read_request_settings(stored: Any) -> RequestSettings | None:
    """Return what a feed's column ``request`` holds; ``UNREADABLE`` where any of it cannot be read.

    No field falls back to its default: without its proxy a feed would be asked in a way that its operator ruled out.
    """
    if stored is None:
        return None
    try:
        return from_json(RequestSettings, stored)
    except (ValueError, TypeError, LookupError):
        return UNREADABLE
