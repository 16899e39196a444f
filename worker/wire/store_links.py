"""Linking what polls store with what the same wire sent before and after, in the polls' own transaction.

The wire keys and names that documents bring are locked before all else, those wire keys that the store has of their
articles after the articles; a deadlock there is retried. Once a decision is stored, all that was sent under these keys
in the days around is read, the links that change are written, and with them the events of articles that are now
corrected, killed or reinstated.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from functools import cache
from typing import Any

import xxhash
from sqlalchemy import CompoundSelect, Connection, RowMapping, bindparam, select, text, union_all, update

from worker.basics.text import spell_bare
from worker.database.article_tables import ArticleRow
from worker.database.outbox_tables import EventKind, write_events
from worker.database.statements import is_one_of, slices
from worker.values.articles import KnownArticle, Relinked, Sighting, WireArticle
from worker.values.decisions import DecidedArticle, Decision
from worker.values.entries import Notice
from worker.wire.link_notices import LINKED_AFTER, LINKED_BEFORE, link_notices

# On PostgreSQL keys share so many advisory locks, since a transaction may not hold any number of them.
_SLOTS = 64
_LOCK = text("SELECT pg_advisory_xact_lock(706173, slot) FROM unnest(CAST(:slots AS int[])) AS slot")
_AS_STORED = (
    "article_id", "feed_id", "wire_key", "content_hash", "first_seen_at", "published_at", "dateline_date",
    "notice_number", "acts_on", "killed_by",
)  # fmt: skip
# No wire sends more, unless to wear us out.
_MOST_ARTICLES = 10_000


def lock_brought_keys(connection: Connection, sightings: Sequence[Sighting]) -> None:
    """Lock the wire keys and names of what documents brought, before any other lock, so that nobody deadlocks.

    What no wire sent, which is all that most feeds carry, costs no statement.
    """
    keys = {sighting.article.wire_key for sighting in sightings if sighting.article.wire_key}
    # The names are locked too: of two copies of a file that are read at once, the second then finds the first.
    keys |= {name for sighting in sightings for name in sighting.names}
    _lock_keys(connection, keys)


def lock_known_keys(connection: Connection, known: Sequence[KnownArticle]) -> None:
    """Lock the wire keys of known articles: an edit may give them others, and then what followed changes too."""
    _lock_keys(connection, {article.shown.wire_key for article in known if article.shown.wire_key})


def lock_keys_of(connection: Connection, article_ids: Collection[int]) -> None:
    """Lock the wire keys of stored articles that are about to be deleted, before any other lock."""
    query = select(ArticleRow.wire_key).where(
        is_one_of(connection, ArticleRow.id, article_ids), ArticleRow.wire_key.is_not(None)
    )
    _lock_keys(connection, {row.wire_key for row in connection.execute(query) if row.wire_key})


def _lock_keys(connection: Connection, keys: Collection[str]) -> None:
    """Let only this transaction link what was sent under these keys, until it ends.

    Of two that store a dispatch and its kill at once, the second then finds what the first has committed. On SQLite
    there is only one writer anyway.
    """
    if keys and connection.dialect.name == "postgresql":
        # In one order for all transactions.
        slots = sorted({xxhash.xxh3_64_intdigest(key.encode()) % _SLOTS for key in keys})
        connection.execute(_LOCK, {"slots": slots})


def link_stored(connection: Connection, decision: Decision, now: datetime) -> None:
    """Link the notices that a decision stored, and stored notices that waited for what it brought."""
    sent = [each for article in decision.articles for each in _wire_keys_sent(article, now)]
    for span in _split_into_spans(sent):
        keys = {key for key, _ in span}
        first, last = span[0][1].date(), span[-1][1].date()
        since, until = (
            datetime.combine(day, time.min, now.tzinfo) for day in (first - LINKED_BEFORE, last + LINKED_AFTER)
        )
        known = {article.article_id: article for article in find_wire_articles(connection, keys, since, until)}
        _store_links(connection, link_notices([*known.values()], first, last), known, now)


def _wire_keys_sent(article: DecidedArticle, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the wire key under which a changed article was sent, and when; also those that it had before."""
    if article.before != article.after:
        for version in (article.after, article.before):
            if version and version.wire_key:
                yield version.wire_key, version.published_at or article.first_seen_at or now


