"""The one clock: the database's, read once and carried on by this process's monotonic clock."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Clock:
    """A reading of the database's clock; no worker's wall clock ever decides a lease or a due time."""

    read_at: datetime
    monotonic_at: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """Return the reading plus the time since, in UTC."""
        return self.read_at + timedelta(seconds=time.monotonic() - self.monotonic_at)


def read_clock(connection: Connection) -> Clock:
    """Ask the database what time it is."""
    if connection.dialect.name == "sqlite":
        written: str = connection.exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', 'now')").scalar_one()
        return Clock(datetime.fromisoformat(written))
    # Not now(): that is when the transaction began.
    read: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return Clock(read.astimezone(UTC))
