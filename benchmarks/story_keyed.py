"""A store that holds the anchors of very many articles: grouping must cost there what it costs in an empty one."""

from collections.abc import Callable

from sqlalchemy import Engine, text

from worker.database.engine import writing

_FIRST_ID = 1_000_000_000
# Of one article: anchors, lines that are no boilerplate, bytes of shingles.
_EACH = {"near_keys": 16, "blocks": 12, "sketches": 1}
_SKETCH = 1_200
# Articles whose rows are made by one statement.
_SLICE = 100_000

_RANDOM = {
    "sqlite": "random()",
    "postgresql": "CAST(CAST('x' || substr(md5(CAST(random() AS text)), 1, 16) AS bit(64)) AS bigint)",
}
_NUMBERS = {
    "sqlite": "(WITH RECURSIVE numbers(number) AS "
    "(SELECT 0 UNION ALL SELECT number + 1 FROM numbers WHERE number + 1 < :rows) SELECT number FROM numbers)",
    "postgresql": "(SELECT number FROM generate_series(0, :rows - 1) AS number)",
}
_BYTES = {
    "sqlite": "randomblob(:size), x'00', x'00'",
    "postgresql": "decode(rpad('', 2 * :size, md5(CAST(number AS text))), 'hex'), CAST('' AS bytea), CAST('' AS bytea)",
}


def add_keyed(store: Engine, articles: int, tell: Callable[[int], None]) -> None:
    """Add anchors, blocks and sketches of so many articles, as random as hashes are; ``tell`` hears of progress."""
    for start in range(0, articles, _SLICE):
        count = min(_SLICE, articles - start)
        for table, each in _EACH.items():
            values = {"first": _FIRST_ID + start, "rows": count * each}
            values |= {"size": _SKETCH} if table == "sketches" else {"each": each}
            with writing(store) as connection:
                connection.execute(text(_insert(store.dialect.name, table)), values)
        tell(start + count)
    if articles and store.dialect.name == "postgresql":
        # Else the server would do it while the cost is measured.
        with store.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # codespell:ignore -- SQL's own spelling
            connection.execute(text("CHECKPOINT"))


def _insert(dialect: str, table: str) -> str:
    numbers = _NUMBERS[dialect]
    if table == "sketches":
        columns = "article_id, rules_version, content_hash, outlet, width, shingles, facts, places"
        hashes = "x''" if dialect == "sqlite" else "CAST('' AS bytea)"
        chosen = f"CAST(:first AS bigint) + number, 1, {hashes}, 'outlet.example', 5, {_BYTES[dialect]}"
        return f"INSERT INTO sketches ({columns}) SELECT {chosen} FROM {numbers} AS numbers"
    # In the order of the table, or every row would be a page of its own.
    chosen = f"{_RANDOM[dialect]}, CAST(:first AS bigint) + number / :each"
    return f"INSERT INTO {table} SELECT {chosen} FROM {numbers} AS numbers ORDER BY 1"
