"""The tasks of WebSub: asking hubs to push feeds, and reading what they delivered."""

import structlog

from tasks.decorator import task
from worker.basics.stopping import is_stopping
from worker.celery_settings import SUBSCRIBE_EVERY
from worker.logs import log_poll
from worker.pipeline import borrowed_tools
from worker.settings import settings
from worker.websub.credentials import read_credentials
from worker.websub.deliveries import take_deliveries as take_waiting_deliveries
from worker.websub.subscribing import keep_subscriptions as keep_due_subscriptions

_LOG = structlog.get_logger("feedmill")


@task("maintenance.keep_subscriptions", at_most=1, every=lambda _: SUBSCRIBE_EVERY)
def keep_subscriptions() -> None:
    """Ask hubs to push, to go on or to stop, where that is due; without a public URL end all subscriptions."""
    with borrowed_tools() as tools:
        for asked in keep_due_subscriptions(tools, read_credentials(settings()), is_stopping):
            facts = {"hub": asked.subscription.hub_url, "mode": str(asked.mode), "feed_id": asked.subscription.feed_id}
            if asked.error:
                _LOG.warning("hub not asked", **facts, error=asked.error.sentence)
            else:
                _LOG.info("hub asked", **facts)


@task("feeds.take_deliveries", at_most=1)
def take_deliveries() -> None:
    """Read what hubs delivered, as many as one task's time allows; any number of workers may at once."""
    with borrowed_tools() as tools:
        for taken in take_waiting_deliveries(tools, is_stopping):
            if taken.record:
                log_poll(taken.record)
            else:
                _LOG.info("delivery not stored", feed_id=taken.delivery.feed.feed_id, reason=taken.reason)
