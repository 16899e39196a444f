"""Turns: a task that beat sends runs once per interval, however many messages and workers there are."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Mapped

from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading
from worker.database.statements import upsert
from worker.database.types import Base, BigId, column


class TurnRow(Base):
    """When something that is done every so often was last begun."""

    __tablename__ = "turns"
    __table_args__ = ({"comment": "One row per thing that is done every so often, by whichever worker"},)

    name: Mapped[str] = column("What is done: a task by its name, or what had to be mended", primary_key=True)
    taken_at: Mapped[datetime] = column("When it was last begun, by the database's clock")
    note: Mapped[str | None] = column("Why it had to be done, in words; null for what is done every so often")
    noted_at: Mapped[datetime | None] = column("When that was last so")
    place: Mapped[int | None] = column("Up to which row it has come, where one run does not do all of them", BigId)


def take_turn(engine: Engine, name: str, every: timedelta) -> bool:
    """Take the turn to do something that is done ``every`` so often; return False when it is not due yet.

    Only the database's clock decides: a message does not say when it was sent, and its sender's clock may be wrong.
    """
    with reading(engine) as connection:
        taken_at = find_last_turn(connection, name)
        if taken_at and not _is_over(taken_at, read_clock(connection).now(), every):
            return False
    return write(engine, lambda connection: _take(connection, name, every))


def find_last_turn(connection: Connection, name: str) -> datetime | None:
    """Return when something was last begun, or None."""
    taken_at: datetime | None = connection.execute(select(TurnRow.taken_at).where(TurnRow.name == name)).scalar()
    return taken_at


def find_note(connection: Connection, name: str) -> str | None:
    """Return what was noted of something, or None."""
    note: str | None = connection.execute(select(TurnRow.note).where(TurnRow.name == name)).scalar()
    return note


def note_turn(connection: Connection, name: str, note: str | None, now: datetime) -> None:
    """Record that something was done and why, for whoever looks at the store's health; None takes that back."""
    noted = {"taken_at": now, "note": note, "noted_at": now if note else None}
    new = upsert(connection.dialect.name, TurnRow).values(name=name, **noted)
    connection.execute(new.on_conflict_do_update(index_elements=[TurnRow.name], set_=noted))


def find_place(connection: Connection, name: str) -> int:
    """Return up to which row something that takes several runs has come; 0 where it begins anew."""
    place: int | None = connection.execute(select(TurnRow.place).where(TurnRow.name == name)).scalar()
    return place or 0


def remember_place(connection: Connection, name: str, place: int, now: datetime) -> None:
    """Note up to which row a run has come, for the next one to go on from; 0 where it begins anew."""
    new = upsert(connection.dialect.name, TurnRow).values(name=name, taken_at=now, place=place)
    connection.execute(new.on_conflict_do_update(index_elements=[TurnRow.name], set_={"place": place}))


def _take(connection: Connection, name: str, every: timedelta) -> bool:
    now = read_clock(connection).now()
    new = upsert(connection.dialect.name, TurnRow).values(name=name, taken_at=now)
    is_over = _is_over(TurnRow.taken_at, now, every)
    taken = new.on_conflict_do_update(index_elements=[TurnRow.name], set_={"taken_at": now}, where=is_over)
    return connection.execute(taken.returning(TurnRow.name)).first() is not None


def _is_over(taken_at: Any, now: datetime, every: timedelta) -> Any:
    """Say whether a turn is over: a bool for a moment, a condition for a column."""
    # Half the interval: a second beat, or a message that comes a little early, must not make the task half as frequent.
    # A turn far in the future was taken by a clock that has been set right since.
    return (taken_at <= now - every / 2) | (taken_at > now + every)
