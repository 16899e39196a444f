"""The table of tallies: what workers have counted since the store was made, whatever was pruned."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Double, Engine, select
from sqlalchemy.orm import Mapped

from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.many_rows import insert_many
from worker.database.types import Base, column
from worker.values.tallies import Part, Tally


class TallyRow(Base):
    """How often something has happened, or how long it has taken."""

    __tablename__ = "tallies"
    __table_args__ = ({"comment": "One row per thing that workers count, its labels and the bound of its duration"},)

    name: Mapped[str] = column("What is counted, by the name that `feedmill metrics` gives it", primary_key=True)
    labels: Mapped[str] = column('Of which kind, such as outcome="new"; empty for all kinds', primary_key=True)
    bound: Mapped[str] = column(
        "The seconds that what is counted here took at most (and more than the bound before); +Inf beyond all bounds; "
        "sum for all seconds together; empty for what is only counted",
        primary_key=True,
    )
    value: Mapped[float] = column("How often, or how many seconds", Double)
    counted_at: Mapped[datetime] = column("When something was last added, by the database's clock")


_ADD = insert_many(
    TallyRow,
    [each.key for each in TallyRow.__table__.columns],
    "ON CONFLICT (name, labels, bound) DO UPDATE SET value = tallies.value + excluded.value, "
    "counted_at = excluded.counted_at",
)


def add_tally(engine: Engine, tally: Tally) -> None:
    """Add what was counted to the store, in a transaction of its own, and forget it; nothing counted costs nothing.

    Where the store fails it stays counted, for the next time.
    """
    if tally.counts:
        write(engine, lambda connection: add_counts(connection, tally, read_clock(connection).now()))
        tally.counts.clear()


def add_counts(connection: Connection, tally: Tally, now: datetime) -> None:
    """Add what was counted to the store, as the last thing that a transaction does: others wait for these rows."""
    # In one order, or two workers might each wait for the other.
    rows = [(*part, float(value), now) for part, value in sorted(tally.counts.items())]
    _ADD.execute_tuples(connection, rows)


def read_tallies(connection: Connection) -> Mapping[Part, float]:
    """Return all that was ever counted."""
    rows = connection.execute(select(TallyRow.name, TallyRow.labels, TallyRow.bound, TallyRow.value))
    return {(name, labels, bound): value for name, labels, bound, value in rows}
