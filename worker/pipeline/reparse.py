"""Reading kept documents again with today's parser, feed by feed, each feed's oldest first.

Each document is read and stored by itself, so what was killed half-way is simply begun again; nothing is locked while
a document is parsed. A rehearsal stores and undoes: what several documents of a feed say of one article is told once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Engine, select

from worker.basics.faults import as_failure
from worker.basics.log_lines import get_logger
from worker.database.conflicts import must_stop, retry_conflicts
from worker.database.engine import reading, rehearsing
from worker.database.feed_tables import FeedRow
from worker.errors import PollError
from worker.normalise.language import Detect
from worker.parse import Parser
from worker.pipeline.rereading import Reread, reread_document
from worker.store.decided_articles import StaleDecisionError
from worker.store.documents import find_document, list_documents
from worker.values.reread import ChangeKind, RereadArticle, RereadFeed

_LOG = get_logger(__name__)
_DAMAGED = "it is damaged in the store"


@dataclass(frozen=True, slots=True)
class RereadTools:
    """What reading again needs, and whether anything is to be stored."""

    engine: Engine
    parser: Parser
    detect: Detect | None
    is_rehearsal: bool


@dataclass(slots=True)
class _Tally:
    """What came of a feed's documents so far."""

    documents: int = 0
    articles: dict[int | bytes, RereadArticle] = field(default_factory=dict)
    """By id; in a rehearsal, new ones by key."""
    unseen: set[bytes] = field(default_factory=set)
    unread: int = 0
    judged: dict[bytes, bytes] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


def reparse(tools: RereadTools, feed_ids: Iterable[int], since: datetime | None) -> Iterator[RereadFeed]:
    """Read again the documents of feeds that were read since a moment; yield what came of each feed's."""
    for feed_id in feed_ids:
        with reading(tools.engine) as connection:
            url: str | None = connection.execute(select(FeedRow.url).where(FeedRow.id == feed_id)).scalar()
            documents = list_documents(connection, feed_id, since)
        if url is not None:
            yield _reparse_feed(tools, feed_id, url, documents)


def _reparse_feed(
    tools: RereadTools, feed_id: int, url: str, documents: Iterable[tuple[bytes, datetime]]
) -> RereadFeed:
    tally = _Tally()
    for content_hash, read_at in documents:
        name = f"{url}, as it was read at {read_at:%Y-%m-%d %H:%M} UTC"
        try:
            _reread(tools, feed_id, content_hash, tally, name)
        except PollError as error:
            tally.failures.append(f"{name}: {error.sentence}")
        except Exception as error:
            if must_stop(error):
                raise
            failure = as_failure(error)
            _LOG.error("document not read again", feed_url=url, exception=failure.trace)
            tally.failures.append(f"{name}: {failure.sentence}")
    articles = [each for each in tally.articles.values() if each.kind is ChangeKind.CREATED or each.fields]
    return RereadFeed(feed_id, url, tally.documents, articles, len(tally.unseen), tally.unread, tally.failures)


def _reread(tools: RereadTools, feed_id: int, content_hash: bytes, tally: _Tally, name: str) -> None:
    """Read one document again, and add what comes of it to the tally; nothing does where it was removed meanwhile."""
    try:
        with reading(tools.engine) as connection:
            kept = find_document(connection, feed_id, content_hash)
    except ValueError as error:
        tally.failures.append(f"{name}: {_DAMAGED} ({error})")
        return
    if kept is None:
        return
    try:
        parsed = tools.parser.parse(kept.document)
    except PollError:
        if kept.was_read:
            raise
        tally.unread += 1
        return

    def attempt() -> Reread:
        if not tools.is_rehearsal:
            return reread_document(tools.engine, kept, parsed, tally.judged, tools.detect)
        with rehearsing(tools.engine) as engine:
            return reread_document(engine, kept, parsed, tally.judged, tools.detect)

    _add(tally, retry_conflicts(attempt, also=(StaleDecisionError,)), name, is_rehearsal=tools.is_rehearsal)


def _add(tally: _Tally, reread: Reread, name: str, *, is_rehearsal: bool) -> None:
    tally.documents += 1
    tally.judged |= reread.judged
    tally.unseen |= reread.unseen
    tally.failures += [f"{name}: an entry ({fault.entry}) was not read: {fault.sentence}" for fault in reread.faults]
    for article in reread.articles:
        is_new = article.kind is ChangeKind.CREATED
        # Of what is undone the id says nothing.
        named = replace(article, article_id=None) if is_new and is_rehearsal else article
        key = article.guid_hash if named.article_id is None else named.article_id
        before = tally.articles.get(key)
        tally.articles[key] = _join(before, named) if before else named


def _join(before: RereadArticle, after: RereadArticle) -> RereadArticle:
    """Return what two documents, one after the other, change of an article."""
    if before.kind is ChangeKind.CREATED:
        return replace(before, title=after.title, url=after.url)
    fields = dict(before.fields)
    for name, (stored, today) in after.fields.items():
        fields[name] = (fields[name][0] if name in fields else stored, today)
    fields = {name: values for name, values in fields.items() if values[0] != values[1]}
    kind = ChangeKind.REVISED if ChangeKind.REVISED in {before.kind, after.kind} else ChangeKind.REFRESHED
    return replace(after, kind=kind, fields=fields)
