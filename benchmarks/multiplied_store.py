"""Stores as large as those of a deployment: one feed is polled, and the database copies its rows a million times.

So every row is what a poll writes, and a copy that is polled finds its entries known. All copies have the articles of
the one feed, shortened; each has a host of its own, a poll within the last hour, and falls due in the hours to come.
"""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, text

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import FeedRow, HostRow, PollRow, ScheduleRow
from worker.database.types import Base, UtcDateTime

# Moments that the copies share.
_MOMENTS = 3_600
_DAYS_OF_ARTICLES = timedelta(days=14)
_FIRST_DUE = timedelta(minutes=30)
# Characters of an article that are kept: sizes are of rows, and a million feeds must fit on a small disk.
_KEPT = 300
_OWN_ID = (HostRow, FeedRow, ArticleRow)
# ``d`` is the number of a copy and its feed, ``each`` the articles of one; ``past`` lies within days, ``recent`` within
# an hour, ``coming`` hours ahead.
_COPIED: Mapping[type[Base], Mapping[str, str]] = {
    HostRow: {"id": "id + d", "name": "copies.address", "claimable_at": "coming", "next_request_at": "recent"},
    FeedRow: {"id": "id + d", "url": "feed_url", "url_key": "feed_url", "added_at": "past"},
    ScheduleRow: {
        "feed_id": "feed_id + d",
        "host_id": "host_id + d",
        "next_poll_at": "coming",
        "last_attempt_at": "recent",
        "last_success_at": "recent",
        "last_changed_at": "past",
        # One in fifty fails.
        "error_class": "CASE WHEN d % 50 = 0 THEN 'timeout' END",
        "failing_since": "CASE WHEN d % 50 = 0 THEN recent END",
        "failures": "CASE WHEN d % 50 = 0 THEN 1 ELSE 0 END",
    },
    ArticleRow: {
        "id": "id + d * each",
        "feed_id": "feed_id + d",
        "html": f"substr(html, 1, {_KEPT})",
        "text": f"substr(text, 1, {_KEPT})",
        "published_at": "past",
        "first_seen_at": "past",
        # Stories of their own would have as many keys again; grouping is measured elsewhere.
        "grouped_at": "past",
    },
    RevisionRow: {
        "article_id": "article_id + d * each",
        "feed_id": "feed_id + d",
        "seen_at": "past",
        "polled_at": "past",
    },
    SightingRow: {"feed_id": "feed_id + d", "article_id": "article_id + d * each", "first_seen_at": "past"},
    PollRow: {
        "feed_id": "feed_id + d",
        "started_at": "recent",
        "outcome": "CASE WHEN d % 50 = 0 THEN 'transient' WHEN d % 20 = 1 THEN 'new' ELSE 'unchanged' END",
        "http_status": "CASE WHEN d % 50 = 0 THEN NULL WHEN d % 5 = 1 THEN 200 ELSE 304 END",
        "error_class": "CASE WHEN d % 50 = 0 THEN 'timeout' END",
        "next_poll_at": "coming",
    },
}


def multiply(store: Engine, port: int, feeds: int) -> None:
    """Copy the one feed of a store until there are so many, numbered as the feed server at ``port`` numbers them."""
    with writing(store) as connection:
        if connection.dialect.name == "postgresql":
            # Foreign keys are not looked up one by one.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        _number_copies(connection, port, feeds)
        for table, changed in _COPIED.items():
            _copy_rows(connection, table, changed)
    with store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As a store of that age has been.
        is_postgresql = store.dialect.name == "postgresql"
        cleaning = "VACUUM (ANALYZE)" if is_postgresql else "ANALYZE"  # codespell:ignore analyze
        connection.execute(text(cleaning))
    # With its connections the temporary tables go.
    store.dispose()


def _number_copies(connection: Connection, port: int, feeds: int) -> None:
    """Make a table of the copies, each with its address and its moments."""
    names = ("past", "recent", "coming")
    columns = (Column("k", Integer()), *(Column(name, UtcDateTime()) for name in names))
    moments = Table("moments", MetaData(), *columns, prefixes=["TEMPORARY"])
    moments.create(connection)
    now = read_clock(connection).now()
    rows = [
        {
            "k": k,
            "past": now - _DAYS_OF_ARTICLES * (k + 1) / _MOMENTS,
            "recent": now - timedelta(seconds=k + 1),
            "coming": now + _FIRST_DUE + timedelta(seconds=k),
        }
        for k in range(_MOMENTS)
    ]
    connection.execute(moments.insert(), rows)
    # As ``feed_server.address_of`` has it.
    address = f"'127.' || (10 + d / 62500) || '.' || (d / 250 % 250) || '.' || (d % 250 + 1) || '\\:{port}'"
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE copies AS"
            f" WITH RECURSIVE n(d) AS (SELECT 1 UNION ALL SELECT d + 1 FROM n WHERE d < {feeds - 1})"
            f" SELECT d, {address} AS address, 'http\\://' || {address} || '/' || d AS feed_url,"
            " past, recent, coming, (SELECT count(*) FROM articles) AS each"
            f" FROM n JOIN moments ON k = d % {_MOMENTS} ORDER BY d"
        )
    )


def _copy_rows(connection: Connection, table: type[Base], changed: Mapping[str, str]) -> None:
    name = table.__tablename__
    kept = [column.name for column in table.__table__.columns if column.name != "id" or table in _OWN_ID]
    made = ", ".join(changed.get(column, f"copied_{name}.{column}") for column in kept)
    # Apart, so that the rows that are read are not those that are written.
    connection.execute(text(f"CREATE TEMPORARY TABLE copied_{name} AS SELECT * FROM {name}"))
    # Ids of polls rise with their times.
    order = "ORDER BY recent" if table is PollRow else ""
    rows = f"SELECT {made} FROM copies CROSS JOIN copied_{name} {order}"
    connection.execute(text(f"INSERT INTO {name} ({', '.join(kept)}) {rows}"))
    if connection.dialect.name == "postgresql" and table in _OWN_ID:
        newest = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}"
        connection.execute(text(newest))
