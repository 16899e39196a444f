"""Linking what polls store with what the same wire sent before and after, in the polls' own transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
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
from worker.database.article_tables import ArticleRow
from worker.database.outbox_tables import EventKind, write_events
from worker.database.statements import is_among
from worker.values.articles import KnownArticle, Relinked, Sighting, WireArticle
from worker.values.decisions import DecidedArticle, Decision
from worker.values.entries import Notice
from worker.wire.links import AFTER, BEFORE, link_notices

# --- Linking notices: what was sent under a wire key is locked and read, then written with the events that tell of
# it.

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
    write_events(connection, now, EventKind.ARTICLE_CORRECTED, corrected)
    write_events(connection, now, EventKind.ARTICLE_KILLED, killed)
    write_events(connection, now, EventKind.ARTICLE_REINSTATED, reinstated)


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


def lock_sent(connection: Connection, sightings: Sequence[Sighting]) -> None:
    """Lock the wire keys of what documents brought, before anything else: nobody who waits for one holds what we need.

    What no wire sent, which is all that most feeds carry, costs no statement more.
    """
    keys = {sighting.article.wire_key for sighting in sightings if sighting.article.wire_key}
    # Of two copies of a file that are read at once the second then finds the first.
    keys |= {name for sighting in sightings for name in sighting.names}
    if keys:
        lock_wire_keys(connection, keys)


def lock_stored(connection: Connection, known: Sequence[KnownArticle]) -> None:
    """Lock the wire keys that known articles have: an edit may give them others, and what followed is decided anew."""
    if keys := {article.shown.wire_key for article in known if article.shown.wire_key}:
        lock_wire_keys(connection, keys)


def link_stored(connection: Connection, decision: Decision, now: datetime) -> None:
    """Link notices that were stored, and those that waited for what was stored."""
    sent = [each for article in decision.articles for each in _sent(article, now)]
    for near in _in_spans(sent):
        _link(connection, {key for key, _ in near}, [moment.date() for _, moment in near], now)


def _in_spans(sent: Iterable[tuple[str, datetime]]) -> list[list[tuple[str, datetime]]]:
    """Part what was sent long apart, as an archive beside today's news: all that lies between need not be read."""
    spans: list[list[tuple[str, datetime]]] = []
    for key, moment in sorted(sent, key=lambda each: each[1]):
        if not spans or moment - spans[-1][-1][1] > BEFORE + AFTER:
            spans.append([])
        spans[-1].append((key, moment))
    return spans


def _sent(article: DecidedArticle, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield under which wire key an article was sent, and when; of a changed one also those that it had before."""
    if article.before != article.after:
        for version in (article.after, article.before):
            if version and version.wire_key:
                yield version.wire_key, version.published_at or article.first_seen_at or now


def _link(connection: Connection, keys: Collection[str], days: Collection[date], now: datetime) -> None:
    """Decide and write what follows from what was sent under these keys on these days."""
    first, last = min(days), max(days)
    since, until = (datetime.combine(day, time.min, now.tzinfo) for day in (first - BEFORE, last + AFTER))
    known = {article.article_id: article for article in find_wire_articles(connection, keys, since, until)}
    store_links(connection, link_notices([*known.values()], first, last), known, now)
