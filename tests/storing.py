"""Documents stored without a network: feeds under leases, what was read of them, and what the store shows then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from tests.polling import add, now_of
from worker.claim.leasing import claim_due_hosts
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.outbox_tables import EventRow
from worker.pipeline.conclude import store_documents
from worker.pipeline.prepared_document import READING
from worker.pipeline.results import Answered, bounds_of
from worker.pipeline.tools import Tools
from worker.store.outlines import find_outlines
from worker.values.due_feeds import Document, DueFeed, Fetched, FetchRequest, Validators
from worker.values.entries import ParsedDocument
from worker.values.outcomes import PollRecord

Read = tuple[Answered, ParsedDocument]


@dataclass(frozen=True, slots=True)
class Leased:
    """A feed that one worker may poll, and the token of its lease."""

    feed: DueFeed
    token: str


def lease(tools: Tools, *urls: str) -> list[Leased]:
    """Claim feeds, added where they are not there yet; whoever held their hosts is late from now on."""
    add(tools, *urls)
    with writing(tools.engine) as connection:
        now = now_of(tools)
        mine = select(FeedRow.id).where(FeedRow.url.in_(urls))
        connection.execute(update(ScheduleRow).values(next_poll_at=now + timedelta(hours=1)))
        connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id.in_(mine)).values(next_poll_at=now))
        free = {"lease_token": None, "lease_until": None, "claimable_at": now, "next_request_at": None}
        connection.execute(update(HostRow).values(free))
        hosts = claim_due_hosts(connection, now, tools.terms)
    claimed = {feed.url: Leased(feed, host.token) for host in hosts for feed in host.feeds}
    return [claimed[url] for url in urls]


def read(
    tools: Tools, leased: Leased, body: bytes, *, at: datetime | None = None, served_at: str = "", etag: str = ""
) -> Read:
    """Return what a worker holds that asked a feed ``at`` a moment, and was answered ``body`` from ``served_at``."""
    feed = leased.feed
    document = Document(served_at or feed.url, body, validators=Validators(etag or None))
    fetched = Fetched(FetchRequest(feed.feed_id, feed.url), document, timedelta(0), 200, len(body))
    answered = Answered(feed, leased.token, at or now_of(tools), fetched, bounds_of(feed, tools.bounds))
    with reading(tools.engine) as connection:
        outlines = find_outlines(connection, {feed.feed_id: feed.edition}, READING)
    return answered, tools.parser.parse(document, outlines.get(feed.feed_id))


def store(tools: Tools, *reads: Read, now: datetime | None = None) -> list[PollRecord]:
    """Store documents in one commit."""
    return store_documents(tools.engine, reads, now or now_of(tools))


def poll_once(tools: Tools, url: str, body: bytes, **more: Any) -> PollRecord:
    """Poll a feed under a lease of its own."""
    (leased,) = lease(tools, url)
    (record,) = store(tools, read(tools, leased, body, **more))
    return record


def articles(tools: Tools) -> Sequence[Row[Any]]:
    with reading(tools.engine) as connection:
        return connection.execute(select(ArticleRow).order_by(ArticleRow.id)).all()


def article(tools: Tools) -> Any:
    """The only article there is."""
    (only,) = articles(tools)
    return only


def texts(tools: Tools) -> list[str]:
    return [each.text for each in articles(tools)]


def revisions(tools: Tools) -> list[tuple[int, str | None]]:
    """Number of each version of the only article, and its words unless they are those that it shows."""
    with reading(tools.engine) as connection:
        rows = connection.execute(select(RevisionRow.number, RevisionRow.text).order_by(RevisionRow.number))
        return [(row.number, row.text) for row in rows]


def sightings(tools: Tools) -> Sequence[Row[Any]]:
    with reading(tools.engine) as connection:
        return connection.execute(select(SightingRow).order_by(SightingRow.id)).all()


def events(tools: Tools) -> list[tuple[str, int | None, Any]]:
    """Kind, article and details of all events so far."""
    with reading(tools.engine) as connection:
        rows = connection.execute(select(EventRow).order_by(EventRow.id))
        return [(row.kind, row.article_id, row.details) for row in rows]


def kinds(tools: Tools) -> list[str]:
    return [kind for kind, *_ in events(tools)]
