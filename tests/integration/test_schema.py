from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, PrimaryKeyConstraint, Table, UniqueConstraint, inspect, text

from worker.database.engine import open_store, reading, writing
from worker.database.schema import METADATA, SCHEMA_VERSION, alembic_config, check_schema, migrate
from worker.errors import StoreError


def test_the_migrations_make_exactly_the_tables_of_the_code(store: Engine) -> None:
    def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        # The partitions of polls and events are made by maintenance, and the index of search by its migration.
        return not (kind == "table" and (name or "").startswith(("polls_", "events_", "search_")))

    with reading(store) as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": is_ours, "compare_server_default": True}
        )
        assert compare_metadata(context, METADATA) == []


def test_every_table_and_column_says_what_it_holds() -> None:
    silent = [
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if not column.comment
    ]
    assert silent + [table.name for table in METADATA.tables.values() if not table.comment] == []


def test_every_foreign_key_has_an_index_by_which_a_deletion_finds_its_rows() -> None:
    missing = [
        f"{table.name}.{key.parent.name}"
        for table in METADATA.tables.values()
        for key in table.foreign_keys
        if key.parent.name not in {next(iter(index.columns)).name for index in [*table.indexes, *_unique(table)]}
    ]
    assert missing == []


def _unique(table: Table) -> list[UniqueConstraint | PrimaryKeyConstraint]:
    kinds = (UniqueConstraint, PrimaryKeyConstraint)
    return [constraint for constraint in table.constraints if isinstance(constraint, kinds) and constraint.columns]


def test_comments_reach_postgresql(postgres_url: str) -> None:
    engine = open_store(postgres_url)
    migrate(engine)
    inspector = inspect(engine)
    assert inspector.get_table_comment("articles")["text"] == METADATA.tables["articles"].comment
    assert {column["name"]: column["comment"] for column in inspector.get_columns("hosts")} == {
        column.name: column.comment for column in METADATA.tables["hosts"].columns
    }
    engine.dispose()


def test_postgresql_packs_the_words_of_articles_by_lz4_where_it_was_built_with_that(postgres_url: str) -> None:
    engine = open_store(postgres_url)
    migrate(engine)
    methods = "SELECT enumvals FROM pg_settings WHERE name = 'default_toast_compression'"
    packed = (
        "SELECT attrelid::regclass || '.' || attname, attcompression FROM pg_attribute "
        "WHERE attrelid IN ('articles'::regclass, 'revisions'::regclass) AND attname IN ('html', 'text')"
    )
    with reading(engine) as connection:
        has_lz4 = "lz4" in connection.execute(text(methods)).scalar_one()
        by_column = {row[0]: row[1] for row in connection.execute(text(packed))}
    assert by_column == dict.fromkeys(
        ("articles.html", "articles.text", "revisions.html", "revisions.text"), "l" if has_lz4 else ""
    )
    engine.dispose()


def test_migrating_twice_does_nothing_the_second_time(store: Engine) -> None:
    assert migrate(store) is False


def test_migrations_go_all_the_way_down_and_up_again(store: Engine) -> None:
    migrate(store, "base")
    assert set(inspect(store).get_table_names()) <= {"alembic_version"}
    assert migrate(store) is True
    check_schema(store)


def test_the_code_names_the_newest_migration(store: Engine) -> None:
    with reading(store) as connection:
        assert ScriptDirectory.from_config(alembic_config(connection)).get_current_head() == SCHEMA_VERSION


@pytest.mark.parametrize("table", ["feeds", "articles", "polls", "webhooks"])
def test_sqlite_never_gives_an_id_again_that_was_told_outside(tmp_path: Path, table: str) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/store.db")
    migrate(engine)
    made = text("SELECT sql FROM sqlite_master WHERE name = :table")
    with reading(engine) as connection:
        assert "PRIMARY KEY AUTOINCREMENT" in connection.execute(made, {"table": table}).scalar_one()
    assert METADATA.tables[table].dialect_options["sqlite"]["autoincrement"]
    engine.dispose()


def test_a_migration_that_breaks_half_way_leaves_nothing_behind(store_url: str) -> None:
    engine = open_store(store_url)
    with writing(engine) as connection:
        # The second migration stumbles over this after the first has made its tables.
        connection.execute(text("CREATE TABLE sightings (id INTEGER)"))
        # As after a downgrade: without it the store would be another program's.
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
    with pytest.raises(Exception, match="sightings"):
        migrate(engine)
    assert sorted(inspect(engine).get_table_names()) == ["alembic_version", "sightings"]
    engine.dispose()


@pytest.mark.parametrize("table", ["articles (id INTEGER)", "alembic_version AS SELECT 'a1b2c3' AS version_num"])
def test_another_programs_database_is_left_alone(store_url: str, table: str) -> None:
    engine = open_store(store_url)
    with writing(engine) as connection:
        connection.execute(text(f"CREATE TABLE {table}"))
    for work in (migrate, check_schema):
        with pytest.raises(StoreError, match="is another program's"):
            work(engine)
    engine.dispose()


def test_an_empty_store_asks_to_be_migrated(store_url: str) -> None:
    engine = open_store(store_url)
    with pytest.raises(StoreError, match="is empty.*run feedmill migrate"):
        check_schema(engine)
    engine.dispose()


def test_a_store_newer_than_the_code_is_refused(store: Engine) -> None:
    with writing(store) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999.*upgrade Feedmill"):
        check_schema(store)
    with pytest.raises(StoreError, match="9999.*upgrade Feedmill"):
        migrate(store)


def test_the_ledger_has_a_partition_for_today_on_postgresql(postgres_url: str) -> None:
    engine = open_store(postgres_url)
    migrate(engine)
    with writing(engine) as connection:
        connection.execute(
            text(
                "INSERT INTO polls (feed_id, started_at, duration, outcome, bytes, new, updated) "
                "VALUES (1, now(), 0, 'new', 0, 0, 0)"
            )
        )
        partition = connection.execute(text("SELECT tableoid::regclass::text FROM polls")).scalar_one()
    assert partition.startswith("polls_2")
    engine.dispose()
