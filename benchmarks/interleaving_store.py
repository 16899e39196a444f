"""Holding a store against the model: articles, revisions, sightings, events and schedules."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from benchmarks.interleaving_model import Change, Model
from benchmarks.interleaving_publisher import Words
from worker.database.article_tables import ArticleRow, EventRow, RevisionRow, SightingRow
from worker.database.article_values import FIELDS, read_article, unpack_article
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.values import Article, Notice

# The fields of which the model knows what they hold; the others follow from these.
_FIELDS = ("title", "original_url", "url", "authors", "tags", "published_at", "updated_at")


def find_differences(engine: Engine, model: Model) -> list[str]:
    """Return in what a store differs from the model, a sentence each."""
    with reading(engine) as connection:
        ids = _ids_of_things(connection, model)
        return [
            *_compare("sighting", _expected_sightings(model), _sightings(connection, ids)),
            *_debug(connection, model),
            *_compare("article", _expected_articles(model), _articles(connection, ids)),
            *_compare("revisions of", dict(model.revisions), _revisions(connection, ids)),
            *_compare("feed", _expected_feeds(model), _feeds(connection)),
            *_find_broken(connection),
        ]


def name_articles(engine: Engine, model: Model) -> dict[int, Hashable]:
    """Return what the model calls the articles, by their ids."""
    with reading(engine) as connection:
        return _things(_ids_of_things(connection, model))


def read_changes(engine: Engine, since: int) -> tuple[int, list[Change]]:
    """Return the events after one, articles by their ids, and the id of the last one."""
    with reading(engine) as connection:
        rows = connection.execute(select(EventRow).where(EventRow.id > since).order_by(EventRow.id)).all()
    changes = [
        (row.kind, row.article_id or row.feed_id, frozenset((row.details or {}).get("fields", ())) & {*_FIELDS})
        for row in rows
    ]
    return max((row.id for row in rows), default=since), changes


def last_event(engine: Engine) -> int:
    """Return the id of the newest event."""
    with reading(engine) as connection:
        return connection.execute(select(func.max(EventRow.id))).scalar() or 0


def _compare(what: str, expected: dict[Any, Any], found: dict[Any, Any]) -> Iterator[str]:
    for name in sorted(expected.keys() | found.keys(), key=repr):
        if expected.get(name) != found.get(name):
            yield f"{what} {name}: should be {expected.get(name)}, is {found.get(name)}"


def _ids_of_things(connection: Connection, model: Model) -> dict[Hashable, int]:
    """Return the ids of articles by what the model calls them, as their sightings say."""
    query = select(SightingRow.feed_id, SightingRow.guid, SightingRow.article_id)
    ids: dict[Hashable, int] = {}
    for row in connection.execute(query.order_by(SightingRow.id)):
        if said := model.said.get((row.feed_id, row.guid)):
            ids.setdefault(said[0].entry.thing, row.article_id)
    return ids


def _things(ids: dict[Hashable, int]) -> dict[int, Hashable]:
    return {article_id: thing for thing, article_id in ids.items()}


def _fields(article: Article) -> tuple[object, ...]:
    return tuple(getattr(article, name) for name in _FIELDS)


def _expected_sightings(model: Model) -> dict[Any, Any]:
    shown = {(said.feed_id, said.entry.guid) for said in model.shown().values()}
    return {
        key: {
            "thing": said.entry.thing,
            "text": said.entry.text,
            "fields": tuple(said.entry.fields[name] for name in _FIELDS),
            "version": said.entry.version,
            "is shown": key in shown,
            "has left": model.has_left(key),
        }
        for key, said in model.sightings().items()
    }


def _sightings(connection: Connection, ids: dict[Hashable, int]) -> dict[Any, Any]:
    articles = {row.id: read_article(row) for row in connection.execute(select(ArticleRow))}
    things = _things(ids)
    found = {}
    for row in connection.execute(select(SightingRow)):
        said = unpack_article(row.said) or articles[row.article_id]
        found[row.feed_id, row.guid] = {
            "thing": things.get(row.article_id),
            "text": said.text,
            "fields": _fields(said),
            "version": row.version,
            "is shown": row.said is None,
            "has left": row.left_at is not None,
        }
    return found


def _expected_articles(model: Model) -> dict[Any, Any]:
    return {
        thing: {
            "text": said.entry.text,
            "fields": tuple(said.entry.fields[name] for name in _FIELDS),
            "is kill": said.entry.is_kill,
            "is killed": said.entry.is_kill and any(not words.is_kill for words in model.revisions[thing]),
            "carried first by": {said.feed_id for said in model.sightings().values() if said.entry.thing == thing},
        }
        for thing, said in model.shown().items()
    }


def _articles(connection: Connection, ids: dict[Hashable, int]) -> dict[Any, Any]:
    things = _things(ids)
    carried = defaultdict(set)
    for row in connection.execute(select(SightingRow.article_id, SightingRow.feed_id)):
        carried[row.article_id].add(row.feed_id)
    facts = (ArticleRow.id, ArticleRow.killed_by, *(ArticleRow.__table__.c[name] for name in FIELDS))
    return {
        things.get(row.id, row.id): {
            "text": row.text,
            "fields": _fields(read_article(row)),
            "is kill": row.notice == Notice.KILL,
            "is killed": row.killed_by == row.id,
            "carried first by": carried[row.id],
        }
        for row in connection.execute(select(*facts))
    }


def _revisions(connection: Connection, ids: dict[Hashable, int]) -> dict[Any, Any]:
    things = _things(ids)
    found = defaultdict(set)
    query = select(RevisionRow, ArticleRow.text.label("shown"))
    for row in connection.execute(query.join(ArticleRow, ArticleRow.id == RevisionRow.article_id)):
        text = row.shown if row.text is None else row.text
        found[things.get(row.article_id, row.article_id)].add(
            Words(row.title.lower(), text, row.notice == Notice.KILL)
        )
    return dict(found)


def _expected_feeds(model: Model) -> dict[Any, Any]:
    return {
        feed_id: {
            "url": feed.url,
            "state": feed.state,
            "is due": feed.is_due,
            "is requested": feed.is_requested,
            "instructions": feed.instructions,
            "edition": feed.edition,
            "etag": feed.etag,
            "body_hash": feed.body_hash,
            "last_success_at": feed.last_success_at,
            "is failing": feed.is_failing,
        }
        for feed_id, feed in model.feeds.items()
    }


def _feeds(connection: Connection) -> dict[Any, Any]:
    query = select(ScheduleRow, FeedRow.url, FeedRow.state).join(FeedRow, FeedRow.id == ScheduleRow.feed_id)
    return {
        row.feed_id: {
            "url": row.url,
            "state": row.state,
            "is due": row.next_poll_at is not None,
            "is requested": row.requested_at is not None,
            "instructions": row.instructions,
            "edition": row.edition,
            "etag": row.etag,
            "body_hash": row.body_hash,
            "last_success_at": row.last_success_at,
            "is failing": row.error_class is not None,
        }
        for row in connection.execute(query)
    }


def _find_broken(connection: Connection) -> Iterator[str]:
    """Yield what must never be, whatever was said: words that are kept twice, or nowhere."""
    query = select(RevisionRow.article_id, RevisionRow.number, RevisionRow.text, ArticleRow.revision)
    for row in connection.execute(query.join(ArticleRow, ArticleRow.id == RevisionRow.article_id)):
        if (row.text is None) != (row.number == row.revision):
            yield f"revision {row.number} of article {row.article_id}, which shows {row.revision}: its text is {row.text}"


def _debug(connection, model):
    exp, got = _expected_sightings(model), _sightings(connection, _ids_of_things(connection, model))
    times = {(r.feed_id, r.guid): f"said {r.said_at:%H:%M:%S.%f} read {r.read_at:%H:%M:%S.%f} left {r.left_at}" for r in connection.execute(select(SightingRow))}
    for k in exp:
        if exp[k] != got.get(k):
            yield f"   {k} in store: {times.get(k)}; success {model.feeds[k[0]].last_success_at}; in model:"
            for s in sorted(model.said[k], key=lambda e: e.rank)[-6:]:
                yield f"       said {s.said_at:%H:%M:%S.%f} read {s.read_at:%H:%M:%S.%f} {s.entry.version} {s.entry.text[:13]} {s.entry.title} {s.entry.tags}"
            for r in model.feeds[k[0]].readings[-6:]:
                yield f"       reading {r.read_at:%H:%M:%S.%f} {'held' if r.is_newest else 'not held'} has it: {any(e.guid==k[1] for e in r.entries)}"
