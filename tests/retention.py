"""Making articles old, and pruning them: the verbs of the tests of retention."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Engine, inspect, select, update

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.document_tables import DocumentRow
from worker.database.engine import writing
from worker.database.feed_tables import ScheduleRow
from worker.database.types import Base
from worker.retention.pruning import prune_some
from worker.settings import Settings

MONTH = timedelta(days=30)
_TIMES: Mapping[type[Base], tuple[str, ...]] = {
    ArticleRow: ("first_seen_at",),
    SightingRow: ("first_seen_at", "read_at", "left_at"),
    ScheduleRow: ("last_success_at",),
    DocumentRow: ("polled_at", "read_at", "served_at"),
}


def age(store: Engine, by: timedelta) -> None:
    """Let all that articles, sightings and documents tell of their times lie further back."""
    with writing(store) as connection:
        for table, names in _TIMES.items():
            keys = inspect(table).primary_key
            for row in connection.execute(select(table)).mappings().all():
                earlier = {name: row[name] - by for name in names if row[name]}
                if earlier:
                    mine = (key == row[key.name] for key in keys)
                    connection.execute(update(table).where(*mine).values(earlier))


def prune_older_than(store: Engine, kept_for: timedelta | None = MONTH) -> int:
    """Prune as the hourly task does; return how many articles went."""
    chosen = Settings(retain_articles=kept_for, retain_documents=timedelta(days=365))
    return prune_some(store, chosen, lambda: False).articles
