"""Seed files that have been read: the hash of their bytes, and the feed they were read for."""

from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import Connection, Select, bindparam, select, update

from worker.database.feed_tables import FeedRow
from worker.database.file_tables import SeedFileRow
from worker.database.statements import slices, upsert
from worker.values.due_feeds import FeedState
from worker.values.seed_states import SeedState


def find_seed_states(connection: Connection, uris: Collection[str]) -> dict[str, SeedState]:
    """Return, by URI, what files were like when they were last read, without those that never were."""
    names = (SeedFileRow.uri, SeedFileRow.body_hash, SeedFileRow.look_hash, SeedFileRow.settings_hash)
    found = (connection.execute(select(*names).where(SeedFileRow.uri.in_(some))) for some in slices(uris))
    return {row.uri: SeedState(*row[1:]) for rows in found for row in rows}


def find_file_feeds(connection: Connection, uris: Collection[str]) -> dict[str, tuple[int, str]]:
    """Return, by URI, id and URL of the feeds that files were last read for."""
    query = select(SeedFileRow.uri, FeedRow.id, FeedRow.url).join(FeedRow, FeedRow.id == SeedFileRow.feed_id)
    found = (connection.execute(query.where(SeedFileRow.uri.in_(some))) for some in slices(uris))
    return {row.uri: (row.id, row.url) for rows in found for row in rows}


def remember_seed_file(connection: Connection, uri: str, state: SeedState, feed_id: int | None, now: datetime) -> None:
    """Record that a file has been read whole, and for which feed: while it is unchanged it is not read again.

    An archive has no feed: its members are files of their own.
    """
    known = {
        "body_hash": state.body_hash,
        "feed_id": feed_id,
        "read_at": now,
        "look_hash": state.look_hash,
        "settings_hash": state.settings_hash,
    }
    statement = upsert(connection.dialect.name, SeedFileRow).on_conflict_do_update(index_elements=["uri"], set_=known)
    connection.execute(statement, {"uri": uri, "name": _file_name(uri)} | known)


def remember_looks(connection: Connection, look_hashes: Mapping[str, bytes]) -> None:
    """Record, by URI, how files look now whose bytes are what they were: they are not opened again."""
    rows = [{"of_uri": uri, "look": look_hash} for uri, look_hash in sorted(look_hashes.items())]
    changed = update(SeedFileRow).where(SeedFileRow.uri == bindparam("of_uri")).values(look_hash=bindparam("look"))
    connection.execute(changed, rows, execution_options={"synchronize_session": False})


def find_feed_at(connection: Connection, uri: str, title: str | None, site_url: str | None) -> int | None:
    """Return the id of the feed that a file was last read for, if a document of this title and site can be that feed's.

    Anything in the file can be, if the feed is the file itself; otherwise title and site must be the same.
    """
    query = _feeds_of_files().add_columns(FeedRow.url_key, FeedRow.title, FeedRow.site_url)
    row = connection.execute(query.where(SeedFileRow.uri == uri)).one_or_none()
    if row is None:
        return None
    is_same = row.url_key.startswith("file:") or (bool(title) and (row.title, row.site_url) == (title, site_url))
    return row.id if is_same else None


def find_feed_of_bytes(connection: Connection, body_hash: bytes) -> int | None:
    """Return the id of the feed for which a file with exactly these bytes was read first."""
    return connection.execute(_feeds_of_files().where(SeedFileRow.body_hash == body_hash).limit(1)).scalar_one_or_none()


def find_feed_of_path(
    connection: Connection, uri: str, path: str, title: str | None, site_url: str | None
) -> int | None:
    """Return the id of a feed of this title and site that a file at the same ``path`` in another folder was read for.

    ``path`` is where the file at ``uri`` lies within its own folder.
    """
    if not title or not site_url:
        return None
    of_feed = (SeedFileRow.name == _file_name(uri), FeedRow.title == title, FeedRow.site_url == site_url)
    rows = connection.execute(_feeds_of_files().add_columns(SeedFileRow.uri).where(*of_feed))
    ending = PurePosixPath("/", path).as_uri().removeprefix("file://")
    return next((row.id for row in rows if row.uri.endswith(ending)), None)


def _feeds_of_files() -> Select[int]:
    """Return a query for the feeds that files were read for, but not removed ones; the file read first comes first."""
    return (
        select(FeedRow.id)
        .join(SeedFileRow, SeedFileRow.feed_id == FeedRow.id)
        .where(FeedRow.state != FeedState.REMOVED)
        .order_by(SeedFileRow.read_at, SeedFileRow.uri)
    )


def _file_name(uri: str) -> str:
    return uri.rpartition("/")[2]
