"""A store with very many rows of everything, which the database makes itself in a second or two."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, text

from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.types import UtcDateTime

ROWS = 30_000
"""Of hosts half as many: the first one has half of all feeds, each of the others one."""

_MOMENTS = 100
_FILL = {
    "hosts (name, claimable_at, domain, has_siblings, address)": (
        "'h' || i || '.example:443', coming, 'blogs.example:443', true, 'a' || i FROM numbered WHERE i <= :rows / 2"
    ),
    "feeds (url, url_key, title, site_url, added_at)": (
        "'https://h' || i || '.example/', 'https://h' || i || '.example/', 'Feed ' || i, 'https://h.example/', past"
    ),
    "schedules (feed_id, host_id, next_poll_at, last_success_at, error_class, failing_since, failures, attempts)": (
        "i, CASE WHEN i <= :rows / 2 THEN 1 ELSE i - :rows / 2 END, coming, past,"
        " CASE WHEN i % 50 = 0 THEN 'timeout' END, CASE WHEN i % 50 = 0 THEN past END, 0, 0"
    ),
    "feed_aliases (url_key, url, feed_id, since)": "'https://o' || i || '.example/', 'https://o.example/', i, past",
    "feed_tags (feed_id, tag)": "i, 'tag ' || i % 1000",
    "seed_files (uri, name, body_hash, feed_id, read_at)": (
        "'file:///seeds/' || i || '/a' || i, 'a' || i, CAST('body' || i AS blob), i, past"
    ),
    "documents (feed_id, content_hash, url, guid_policy, first_polled_at, polled_at, read_at, served_at, length,"
    " body)": (
        "i, CAST('body' || i AS blob), 'https://h.example/', 'guid', past, past, past, past, 4, CAST('body' AS blob)"
    ),
    "subscriptions (feed_id, hub_url, topic, salt, state, next_attempt_at)": (
        "i, 'https://hub.example/', 'https://h' || i || '.example/', 's', 'named', coming"
    ),
    "deliveries (subscription_id, received_at)": "i, past",
    "polls (feed_id, started_at, duration, outcome, http_status, bytes, new, updated)": (
        "i, past, 0.2, 'unchanged', 304, 300, 0, 0"
    ),
    "backfills (feed_id, begun_at, is_asked, most_documents, next_url, source, seen, outcome)": (
        "i, past, false, 100, 'https://h.example/older', 'robots.txt', CAST('' AS blob), 'given up'"
    ),
    "tickets (asked_at)": "past",
    "ticket_feeds (ticket_id, place, name, feed_id)": "i, 0, i, i",
    "articles (feed_id, guid, match_key, url, title, authors, published_at, first_seen_at, summary, html, text, tags,"
    " enclosures, content_hash, policy_version, story_id, grouped_at)": (
        "i, 'g' || i, 'https://h.example/' || i, 'https://h.example/' || i, 'Article ' || i, '[]', past, past, '',"
        " '', 'Words of article ' || i, '[]', '[]', CAST('content' || i AS blob), 1, i - i % 2, past"
    ),
    "revisions (article_id, number, content_hash, feed_id, seen_at, polled_at, title)": (
        "i, 1, CAST('content' || i AS blob), i, past, past, 'Article ' || i"
    ),
    "sightings (feed_id, article_id, guid, guid_hash, fingerprint, content_hash, said_at, read_at, length,"
    " first_seen_at)": (
        "i, i, 'g' || i, CAST('guid' || i AS blob), CAST('print' || i AS blob), CAST('content' || i AS blob), past,"
        " past, 100, past"
    ),
    "article_names (name, article_id)": "'path ' || i, i",
    "events (id, position, created_at, kind, article_id, feed_id)": "i, i, past, 'article created', i, i",
    "stories (id, first_article_id, size, first_seen_at, last_seen_at)": "i, i, 1 + i % 2, past, past",
    "near_keys (key, article_id)": "i * 7919, i",
    "sketches (article_id, rules_version, content_hash, outlet, width, shingles, facts, places)": (
        "i, 1, CAST('content' || i AS blob), 'h.example', 5, CAST('shingles' AS blob), CAST('' AS blob),"
        " CAST('' AS blob)"
    ),
    "blocks (block, story_id)": "i * 7919, i",
}


def fill(store: Engine, tables: Collection[str] = ()) -> None:
    """Put ``ROWS`` rows into each table that grows; no feed is due, and nothing waits to be grouped or numbered.

    ``tables`` are all that a test looks at.
    """
    with writing(store) as connection:
        _number(connection, read_clock(connection).now())
        is_postgresql = connection.dialect.name == "postgresql"
        if is_postgresql:
            # Foreign keys are not looked up one by one.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        for columns, values in _FILL.items():
            if tables and columns.split()[0] not in tables:
                continue
            source = values if " FROM " in values else f"{values} FROM numbered"
            statement = f"INSERT INTO {columns} SELECT {source}"
            if is_postgresql:
                statement = statement.replace("AS blob", "AS bytea")
            connection.execute(text(statement), {"rows": ROWS})
        connection.execute(text("UPDATE event_bounds SET numbered_to = :rows"), {"rows": ROWS})
        connection.execute(text("DROP TABLE numbered"))
    if is_postgresql:
        # As it does by itself; SQLite does without.
        with writing(store) as connection:
            connection.execute(text("ANALYZE"))  # codespell:ignore analyze


def _number(connection: Connection, now: datetime) -> None:
    """Make a table of numbers from 1 on, each with a moment of the last and one of the coming hours."""
    columns = (Column("k", Integer()), Column("past", UtcDateTime()), Column("coming", UtcDateTime()))
    moments = Table("moments", MetaData(), *columns, prefixes=["TEMPORARY"])
    moments.create(connection)
    connection.execute(
        moments.insert(),
        [
            {"k": k, "past": now - timedelta(seconds=30 * k + 1), "coming": now + timedelta(minutes=5 + k)}
            for k in range(_MOMENTS)
        ],
    )
    connection.execute(
        text(
            "CREATE TEMPORARY TABLE numbered AS"
            f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})"
            f" SELECT i, past, coming FROM n JOIN moments ON k = i % {_MOMENTS} ORDER BY i"
        )
    )
    connection.execute(text("DROP TABLE moments"))
