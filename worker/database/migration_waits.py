"""What a migration waits for, and what it does not wait for: workers that poll, and others who read or write.

On PostgreSQL a change of a table waits for whoever uses it, and everybody else then waits behind the change. So it
waits for a moment only, gives way, and tries again a few times.
"""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from worker.database.clock import read_clock
from worker.database.engine import place_of, reading
from worker.database.feed_tables import HostRow
from worker.errors import StoreError

LOCKS_WITHIN = "1s"
"""How long a change of a table may keep others waiting behind it."""
_ATTEMPTS = 5
_LOOK_EVERY = 0.5
_PAUSE = timedelta(seconds=1)
# PostgreSQL's lock_not_available and deadlock_detected.
_IN_THE_WAY = {"55P03", "40P01"}
_OLDEST = text(
    "SELECT pid, application_name AS name, xact_start AT TIME ZONE 'UTC' AS began FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
    " ORDER BY xact_start LIMIT 1"
)


def give_way(engine: Engine, migrate: Callable[[], bool], attempts: int = _ATTEMPTS) -> bool:
    """Migrate in one transaction, again where others were in the way; StoreError says who still is in the end."""
    for attempt in range(1, attempts + 1):
        try:
            return migrate()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _IN_THE_WAY:
                raise
            if attempt == attempts:
                raise StoreError(_say_who_is_in_the_way(engine)) from error
        time.sleep(_PAUSE.total_seconds() * random.uniform(0.5, 1.5))  # noqa: S311 -- jitter, not a secret
    raise AssertionError("the last attempt returns or raises")


def _say_who_is_in_the_way(engine: Engine) -> str:
    with reading(engine) as connection:
        found = connection.execute(_OLDEST).first()
    who = (
        f"process {found.pid} of its server ({found.name or 'without a name'}), whose transaction began at "
        f"{found.began:%Y-%m-%d %H:%M:%S} UTC"
        if found
        else "others"
    )
    return (
        f"The tables of {place_of(engine)} are in use by {who}. Nothing was changed: wait until that is over, or end "
        "it, and run feedmill migrate again."
    )


def last_lease(connection: Connection, now: datetime) -> datetime | None:
    """Return until when workers hold hosts; None where no host is held."""
    until: datetime | None = connection.execute(
        select(func.max(HostRow.lease_until)).where(HostRow.lease_until > now)
    ).scalar_one()
    return until


def refuse_while_polled(connection: Connection) -> None:
    """Raise StoreError while workers hold hosts: code of the former version would go on writing afterwards."""
    now = read_clock(connection).now()
    if until := last_lease(connection, now):
        raise StoreError(
            f"The store {place_of(connection.engine)} is being polled: hosts are leased until {until:%H:%M:%S} UTC. "
            "Nothing was changed: stop workers, beats and feedmill run, then run feedmill migrate."
        )


def wait_for_leases(engine: Engine, tell: Callable[[datetime], None]) -> None:
    """Wait until no host is leased, at most until the last lease of now has run out; ``tell`` gets that moment first.

    What workers held that were killed is free by then.
    """
    until: datetime | None = None
    while True:
        with reading(engine) as connection:
            now = read_clock(connection).now()
            last = last_lease(connection, now)
        if last is None or (until and now > until):
            return
        if until is None:
            until = last
            tell(until)
        time.sleep(_LOOK_EVERY)
