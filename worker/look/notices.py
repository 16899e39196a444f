"""Looking at notices: what an article acts on, what acts on it, and what killed it."""

from typing import Any

from sqlalchemy import Connection, or_, select

from worker.database.article_tables import ArticleRow
from worker.look.listings import Listed

# Nobody reads more of one dispatch's.
_MOST = 200
_TOLD = (
    ArticleRow.id,
    ArticleRow.title,
    ArticleRow.notice,
    ArticleRow.notice_number,
    ArticleRow.note,
    ArticleRow.acts_on,
    ArticleRow.killed_by,
    ArticleRow.published_at,
    ArticleRow.first_seen_at,
)


def find_linked(connection: Connection, article: Listed) -> dict[str, Any]:
    """Return what an article acts on and kills, what acts on it, and its kill; what it does to itself is left out."""
    article_id, target = article["id"], article["acts_on"]
    is_linked = or_(
        ArticleRow.acts_on == article_id, ArticleRow.killed_by == article_id, ArticleRow.id == article["killed_by"]
    )
    rows = connection.execute(
        select(*_TOLD).where(is_linked, ArticleRow.id != article_id).order_by(ArticleRow.id).limit(_MOST)
    ).mappings()
    others = [dict(row) for row in rows]
    return {
        "acted_on": _find_acted_on(connection, target) if target != article_id else None,
        "acted_on_by": [other for other in others if other["acts_on"] == article_id],
        "kills": [other for other in others if other["killed_by"] == article_id],
        "kill": next((other for other in others if other["id"] == article["killed_by"]), None),
    }


def _find_acted_on(connection: Connection, article_id: int | None) -> dict[str, Any] | None:
    """Return an article with its words, for what a notice changes of them."""
    if article_id is None:
        return None
    found = connection.execute(select(*_TOLD, ArticleRow.text).where(ArticleRow.id == article_id)).mappings().first()
    return dict(found) if found else None