def _split_into_spans(sent: Iterable[tuple[str, datetime]]) -> list[list[tuple[str, datetime]]]:
    """Return what was sent in order of time, split where it is long apart, as an archive is from today's news.

    What lies between then need not be read.
    """
    spans: list[list[tuple[str, datetime]]] = []
    for key, moment in sorted(sent, key=lambda each: each[1]):
        if not spans or moment - spans[-1][-1][1] > LINKED_BEFORE + LINKED_AFTER:
            spans.append([])
        spans[-1].append((key, moment))
    return spans


def find_wire_articles(
    connection: Connection, keys: Collection[str], since: datetime, until: datetime
) -> list[WireArticle]:
    """Return the articles of these wire keys that were sent from one moment to before another."""
    moments = {"since": since, "until": until, "most": _MOST_ARTICLES}
    wanted = ({"wire_keys": some} | moments for some in slices(sorted(keys)))
    return [
        _read_wire_article(row)
        for each in wanted
        for row in connection.execute(_select_wire_articles(), each).mappings()
    ]


# Statements are built once: building one costs several times what running it does.
@cache
def _select_wire_articles() -> CompoundSelect[*tuple[Any, ...]]:
    since, until = (bindparam(name, type_=ArticleRow.published_at.type) for name in ("since", "until"))
    published_at, first_seen_at = ArticleRow.published_at, ArticleRow.first_seen_at
    names = ("title", "agency", "notice", "note", *_AS_STORED[1:])
    of_keys = select(ArticleRow.id.label("article_id"), *(ArticleRow.__table__.c[name] for name in names)).where(
        ArticleRow.wire_key.in_(bindparam("wire_keys", expanding=True))
    )
    dated = of_keys.where(published_at >= since, published_at < until)
    undated = of_keys.where(published_at.is_(None), first_seen_at >= since, first_seen_at < until)
    # Two searches of one index, where for an OR SQLite would read all that a slug ever had. And in no order: for the
    # newest ids PostgreSQL might go through all articles from the last.
    return union_all(dated, undated).limit(bindparam("most"))


def _read_wire_article(row: RowMapping) -> WireArticle:
    return WireArticle(
        headline=spell_bare(row["title"]),
        agency=spell_bare(row["agency"] or ""),
        notice=Notice(row["notice"]) if row["notice"] else None,
        words=row["note"] or row["title"],
        **{name: row[name] for name in _AS_STORED},
    )


def _store_links(
    connection: Connection, relinked: Sequence[Relinked], known: Mapping[int, WireArticle], now: datetime
) -> None:
    """Write what articles act on and what killed them, with their events; ``known`` holds the kills by id."""
    if relinked:
        # In one order for all transactions.
        links = sorted(relinked, key=lambda each: each.article.article_id)
        rows = [
            {"b_id": each.article.article_id, "b_acts_on": each.acts_on, "b_killed_by": each.killed_by}
            for each in links
        ]
        connection.execute(_update_links(), rows)
        _write_notice_events(connection, links, known, now)


@cache
def _update_links() -> Any:
    return (
        update(ArticleRow)
        .where(ArticleRow.id == bindparam("b_id"))
        .values(acts_on=bindparam("b_acts_on"), killed_by=bindparam("b_killed_by"))
    )


def _write_notice_events(
    connection: Connection, relinked: Sequence[Relinked], known: Mapping[int, WireArticle], now: datetime
) -> None:
    """Tell readers of the outbox which articles are corrected, killed or reinstated now."""
    corrected, killed, reinstated = [], [], []
    for each in relinked:
        article = each.article
        if article.notice is Notice.CORRECTION and each.acts_on not in {None, article.acts_on}:
            corrected.append(_event_of(each.acts_on, article))
        if each.killed_by and not article.killed_by:
            killed.append(_event_of(article.article_id, known[each.killed_by]))
        if article.killed_by and not each.killed_by:
            reinstated.append({"article_id": article.article_id})
    write_events(connection, now, EventKind.ARTICLE_CORRECTED, corrected)
    write_events(connection, now, EventKind.ARTICLE_KILLED, killed)
    write_events(connection, now, EventKind.ARTICLE_REINSTATED, reinstated)


def _event_of(article_id: int | None, notice: WireArticle) -> dict[str, Any]:
    details = {"by": notice.article_id, "words": notice.words}
    return {"article_id": article_id, "feed_id": notice.feed_id, "details": details}


def forget_links(connection: Connection, gone: Collection[int]) -> None:
    """Let nothing act on, or be killed by, articles that have been deleted."""
    for link in (ArticleRow.acts_on, ArticleRow.killed_by):
        is_gone = is_one_of(connection, link, gone)
        connection.execute(update(ArticleRow).where(is_gone).values({link: None}))
