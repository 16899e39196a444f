"""Linking what polls store with what the same wire sent before and after, in the polls' own transaction."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time

from sqlalchemy import Connection

from worker.values import DecidedArticle, Decision, KnownArticle, Sighting
from worker.wire.dedupe_notices import AFTER, BEFORE, link_notices
from worker.wire.store_notices import find_wire_articles, lock_wire_keys, store_links


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
