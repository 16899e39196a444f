"""The versions of an article: the shown one lives in the article's row, the others with their words in revisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from worker.database.article_tables import ArticleRow, RevisionRow
from worker.values import Article, Notice

# What names an article stays as its first feed gave it, whichever version is shown.
_LASTING = {"guid", "match_key"}
# What is asked of the version that is shown before another one is.
_SHOWN = ("revision", "html", "text", "content_hash", "notice", "wire_key", "acts_on", "killed_by")


@dataclass(frozen=True, slots=True)
class Origin:
    """What brought a version: the feed, the beginning of the poll, and the moment it is written."""

    feed_id: int
    polled_at: datetime
    seen_at: datetime

    def row(self, updated_at: datetime | None) -> dict[str, Any]:
        """Return the columns of a revision that say so."""
        return {
            "feed_id": self.feed_id,
            "polled_at": self.polled_at,
            "seen_at": self.seen_at,
            "updated_at": updated_at,
        }


def show_version(connection: Connection, article_id: int, fields: Mapping[str, Any], origin: Origin) -> bool:
    """Show a version from now on and keep the words of the one shown so far; return False when it is shown already."""
    shown = connection.execute(
        select(*(getattr(ArticleRow, name) for name in _SHOWN)).where(ArticleRow.id == article_id).with_for_update()
    ).one()
    if shown.content_hash == fields["content_hash"]:
        return False
    _set_words(connection, article_id, shown.revision, html=shown.html, text=shown.text)
    number = _number(connection, article_id, fields["content_hash"])
    if number is not None:
        # A publisher took an edit back: that version's words move back into the article.
        _set_words(connection, article_id, number, html=None, text=None)
    else:
        row = {name: fields[name] for name in ("content_hash", "title")}
        number = _append(connection, article_id, row | origin.row(fields["updated_at"]))
    kept = {name: value for name, value in fields.items() if name not in _LASTING}
    kept |= _links(article_id, shown, fields)
    connection.execute(
        update(ArticleRow).where(ArticleRow.id == article_id).values(**kept, revision=number, grouped_at=None)
    )
    return True


def _links(article_id: int, shown: Row[*tuple[Any, ...]], fields: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the links that an edit changes: under another wire key they are others, which are found afterwards.

    And one that is killed under its own guid acts on itself, unless it was a kill from the beginning.
    """
    links: dict[str, int | None] = {}
    if shown.wire_key != fields["wire_key"]:
        links = {"acts_on": None, "killed_by": None}
    if fields["notice"] is Notice.KILL:
        return links if shown.notice == Notice.KILL else {"acts_on": article_id, "killed_by": article_id}
    return links | {name: None for name in ("acts_on", "killed_by") if getattr(shown, name) == article_id}


def record_version(connection: Connection, article_id: int, article: Article, origin: Origin) -> bool:
    """Keep a version that is not the one shown; return False when it is known already."""
    connection.execute(select(ArticleRow.id).where(ArticleRow.id == article_id).with_for_update()).one()
    if _number(connection, article_id, article.content_hash) is not None:
        return False
    row = {name: getattr(article, name) for name in ("content_hash", "title", "html", "text")}
    _append(connection, article_id, row | origin.row(article.updated_at))
    return True


def _number(connection: Connection, article_id: int, content_hash: bytes) -> int | None:
    number: int | None = connection.execute(
        select(RevisionRow.number).where(RevisionRow.article_id == article_id, RevisionRow.content_hash == content_hash)
    ).scalar_one_or_none()
    return number


def _append(connection: Connection, article_id: int, row: Mapping[str, Any]) -> int:
    # The article's row is locked: nobody else appends.
    newest = select(func.max(RevisionRow.number)).where(RevisionRow.article_id == article_id)
    number: int = connection.execute(newest).scalar_one() + 1
    connection.execute(insert(RevisionRow).values(article_id=article_id, number=number, **row))
    return number


def _set_words(connection: Connection, article_id: int, number: int, *, html: str | None, text: str | None) -> None:
    connection.execute(
        update(RevisionRow)
        .where(RevisionRow.article_id == article_id, RevisionRow.number == number)
        .values(html=html, text=text)
    )
