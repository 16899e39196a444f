"""Keeping the documents that polls brought, so that a better parser can read them again."""

from collections.abc import Sequence

from sqlalchemy import Connection

from worker.pipeline.prepared_document import PreparedDocument
from worker.store.documents import BroughtByPoll, keep_documents
from worker.store.known import find_guid_rules
from worker.store.poll_locks import Locked
from worker.values.outcomes import PollResult


def keep_read(connection: Connection, stored: Sequence[PreparedDocument], locked: Locked) -> None:
    """Keep the documents that are to be kept, with when each was read, and what their feeds had before."""
    kept = []
    packed = ((each, each.packed) for each in stored if each.packed)
    for each, body in sorted(packed, key=lambda pair: pair[0].feed_id):
        feed, last = each.answered.feed, locked.feeds[each.feed_id].last_success_at
        polled_at, policy = each.answered.started_at, each.rule.policy
        read_at = locked.read_at(each.result) or polled_at
        kept.append(BroughtByPoll(each.feed_id, body, policy, polled_at, read_at, feed.body_hash, last))
    keep_documents(connection, kept)


def keep_unread(connection: Connection, results: Sequence[PollResult], locked: Locked) -> None:
    """Keep the documents that polls could not read, of feeds that are still there."""
    unread = [(each, each.unread) for each in results if each.unread and each.feed_id in locked.feeds]
    if not unread:
        return
    rules = find_guid_rules(connection, [each.feed_id for each, _ in unread])
    kept = []
    for each, body in sorted(unread, key=lambda pair: pair[0].feed_id):
        (rule, *_), polled_at, error = rules[each.feed_id], each.record.started_at, each.record.error
        asked_at, error_class = locked.asked_at(each) or polled_at, error.error_class if error else None
        kept.append(BroughtByPoll(each.feed_id, body, rule.policy, polled_at, asked_at, error_class=error_class))
    keep_documents(connection, kept)
