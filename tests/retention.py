"""Making articles old, and pruning them: the verbs of the tests of retention."""

from datetime import timedelta

from sqlalchemy import Engine, select, update

from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.engine import writing
from worker.database.feed_tables import ScheduleRow
from worker.retention.pruning import prune
from worker.settings import Settings

MONTH = timedelta(days=30)


def age(store: Engine, by: timedelta) -> None:
    """Let all that articles and sightings tell of their times lie further back."""
    with writing(store) as connection:
        for table, keys in ((ArticleRow, ("first_seen_at",)), (SightingRow, ("first_seen_at", "read_at", "left_at"))):
            for row in connection.execute(select(table)).mappings().all():
                earlier = {key: row[key] - by for key in keys if row[key]}
                connection.execute(update(table).where(table.id == row["id"]).values(earlier))
        for row in connection.execute(select(ScheduleRow)).mappings().all():
            earlier = {"last_success_at": row["last_success_at"] - by} if row["last_success_at"] else {}
            if earlier:
                mine = update(ScheduleRow).where(ScheduleRow.feed_id == row["feed_id"])
                connection.execute(mine.values(earlier))


def prune_older_than(store: Engine, kept_for: timedelta | None = MONTH) -> int:
    """Prune as the command does; return how many articles went."""
    return prune(store, Settings(retain_articles=kept_for)).articles
