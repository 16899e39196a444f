"""The fields of a data set: what each is called, of what kind its values are, and what they mean."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import BigInteger, Date, Integer, Label, Text
from sqlalchemy.types import TypeEngine

from worker.database.types import Json, Seconds, UtcDateTime


class Kind(Enum):
    """Of what kind the values of a field are; each may be missing."""

    NUMBER = "whole number"
    """Of 64 bits."""
    SMALL_NUMBER = "small whole number"
    """Of 32 bits."""
    TEXT = "text"
    MOMENT = "moment"
    """To the microsecond, in UTC."""
    DAY = "day"
    SECONDS = "seconds"
    """How long something took, with fractions."""
    TEXTS = "list of texts"
    FILES = "list of files"
    """Each with ``url``, ``media_type`` and ``length``."""
    OBJECT = "JSON object"
    """Of no fixed shape."""


_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (BigInteger, Kind.NUMBER),
    (Integer, Kind.SMALL_NUMBER),
    (Text, Kind.TEXT),
    (UtcDateTime, Kind.MOMENT),
    (Date, Kind.DAY),
    (Seconds, Kind.SECONDS),
    (Json, Kind.OBJECT),
)
_KINDS_OF_JSON = {"authors": Kind.TEXTS, "tags": Kind.TEXTS, "enclosures": Kind.FILES}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a data set, or a column of a view."""

    name: str
    kind: Kind
    meaning: str


def read_fields(columns: Any, meanings: Mapping[str, str]) -> Iterator[Field]:
    """Yield the fields that the columns of a query make; one that ``meanings`` has not means what its column does."""
    for column in columns:
        below = column.element if isinstance(column, Label) else column
        yield Field(column.name, _kind_of(column), meanings.get(column.name) or str(below.comment))


def _kind_of(column: Any) -> Kind:
    kind = next(kind for sql_type, kind in _KINDS if isinstance(column.type, sql_type))
    return _KINDS_OF_JSON.get(column.name, kind) if kind is Kind.OBJECT else kind
