"""Keeping what hosts served for feeds: a row for each distinct document, until it has not been served for long.

A document that is served again, unchanged, costs nothing: when the newest one was served last is known from the feed's
last success, and is written down once another one takes its place, or once it would be removed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import xxhash
from sqlalchemy import Connection, and_, delete, exists, select, tuple_, update
from sqlalchemy.orm import aliased

from worker.basics.packing import pack_bytes, unpack_bytes
from worker.database.document_tables import DocumentRow
from worker.database.feed_tables import ScheduleRow
from worker.database.many_rows import insert_many, update_many
from worker.database.statements import is_one_of
from worker.errors import ErrorClass
from worker.values.due_feeds import Document
from worker.values.entries import GuidPolicy
from worker.values.kept_documents import KeptDocument, PackedDocument

_OF_READING = ("url", "content_type", "guid_policy", "polled_at", "read_at", "served_at", "error_class")
# What a feed serves again after something else is read again too: its newest reading counts.
_KEEP = insert_many(
    DocumentRow,
    DocumentRow.__table__.columns.keys(),
    "ON CONFLICT (feed_id, content_hash) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _OF_READING),
)
_NOTE_SERVED = update_many(
    DocumentRow,
    ["feed_id", "content_hash"],
    {"served_at": "{served_at}"},
    "documents.served_at < {served_at}",
)


@dataclass(frozen=True, slots=True)
class BroughtByPoll:
    """A document that a poll brought, and which one the feed had before."""

    feed_id: int
    packed: PackedDocument
    guid_policy: GuidPolicy
    polled_at: datetime
    read_at: datetime
    hash_before: bytes | None = None
    """The hash of the feed's document before this one."""
    served_before: datetime | None = None
    """When that was served last."""
    error_class: ErrorClass | None = None
    """Why it could not be read, if it could not."""


def pack_document(document: Document) -> PackedDocument:
    """Return a document's bytes packed; a few tenths of a millisecond, so it is done before anything is locked."""
    body = document.body
    content_hash = xxhash.xxh3_128_digest(body)
    return PackedDocument(document.url, document.content_type, content_hash, len(body), pack_bytes(body))


def keep_documents(connection: Connection, brought: Sequence[BroughtByPoll]) -> None:
    """Keep the documents that polls brought, in the polls' own transaction."""
    _NOTE_SERVED.execute(
        connection,
        [
            {"feed_id": each.feed_id, "content_hash": each.hash_before, "served_at": each.served_before}
            for each in brought
            if each.hash_before and each.served_before
        ],
    )
    rows = [
        {
            "feed_id": each.feed_id,
            "content_hash": each.packed.content_hash,
            "url": each.packed.url,
            "content_type": each.packed.content_type,
            "guid_policy": each.guid_policy.value,
            "first_polled_at": each.polled_at,
            "polled_at": each.polled_at,
            "read_at": each.read_at,
            "served_at": each.read_at,
            "length": each.packed.length,
            "body": each.packed.body,
            "error_class": each.error_class,
        }
        for each in brought
    ]
    _KEEP.execute(connection, rows)


def hand_over_documents(connection: Connection, feed_id: int, other: int) -> None:
    """Give a feed's documents to the one that it is merged into, but for those that both have."""
    # What its last success says of the newest one goes with the feed.
    newest = select(ScheduleRow.body_hash, ScheduleRow.last_success_at).where(ScheduleRow.feed_id == feed_id)
    if (last := connection.execute(newest).one()).body_hash and last.last_success_at:
        served = {"feed_id": feed_id, "content_hash": last.body_hash, "served_at": last.last_success_at}
        _NOTE_SERVED.execute(connection, [served])
    twin = aliased(DocumentRow)
    is_twin = exists().where(twin.feed_id == other, twin.content_hash == DocumentRow.content_hash)
    connection.execute(update(DocumentRow).where(DocumentRow.feed_id == feed_id, ~is_twin).values(feed_id=other))


