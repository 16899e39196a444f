"""One article whole: who carries it, how it changed, and which notices are linked with it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.feed_tables import FeedRow
from worker.look.article_listing import select_articles
from worker.look.listings import Listed, columns
from worker.look.stories import find_story

# The notices of one dispatch that are shown: nobody reads more.
_MOST_LINKED = 200
_FEED_URL = FeedRow.url.label("feed_url")


def find_article(connection: Connection, article_id: int) -> Listed | None:
    """Return one article with its sightings and revisions; None when there is none."""
    found = find_listed_article(connection, article_id)
    if found is None:
        return None
    sightings, revisions = list_sightings(connection, article_id), list_revisions(connection, article_id)
    return {**found, "sightings": sightings, "revisions": revisions}


def find_listed_article(connection: Connection, article_id: int) -> Listed | None:
    """Return one article as it is listed; None when there is none."""
    return connection.execute(select_articles().where(ArticleRow.id == article_id)).mappings().first()


def was_article(connection: Connection, article_id: int) -> bool:
    """Say whether an article that there is not was there once: ids are never used again."""
    newest = connection.execute(select(func.max(ArticleRow.id))).scalar_one()
    return newest is not None and 0 < article_id < newest


def list_sightings(connection: Connection, article_id: int, most: int | None = None) -> Sequence[Listed]:
    """Return by which feeds an article was carried from when to when, the first ones first."""
    sightings = (
        select(SightingRow.feed_id, _FEED_URL, *columns(SightingRow, "guid original_url first_seen_at left_at"))
        .join(FeedRow, FeedRow.id == SightingRow.feed_id)
        .where(SightingRow.article_id == article_id)
        .order_by(SightingRow.id)
        .limit(most)
    )
    return [dict(row) for row in connection.execute(sightings).mappings()]


def list_revisions(
    connection: Connection, article_id: int, *, most: int | None = None, until: int | None = None
) -> Sequence[Listed]:
    """Return an article's revisions in order, of ``most`` the newest, and none with a higher number than ``until``."""
    # The shown version's words are the article's own.
    words = func.coalesce(RevisionRow.text, ArticleRow.text).label("text")
    facts = columns(RevisionRow, "number seen_at polled_at updated_at feed_id")
    revisions = (
        select(*facts, _FEED_URL, RevisionRow.title, words)
        .join(ArticleRow, ArticleRow.id == RevisionRow.article_id)
        .outerjoin(FeedRow, FeedRow.id == RevisionRow.feed_id)
        .where(RevisionRow.article_id == article_id)
        .order_by(RevisionRow.number.desc())
        .limit(most)
    )
    if until is not None:
        revisions = revisions.where(RevisionRow.number <= until)
    return [dict(row) for row in connection.execute(revisions).mappings()][::-1]


def find_whole_article(connection: Connection, article_id: int) -> dict[str, Any] | None:
    """Return one article with its sightings and revisions, the notices linked with it, and its story; None for none."""
    found = find_article(connection, article_id)
    if found is None:
        return None
    return {**found, **find_linked(connection, found), "story": find_story(connection, found["story_id"])}


def find_linked(connection: Connection, article: Listed) -> dict[str, Any]:
    """Return the articles linked with one: the one it acts on, those that act on it, those it kills, and its killer.

    A link of an article to itself is left out.
    """
    article_id, target, kill_id = article["id"], article["acts_on"], article["killed_by"]
    is_linked = or_(ArticleRow.acts_on == article_id, ArticleRow.killed_by == article_id, ArticleRow.id == kill_id)
    query = select(*_linked_columns()).where(is_linked, ArticleRow.id != article_id)
    rows = connection.execute(query.order_by(ArticleRow.id).limit(_MOST_LINKED)).mappings()
    others = [dict(row) for row in rows]
    return {
        "acted_on": _find_acted_on(connection, target) if target != article_id else None,
        "acted_on_by": [other for other in others if other["acts_on"] == article_id],
        "kills": [other for other in others if other["killed_by"] == article_id],
        "kill": next((other for other in others if other["id"] == kill_id), None),
    }


def _find_acted_on(connection: Connection, article_id: int | None) -> dict[str, Any] | None:
    """Return an article with its words, which a notice changes."""
    if article_id is None:
        return None
    target = select(*_linked_columns(), ArticleRow.text).where(ArticleRow.id == article_id)
    found = connection.execute(target).mappings().first()
    return dict(found) if found else None


def _linked_columns() -> list[ColumnElement[Any]]:
    return columns(ArticleRow, "id title notice notice_number note acts_on killed_by published_at first_seen_at")
