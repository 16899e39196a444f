"""Storing what documents brought: articles, their versions and sightings, and events of what changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, text, update
from sqlalchemy.exc import IntegrityError

from worker.basics.codec import pack
from worker.database.article_tables import ArticleNameRow, ArticleRow, SightingRow
from worker.database.conflicts import is_taken
from worker.database.many_rows import insert_many, replaced, update_many
from worker.database.outbox_tables import EventKind, write_events
from worker.database.value_columns import ARTICLE
from worker.search.indexing import SearchedArticle, index_articles
from worker.store.revisions import store_versions
from worker.values.decisions import DecidedArticle, Decision, Resighted, Restated
from worker.values.entries import Notice

# Statements are built once: building one costs several times what running it does.
_AT_ONCE = 20
_INSERT_ARTICLES = insert_many(
    ArticleRow,
    [*ARTICLE.names.values(), "id", "guid", "feed_id", "first_seen_at", "policy_version", "revision"],
    at_once=_AT_ONCE,
)
_UPDATE_ARTICLES = update(ArticleRow).where(ArticleRow.id == bindparam("b_id"))
_RESTATE = update_many(SightingRow, ["feed_id", "guid_hash"], replaced("said"))
# The sequence is looked up in a query of its own, so once, and not for each id.
_RESERVE_IDS = text(
    "SELECT nextval((SELECT pg_get_serial_sequence('articles', 'id')::regclass)) FROM generate_series(1, :count)"
)
# SQLite has one writer at a time: nobody else takes the ids that follow.
_LAST_ID = text("SELECT seq FROM sqlite_sequence WHERE name = 'articles'")
# When a sighting is written again, these columns are simply replaced.
_RESIGHTED = (
    "article_id", "guid", "known_by", "original_url", "fingerprint", "content_hash", "version", "said_at", "read_at",
    "length", "said",
)  # fmt: skip
# A guid that now names another article carries that one only since now.
_UPSERT_SIGHTINGS = insert_many(
    SightingRow,
    ["feed_id", "guid_hash", "first_seen_at", "left_at", *_RESIGHTED],
    f"""ON CONFLICT (feed_id, guid_hash) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _RESIGHTED)},
    first_seen_at = CASE sightings.article_id WHEN excluded.article_id THEN sightings.first_seen_at
        ELSE excluded.first_seen_at END,
    left_at = CASE WHEN excluded.left_at IS NOT NULL THEN coalesce(sightings.left_at, excluded.left_at) END""",
    _AT_ONCE,
)
_INSERT_NAMES = insert_many(ArticleNameRow, ["name", "article_id"], "ON CONFLICT DO NOTHING")


class StaleDecisionError(Exception):
    """Another poll has changed what a decision rests on: decide again from what the store holds now."""


def store_decision(connection: Connection, decision: Decision, policy_version: int, now: datetime) -> None:
    """Write what follows from some documents; after a StaleDecisionError nothing must be committed."""
    # By id, the order in which articles are locked.
    known = sorted((each for each in decision.articles if each.before), key=lambda each: each.article_id)
    # By match key, so that two transactions that create the same articles wait for each other in one order. Articles
    # without one are created document by document, each from its end, where the oldest are.
    new = [each for each in reversed(decision.articles) if not each.before]
    places = {feed_id: place for place, feed_id in enumerate(dict.fromkeys(each.feed_id for each in reversed(new)))}
    new.sort(key=lambda each: (each.after.match_key or "", places[each.feed_id]))
    try:
        numbers, withdrawn = store_versions(connection, known, now)
        _update_articles(connection, known, numbers, withdrawn, policy_version)
        ids = _create_articles(connection, new, policy_version, now)
    except IntegrityError as error:
        if is_taken(error):
            # Another poll has just created an article by the same match key.
            raise StaleDecisionError from error
        raise
    _store_sightings(connection, decision.sightings, ids, now)
    _restate_sightings(connection, decision.restated)
    _store_names(connection, decision.articles, ids)
    _write_article_events(connection, known, new, ids, now)
    index_articles(connection, _list_searched(decision.articles, ids))


def _update_articles(
    connection: Connection,
    known: Sequence[DecidedArticle],
    numbers: Mapping[int, int],
    withdrawn: frozenset[int],
    policy_version: int,
) -> None:
    """Write what known articles show, and what they are found by, where that changes."""
    _free_match_keys(connection, known)
    revised, refreshed = [], []
    for each in known:
        links = _links_after(each, is_withdrawn=each.article_id in withdrawn)
        if each.after == each.before and links == (each.acts_on, each.killed_by):
            continue
        row = ARTICLE.write(each.after) | {"b_id": each.article_id, "policy_version": policy_version}
        row |= {"acts_on": links[0], "killed_by": links[1]}
        if each.is_revised:
            revised.append(row | {"revision": numbers[each.article_id], "grouped_at": None})
        else:
            refreshed.append(row)
    for rows in (revised, refreshed):
        if rows:
            connection.execute(_UPDATE_ARTICLES, rows)


def _free_match_keys(connection: Connection, known: Sequence[DecidedArticle]) -> None:
    """Clear the match keys that one article gives up and another takes, as when a feed's links all move up by one."""
    changing = [each for each in known if each.before and each.before.match_key not in {None, each.after.match_key}]
    freed = {each.before.match_key for each in changing if each.before}
    if freed & {each.after.match_key for each in changing}:
        ids = [each.article_id for each in changing]
        connection.execute(update(ArticleRow).where(ArticleRow.id.in_(ids)).values(match_key=None))


