"""How Celery is configured: what differs from its defaults says why; docs/design.md has the measurements."""

import ssl
from datetime import timedelta
from typing import Any

from celery.schedules import crontab
from kombu import Exchange, Queue

from worker.basics.stopping import VISIBILITY_TIMEOUT, time_limits
from worker.look.queues import QUEUES
from worker.quality.judging import JUDGE_EVERY
from worker.settings import Settings

REDIS_TRANSPORT = "worker.broker:Transport"
_IN_MEMORY = "worker.watched_consumer:EmbeddedConsumer"
# Often, because one task looks for a few feeds only: it must end as soon as a poll task does.
SEEK_EVERY = timedelta(minutes=15)
# One task reads a few older documents; where none are to be read it costs a look at an index.
FILL_EVERY = timedelta(minutes=1)
INDEX_EVERY = timedelta(minutes=1)
PRUNE_EVERY = timedelta(hours=1)
SUBSCRIBE_EVERY = timedelta(minutes=1)
# What a hub brings waits no longer; each look costs a message.
_TAKE_EVERY = timedelta(seconds=5)
# How far readers of events may lag behind; each turn costs a message and one look at an index.
_NUMBER_EVERY = timedelta(seconds=2)
_SOFT_SHUTDOWN_SECONDS = 55.0


def celery_settings(chosen: Settings) -> dict[str, Any]:
    """Return Celery's configuration for these settings."""
    limits = time_limits(chosen.fetch_timeout)
    return {
        "broker_url": chosen.broker_url,
        # By name: a process without Redis need not load worker.broker.
        "broker_transport": None if chosen.is_broker_in_memory else REDIS_TRANSPORT,
        # kombu takes this from the URL's scheme only where the transport is its own.
        "broker_use_ssl": {"ssl_cert_reqs": ssl.CERT_REQUIRED} if chosen.broker_url.startswith("rediss://") else None,
        "broker_transport_options": _transport_options(chosen),
        "broker_connection_retry_on_startup": True,
        # By default a worker ends when Redis refuses a command (it is full, or a replica for a while), and worker and
        # beat end after a hundred tries to reach it, in three quarters of an hour.
        "broker_channel_error_retry": True,
        "broker_connection_max_retries": None,
        # Status lives in SQL; a Redis result backend would cost 64-78 % more CPU.
        "task_ignore_result": True,
        "result_backend": None,
        # No hoarding, and work returns at shutdown.
        "task_acks_late": True,
        "worker_prefetch_multiplier": 1,
        # The lease recovers what a lost worker held; putting its message back would loop on a poisoned task.
        "task_reject_on_worker_lost": False,
        "task_retry_on_worker_lost": False,
        "task_acks_on_failure": True,
        "task_acks_on_timeout": True,
        "task_soft_time_limit": limits.soft.total_seconds(),
        "task_time_limit": limits.hard.total_seconds(),
        "task_publish_retry_policy": {"max_retries": 1},
        # With Redis this would kill tasks and park their messages until the visibility timeout.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_consumer": _IN_MEMORY if chosen.is_broker_in_memory else "worker.broker:Consumer",
        "worker_soft_shutdown_timeout": _SOFT_SHUTDOWN_SECONDS,
        "worker_max_tasks_per_child": 500,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_send_task_events": False,
        "task_serializer": "json",
        "accept_content": ["json"],
        "enable_utc": True,
        "timezone": "UTC",
        **_queues(),
        "beat_scheduler": "worker.broker:Scheduler",
        "beat_schedule": _beat_schedule(chosen),
        "feedmill_embedded": False,
    }


def _transport_options(chosen: Settings) -> dict[str, Any]:
    if chosen.is_broker_in_memory:
        return {"polling_interval": 0.1}
    return {
        "visibility_timeout": VISIBILITY_TIMEOUT.total_seconds(),
        # The defaults wait for ever on a peer that is gone. Meanwhile a worker hears of no task that ended, and beat
        # sends nothing: so neither waits longer than it takes to see that a connection cannot be made.
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "global_keyprefix": chosen.broker_prefix,
    }


def _queues() -> dict[str, Any]:
    return {
        # A misspelt queue fails instead of filling unseen.
        "task_create_missing_queues": False,
        "task_default_queue": "feeds",
        "task_queues": [Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
        # A task's name begins with its queue.
        "task_routes": {f"{name}.*": {"queue": name} for name in QUEUES},
    }


def _beat_schedule(chosen: Settings) -> dict[str, Any]:
    # No message expires, and none waits for a moment: the receiver's clock would judge that, and one that was fast
    # threw away every tick of a deployment. A task that comes late, or twice, finds that it is not its turn.
    pushed = {"take what hubs delivered": {"task": "feeds.take_deliveries", "schedule": _TAKE_EVERY}}
    mailboxes = {"poll the mailboxes": {"task": "feeds.poll_mailboxes", "schedule": chosen.tick_interval}}
    return (
        (pushed if chosen.public_url else {})
        | (mailboxes if chosen.mailbox else {})
        | {
            "tick": {"task": "feeds.tick", "schedule": chosen.tick_interval},
            "group": {"task": "maintenance.group_articles", "schedule": chosen.tick_interval},
            "index": {"task": "maintenance.index_articles", "schedule": INDEX_EVERY},
            "scan the seeds": {"task": "maintenance.ingest_seeds", "schedule": chosen.seed_scan_interval},
            "keep subscriptions": {"task": "maintenance.keep_subscriptions", "schedule": SUBSCRIBE_EVERY},
            "seek lost feeds": {"task": "maintenance.seek_feeds", "schedule": SEEK_EVERY},
            "fill gaps": {"task": "maintenance.fill_gaps", "schedule": FILL_EVERY},
            "judge the feeds": {"task": "maintenance.judge_feeds", "schedule": JUDGE_EVERY},
            "number the events": {"task": "maintenance.number_events", "schedule": _NUMBER_EVERY},
            # Not an interval, which would begin again with every restart of beat. Every hour, because nothing may be
            # running at any one of them.
            "prune": {"task": "maintenance.prune", "schedule": crontab(minute="30")},
        }
    )
