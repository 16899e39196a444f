"""Writing what a document said: articles, their revisions and sightings, and the events that tell of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, case, insert, select, update

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.events import tell
from worker.database.upsert import upsert
from worker.store.revisions import Origin, record_version, show_version
from worker.values import Action, Article, EventKind, Placement, PollResult


def store_articles(connection: Connection, result: PollResult, now: datetime) -> tuple[int, int]:
    """Write what the document said; return how many articles it created and how many it revised."""
    feed_id = result.record.feed_id
    # One order for all transactions: polls that share articles wait for each other instead of deadlocking.
    placements = sorted(result.placements, key=lambda placed: (placed.article.match_key or "", placed.article.guid))
    fresh = [placed.article for placed in placements if placed.action is Action.CREATE]
    created = _create(connection, result, fresh, now)
    found = _find_rivals(connection, [article for article in fresh if article.guid_hash not in created])
    origin = Origin(feed_id, result.record.started_at, now)
    revised = [placed for placed in placements if _revise(connection, result, placed, origin)]
    named = {placed.article.guid_hash: placed.article_id for placed in placements if placed.article_id is not None}
    _sight(connection, feed_id, placements, named | created | found, now)
    tell(connection, now, EventKind.ARTICLE_CREATED, _of_feed(feed_id, created.values()))
    tell(connection, now, EventKind.ARTICLE_REVISED, _of_feed(feed_id, [placed.article_id for placed in revised]))
    return len(created), len(revised)


def store_departures(connection: Connection, result: PollResult, now: datetime) -> None:
    """Note which sightings came back to the feed's document and which left it."""
    for sighting_ids, left_at in ((result.returned, None), (result.left, now)):
        if sighting_ids:
            connection.execute(
                update(SightingRow).where(SightingRow.id == bindparam("sighting_id")).values(left_at=left_at),
                [{"sighting_id": sighting_id} for sighting_id in sorted(sighting_ids)],
            )


def _create(connection: Connection, result: PollResult, articles: Sequence[Article], now: datetime) -> dict[bytes, int]:
    """Insert articles; return the ids of those inserted, by guid hash: another poll may have been quicker."""
    if not articles:
        return {}
    feed_id, policy = result.record.feed_id, result.policy_version
    rows = [
        {"feed_id": feed_id, "first_seen_at": now, "policy_version": policy} | _fields(article) for article in articles
    ]
    inserted = connection.execute(_insert_article(connection.dialect.name), rows).all()
    ids = {guid: article_id for article_id, guid in inserted}
    origin = Origin(feed_id, result.record.started_at, now)
    first = [
        {
            "article_id": ids[article.guid],
            "number": 1,
            "content_hash": article.content_hash,
            "title": article.title,
        }
        | origin.row(article.updated_at)
        for article in articles
        if article.guid in ids
    ]
    if first:
        connection.execute(_insert_revision(), first)
    return {article.guid_hash: ids[article.guid] for article in articles if article.guid in ids}


def _find_rivals(connection: Connection, articles: Sequence[Article]) -> dict[bytes, int]:
    """Return the articles that have these match keys, by guid hash: another poll was quicker, or another entry."""
    if not articles:
        return {}
    keys = {article.match_key for article in articles}
    rows = connection.execute(select(ArticleRow.match_key, ArticleRow.id).where(ArticleRow.match_key.in_(keys)))
    ids = {row.match_key: row.id for row in rows}
    return {article.guid_hash: ids[article.match_key] for article in articles}


def _revise(connection: Connection, result: PollResult, placed: Placement, origin: Origin) -> bool:
    if placed.article_id is None or placed.action not in {Action.REVISE, Action.RECORD}:
        return False
    if placed.action is Action.RECORD:
        return record_version(connection, placed.article_id, placed.article, origin)
    fields = _fields(placed.article) | {"policy_version": result.policy_version}
    return show_version(connection, placed.article_id, fields, origin)


def _sight(
    connection: Connection,
    feed_id: int,
    placements: Sequence[Placement],
    article_ids: Mapping[bytes, int],
    now: datetime,
) -> None:
    """Note that the feed carries these articles, under which guid and in which words."""
    if not placements:
        return
    connection.execute(
        _insert_sighting(connection.dialect.name),
        [
            {
                "feed_id": feed_id,
                "article_id": article_ids[article.guid_hash],
                "guid": article.guid,
                "guid_hash": article.guid_hash,
                "original_url": article.original_url,
                "fingerprint": article.fingerprint,
                "content_hash": article.content_hash,
                "first_seen_at": now,
                "left_at": None,
            }
            for article in (placed.article for placed in placements)
        ],
    )


def _of_feed(feed_id: int, article_ids: Collection[int | None]) -> list[dict[str, int | None]]:
    return [{"article_id": article_id, "feed_id": feed_id} for article_id in article_ids]


# Statements are built once: building one costs several times what running it does.
@cache
def _insert_article(dialect: str) -> Any:
    unless_known = upsert(dialect, ArticleRow).on_conflict_do_nothing(index_elements=["match_key"])
    return unless_known.returning(ArticleRow.id, ArticleRow.guid)


@cache
def _insert_sighting(dialect: str) -> Any:
    statement = upsert(dialect, SightingRow)
    names = ("article_id", "original_url", "fingerprint", "content_hash", "left_at")
    changed: dict[str, Any] = {name: statement.excluded[name] for name in names}
    # A guid that came to name another article has carried that one since now.
    is_the_same = SightingRow.article_id == statement.excluded.article_id
    changed["first_seen_at"] = case((is_the_same, SightingRow.first_seen_at), else_=statement.excluded.first_seen_at)
    return statement.on_conflict_do_update(index_elements=["feed_id", "guid_hash"], set_=changed)


@cache
def _insert_revision() -> Insert:
    return insert(RevisionRow)


# The fields that an article and its row have in common, name for name.
_SHARED = (
    "guid", "match_key", "url", "original_url", "title", "published_at", "updated_at", "summary", "html", "text",
    "language", "language_source", "image_url", "dateline_place", "dateline_date", "agency", "slug", "notice",
    "notice_number", "note", "urgency", "content_hash", "wire_key",
)  # fmt: skip


def _fields(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in _SHARED} | {
        "authors": list(article.authors),
        "tags": list(article.tags),
        "enclosures": [asdict(enclosure) for enclosure in article.enclosures],
    }
