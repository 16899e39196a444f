"""What a store holds, in the words of the model of the interleavings, and in what it differs from that."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Engine, Row, Select, bindparam, func, select

from benchmarks.interleaving_model import Change, Model
from benchmarks.interleaving_publisher import FIELDS, Words
from worker.basics.codec import unpack
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.database.outbox_tables import EventRow
from worker.database.value_columns import ARTICLE
from worker.values.articles import Article
from worker.values.entries import Notice

_Facts = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """What a store holds, by what the model calls it."""

    sightings: _Facts
    articles: _Facts
    revisions: _Facts
    feeds: _Facts
    things: Mapping[int, Hashable]
    """What the model calls the articles, by their ids."""
    changes: tuple[Change, ...]
    """The events since the last look, articles by their ids."""
    last_event: int
    broken: tuple[str, ...]
    """What must never be, whatever was said."""

    def differences(self, model: Model) -> Iterator[str]:
        """Yield in what it differs from the model, a sentence each."""
        shown = model.shown()
        yield from _compare("sighting", _sightings(model, shown, self.sightings), self.sightings)
        yield from _compare("article", _articles(model, shown), self.articles)
        yield from _compare("revisions of", dict(model.revisions), self.revisions)
        yield from _compare("feed", {feed_id: feed.schedule for feed_id, feed in model.feeds.items()}, self.feeds)
        yield from self.broken


def look(engine: Engine, model: Model, last_event: int) -> Held:
    """Return what a store holds, with the events after one."""
    with reading(engine) as connection:
        rows = {name: connection.execute(query).all() for name, query in _queries().items()}
        events = connection.execute(_events(), {"last_event": last_event}).all()
    things = {
        row.article_id: said[0].entry.thing
        for row in rows["sightings"]
        if (said := model.said.get((row.feed_id, row.guid)))
    }
    articles = {row.id: row for row in rows["articles"]}
    return Held(
        sightings={(row.feed_id, row.guid): _sighting(row, articles, things) for row in rows["sightings"]},
        articles={
            things.get(row.id, row.id): _article(row, [each for each in rows["sightings"] if each.article_id == row.id])
            for row in rows["articles"]
        },
        revisions=_revisions(rows["revisions"], articles, things),
        feeds={row.feed_id: _feed(row) for row in rows["feeds"]},
        things=things,
        changes=tuple(_change(row) for row in events),
        last_event=max((row.id for row in events), default=last_event),
        broken=tuple(_find_broken(rows["revisions"], articles)),
    )


def find_last_event(engine: Engine) -> int:
    """Return the id of the newest event."""
    with reading(engine) as connection:
        return connection.execute(select(func.max(EventRow.id))).scalar() or 0


# Statements are built once: building one costs several times what running it does.
@cache
def _queries() -> dict[str, Select[Any]]:
    return {
        "sightings": select(SightingRow.__table__).order_by(SightingRow.id),
        "articles": select(ArticleRow.__table__).order_by(ArticleRow.id),
        "revisions": select(RevisionRow.__table__),
        "feeds": select(ScheduleRow.__table__, FeedRow.url, FeedRow.state).join(
            FeedRow, FeedRow.id == ScheduleRow.feed_id
        ),
    }


@cache
def _events() -> Select[Any]:
    return select(EventRow.__table__).where(EventRow.id > bindparam("last_event")).order_by(EventRow.id)


def _change(row: Row[Any]) -> Change:
    return row.kind, row.article_id or row.feed_id, frozenset((row.details or {}).get("fields", ())) & {*FIELDS}


def _fields(article: Article) -> tuple[object, ...]:
    return tuple(getattr(article, name) for name in FIELDS)


def _sighting(row: Row[Any], articles: Mapping[int, Row[Any]], things: Mapping[int, Hashable]) -> _Facts:
    said = unpack(Article, row.said) or ARTICLE.read(articles[row.article_id]._asdict())
    return {
        "thing": things.get(row.article_id),
        "text": said.text,
        "fields": _fields(said),
        "version": row.version,
        "is shown": row.said is None,
        "has left": row.left_at is not None,
    }


def _article(row: Row[Any], sightings: list[Row[Any]]) -> _Facts:
    return {
        "text": row.text,
        "fields": _fields(ARTICLE.read(row._asdict())),
        "is kill": row.notice == Notice.KILL,
        "is killed": row.killed_by == row.id,
        "is of a feed that carries it": any(each.feed_id == row.feed_id for each in sightings),
    }


def _revisions(
    rows: Sequence[Row[Any]], articles: Mapping[int, Row[Any]], things: Mapping[int, Hashable]
) -> dict[Hashable, set[Words]]:
    found: dict[Hashable, set[Words]] = defaultdict(set)
    for row in rows:
        text = articles[row.article_id].text if row.text is None else row.text
        words = Words(row.title.lower(), text, row.notice == Notice.KILL)
        found[things.get(row.article_id, row.article_id)].add(words)
    return dict(found)


def _feed(row: Row[Any]) -> _Facts:
    return {
        "url": row.url,
        "state": row.state,
        "is due": row.next_poll_at is not None,
        "is requested": row.requested_at is not None,
        "instructions": row.instructions,
        "edition": row.edition,
        "etag": row.etag,
        "body hash": row.body_hash,
        "last success": row.last_success_at,
        "is failing": row.error_class is not None,
    }


def _find_broken(rows: Sequence[Row[Any]], articles: Mapping[int, Row[Any]]) -> Iterator[str]:
    """Yield revisions whose words are kept twice, or nowhere."""
    for row in rows:
        shown = articles[row.article_id].revision
        if (row.text is None) != (row.number == shown):
            yield f"article {row.article_id} shows revision {shown}, and the text of {row.number} is {row.text}"


def _sightings(model: Model, shown: Mapping[Hashable, Any], found: _Facts) -> _Facts:
    shown_keys = {(said.feed_id, said.entry.guid) for said in shown.values()}
    have_left = {key: model.has_left(key) for key in model.said}
    have_left |= {key: found[key]["has left"] for key, left in have_left.items() if left is None and key in found}
    return {
        key: {
            "thing": said.entry.thing,
            "text": said.entry.text,
            "fields": said.entry.fields,
            "version": said.entry.version,
            "is shown": key in shown_keys,
            "has left": have_left[key],
        }
        for key, said in model.sightings().items()
    }


def _articles(model: Model, shown: Mapping[Hashable, Any]) -> _Facts:
    return {
        thing: {
            "text": said.entry.text,
            "fields": said.entry.fields,
            "is kill": said.entry.is_kill,
            # Under its own guid; what was a kill from the beginning withdraws nothing.
            "is killed": said.entry.is_kill and any(not words.is_kill for words in model.revisions[thing]),
            "is of a feed that carries it": True,
        }
        for thing, said in shown.items()
    }


def _compare(what: str, expected: _Facts, found: _Facts) -> Iterator[str]:
    if expected == found:
        return
    for name in sorted(expected.keys() | found.keys(), key=repr):
        if expected.get(name) != found.get(name):
            yield f"{what} {name} should be {expected.get(name)} and is {found.get(name)}"
