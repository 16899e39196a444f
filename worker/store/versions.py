"""The versions of articles: the shown one's words live in the article's row, those of the others in revisions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update, bindparam, insert, select, update

from worker.database.article_tables import RevisionRow
from worker.values.decisions import DecidedArticle, Version
from worker.values.entries import Notice

_SLICE = 5_000
_Stored = dict[int, dict[bytes, tuple[int, Notice | None]]]


def store_versions(
    connection: Connection, articles: Sequence[DecidedArticle], now: datetime, ids: Mapping[int, int] | None = None
) -> tuple[dict[int, int], frozenset[int]]:
    """Keep the versions that are not known yet, and the words of those that are not shown.

    Return the number of the version that each article shows, and the articles that were killed under their own guid:
    which had a version that was none. ``ids`` are those of articles that have just been created.
    """
    touched = [each for each in articles if _is_touched(each)]
    stored = _find(connection, [each.article_id for each in touched if each.before])
    words, rows = [], []
    for each in touched:
        article_id = (ids or {}).get(each.article_id, each.article_id)
        known = stored[each.article_id]
        if each.before and each.before.content_hash != each.after.content_hash:
            shown = {"html": each.before.html, "text": each.before.text}
            words.append({"b_article_id": article_id, "b_hash": each.before.content_hash, **shown})
            if each.after.content_hash in known:
                # A publisher took an edit back: that version's words move back into the article.
                words.append(
                    {"b_article_id": article_id, "b_hash": each.after.content_hash, "html": None, "text": None}
                )
        for version in each.versions:
            if version.article.content_hash not in known:
                number = 1 + max((number for number, _ in known.values()), default=0)
                known[version.article.content_hash] = (number, version.article.notice)
                rows.append(_row(article_id, number, version, each, now))
    if words:
        connection.execute(_set_words(), words)
    if rows:
        connection.execute(_insert(), rows)
    numbers = {each.article_id: stored[each.article_id][each.after.content_hash][0] for each in touched}
    return numbers, frozenset(_withdrawn(touched, stored))


def _is_touched(each: DecidedArticle) -> bool:
    """Say whether anything may follow for an article's versions; mostly only the one that is shown was said again."""
    said = {version.article.content_hash for version in each.versions} | {each.after.content_hash}
    return each.before is None or said != {each.before.content_hash} or each.after.notice is Notice.KILL


def _withdrawn(articles: Iterable[DecidedArticle], stored: _Stored) -> Iterable[int]:
    for each in articles:
        if each.after.notice is Notice.KILL and any(
            notice is not Notice.KILL for _, notice in stored[each.article_id].values()
        ):
            yield each.article_id


def _find(connection: Connection, article_ids: Sequence[int]) -> _Stored:
    """Return number and notice of the versions of articles, by their hashes."""
    found: _Stored = defaultdict(dict)
    for start in range(0, len(article_ids), _SLICE):
        for row in connection.execute(_versions(), {"ids": article_ids[start : start + _SLICE]}):
            found[row.article_id][row.content_hash] = (row.number, Notice(row.notice) if row.notice else None)
    return found


def _row(article_id: int, number: int, version: Version, each: DecidedArticle, now: datetime) -> dict[str, Any]:
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


@cache
def _versions() -> Select[*tuple[Any, ...]]:
    facts = (RevisionRow.article_id, RevisionRow.number, RevisionRow.content_hash, RevisionRow.notice)
    return select(*facts).where(RevisionRow.article_id.in_(bindparam("ids", expanding=True)))


@cache
def _set_words() -> Update:
    of_article = RevisionRow.article_id == bindparam("b_article_id")
    return update(RevisionRow).where(of_article, RevisionRow.content_hash == bindparam("b_hash"))


@cache
def _insert() -> Insert:
    return insert(RevisionRow)
