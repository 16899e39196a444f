"""What every table is made of: column types that mean the same on SQLite and PostgreSQL, names, comments."""

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

import orjson
from sqlalchemy import ARRAY, JSON, BigInteger, Date, Dialect, Double, Integer, LargeBinary, MetaData, Text
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from worker.basics.codec import write_json

# SQLite gives only INTEGER PRIMARY KEY a rowid of its own.
BigId = BigInteger().with_variant(Integer, "sqlite")
_LOG = logging.getLogger(__name__)


class Json(TypeDecorator[Any]):
    """JSON. SQLite stores any text in such a column: text that is no JSON reads as None, and is logged."""

    impl = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """Return a function that turns a value into what the driver takes: on SQLite its JSON, null for None."""
        return _as_json_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Return a function that turns a stored JSON value into Python's, or into None."""
        return _from_json_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _from_json_text(stored: Any) -> Any:
    if stored is None:
        return None
    try:
        return orjson.loads(stored)
    except ValueError as error:
        _LOG.warning("stored JSON not read, counted as None: %.80r (%s)", stored, error)
        return None


def _as_json_text(value: Any) -> str | None:
    return None if value is None else write_json(value).decode()


class Bytes(LargeBinary):
    """Bytes, which both drivers take and return as they are: SQLAlchemy would wrap and copy each value."""

    def bind_processor(self, dialect: Dialect) -> None:
        """Return no function: nothing is to be done."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Return no function: nothing is to be done."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC: a naive one is refused on the way in, none ever comes out."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Return a function that turns a moment to UTC; it raises ValueError for one without a zone."""
        return _as_sqlite_text if dialect.name == "sqlite" else _in_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return a function that makes what the driver returns an aware moment in UTC."""
        return _from_sqlite_text if dialect.name == "sqlite" else _in_utc


def _in_utc(value: datetime | None) -> datetime | None:
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError(f"a stored moment must name its time zone: {value!r}")
    return value.astimezone(UTC)


# Most moments of a commit are the same one: now.
@lru_cache(maxsize=256)
def _as_sqlite_text(value: datetime | None) -> str | None:
    """Return a moment as SQLAlchemy stores it; SQLite compares moments as text, so none may carry an offset."""
    moment = _in_utc(value)
    return moment.isoformat(" ", "microseconds").removesuffix("+00:00") if moment else None


def _from_sqlite_text(value: str | None) -> datetime | None:
    # Read with its zone: to put that in afterwards costs four times the reading.
    return datetime.fromisoformat(f"{value}+00:00") if value else None


class Seconds(TypeDecorator[timedelta]):
    """A duration, stored as seconds so that every SQL client can calculate with it."""

    impl = Double()
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[timedelta | None], float | None]:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return a function that turns a duration into seconds."""
        return _as_seconds

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[float | None], timedelta | None]:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return a function that turns seconds into a duration."""
        return _from_seconds


def _as_seconds(value: timedelta | None) -> float | None:
    return None if value is None else value.total_seconds()


def _from_seconds(value: float | None) -> timedelta | None:
    return None if value is None else timedelta(seconds=value)


class Numbers(TypeDecorator[list[int]]):
    """Any number of numbers as one parameter: an array on PostgreSQL, a JSON list on SQLite."""

    impl = Text().with_variant(ARRAY(BigInteger), "postgresql")
    cache_ok = True

    def process_bind_param(self, value: list[int] | None, dialect: Dialect) -> Any:
        """Return the numbers as the database takes them."""
        return value if dialect.name == "postgresql" else orjson.dumps(value).decode()


class TsVector(bytes):
    """A tsvector of PostgreSQL as the server receives it, as a parameter of a statement in SQL."""

    __slots__ = ()


class Lines(TypeDecorator[list[str]]):
    """Texts of one line each that a query has put into one, read as a sorted list."""

    impl = Text()
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str]:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return the lines; none where there is no text."""
        return sorted(value.split("\n")) if value else []


# An id that was told outside (in events, listings, webhooks) must never name another row later. PostgreSQL's sequences
# see to that by themselves; SQLite would give the newest row's id again once that row is deleted.
NEVER_REUSED: dict[str, Any] = {"sqlite_autoincrement": True}


class Base(DeclarativeBase):
    """The root of the tables; constraints have names, so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        timedelta: Seconds,
        date: Date,
        str: Text,
        bytes: Bytes,
    }


def column(comment: str, *arguments: Any, **options: Any) -> Mapped[Any]:
    """Return a mapped column that says what it holds: the store is the product's interface."""
    return mapped_column(*arguments, comment=comment, **options)
