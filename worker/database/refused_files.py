"""Seed files that the newest scan of the seed folder refused: what was said of a file once need not be said again."""

from collections.abc import Mapping
from datetime import datetime

import xxhash
from sqlalchemy import Connection, bindparam, delete, select

from worker.database.file_tables import RefusedFileRow
from worker.database.statements import upsert


def find_refused_files(connection: Connection) -> dict[str, str]:
    """Return, by path, why the newest scan refused files."""
    rows = connection.execute(select(RefusedFileRow.path, RefusedFileRow.reason))
    return {row.path: row.reason for row in rows}


def replace_refused_files(
    connection: Connection, before: Mapping[str, str], refused: Mapping[str, str], now: datetime
) -> None:
    """Record which files a scan refused, and why; ``before`` is what was recorded."""
    gone = [{"gone": _hash(path)} for path, reason in before.items() if refused.get(path) != reason]
    if gone:
        connection.execute(delete(RefusedFileRow).where(RefusedFileRow.path_hash == bindparam("gone")), gone)
    new = [
        {"path_hash": _hash(path), "path": path, "reason": reason, "refused_at": now}
        for path, reason in refused.items()
        if before.get(path) != reason
    ]
    if new:
        # Another scan may end at the same time.
        connection.execute(upsert(connection.dialect.name, RefusedFileRow).on_conflict_do_nothing(), new)


def _hash(path: str) -> bytes:
    return xxhash.xxh3_128_digest(path.encode())
