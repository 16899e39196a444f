"""Days: ledger and outbox lose their default partitions, beside which PostgreSQL attaches and detaches none unnoticed.

What was written before the first day has a partition of its own. Revision 0012.
"""

import re
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from worker.migrations.columns import create_default_partition

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PARTITIONED = {"polls": "started_at", "events": "created_at"}
_DAY = timedelta(days=1)


def upgrade() -> None:
    for table, by in _PARTITIONED.items() if op.get_bind().dialect.name == "postgresql" else ():
        first = _first_day(table)
        op.execute(f"ALTER TABLE {table} DETACH PARTITION {table}_default")
        op.execute(f"CREATE TABLE {table}_earlier PARTITION OF {table} FOR VALUES FROM (MINVALUE) TO ('{first}')")
        for day in _days_of_default(table, by, first):
            bounds = f"FROM ('{day}') TO ('{day + _DAY}')"
            op.execute(f"CREATE TABLE {table}_{day:%Y%m%d} PARTITION OF {table} FOR VALUES {bounds}")
        _move_rows(table, f"{table}_default")


def downgrade() -> None:
    for table in _PARTITIONED if op.get_bind().dialect.name == "postgresql" else ():
        op.execute(f"ALTER TABLE {table} DETACH PARTITION {table}_earlier")
        create_default_partition(table)
        _move_rows(table, f"{table}_earlier")


def _first_day(table: str) -> datetime:
    """Return the first day that has a partition, or is to have one at once."""
    today: datetime = op.get_bind().execute(sa.text("SELECT date_trunc('day', now(), 'UTC')")).scalar_one()
    names = sa.inspect(op.get_bind()).get_table_names()
    days = (match[1] for name in names if (match := re.fullmatch(rf"{table}_(\d{{8}})", name)))
    return min(today - _DAY, *(datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC) for day in days), today)


def _days_of_default(table: str, by: str, first: datetime) -> list[datetime]:
    """Return the days whose rows are in the default partition, having none of their own."""
    moment = sa.column(by, sa.DateTime(timezone=True))
    days = sa.select(sa.func.date_trunc("day", moment, "UTC")).select_from(sa.table(f"{table}_default")).distinct()
    return list(op.get_bind().execute(days.where(moment >= first)).scalars())


def _move_rows(table: str, detached: str) -> None:
    """Move the rows of what was a partition to those that the table has now."""
    op.execute(f"INSERT INTO {table} TABLE {detached}")
    op.execute(f"DROP TABLE {detached}")
