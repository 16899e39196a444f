"""The views that are promised to whoever reads the store by SQL: their names, columns and what each one means.

``docs/datasets.md`` has the promise: in version 1 columns are added at the end, and nothing else changes. So a view
names each of its columns here, whatever the tables below it come to look like. ``worker/database/view_making.py`` makes
them at the end of every migration.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Label, Select, Table, literal_column, select, type_coerce
from sqlalchemy.sql.ddl import CreateView

from worker.database.article_tables import ArticleRow
from worker.database.coverage_view import COVERAGE_COMMENTS, select_coverage
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.story_tables import StoryRow
from worker.database.types import Base, Json

# SQLite before 3.44 cannot be told an order in there; it reads the tags in that of their key, which is the same one.
_TAGS = {
    "sqlite": "(SELECT json_group_array(tag) FROM feed_tags WHERE feed_tags.feed_id = feeds.id)",
    "postgresql": "(SELECT coalesce(jsonb_agg(tag ORDER BY tag COLLATE \"C\"), '[]')"
    " FROM feed_tags WHERE feed_tags.feed_id = feeds.id)",
}


@dataclass(frozen=True, slots=True)
class View:
    """A view: its name, since when there is one, what a row of it is, its query, and what its columns mean."""

    name: str
    since: str
    """The schema that first had it."""
    comment: str
    query: Callable[[str], Select[*tuple[Any, ...]]]
    """Of a kind of database, as SQLAlchemy calls it."""
    own_comments: Mapping[str, str] = field(default_factory=dict)
    """Of the columns that do not mean what the column below them does; by name."""

    def comments(self) -> dict[str, str]:
        """Return what each column means, in the order of the columns."""
        return {
            column.name: self.own_comments.get(column.name) or _comment_below(column)
            for column in self.query("postgresql").selected_columns
        }

    def creation(self, dialect: str) -> CreateView:
        """Return the statement that creates the view; PostgreSQL replaces one that is there."""
        return CreateView(self.query(dialect), self.name, or_replace=dialect == "postgresql")

    @property
    def table(self) -> Table:
        """The view as something to select from."""
        return self.creation("sqlite").table


def _comment_below(column: Any) -> str:
    below = column.element if isinstance(column, Label) else column
    return str(below.comment)


def _named(table: type[Base], names: str) -> list[Any]:
    return [table.__table__.columns[name] for name in names.split()]


def _select_articles(_dialect: str) -> Select[*tuple[Any, ...]]:
    names = (
        "id feed_id guid url original_url title authors published_at updated_at first_seen_at summary html text "
        "language language_source tags enclosures image_url podcast dateline_place dateline_date agency "
        "agency_as_written slug notice notice_number note urgency acts_on killed_by revision story_id"
    )
    query = select(*_named(ArticleRow, names), FeedRow.url.label("feed_url"))
    return query.join(FeedRow, FeedRow.id == ArticleRow.feed_id)


def _select_feeds(dialect: str) -> Select[*tuple[Any, ...]]:
    # Never what it is asked for with: options, request.
    of_quality = "gaps quality quality_reason quality_since"
    of_schedule = (
        "interval next_poll_at next_poll_reason last_attempt_at last_success_at last_changed_at failures failing_since "
        "error_class error"
    )
    tags = type_coerce(literal_column(_TAGS[dialect]), Json())
    columns = (
        *_named(FeedRow, "id url title site_url"),
        HostRow.name.label("host"),
        tags.label("tags"),
        *_named(FeedRow, "state state_reason added_at"),
        *_named(ScheduleRow, of_schedule),
        *_named(FeedRow, of_quality),
    )
    query = select(*columns).outerjoin(ScheduleRow, ScheduleRow.feed_id == FeedRow.id)
    return query.outerjoin(HostRow, HostRow.id == ScheduleRow.host_id)


def _select_stories(_dialect: str) -> Select[*tuple[Any, ...]]:
    columns = (
        *_named(StoryRow, "id size first_article_id"),
        *_named(ArticleRow, "title url notice killed_by"),
        *_named(StoryRow, "first_seen_at last_seen_at"),
    )
    query = select(*columns).outerjoin(ArticleRow, ArticleRow.id == StoryRow.first_article_id)
    return query.where(StoryRow.parent.is_(None), StoryRow.size > 0)


ARTICLES = View(
    "v1_articles",
    "0031",
    "One row per article, as `feedmill articles --json` shows it",
    _select_articles,
    {"feed_url": "URL of the feed that carried it first"},
)
FEEDS = View(
    "v1_feeds",
    "0031",
    "One row per feed, removed ones too: articles name them; how it is asked for, and with what secrets, is left out",
    _select_feeds,
    {"host": "The host that serves it, with its port; null for a seed file", "tags": "Its tags, a JSON list"},
)
STORIES = View(
    "v1_stories",
    "0031",
    "One row per story, also of those that a single article tells",
    _select_stories,
    {
        "size": "How many articles tell it",
        "title": "Title of the first article",
        "url": "URL of the first article",
        "notice": "What the first article is to what was sent before, as in v1_articles",
        "killed_by": "The article that kills the first one; null while that stands",
    },
)
COVERAGE = View(
    "v1_coverage",
    "0032",
    "One row per feed and day: whether it was polled, what came, and what was missed",
    select_coverage,
    COVERAGE_COMMENTS,
)
VIEWS = (ARTICLES, FEEDS, STORIES, COVERAGE)
"""All views, in the order in which they are made; one may rest on those before it."""
