"""Leaving polls to the workers: they are asked for in the store, and the broker then tells workers at once."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Engine

from worker.errors import BrokerError
from worker.pipeline.tickets import AskedPolls, ask_for_polls
from worker.settings import Settings


def queue_polls(engine: Engine, chosen: Settings, names: Sequence[str]) -> AskedPolls:
    """Ask for polls of the feeds that have these ids and URLs, and tell workers of them."""
    asked = ask_for_polls(engine, names)
    try:
        tell_workers(chosen, asked.feed_ids)
    except BrokerError as error:
        return replace(asked, untold=str(error))
    return asked


def tell_workers(chosen: Settings, feed_ids: Sequence[int]) -> None:
    """Tell workers of polls that were asked for in the store; without a broker the next tick makes them.

    Called after the commit: a worker that is quicker must find the request. BrokerError where no broker can be reached.
    """
    if feed_ids and not chosen.is_broker_in_memory:
        from worker.celery import send_poll_requested  # noqa: PLC0415 -- Celery is slow to import and seldom needed here

        send_poll_requested(feed_ids)
