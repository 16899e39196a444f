"""What the operator of the interleavings says: in the store, and in the model."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from benchmarks.interleaving_actors import BOUNDS
from benchmarks.interleaving_model import Model
from worker.claim.due import request_polls
from worker.database.conflicts import write
from worker.manage.feeds import NamedFeed, NewFeed, add_feeds, find_feed, pause_feed, remove_feed, resume_feed
from worker.manage.intervals import choose_interval

_INTERVAL = timedelta(minutes=50)


def add(engine: Engine, model: Model, url: str, now: datetime) -> None:
    """Add a feed, whether it is there or not."""

    def work(connection: Connection) -> NamedFeed | None:
        add_feeds(connection, now, [NewFeed(url)])
        return find_feed(connection, url)

    feed = write(engine, work)
    assert feed, "it was added"
    model.add(feed.feed_id, url, feed.host_id)


def _pause(engine: Engine, model: Model, feed_id: int, _: datetime) -> None:
    write(engine, lambda connection: pause_feed(connection, feed_id))
    model.set_state(feed_id, "paused")


def _resume(engine: Engine, model: Model, feed_id: int, now: datetime) -> None:
    write(engine, lambda connection: resume_feed(connection, now, feed_id))
    model.set_state(feed_id, "active")


def _remove(engine: Engine, model: Model, feed_id: int, _: datetime) -> None:
    write(engine, lambda connection: remove_feed(connection, feed_id, articles=False))
    model.set_state(feed_id, "removed")


def _delete(engine: Engine, model: Model, feed_id: int, _: datetime) -> None:
    write(engine, lambda connection: remove_feed(connection, feed_id, articles=True))
    model.delete(feed_id)


def _request(engine: Engine, model: Model, feed_id: int, now: datetime) -> None:
    write(engine, lambda connection: request_polls(connection, now, [feed_id]))
    model.request(feed_id)


def _choose_interval(engine: Engine, model: Model, feed_id: int, now: datetime) -> None:
    write(engine, lambda connection: choose_interval(connection, now, feed_id, _INTERVAL, BOUNDS))
    model.feeds[feed_id].instructions += 1


ORDERS: dict[str, Callable[[Engine, Model, int, datetime], None]] = {
    "pause": _pause,
    "resume": _resume,
    "remove": _remove,
    "delete": _delete,
    "request": _request,
    "interval": _choose_interval,
}
"""What an operator may say of a feed that is there."""
