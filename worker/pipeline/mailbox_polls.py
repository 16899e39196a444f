"""Polling mailboxes: each visit is a poll of its feed, of which the messages not read before are the document.

claim → read messages → parse → ``store_documents`` → mark the messages → release

A message is marked only once its articles are committed. Whatever ends a poll before that, the next one reads the
message again, and knows its articles by the message's name.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from worker.basics.faults import as_failure
from worker.basics.log_lines import get_logger
from worker.basics.stopping import stops_after
from worker.claim.mailboxes_due import ClaimedMailbox, claim_mailbox, release_mailbox
from worker.database.clock import Clock, read_clock
from worker.database.conflicts import must_stop, write
from worker.database.tally_table import add_tally
from worker.errors import PollError
from worker.fetch.mailbox_session import MailboxSession, ReadMail, open_mailbox
from worker.manage.mailbox_feeds import add_mailboxes
from worker.pipeline.conclude import store_documents, store_results
from worker.pipeline.results import Answered, bounds_of, conclude_failure, conclude_unchanged
from worker.pipeline.tools import Tools
from worker.schedule.success import UNFINISHED
from worker.values.due_feeds import Document, Fetched, FetchRequest, NotModified
from worker.values.entries import ParsedDocument
from worker.values.outcomes import PollRecord
from worker.wire.mail.mail_document import merge_mail, read_one
from worker.wire.text_documents import read_text

_LOG = get_logger(__name__)
_Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class _Visit:
    """A claimed mailbox, and since when it is visited."""

    claimed: ClaimedMailbox
    clock: Clock
    started_at: datetime


def poll_due_mailboxes(tools: Tools, stop: _Stop) -> Iterator[PollRecord]:
    """Poll the mailboxes that the settings name and that are due, as many as one task's time allows."""
    if not tools.mail.mailboxes:
        return
    write(tools.engine, lambda connection: _add_named(tools, connection))
    is_over = stops_after(tools.limits.stop_claiming)
    while not (stop() or is_over()) and (records := _poll_next(tools, ())):
        yield from records


def poll_named_mailboxes(tools: Tools, feed_ids: Collection[int], stop: _Stop) -> Iterator[PollRecord]:
    """Poll these mailboxes now, due or not, until nothing new is left in them; without those that others hold."""
    left = set(feed_ids)
    while left and not stop() and (records := _poll_next(tools, left)):
        if records[-1].error or records[-1].next_poll.reason != UNFINISHED:
            left.discard(records[-1].feed_id)
        yield from records


def _add_named(tools: Tools, connection: Connection) -> None:
    add_mailboxes(connection, read_clock(connection).now(), tools.mail.mailboxes.keys())


def _poll_next(tools: Tools, feed_ids: Collection[int]) -> list[PollRecord]:
    """Poll a mailbox that is due, or one of ``feed_ids``; return its polls, none where no mailbox can be claimed.

    A visit has a second poll where it failed after the articles of its messages were stored.
    """

    def claim(connection: Connection) -> tuple[Clock, ClaimedMailbox | None]:
        clock = read_clock(connection)
        urls = tools.mail.mailboxes.keys()
        return clock, claim_mailbox(connection, clock.now(), tools.limits.lease, urls, feed_ids)

    clock, claimed = write(tools.engine, claim)
    if claimed is None:
        return []
    records: list[PollRecord] = []
    visit = _Visit(claimed, clock, clock.now())
    try:
        for record in _visit(tools, visit):
            tools.tally.count_poll(record)
            records.append(record)
    finally:
        write(tools.engine, lambda connection: release_mailbox(connection, claimed))
    add_tally(tools.engine, tools.tally)
    return records


def _visit(tools: Tools, visit: _Visit) -> Iterator[PollRecord]:
    """Poll a claimed mailbox; what goes wrong is a poll that failed."""
    mailbox = tools.mail.mailboxes[visit.claimed.feed.url]
    session: MailboxSession | None = None
    try:
        with open_mailbox(mailbox, tools.mail.find_password(mailbox), tools.mail.limits) as session:
            read = session.read_new()
            record, done = _store(tools, visit, read, session.received)
            yield record
            session.mark_read(done)
    except PollError as error:
        yield _store_failure(tools, visit, error, session.received if session else 0)
    except Exception as error:
        if must_stop(error):
            raise
        failure = as_failure(error)
        _LOG.error("mailbox not read", url=mailbox.url, exception=failure.trace)
        yield _store_failure(tools, visit, failure, session.received if session else 0)


def _store(tools: Tools, visit: _Visit, read: ReadMail, received: int) -> tuple[PollRecord, ReadMail]:
    """Store what messages publish; return the poll, and the messages that are done with: an embargoed one is not."""
    now = visit.clock.now()
    if not read.messages:
        result = conclude_unchanged(_answer(tools, visit, NotModified(), received), now)
        return store_results(tools.engine, [result], [], now)[0], read
    most = tools.parser.max_entries
    parsed = [read_one(message, most, read_text) for message in read.messages]
    held = [any(entry.is_embargoed(now) for entry in each.entries) for each in parsed]
    done = replace(read, uids=tuple(uid for uid, is_held in zip(read.uids, held, strict=True) if not is_held))
    document = Document(visit.claimed.feed.url, b"")
    # What is embargoed comes first the next time too.
    answered = _answer(tools, visit, document, received, has_more=read.has_more and bool(done.uids))
    (record,) = store_documents(tools.engine, [(answered, _join(parsed, read, most))], now, tools.detect)
    return record, done


def _join(parsed: Sequence[ParsedDocument], read: ReadMail, most: int) -> ParsedDocument:
    cut = f"messages longer than FEEDMILL_MAX_BODY, of which only the beginning was read: {read.cut}"
    # As in a feed, the newest first.
    merged = merge_mail(parsed[::-1], most)
    return replace(merged, doubts=(*merged.doubts, cut)) if read.cut else merged


def _store_failure(tools: Tools, visit: _Visit, error: PollError, received: int) -> PollRecord:
    now = visit.clock.now()
    result = conclude_failure(_answer(tools, visit, error, received), error, now)
    return store_results(tools.engine, [result], [], now)[0]


def _answer(
    tools: Tools, visit: _Visit, answer: Document | NotModified | PollError, received: int, *, has_more: bool = False
) -> Answered:
    """Return what a mailbox answered as what a feed's host does."""
    feed = visit.claimed.feed
    request = FetchRequest(feed.feed_id, feed.url)
    duration = visit.clock.now() - visit.started_at
    return Answered(
        feed,
        visit.claimed.token,
        visit.started_at,
        Fetched(request, answer, duration, bytes_received=received),
        replace(bounds_of(feed, tools.mail.bounds), is_unfinished=has_more),
        brings_only_new=True,
    )