def _links_after(each: DecidedArticle, *, is_withdrawn: bool) -> tuple[int | None, int | None]:
    """Return the ids of the article that a known one acts on, and of the one that kills it.

    With another wire key both are None: ``link_stored`` finds them afterwards. An article killed under its own guid has
    its own id as both, unless it was a kill from the beginning.
    """
    article_id = each.article_id
    if is_withdrawn:
        return article_id, article_id
    assert each.before, "only a stored article has links"
    if each.before.wire_key != each.after.wire_key:
        return None, None
    stored = (each.acts_on, each.killed_by)
    return (None, None) if each.after.notice is not Notice.KILL and stored[0] == article_id else stored


def _create_articles(
    connection: Connection, new: Sequence[DecidedArticle], policy_version: int, now: datetime
) -> dict[int, int]:
    ids = dict(zip((each.article_id for each in new), _reserve_ids(connection, len(new)), strict=True))
    rows = []
    for each in new:
        shown = 1 + [version.article.content_hash for version in each.versions].index(each.after.content_hash)
        of_row = (ids[each.article_id], each.guid, each.feed_id, now, policy_version, shown)
        rows.append(ARTICLE.list_values(each.after) + of_row)
    _INSERT_ARTICLES.execute_tuples(connection, rows)
    store_versions(connection, new, now, ids)
    return ids


def _reserve_ids(connection: Connection, count: int) -> Sequence[int]:
    """Return so many ids that no article has or had, rising."""
    if not count:
        return ()
    if connection.dialect.name == "postgresql":
        return connection.execute(_RESERVE_IDS, {"count": count}).scalars().all()
    last = connection.execute(_LAST_ID).scalar() or 0
    return range(last + 1, last + 1 + count)


def _store_sightings(
    connection: Connection, sightings: Sequence[Resighted], ids: Mapping[int, int], now: datetime
) -> None:
    """Write which feeds carry articles, under which guids, and what they say of them."""
    rows = [
        {
            "feed_id": each.feed_id,
            "article_id": ids.get(each.article_id, each.article_id),
            "guid": each.sighting.guid,
            "guid_hash": each.sighting.guid_hash,
            "known_by": each.sighting.known_by,
            "original_url": each.sighting.article.original_url,
            "fingerprint": each.sighting.fingerprint,
            "content_hash": each.sighting.article.content_hash,
            "version": each.sighting.version,
            "said_at": each.said_at,
            "read_at": each.read_at,
            "length": len(each.sighting.article.text),
            "said": each.said and pack(each.said),
            "first_seen_at": now,
            "left_at": None if each.is_present else now,
        }
        for each in sightings
    ]
    _UPSERT_SIGHTINGS.execute(connection, rows)


def _restate_sightings(connection: Connection, restated: Sequence[Restated]) -> None:
    rows = [
        {"feed_id": each.feed_id, "guid_hash": each.guid_hash, "said": each.said and pack(each.said)}
        for each in sorted(restated, key=lambda each: (each.feed_id, each.guid_hash))
    ]
    _RESTATE.execute(connection, rows)


def _store_names(connection: Connection, articles: Sequence[DecidedArticle], ids: Mapping[int, int]) -> None:
    rows = [
        {"name": name, "article_id": ids.get(each.article_id, each.article_id)}
        for each in articles
        for name in each.names
    ]
    _INSERT_NAMES.execute(connection, rows)


def _list_searched(articles: Sequence[DecidedArticle], ids: Mapping[int, int]) -> Iterator[SearchedArticle]:
    for each in articles:
        after = each.after
        if after != each.before:
            article_id = ids.get(each.article_id, each.article_id)
            yield SearchedArticle(article_id, after.title, after.text, after.tags, after.language, after.agency)


def _write_article_events(
    connection: Connection,
    known: Sequence[DecidedArticle],
    new: Sequence[DecidedArticle],
    ids: Mapping[int, int],
    now: datetime,
) -> None:
    created = [{"article_id": ids[each.article_id], "feed_id": each.feed_id} for each in new]
    revised = [{"article_id": each.article_id, "feed_id": each.feed_id} for each in known if each.is_revised]
    refreshed = [
        {"article_id": each.article_id, "feed_id": each.feed_id, "details": {"fields": list(each.changed_fields)}}
        for each in known
        if not each.is_revised and each.changed_fields
    ]
    write_events(connection, now, EventKind.ARTICLE_CREATED, created)
    write_events(connection, now, EventKind.ARTICLE_REVISED, revised)
    write_events(connection, now, EventKind.ARTICLE_REFRESHED, refreshed)
