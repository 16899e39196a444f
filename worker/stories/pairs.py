"""The two tables of pairs of numbers, anchors with articles and blocks with stories: many rows in one statement."""

from collections.abc import Iterable, Mapping

import orjson
from sqlalchemy import Connection, TextClause, text

# An anchor that more articles have than this is looked at no further than the oldest of them.
MOST_OF_ANCHOR = 64
_INSERTS: Mapping[str, TextClause] = {
    table: text(f"INSERT INTO {table} ({one}, {other}) VALUES (:one, :other) ON CONFLICT DO NOTHING")  # noqa: S608 -- names of ours
    for table, one, other in (("near_keys", "key", "article_id"), ("blocks", "block", "story_id"))
}
_INSERTS_MANY: Mapping[str, TextClause] = {
    table: text(
        f"INSERT INTO {table} ({one}, {other}) "  # noqa: S608 -- names of ours
        "SELECT * FROM unnest(CAST(:ones AS bigint[]), CAST(:others AS bigint[])) ON CONFLICT DO NOTHING"
    )
    for table, one, other in (("near_keys", "key", "article_id"), ("blocks", "block", "story_id"))
}
_ARTICLES_OF_ANCHORS = text(
    "SELECT wanted.key, near.article_id FROM unnest(CAST(:keys AS bigint[])) AS wanted(key) CROSS JOIN LATERAL ("
    "SELECT article_id FROM near_keys WHERE near_keys.key = wanted.key ORDER BY article_id LIMIT :most) AS near"
)
# SQLite has no LATERAL: the last of the articles that count bounds the search.
_ARTICLES_OF_ANCHORS_SQLITE = text(
    "SELECT wanted.value, near.article_id FROM json_each(:keys) AS wanted CROSS JOIN near_keys AS near "
    "ON near.key = wanted.value AND near.article_id <= coalesce((SELECT article_id FROM near_keys "
    "WHERE key = wanted.value ORDER BY article_id LIMIT 1 OFFSET :most - 1), 9223372036854775807)"
)


def insert_pairs(connection: Connection, table: str, pairs: Iterable[tuple[int, int]]) -> None:
    """Insert pairs of numbers that are not there yet, all transactions in one order."""
    rows = sorted(set(pairs))
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        ones, others = map(list, zip(*rows, strict=True))
        connection.execute(_INSERTS_MANY[table], {"ones": ones, "others": others})
    else:
        connection.execute(_INSERTS[table], [{"one": one, "other": other} for one, other in rows])


def find_articles_of_anchors(connection: Connection, anchors: Iterable[int]) -> dict[int, list[int]]:
    """Return, by anchor, the articles that have it, the oldest of them where there are many."""
    wanted = sorted(set(anchors))
    if connection.dialect.name == "postgresql":
        rows = connection.execute(_ARTICLES_OF_ANCHORS, {"keys": wanted, "most": MOST_OF_ANCHOR})
    else:
        rows = connection.execute(
            _ARTICLES_OF_ANCHORS_SQLITE, {"keys": orjson.dumps(wanted).decode(), "most": MOST_OF_ANCHOR}
        )
    found: dict[int, list[int]] = {}
    for anchor, article_id in rows:
        found.setdefault(anchor, []).append(article_id)
    return found
