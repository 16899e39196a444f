"""The tables around the outbox: between which positions events are kept, and who has them delivered."""

from sqlalchemy import CheckConstraint, Integer
from sqlalchemy.orm import Mapped

from worker.database.base import Base, column
from worker.database.types import BigId


class EventBoundsRow(Base):
    """Between which positions events are kept: one row, which the sequencer locks while it numbers."""

    __tablename__ = "event_bounds"
    __table_args__ = (
        CheckConstraint("id = 1", name="ck_event_bounds_one_row"),
        {"comment": "One row: between which positions events are kept"},
    )

    id: Mapped[int] = column("Always 1", Integer, primary_key=True, autoincrement=False)
    numbered_to: Mapped[int] = column("The newest position that was given to an event", BigId)
    dropped_to: Mapped[int] = column(
        "The newest position that was dropped by retention: a cursor below it has missed events", BigId
    )
