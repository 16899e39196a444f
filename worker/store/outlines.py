"""The outlines of feeds' newest documents, by which entries that come again are known unread."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, select

from worker.database.document_tables import OutlineRow
from worker.database.many_rows import insert_many
from worker.database.statements import is_one_of_given
from worker.values.entries import Outline, OutlinedEntry

_HASH, _GUID_HASH = 8, 16
_FIELDS = ("edition", "reading", "frame", "slice_hashes", "guid_hashes", "link_hashes")
_UPSERT = insert_many(
    OutlineRow,
    ["feed_id", *_FIELDS],
    f"ON CONFLICT (feed_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _FIELDS)}",
)


@cache
def _select_outlines(dialect: str) -> Select[*tuple[Any, ...]]:
    return select(OutlineRow).where(is_one_of_given(dialect, OutlineRow.feed_id, "feed_ids"))


def find_outlines(connection: Connection, editions: Mapping[int, int], reading: str) -> dict[int, Outline]:
    """Return, by feed, the outlines of newest documents that were read by the present rules.

    ``editions`` are those of the feeds: an outline of an older one would not spare the reading of any entry.
    """
    rows = connection.execute(_select_outlines(connection.dialect.name), {"feed_ids": list(editions)})
    return {
        row["feed_id"]: Outline(row["frame"], tuple(_read_entries(row)), row["edition"], row["reading"])
        for row in rows.mappings()
        if row["reading"] == reading and row["edition"] == editions[row["feed_id"]]
    }


def _read_entries(row: RowMapping) -> Iterator[OutlinedEntry]:
    lengths = {"slice_hashes": _HASH, "guid_hashes": _GUID_HASH, "link_hashes": _HASH}
    return map(OutlinedEntry, *(_cut(row[name], length) for name, length in lengths.items()))


def _cut(hashes: bytes, length: int) -> list[bytes]:
    return [hashes[start : start + length] for start in range(0, len(hashes), length)]


def forget_outline(connection: Connection, feed_id: int) -> None:
    """Forget the outline of a feed, so that its next document is read whole."""
    connection.execute(delete(OutlineRow).where(OutlineRow.feed_id == feed_id))


def store_outlines(connection: Connection, outlines: Iterable[tuple[int, Outline]]) -> None:
    """Write the outlines of feeds' newest documents."""
    rows = [
        {
            "feed_id": feed_id,
            "edition": outline.edition,
            "reading": outline.reading,
            "frame": outline.frame,
            "slice_hashes": b"".join(each.slice_hash for each in outline.entries),
            "guid_hashes": b"".join(each.guid_hash for each in outline.entries),
            "link_hashes": b"".join(each.link_hash for each in outline.entries),
        }
        for feed_id, outline in outlines
    ]
    _UPSERT.execute(connection, rows)
