"""How many messages wait in the broker's queues, asked without Celery, which takes long to load."""

from collections.abc import Mapping

from worker.settings import Settings

QUEUES = ("feeds", "ondemand", "maintenance")
# Whoever looks at everything must not wait for what is down.
_PATIENCE_SECONDS = 2


def count_queued(chosen: Settings) -> Mapping[str, int] | None:
    """Return how many messages of each queue no worker has taken yet; None where the broker, a Redis, is silent."""
    from redis import Redis, RedisError  # noqa: PLC0415 -- seldom needed
    from redis.backoff import NoBackoff  # noqa: PLC0415 -- likewise
    from redis.retry import Retry  # noqa: PLC0415 -- likewise

    limits = {"socket_timeout": _PATIENCE_SECONDS, "socket_connect_timeout": _PATIENCE_SECONDS}
    try:
        with Redis.from_url(chosen.broker_url, retry=Retry(NoBackoff(), 0), **limits) as client:
            # Our messages have no priorities, which would have lists of their own.
            return {queue: int(client.llen(f"{chosen.broker_prefix}{queue}")) for queue in QUEUES}
    except (RedisError, OSError):
        return None
