"""What every table has in common: names of constraints, and a comment on each column."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Date, LargeBinary, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from worker.database.types import Seconds, UtcDateTime

# An id that was told outside (in events, listings, webhooks) must never name another row later. PostgreSQL's sequences
# see to that by themselves; SQLite would give the newest row's id again once that row is deleted.
NEVER_REUSED: dict[str, Any] = {"sqlite_autoincrement": True}


class Base(DeclarativeBase):
    """The root of the tables; constraints have names, so that migrations can speak of them."""

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
        bytes: LargeBinary,
    }


def column(comment: str, *arguments: Any, **options: Any) -> Mapped[Any]:
    """Return a mapped column that says what it holds: the store is the product's interface."""
    return mapped_column(*arguments, comment=comment, **options)
