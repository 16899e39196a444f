"""Linking what polls store with what the same wire sent before and after, in the polls' own transaction."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, time

from sqlalchemy import Connection

from worker.dedupe import AFTER, BEFORE, link_notices
from worker.store import find_wire_articles, lock_wire_keys, store_links, store_polls
from worker.values import Action, Placement, PollRecord, PollResult


def store_linked(connection: Connection, results: Sequence[PollResult], now: datetime) -> list[PollRecord]:
    """Write polls that read documents; link notices that they brought, and those that waited for what they brought."""
    placements = (placed for result in results for placed in result.placements)
    sent = [each for placed in placements for each in _sent(placed, now)]
    # What no wire sent, which is all that most feeds carry, costs no statement more.
    if not sent:
        return store_polls(connection, results, [], now)
    keys = {wire_key for wire_key, _ in sent}
    # Before anything is written, so that nobody who waits for this holds what we need.
    lock_wire_keys(connection, keys)
    records = store_polls(connection, results, [], now)
    for near in _in_spans(sent):
        _link(connection, {key for key, _ in near}, [moment.date() for _, moment in near], now)
    return records


def _in_spans(sent: Iterable[tuple[str, datetime]]) -> list[list[tuple[str, datetime]]]:
    """Part what was sent long apart, as an archive beside today's news: all that lies between need not be read."""
    spans: list[list[tuple[str, datetime]]] = []
    for key, moment in sorted(sent, key=lambda each: each[1]):
        if not spans or moment - spans[-1][-1][1] > BEFORE + AFTER:
            spans.append([])
        spans[-1].append((key, moment))
    return spans


def _sent(placed: Placement, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield under which wire key an article was sent, and when; of an edited one also those that it had before."""
    if placed.action in {Action.CREATE, Action.REVISE}:
        known = placed.known
        first_seen_at = (known.first_seen_at if known else None) or now
        for version in (placed.article, known):
            if version and version.wire_key:
                yield version.wire_key, version.published_at or first_seen_at


def _link(connection: Connection, keys: Collection[str], days: Collection[date], now: datetime) -> None:
    """Decide and write what follows from what was sent under these keys on these days."""
    first, last = min(days), max(days)
    since, until = (datetime.combine(day, time.min, now.tzinfo) for day in (first - BEFORE, last + AFTER))
    known = {article.article_id: article for article in find_wire_articles(connection, keys, since, until)}
    store_links(connection, link_notices([*known.values()], first, last), known, now)
