"""Moving feeds to the URLs that permanent redirects lead to, in the transaction of the poll that believes them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from worker.manage.reconsider import reconsider_articles
from worker.store.locked import Locked
from worker.store.moves import move_feed
from worker.values import PollResult


def move_feeds(connection: Connection, locked: Locked, results: Sequence[PollResult], now: datetime) -> None:
    """Move the feeds whose polls say so and may decide; where two become one, decide again what their articles show."""
    for result in results:
        if result.moves_to and locked.may_decide(result):
            moved = move_feed(connection, now, result.record.feed_id, result.moves_to)
            reconsider_articles(connection, moved.article_ids, now)
