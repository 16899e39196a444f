"""The memory of seed files: what has been read of which file, and whose document that was."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import Connection, Select, select

from worker.database.feed_tables import FeedRow, SeedFileRow
from worker.database.statements import upsert
from worker.values.due_feeds import FeedState


@dataclass(frozen=True, slots=True)
class KnownSeedFile:
    """A seed file as it was read last."""

    body_hash: bytes
    feed_id: int


def find_seed_file(connection: Connection, uri: str) -> KnownSeedFile | None:
    """Return what is known of a file; None when nothing of it has been read yet."""
    row = connection.execute(
        select(SeedFileRow.body_hash, SeedFileRow.feed_id).where(SeedFileRow.uri == uri)
    ).one_or_none()
    return KnownSeedFile(row.body_hash, row.feed_id) if row else None


def remember_seed_file(connection: Connection, uri: str, body_hash: bytes, feed_id: int, now: datetime) -> None:
    """Keep that a file has been read whole, and the feed whose document it was: it need not be read again as it is."""
    statement = upsert(connection.dialect.name, SeedFileRow)
    kept = {"body_hash": body_hash, "feed_id": feed_id, "read_at": now}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["uri"], set_=kept),
        {"uri": uri, "name": _name(uri)} | kept,
    )


def find_feed_at(connection: Connection, uri: str, title: str | None, site_url: str | None) -> int | None:
    """Return the id of the feed whose document was in the file, if one that calls itself so can be of that feed too.

    A feed that is the file itself is whatever is in the file; of another one it must have the title and the site.
    """
    row = connection.execute(
        _feeds().add_columns(FeedRow.url_key, FeedRow.title, FeedRow.site_url).where(SeedFileRow.uri == uri)
    ).one_or_none()
    if row is None:
        return None
    is_same = row.url_key.startswith("file:") or (bool(title) and (row.title, row.site_url) == (title, site_url))
    return row.id if is_same else None


def find_feed_of_bytes(connection: Connection, body_hash: bytes) -> int | None:
    """Return the id of the feed that the very bytes of a document were read for first, from whatever file."""
    return connection.execute(_feeds().where(SeedFileRow.body_hash == body_hash).limit(1)).scalar_one_or_none()


def find_feed_of_path(
    connection: Connection, uri: str, path: str, title: str | None, site_url: str | None
) -> int | None:
    """Return the id of the feed of this title and site that a file at the same path within another folder was read for.

    ``path`` is that of the file at ``uri`` within its folder.
    """
    if not title or not site_url:
        return None
    rows = connection.execute(
        _feeds()
        .add_columns(SeedFileRow.uri)
        .where(SeedFileRow.name == _name(uri), FeedRow.title == title, FeedRow.site_url == site_url)
    )
    ending = PurePosixPath("/", path).as_uri().removeprefix("file://")
    return next((row.id for row in rows if row.uri.endswith(ending)), None)


def _feeds() -> Select[int]:
    """Return a query for the feeds of files that were read, the earliest first, but for those that were removed."""
    return (
        select(FeedRow.id)
        .join(SeedFileRow, SeedFileRow.feed_id == FeedRow.id)
        .where(FeedRow.state != FeedState.REMOVED)
        .order_by(SeedFileRow.read_at, SeedFileRow.uri)
    )


def _name(uri: str) -> str:
    return uri.rpartition("/")[2]