def remove_documents(connection: Connection, served_before: datetime | None, most: int) -> tuple[int, int]:
    """Remove documents that were last served before a moment, all of them for None; look at ``most`` at the most.

    Return how many were looked at, and how many of them removed: a feed's newest document may be served still.
    """
    is_newest = and_(ScheduleRow.feed_id == DocumentRow.feed_id, ScheduleRow.body_hash == DocumentRow.content_hash)
    oldest = (
        select(DocumentRow.feed_id, DocumentRow.content_hash, ScheduleRow.last_success_at)
        .outerjoin(ScheduleRow, is_newest)
        .order_by(DocumentRow.served_at)
        .limit(most)
    )
    rows = connection.execute(oldest.where(DocumentRow.served_at < served_before) if served_before else oldest).all()
    is_served = {row[:2]: row[2] for row in rows if served_before and row[2] and row[2] >= served_before}
    _NOTE_SERVED.execute(
        connection,
        [
            {"feed_id": feed_id, "content_hash": content_hash, "served_at": is_served[feed_id, content_hash]}
            for feed_id, content_hash in sorted(is_served)
        ],
    )
    return len(rows), _delete(connection, sorted({(row[0], row[1]) for row in rows} - is_served.keys()), served_before)


def _delete(connection: Connection, keys: Sequence[tuple[int, bytes]], served_before: datetime | None) -> int:
    if not keys:
        return 0
    gone = delete(DocumentRow).where(tuple_(DocumentRow.feed_id, DocumentRow.content_hash).in_(keys))
    # A poll may have read one of them again meanwhile.
    return connection.execute(gone.where(DocumentRow.served_at < served_before) if served_before else gone).rowcount


def find_feeds_with_documents(
    connection: Connection, since: datetime | None, feed_ids: Collection[int] | None = None
) -> list[int]:
    """Return the feeds of which documents are kept that were read since a moment, of all feeds or of these."""
    query = select(DocumentRow.feed_id).distinct().order_by(DocumentRow.feed_id)
    if since:
        query = query.where(DocumentRow.read_at >= since)
    if feed_ids is not None:
        query = query.where(is_one_of(connection, DocumentRow.feed_id, feed_ids))
    return list(connection.execute(query).scalars())


def list_documents(connection: Connection, feed_id: int, since: datetime | None) -> Sequence[tuple[bytes, datetime]]:
    """Return hash and moment of reading of a feed's documents that were read since a moment, in that order."""
    query = select(DocumentRow.content_hash, DocumentRow.read_at).where(DocumentRow.feed_id == feed_id)
    query = query.order_by(DocumentRow.read_at, DocumentRow.content_hash)
    return [
        (row[0], row[1]) for row in connection.execute(query.where(DocumentRow.read_at >= since) if since else query)
    ]


def find_document(connection: Connection, feed_id: int, content_hash: bytes) -> KeptDocument | None:
    """Return a document that is kept; None where it has been removed. ValueError: it is damaged."""
    of_feed = DocumentRow.__table__.join(ScheduleRow.__table__, ScheduleRow.feed_id == DocumentRow.feed_id)
    query = select(DocumentRow, ScheduleRow.body_hash, ScheduleRow.last_success_at).select_from(of_feed)
    query = query.where(DocumentRow.feed_id == feed_id, DocumentRow.content_hash == content_hash)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return None
    body = unpack_bytes(row["body"], row["length"])
    if xxhash.xxh3_128_digest(body) != content_hash:
        raise ValueError("its bytes are not those that were served")
    is_newest, last = row["body_hash"] == content_hash, row["last_success_at"]
    return KeptDocument(
        feed_id,
        content_hash,
        Document(row["url"], body, row["content_type"]),
        GuidPolicy(row["guid_policy"]),
        row["read_at"],
        max(row["served_at"], last) if is_newest and last else row["served_at"],
        is_newest,
        was_read=row["error_class"] is None,
    )
