"""The tombstones of pruned articles: looking them up for entries that are unknown, and writing them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, text, update
from sqlalchemy.orm import aliased

from worker.database.many_rows import ManyKeys, insert_many, update_many
from worker.database.retention_tables import TombstoneRow
from worker.database.types import UtcDateTime
from worker.values.articles import Tombstone

_COLUMNS = "tombstones.feed_id, tombstones.guid_hash, tombstones.page_hash, content_hash, published_at, pruned_at"
_BY_KEY = ManyKeys(TombstoneRow, ("feed_id", "guid_hash"), _COLUMNS)
_HAS_PAGE = "tombstones.page_hash IS NOT NULL"
_BY_PAGE = ManyKeys(TombstoneRow, ("page_hash",), _COLUMNS, _HAS_PAGE)
_ANY = text("SELECT 1 FROM tombstones LIMIT 1")
_FIELDS = ("page_hash", "content_hash", "published_at", "pruned_at")
_INSERT = insert_many(
    TombstoneRow,
    ["feed_id", "guid_hash", *_FIELDS],
    f"ON CONFLICT (feed_id, guid_hash) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _FIELDS)}",
)
_GIVE_UP_PAGES = update_many(TombstoneRow, ["page_hash", "feed_id"], {"page_hash": "NULL"}, _HAS_PAGE)
_MOMENT = UtcDateTime()


def has_tombstones(connection: Connection) -> bool:
    """Say whether any article was ever pruned from this store."""
    return connection.execute(_ANY).scalar() is not None


def find_tombstones(
    connection: Connection, keys: Collection[tuple[int, bytes]], pages: Collection[bytes]
) -> list[Tombstone]:
    """Return the tombstones of feeds' keys, and those of pages, whatever feed had them."""
    found: dict[tuple[int, bytes], Tombstone] = {}
    read_moment = _MOMENT.result_processor(connection.dialect, None)
    looks: list[tuple[ManyKeys, Iterable[tuple[Any, ...]]]]
    looks = [(_BY_KEY, keys), (_BY_PAGE, [(page,) for page in pages])]
    for query, wanted in looks:
        for row in query.execute(connection, wanted):
            published_at, pruned_at = read_moment(row.published_at), read_moment(row.pruned_at)
            found[row.feed_id, row.guid_hash] = Tombstone(
                row.feed_id, row.guid_hash, row.page_hash, row.content_hash, published_at, pruned_at
            )
    return list(found.values())


def store_tombstones(connection: Connection, tombstones: Sequence[Tombstone], now: datetime) -> None:
    """Write the tombstones of articles that are about to be deleted; an older one of the same page gives up the page.

    So a page that a feed uses every day is found once, not once for each day.
    """
    newest = {(each.feed_id, each.page_hash): each for each in tombstones if each.page_hash}
    _GIVE_UP_PAGES.execute(connection, [{"feed_id": feed_id, "page_hash": page} for feed_id, page in sorted(newest)])
    _INSERT.execute(connection, [_row_of(each, newest, now) for each in _in_order(tombstones)])


def _in_order(tombstones: Iterable[Tombstone]) -> list[Tombstone]:
    """Return tombstones in the one order in which all transactions write them, each key once."""
    return [each for _, each in sorted({(each.feed_id, each.guid_hash): each for each in tombstones}.items())]


def _row_of(each: Tombstone, newest: Mapping[tuple[int, bytes], Tombstone], now: datetime) -> dict[str, Any]:
    has_page = each.page_hash and newest[each.feed_id, each.page_hash] is each
    return {
        "feed_id": each.feed_id,
        "guid_hash": each.guid_hash,
        "page_hash": each.page_hash if has_page else None,
        "content_hash": each.content_hash,
        "published_at": each.published_at,
        "pruned_at": now,
    }


def hand_over_tombstones(connection: Connection, feed_id: int, other: int) -> None:
    """Give a feed's tombstones to the other one that it is merged into, which keeps its own."""
    twin = aliased(TombstoneRow)
    is_known = exists().where(twin.feed_id == other, twin.guid_hash == TombstoneRow.guid_hash)
    mine = TombstoneRow.feed_id == feed_id
    connection.execute(update(TombstoneRow).where(mine, ~is_known).values(feed_id=other))
    connection.execute(delete(TombstoneRow).where(mine))
