"""Storing the versions of articles: the words of the shown one are in the article's row, all others' in revisions."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from worker.database.article_tables import RevisionRow
from worker.database.many_rows import insert_many, replaced, update_many
from worker.database.statements import slices
from worker.values.decisions import DecidedArticle, Version
from worker.values.entries import Notice

_Known = dict[int, dict[bytes, tuple[int, Notice | None]]]
"""The number and the notice of each stored version, by article and content hash."""

# Built once: building a statement costs several times what running it does.
_VERSIONS = select(RevisionRow.article_id, RevisionRow.number, RevisionRow.content_hash, RevisionRow.notice).where(
    RevisionRow.article_id.in_(bindparam("ids", expanding=True))
)
_SET_WORDS = update_many(RevisionRow, ["article_id", "content_hash"], replaced("html", "text"))
_INSERT = insert_many(RevisionRow, RevisionRow.__table__.columns.keys())


def store_versions(
    connection: Connection, articles: Sequence[DecidedArticle], now: datetime, ids: Mapping[int, int] | None = None
) -> tuple[dict[int, int], frozenset[int]]:
    """Store new versions, and move the words of versions that are no longer shown into revisions.

    ``ids`` are the ids of articles that have just been created. Return the number of the version that each article
    shows, and the ids of articles killed under their own guid: they show a kill, but have a version that is none.
    """
    touched = [each for each in articles if _is_touched(each)]
    known = _find_versions(connection, [each.article_id for each in touched if each.before])
    words, rows = [], []
    for each in touched:
        article_id = (ids or {}).get(each.article_id, each.article_id)
        versions = known[each.article_id]
        words += _moved_words(article_id, each, versions)
        for version in each.versions:
            if version.article.content_hash not in versions:
                number = 1 + max((number for number, _ in versions.values()), default=0)
                versions[version.article.content_hash] = (number, version.article.notice)
                rows.append(_revision_row(article_id, number, version, each, now))
    _SET_WORDS.execute(connection, words)
    _INSERT.execute(connection, rows)
    numbers = {each.article_id: known[each.article_id][each.after.content_hash][0] for each in touched}
    return numbers, frozenset(_find_withdrawn(touched, known))


def _is_touched(each: DecidedArticle) -> bool:
    """Say whether an article's versions may change; mostly a feed only said the shown version again."""
    if each.before is None or each.after.notice is Notice.KILL:
        return True
    said = {version.article.content_hash for version in each.versions} | {each.after.content_hash}
    return said != {each.before.content_hash}


def _find_versions(connection: Connection, article_ids: Sequence[int]) -> _Known:
    found: _Known = defaultdict(dict)
    for some in slices(article_ids):
        for row in connection.execute(_VERSIONS, {"ids": some}):
            found[row.article_id][row.content_hash] = (row.number, Notice(row.notice) if row.notice else None)
    return found


def _moved_words(article_id: int, each: DecidedArticle, known: Collection[bytes]) -> list[dict[str, Any]]:
    """Return what moves between the article and its revisions, when it shows other words than before."""
    if each.before is None or each.before.content_hash == each.after.content_hash:
        return []
    words: list[dict[str, Any]]
    words = [{"content_hash": each.before.content_hash, "html": each.before.html, "text": each.before.text}]
    if each.after.content_hash in known:
        # A publisher took an edit back: that version's words move back into the article.
        words.append({"content_hash": each.after.content_hash, "html": None, "text": None})
    return [moved | {"article_id": article_id} for moved in words]


def _revision_row(
    article_id: int, number: int, version: Version, each: DecidedArticle, now: datetime
) -> dict[str, Any]:
    article = version.article
    is_shown = article.content_hash == each.after.content_hash
    return {
        "article_id": article_id,
        "number": number,
        "content_hash": article.content_hash,
        "feed_id": version.feed_id,
        "seen_at": now,
        "polled_at": version.read_at,
        "updated_at": article.updated_at,
        "version": version.number,
        "notice": article.notice,
        "title": article.title,
        "html": None if is_shown else article.html,
        "text": None if is_shown else article.text,
    }


def _find_withdrawn(articles: Iterable[DecidedArticle], known: _Known) -> Iterable[int]:
    for each in articles:
        if each.after.notice is Notice.KILL:
            notices = {notice for _, notice in known[each.article_id].values()}
            if notices - {Notice.KILL}:
                yield each.article_id
