"""Column types that mean the same on SQLite and PostgreSQL."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, Double, Integer
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

# SQLite gives only INTEGER PRIMARY KEY a rowid of its own.
BigId = BigInteger().with_variant(Integer, "sqlite")


_LOG = logging.getLogger(__name__)


class Json(TypeDecorator[Any]):
    """JSON. SQLite takes any text for it: what cannot be read is null, and costs its own row instead of all rows."""

    impl = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Return how what is stored becomes a value."""
        read = super().result_processor(dialect, coltype)
        if read is None:
            return None

        def read_or_null(stored: Any) -> Any:
            try:
                return read(stored)
            except ValueError as error:
                _LOG.warning("stored JSON not read, counted as null: %.80r (%s)", stored, error)
                return None

        return read_or_null


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC: a naive one is refused on the way in, none ever comes out."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn the moment to UTC; ValueError when it has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored moment must name its time zone: {value!r}")
        moment = value.astimezone(UTC)
        # SQLite compares moments as text, so none of them may carry an offset.
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Seconds(TypeDecorator[timedelta]):
    """A duration, stored as seconds so that every SQL client can reckon with it."""

    impl = Double()
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> float | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return the duration in seconds."""
        return None if value is None else value.total_seconds()

    def process_result_value(self, value: float | None, dialect: Dialect) -> timedelta | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Return the seconds as a duration."""
        return None if value is None else timedelta(seconds=value)
