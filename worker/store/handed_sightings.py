"""Handing sightings from one feed to another: a file's, where its folder becomes a feed or ceases to be one."""

from collections.abc import Mapping

from sqlalchemy import Connection, select, update

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.locks import count_edition, lock_feeds


def hand_over_sightings(connection: Connection, feed_id: int, other: int, keys: Mapping[bytes, bytes]) -> None:
    """Give sightings of a feed to another one, with their articles and revisions as far as these are the feed's.

    ``keys`` are the guid hashes that they have, each with the one that they get.
    """
    lock_feeds(connection, [feed_id, other])
    mine, others = SightingRow.feed_id == feed_id, SightingRow.feed_id == other
    known = set(
        connection.execute(
            select(SightingRow.guid_hash).where(others, SightingRow.guid_hash.in_(keys.values()))
        ).scalars()
    )
    found = connection.execute(
        select(SightingRow.id, SightingRow.guid_hash, SightingRow.article_id).where(
            mine, SightingRow.guid_hash.in_(keys)
        )
    ).all()
    for row in sorted(found, key=lambda row: row.article_id):
        if keys[row.guid_hash] in known:
            continue
        moved = {"feed_id": other, "guid_hash": keys[row.guid_hash]}
        connection.execute(update(SightingRow).where(SightingRow.id == row.id).values(moved))
        for table, of_article in ((ArticleRow, ArticleRow.id), (RevisionRow, RevisionRow.article_id)):
            is_its_own = of_article == row.article_id, table.feed_id == feed_id
            connection.execute(update(table).where(*is_its_own).values(feed_id=other))
    for each in sorted((feed_id, other)):
        count_edition(connection, each)
