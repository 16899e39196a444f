"""Linking notices: what was sent under a wire key is locked and read, then written with the events that tell of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import xxhash
from sqlalchemy import (
    CompoundSelect,
    Connection,
    RowMapping,
    bindparam,
    select,
    text,
    union_all,
    update,
)

from worker.basics.text import spell_bare
from worker.database.among import is_among
from worker.database.article_tables import ArticleRow
from worker.database.events import tell
from worker.database.values_events import EventKind
from worker.values import Notice, Relinked, WireArticle

# On PostgreSQL keys share so many advisory locks: of those a transaction may not hold any number.
_SLOTS = 64
_LOCK = text("SELECT pg_advisory_xact_lock(706173, slot) FROM unnest(CAST(:slots AS int[])) AS slot")
_AS_STORED = (
    "article_id", "feed_id", "wire_key", "content_hash", "first_seen_at", "published_at", "dateline_date",
    "notice_number", "acts_on", "killed_by",
)  # fmt: skip
# SQLite takes at most 32,766 parameters in one statement, and each key is two.
_SLICE = 5_000
# Nobody sends as many, unless to wear us out.
_MOST_ARTICLES = 10_000


def lock_wire_keys(connection: Connection, keys: Collection[str]) -> None:
    """Let only this transaction link what was sent under these keys, until it ends.

    Of two that store a dispatch and its kill at once, the second then finds what the first has committed. On SQLite
    there is only one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        # In one order for all transactions.
        slots = sorted({xxhash.xxh3_64_intdigest(key.encode()) % _SLOTS for key in keys})
        connection.execute(_LOCK, {"slots": slots})


def find_wire_articles(
    connection: Connection, keys: Collection[str], since: datetime, until: datetime
) -> list[WireArticle]:
    """Return the articles of these wire keys that were sent from one moment to before another."""
    names = sorted(keys)
    slices = (names[start : start + _SLICE] for start in range(0, len(names), _SLICE))
    wanted = ({"wire_keys": some, "since": since, "until": until, "most": _MOST_ARTICLES} for some in slices)
    return [_read(row) for each in wanted for row in connection.execute(_wire_articles(), each).mappings()]


def store_links(
    connection: Connection, relinked: Sequence[Relinked], known: Mapping[int, WireArticle], now: datetime
) -> None:
    """Write what articles act on and what killed them, and tell of those that are killed or corrected now.

    ``known`` are the articles that they may be linked with, by their ids.
    """
    if relinked:
        # In one order for all transactions.
        links = sorted(relinked, key=lambda each: each.article.article_id)
        rows = [
            {"b_id": each.article.article_id, "b_acts_on": each.acts_on, "b_killed_by": each.killed_by}
            for each in links
        ]
        connection.execute(_update_links(), rows)
        _tell(connection, links, known, now)


def forget_links(connection: Connection, gone: Collection[int]) -> None:
    """Let nothing act on, or be killed by, articles that have been deleted."""
    for link in (ArticleRow.acts_on, ArticleRow.killed_by):
        is_gone = is_among(connection.dialect.name, link, gone)
        connection.execute(update(ArticleRow).where(is_gone).values({link: None}))


def _tell(
    connection: Connection, relinked: Sequence[Relinked], known: Mapping[int, WireArticle], now: datetime
) -> None:
    corrected, killed, reinstated = [], [], []
    for each in relinked:
        article = each.article
        if article.notice is Notice.CORRECTION and each.acts_on not in {None, article.acts_on}:
            corrected.append(_by(article, each.acts_on))
        if each.killed_by and not article.killed_by:
            killed.append(_by(known[each.killed_by], article.article_id))
        if article.killed_by and not each.killed_by:
            reinstated.append({"article_id": article.article_id})
    tell(connection, now, EventKind.ARTICLE_CORRECTED, corrected)
    tell(connection, now, EventKind.ARTICLE_KILLED, killed)
    tell(connection, now, EventKind.ARTICLE_REINSTATED, reinstated)


def _by(notice: WireArticle, article_id: int | None) -> dict[str, Any]:
    details = {"by": notice.article_id, "words": notice.words}
    return {"article_id": article_id, "feed_id": notice.feed_id, "details": details}


def _read(row: RowMapping) -> WireArticle:
    return WireArticle(
        headline=spell_bare(row["title"]),
        agency=spell_bare(row["agency"] or ""),
        notice=Notice(row["notice"]) if row["notice"] else None,
        words=row["note"] or row["title"],
        **{name: row[name] for name in _AS_STORED},
    )


# Statements are built once: building one costs several times what running it does.
@cache
def _wire_articles() -> CompoundSelect[*tuple[Any, ...]]:
    since, until = (bindparam(name, type_=ArticleRow.published_at.type) for name in ("since", "until"))
    published_at, first_seen_at = ArticleRow.published_at, ArticleRow.first_seen_at
    of_keys = select(
        ArticleRow.id.label("article_id"),
        ArticleRow.title,
        ArticleRow.agency,
        ArticleRow.notice,
        ArticleRow.note,
        *(ArticleRow.__table__.c[name] for name in _AS_STORED if name != "article_id"),
    ).where(ArticleRow.wire_key.in_(bindparam("wire_keys", expanding=True)))
    dated = of_keys.where(published_at >= since, published_at < until)
    undated = of_keys.where(published_at.is_(None), first_seen_at >= since, first_seen_at < until)
    # Two searches of one index, where SQLite would read all that a slug ever had for an OR. And in no order: for the
    # newest ids PostgreSQL might go through all articles from the last.
    return union_all(dated, undated).limit(bindparam("most"))


@cache
def _update_links() -> Any:
    return (
        update(ArticleRow)
        .where(ArticleRow.id == bindparam("b_id"))
        .values(acts_on=bindparam("b_acts_on"), killed_by=bindparam("b_killed_by"))
    )
