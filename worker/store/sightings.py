"""Writing what documents brought: articles, their versions and sightings, and the events that tell of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Update, bindparam, case, func, insert, update
from sqlalchemy.exc import IntegrityError

from worker.basics.codec import pack
from worker.database.article_tables import ArticleNameRow, ArticleRow, SightingRow
from worker.database.codecs import ARTICLE
from worker.database.conflicts import is_taken
from worker.database.outbox_tables import EventKind, tell
from worker.database.statements import upsert
from worker.database.types import UtcDateTime
from worker.store.versions import store_versions
from worker.values.decisions import DecidedArticle, Decision, Resighted, Restated
from worker.values.entries import Notice
from worker.values.outcomes import PollResult


class StaleDecisionError(Exception):
    """What a decision rests on was changed by another poll meanwhile: decide again from what the store holds now."""


def store_decision(connection: Connection, decision: Decision, policy_version: int, now: datetime) -> None:
    """Write what follows from some documents; StaleDecisionError means that nothing must be committed."""
    # By their ids, as they are locked.
    known = sorted((each for each in decision.articles if each.before), key=lambda each: each.article_id)
    # By their match keys, so that two who create the same articles wait for each other in one order; those without one
    # from the end of their document, where the oldest stand.
    new = [each for each in reversed(decision.articles) if not each.before]
    new.sort(key=lambda each: each.after.match_key or "")
    try:
        numbers, withdrawn = store_versions(connection, known, now)
        _update(connection, known, numbers, withdrawn, policy_version)
        ids = _create(connection, new, policy_version, now)
    except IntegrityError as error:
        if is_taken(error):
            # Another poll has just created an article by the same match key.
            raise StaleDecisionError from error
        raise
    _sight(connection, decision.sightings, ids, now)
    _restate(connection, decision.restated)
    _name(connection, decision.articles, ids)
    _tell(connection, known, new, ids, now)


def confirm_sightings(connection: Connection, results: Sequence[PollResult]) -> None:
    """Note when entries were read unchanged, where that was without a lease: no good poll of the feed tells it."""
    rows = [{"b_id": each, "b_read_at": result.read_at} for result in results for each in sorted(result.read_again)]
    if rows:
        connection.execute(_confirm(), rows)


def store_departures(
    connection: Connection, results: Sequence[PollResult], confirmed: Mapping[int, datetime | None], now: datetime
) -> None:
    """Note which sightings came back to their feeds' documents and which left them.

    ``confirmed`` is when feeds were last polled well before: what leaves one was still there then, and said so.
    """
    moved: dict[int, dict[str, datetime | None]] = {}
    for result in results:
        confirmed_at = confirmed[result.record.feed_id] if result.host_id else None
        moved |= {sighting_id: {"b_left_at": None, "b_confirmed_at": None} for sighting_id in result.returned}
        moved |= {sighting_id: {"b_left_at": now, "b_confirmed_at": confirmed_at} for sighting_id in result.left}
    if moved:
        connection.execute(_depart(), [{"b_id": sighting_id} | moved[sighting_id] for sighting_id in sorted(moved)])


def _create(
    connection: Connection, new: Sequence[DecidedArticle], policy_version: int, now: datetime
) -> dict[int, int]:
    if not new:
        return {}
    hashes = ([version.article.content_hash for version in each.versions] for each in new)
    shown = [said.index(each.after.content_hash) + 1 for each, said in zip(new, hashes, strict=True)]
    rows = [
        ARTICLE.write(each.after)
        | {
            "guid": each.guid,
            "feed_id": each.feed_id,
            "first_seen_at": now,
            "policy_version": policy_version,
            "revision": number,
        }
        for each, number in zip(new, shown, strict=True)
    ]
    created = connection.execute(_insert_articles(), rows).scalars().all()
    ids = {each.article_id: article_id for each, article_id in zip(new, created, strict=True)}
    store_versions(connection, new, now, ids)
    return ids


def _update(
    connection: Connection,
    known: Sequence[DecidedArticle],
    numbers: Mapping[int, int],
    withdrawn: frozenset[int],
    policy_version: int,
) -> None:
    """Let known articles show what they show from now on, and be found by what they are found by."""
    _free_match_keys(connection, known)
    revised, refreshed = [], []
    for each in known:
        links = _links(each, is_withdrawn=each.article_id in withdrawn)
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
            connection.execute(_update_articles(), rows)


def _free_match_keys(connection: Connection, known: Sequence[DecidedArticle]) -> None:
    """Take match keys from articles that change theirs where others get those: links may all move up by one."""
    changing = [each for each in known if each.before and each.before.match_key not in {None, each.after.match_key}]
    freed = {each.before.match_key for each in changing if each.before}
    if freed & {each.after.match_key for each in changing}:
        ids = [each.article_id for each in changing]
        connection.execute(update(ArticleRow).where(ArticleRow.id.in_(ids)).values(match_key=None))


def _links(each: DecidedArticle, *, is_withdrawn: bool) -> tuple[int | None, int | None]:
    """Return what an article acts on and is killed by: under another wire key other articles, found afterwards.

    One that is killed under its own guid acts on itself, unless it was a kill from the beginning.
    """
    article_id = each.article_id
    if is_withdrawn:
        return article_id, article_id
    assert each.before, "only what is stored has links"
    if each.before.wire_key != each.after.wire_key:
        return None, None
    stored = (each.acts_on, each.killed_by)
    return (None, None) if each.after.notice is not Notice.KILL and stored[0] == article_id else stored


def _sight(connection: Connection, sightings: Sequence[Resighted], ids: Mapping[int, int], now: datetime) -> None:
    """Note that feeds carry articles, under which guids, and what they say of them."""
    if sightings:
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
        connection.execute(_upsert_sightings(connection.dialect.name), rows)


def _restate(connection: Connection, restated: Sequence[Restated]) -> None:
    if restated:
        rows = [
            {"b_feed_id": each.feed_id, "b_guid_hash": each.guid_hash, "said": each.said and pack(each.said)}
            for each in sorted(restated, key=lambda each: (each.feed_id, each.guid_hash))
        ]
        connection.execute(_restate_sightings(), rows)


def _name(connection: Connection, articles: Sequence[DecidedArticle], ids: Mapping[int, int]) -> None:
    rows = [
        {"name": name, "article_id": ids.get(each.article_id, each.article_id)}
        for each in articles
        for name in each.names
    ]
    if rows:
        connection.execute(upsert(connection.dialect.name, ArticleNameRow).on_conflict_do_nothing(), rows)


def _tell(
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
    tell(connection, now, EventKind.ARTICLE_CREATED, created)
    tell(connection, now, EventKind.ARTICLE_REVISED, revised)
    tell(connection, now, EventKind.ARTICLE_REFRESHED, refreshed)


# Statements are built once: building one costs several times what running it does.
@cache
def _insert_articles() -> Any:
    return insert(ArticleRow).returning(ArticleRow.id, sort_by_parameter_order=True)


@cache
def _update_articles() -> Update:
    return update(ArticleRow).where(ArticleRow.id == bindparam("b_id"))


@cache
def _upsert_sightings(dialect: str) -> Insert:
    statement = upsert(dialect, SightingRow)
    names = (
        "article_id", "guid", "known_by", "original_url", "fingerprint", "content_hash", "version", "said_at",
        "read_at", "length", "said",
    )  # fmt: skip
    changed: dict[str, Any] = {name: statement.excluded[name] for name in names}
    # A guid that came to name another article has carried that one since now.
    is_the_same = SightingRow.article_id == statement.excluded.article_id
    changed["first_seen_at"] = case((is_the_same, SightingRow.first_seen_at), else_=statement.excluded.first_seen_at)
    changed["left_at"] = case(
        (statement.excluded.left_at.is_not(None), func.coalesce(SightingRow.left_at, statement.excluded.left_at))
    )
    return statement.on_conflict_do_update(index_elements=["feed_id", "guid_hash"], set_=changed)


@cache
def _restate_sightings() -> Update:
    of_feed = SightingRow.feed_id == bindparam("b_feed_id")
    return update(SightingRow).where(of_feed, SightingRow.guid_hash == bindparam("b_guid_hash"))


@cache
def _confirm() -> Update:
    read_at = bindparam("b_read_at", type_=SightingRow.read_at.type)
    is_undated = SightingRow.said_at == SightingRow.read_at
    said_at = case((is_undated, read_at), else_=SightingRow.said_at)
    older = (SightingRow.id == bindparam("b_id")) & (SightingRow.read_at < read_at)
    return update(SightingRow).where(older).values(read_at=read_at, said_at=said_at)


@cache
def _depart() -> Update:
    left_at, confirmed_at = (bindparam(name, type_=UtcDateTime()) for name in ("b_left_at", "b_confirmed_at"))
    is_confirmed = SightingRow.read_at < confirmed_at
    # What nobody dates was said when it was read.
    is_undated = is_confirmed & (SightingRow.said_at == SightingRow.read_at)
    return (
        update(SightingRow)
        .where(SightingRow.id == bindparam("b_id"))
        .values(
            left_at=left_at,
            said_at=case((is_undated, confirmed_at), else_=SightingRow.said_at),
            read_at=case((is_confirmed, confirmed_at), else_=SightingRow.read_at),
        )
    )
