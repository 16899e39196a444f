"""The promised views: what they have, who may read them, and what becomes of them when the tables below them change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, Engine, inspect, select, text

from tests.filled import ROWS, fill_every_table
from tests.plans import find_scans, recording
from worker.database.article_tables import ArticleRow
from worker.database.engine import open_store, reading, writing
from worker.database.following_triggers import find_followers
from worker.database.schema import migrate
from worker.database.view_making import migrate_below_views
from worker.database.views import ARTICLES, FEEDS, VIEWS
from worker.errors import StoreError

# The promise of version 1: a column may be added at the end; nothing else may change here.
PROMISED = {
    "v1_articles": (
        "id feed_id guid url original_url title authors published_at updated_at first_seen_at summary html text "
        "language language_source tags enclosures image_url podcast dateline_place dateline_date agency "
        "agency_as_written slug notice notice_number note urgency acts_on killed_by revision story_id feed_url"
    ),
    "v1_feeds": (
        "id url title site_url host tags state state_reason added_at interval next_poll_at next_poll_reason "
        "last_attempt_at last_success_at last_changed_at failures failing_since error_class error gaps quality "
        "quality_reason quality_since"
    ),
    "v1_coverage": ("feed_id day polls failed_polls gaps filled_gaps new_articles published_articles quality"),
    "v1_stories": "id size first_article_id title url notice killed_by first_seen_at last_seen_at",
}
NUMBERS = "id feed_id acts_on killed_by story_id first_article_id"
COUNTS = "failures gaps size polls failed_polls filled_gaps new_articles published_articles"
TYPES = {
    **dict.fromkeys(NUMBERS.split(), "BIGINT"),
    **dict.fromkeys(f"notice_number urgency revision {COUNTS}".split(), "INTEGER"),
    **dict.fromkeys("authors tags enclosures podcast".split(), "JSONB"),
    "dateline_date": "DATE",
    "day": "DATE",
    "interval": "DOUBLE PRECISION",
}
# What may hold how a feed is asked for, or what a lease is known by.
SECRETS = {"options", "request", "headers", "user", "proxy", "push", "lease_token", "etag", "last_modified"}


def _type_of(name: str) -> str:
    return TYPES.get(name, "TIMESTAMP" if name.endswith(("_at", "_since")) else "TEXT")


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_a_view_has_the_promised_columns_in_their_order(store: Engine, view: Any) -> None:
    columns = inspect(store).get_columns(view.name)
    names = PROMISED[view.name].split()
    assert [column["name"] for column in columns][: len(names)] == names
    if store.dialect.name == "postgresql":
        shown = {column["name"]: str(column["type"]) for column in columns}
        assert {name: shown[name] for name in names} == {name: _type_of(name) for name in names}
        zoned = [column["name"] for column in columns if getattr(column["type"], "timezone", None) is False]
        assert zoned == []


def test_no_view_shows_how_a_feed_is_asked_for(store: Engine) -> None:
    for view in VIEWS:
        assert {column["name"] for column in inspect(store).get_columns(view.name)} & SECRETS == set()


def test_the_meaning_of_each_column_reaches_postgresql(postgres: Engine) -> None:
    inspector = inspect(postgres)
    for view in VIEWS:
        assert inspector.get_table_comment(view.name)["text"] == view.comment
        shown = {column["name"]: column["comment"] for column in inspector.get_columns(view.name)}
        assert shown == view.comments()
        assert [name for name, comment in shown.items() if not comment or comment == "None"] == []


def test_a_view_shows_what_the_tables_have(store: Engine) -> None:
    fill_every_table(store)
    with reading(store) as connection:
        articles = connection.execute(select(ARTICLES.table).order_by("id")).mappings().all()
        rows = connection.execute(select(ArticleRow.__table__).order_by("id")).mappings().all()
        feeds = connection.execute(select(FEEDS.table).order_by("id")).mappings().all()
    assert len(articles) == len(feeds) == ROWS
    assert [{name: row[name] for name in row if name in articles[0]} for row in rows] == [
        {name: row[name] for name in row if name != "feed_url"} for row in articles
    ]
    assert [row["feed_url"] for row in articles] == [row["url"] for row in feeds]


def test_tags_of_a_feed_are_a_sorted_list_and_an_empty_one_without_any(store: Engine) -> None:
    with writing(store) as connection:
        for number in (1, 2):
            connection.execute(
                text("INSERT INTO feeds (url, url_key, added_at) VALUES (:url, :url, :now)").bindparams(
                    sa.bindparam("now", datetime(2026, 11, 24, tzinfo=UTC), type_=ArticleRow.first_seen_at.type),
                    url=f"u{number}",
                )
            )
        for tag in ("ä", "b", "Z", 'quo"ted'):
            connection.execute(text("INSERT INTO feed_tags (feed_id, tag) VALUES (1, :tag)"), {"tag": tag})
    with reading(store) as connection:
        tags = connection.execute(select(FEEDS.table.c.tags).order_by(FEEDS.table.c.id)).scalars().all()
    assert tags == [["Z", "b", 'quo"ted', "ä"], []]


def test_a_views_rows_of_a_time_are_found_by_an_index(store: Engine) -> None:
    fill_every_table(store)
    view = ARTICLES.table
    with recording(store) as statements, reading(store) as connection:
        since = view.c.first_seen_at >= datetime(2026, 11, 24, tzinfo=UTC)
        connection.execute(select(view).where(since).order_by(view.c.first_seen_at).limit(1)).all()
        connection.execute(select(view).where(view.c.story_id == 1)).all()
    assert list(find_scans(store, statements, ROWS)) == []


@contextmanager
def _operations(store: Engine) -> Iterator[tuple[Connection, Operations]]:
    with writing(store) as connection:
        yield connection, Operations(MigrationContext.configure(connection))


def _change_shown_columns(operations: Operations) -> None:
    """Do what views are in the way of: rebuild a table on SQLite, change a column's type on PostgreSQL."""
    with operations.batch_alter_table("articles") as batch:
        batch.alter_column("title", type_=sa.String(5_000), existing_type=sa.Text(), existing_nullable=False)


