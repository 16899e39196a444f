"""Locking the feeds and hosts that polls write to, and deciding by the locked rows what each poll may still write.

A transaction locks the wire keys and names that its documents bring, then feeds, then hosts, then articles, each kind
in one order over all its polls. The wire keys that the store has of those articles come last, since they are not known
before; a deadlock there is retried.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from worker.basics.urls import feed_url_key
from worker.database.feed_tables import FeedRow
from worker.database.locks import HostRelease, LockedFeed, lock_feeds, lock_hosts
from worker.values.frozen import dataclass
from worker.values.outcomes import PollResult, PutOff


@dataclass(frozen=True, slots=True)
class Locked:
    """The feeds and hosts that are locked."""

    feeds: Mapping[int, LockedFeed]
    tokens: Mapping[int, str | None]
    """The token of each host's lease."""

    def holds_lease(self, host_id: int | None, token: str | None) -> bool:
        """Say whether a poll's lease still holds."""
        return token is not None and self.tokens.get(host_id or 0) == token

    def read_at(self, result: PollResult) -> datetime | None:
        """Return when a poll read its feed: later than all polls before it, whatever the clock says.

        None when its lease no longer holds, when it failed, and when it found nothing to read although other documents
        of the feed have been stored since its claim.
        """
        feed = self.feeds.get(result.record.feed_id)
        if feed is None or result.record.error or result.edition not in {None, feed.edition}:
            return None
        return self.asked_at(result)

    def asked_at(self, result: PollResult) -> datetime | None:
        """Return when a poll asked its feed, as ``read_at`` does, though it failed; None when its lease is over."""
        started_at, feed = result.record.started_at, self.feeds.get(result.record.feed_id)
        if feed is None or not self.holds_lease(result.host_id, result.token):
            return None
        last = feed.last_success_at
        return max(started_at, last + timedelta(microseconds=1)) if last else started_at

    def may_decide(self, result: PollResult | PutOff) -> bool:
        """Say whether a poll decides what becomes of its feed.

        It does not when its lease no longer holds, when somebody has said what to do with the feed since it was
        claimed, nor when it only read a saved document of a feed that is polled. A file always decides about itself.
        """
        feed = self.feeds.get(result.feed_id)
        is_held = self.holds_lease(result.host_id, result.token)
        is_file = result.host_id is None
        return feed is not None and (is_file or (is_held and feed.instructions == result.instructions))


def lock_polls(
    connection: Connection,
    results: Sequence[PollResult],
    releases: Sequence[HostRelease] = (),
    put_off: Sequence[PutOff] = (),
) -> Locked:
    """Lock the feeds and hosts that polls, those that are put off, and the ends of leases write to."""
    polls: list[PollResult | PutOff] = [*results, *put_off]
    feed_ids = {each.feed_id for each in polls}
    keys = [feed_url_key(result.moves_to) for result in results if result.moves_to]
    if keys:
        # A move may make two feeds one, and writes both.
        feed_ids.update(connection.execute(select(FeedRow.id).where(FeedRow.url_key.in_(keys))).scalars())
    feeds = lock_feeds(connection, feed_ids)
    hosts = {each.host_id for each in polls if each.host_id and each.token}
    return Locked(feeds, lock_hosts(connection, hosts | {release.host_id for release in releases}))
