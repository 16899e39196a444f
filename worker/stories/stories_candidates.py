"""Finding the articles that share an anchor with others, and what they are compared by."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, func, select

from worker.database.article_tables import ArticleRow
from worker.database.story_tables import SketchRow
from worker.stories.pairs import find_articles_of_anchors
from worker.stories.publish import unpack
from worker.stories.standing import STORY, with_stories
from worker.stories.values import Candidate, Signature


def find_candidates(connection: Connection, anchors: Iterable[int]) -> dict[int, list[Candidate]]:
    """Return, by anchor, the articles that share it, the oldest first."""
    sharing = find_articles_of_anchors(connection, anchors)
    known = _read_candidates(connection, {article_id for ids in sharing.values() for article_id in ids})
    return {anchor: [known[article_id] for article_id in ids if article_id in known] for anchor, ids in sharing.items()}


def find_signatures(connection: Connection, article_ids: Collection[int], rules_version: int) -> dict[int, Signature]:
    """Return the signatures of articles, without anchors; those of other rules' versions are left out."""
    if not article_ids:
        return {}
    rows = connection.execute(
        select(SketchRow, ArticleRow.title)
        .join(ArticleRow, ArticleRow.id == SketchRow.article_id)
        .where(SketchRow.article_id.in_(article_ids), SketchRow.rules_version == rules_version)
    )
    return {
        row.article_id: Signature(
            anchors=(),
            sketch=unpack(row.shingles),
            width=row.width,
            facts=unpack(row.facts),
            places=int.from_bytes(row.places, "little"),
            title=row.title,
            outlet=row.outlet,
        )
        for row in rows
    }


def _read_candidates(connection: Connection, article_ids: Collection[int]) -> dict[int, Candidate]:
    if not article_ids:
        return {}
    rows = connection.execute(
        with_stories(
            select(
                ArticleRow.id,
                STORY.label("story_id"),
                ArticleRow.grouped_at.is_not(None).label("is_grouped"),
                func.coalesce(ArticleRow.published_at, ArticleRow.first_seen_at).label("moment"),
            )
        ).where(ArticleRow.id.in_(article_ids), STORY.is_not(None))
    )
    return {row.id: Candidate(row.id, row.story_id, row.is_grouped, row.moment) for row in rows}