def test_a_migration_may_change_what_a_view_shows(store: Engine) -> None:
    with pytest.raises(Exception, match="v1_articles|search_"), _operations(store) as (_, operations):
        _change_shown_columns(operations)
    with _operations(store) as (connection, operations):
        migrate_below_views(connection, lambda: _change_shown_columns(operations), is_newest=True)
    columns = {column["name"]: column for column in inspect(store).get_columns("v1_articles")}
    assert str(columns["title"]["type"]) == "VARCHAR(5000)"
    assert [*columns] == PROMISED["v1_articles"].split()


def test_search_still_follows_the_articles_of_a_table_that_was_changed(store: Engine) -> None:
    with _operations(store) as (connection, operations):
        before = {each.name for each in find_followers(connection)}
        migrate_below_views(connection, lambda: _change_shown_columns(operations), is_newest=True)
        assert {each.name for each in find_followers(connection)} == before
    assert {"search_inserted", "search_reworded", "search_deleted"} <= before


def test_a_view_may_get_another_column_at_its_end(store: Engine) -> None:
    longer = replace(
        ARTICLES, query=lambda dialect: ARTICLES.query(dialect).add_columns(ArticleRow.wire_key.label("wire_key"))
    )
    with writing(store) as connection:
        migrate_below_views(connection, lambda: None, is_newest=True, views=[longer])
    shown = [column["name"] for column in inspect(store).get_columns("v1_articles")]
    assert shown == [*PROMISED["v1_articles"].split(), "wire_key"]


def test_older_schemas_have_no_views(store: Engine) -> None:
    migrate(store, "0029")
    assert inspect(store).get_view_names() == []
    migrate(store)
    assert {name for name in inspect(store).get_view_names() if name.startswith("v1_")} == {*PROMISED}


def test_what_roles_may_read_survives_a_migration_that_makes_views_anew(postgres: Engine) -> None:
    with postgres.connect() as connection, connection.begin() as transaction:
        # Roles belong to the whole server: none of this is committed.
        connection.execute(text('CREATE ROLE "Data Team"'))
        connection.execute(text('GRANT SELECT ON v1_articles TO "Data Team" WITH GRANT OPTION'))
        connection.execute(text("GRANT SELECT ON v1_feeds TO PUBLIC"))
        operations = Operations(MigrationContext.configure(connection))
        migrate_below_views(connection, lambda: _change_shown_columns(operations), is_newest=True)
        connection.execute(text('SET LOCAL ROLE "Data Team"'))
        for view in ("v1_articles", "v1_feeds"):
            assert connection.execute(text(f"SELECT * FROM {view}")).all() == []
        with pytest.raises(Exception, match="permission denied"):
            connection.execute(text("SELECT * FROM articles"))
        transaction.rollback()


def test_somebody_elses_view_rests_on_ours_while_migrations_only_add(postgres: Engine) -> None:
    with _operations(postgres) as (connection, operations):
        connection.execute(text("CREATE VIEW theirs AS SELECT id, title FROM v1_articles"))
        add = lambda: operations.add_column("articles", sa.Column("more", sa.Text()))  # noqa: E731
        migrate_below_views(connection, add, is_newest=True)
        assert connection.execute(text("SELECT * FROM theirs")).all() == []


def test_somebody_elses_view_is_named_where_ours_has_to_go(postgres: Engine) -> None:
    with writing(postgres) as connection:
        connection.execute(text("CREATE VIEW theirs AS SELECT id, title FROM v1_articles"))
    with (
        pytest.raises(StoreError, match="view theirs depends on view v1_articles, .*Nothing was changed: drop what"),
        _operations(postgres) as (connection, operations),
    ):
        migrate_below_views(connection, lambda: _change_shown_columns(operations), is_newest=True)
    assert "theirs" in inspect(postgres).get_view_names()


@pytest.mark.parametrize("kind", ["VIEW v1_feeds AS SELECT 1 AS id", "TABLE v1_feeds (id INTEGER)"])
def test_what_somebody_else_calls_by_a_views_name_is_left_alone(store_url: str, kind: str) -> None:
    store = open_store(store_url)
    migrate(store, "0029")
    with writing(store) as connection:
        connection.execute(text(f"CREATE {kind}"))
    with pytest.raises(StoreError, match="has v1_feeds, which Feedmill did not make: rename that"):
        migrate(store)
    store.dispose()
