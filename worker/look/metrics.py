"""Everything that is measured, for Prometheus: what workers have counted, and what the store holds at this moment.

SQL is asked, not the processes: it matters neither how many there are, nor of which kind, nor whether they still run.
What a gauge costs is bounded as it is on the page of `feedmill status`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from time import perf_counter

from sqlalchemy import Connection, Engine, text

from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.database.schema import SCHEMA_VERSION
from worker.database.story_tables import StoryRow
from worker.database.tally_table import read_tallies
from worker.errors import ErrorClass
from worker.look.backlogs import Backlog, find_undelivered, find_unfilled, find_ungrouped, find_unnumbered
from worker.look.counts import count_by_quality, count_feeds, count_late, count_rows, count_schedules
from worker.look.exposition import Metric, Sample, make_gauge, make_gauges, make_tallied, write_exposition
from worker.look.health import count_failing, count_left_alone, count_refused_files, count_subscriptions
from worker.look.queues import count_queued
from worker.look.work import find_longest_wait, find_newest_work
from worker.settings import Settings
from worker.values.due_feeds import FeedState
from worker.values.feed_quality import QualityState
from worker.values.hubs import SubscriptionState
from worker.values.tallies import TALLIED

# Beyond it rows are estimated: whoever watches asks every few seconds.
_MOST_ROWS = 500_000
_SIZE = {
    "postgresql": text("SELECT pg_database_size(current_database())"),
    "sqlite": text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What metrics are read from: the store as of a moment, and the broker that the settings name."""

    connection: Connection
    now: datetime
    chosen: Settings


def _collect_counted(look: Look) -> Iterator[Metric]:
    tallies = read_tallies(look.connection)
    yield from (make_tallied(what, tallies) for what in TALLIED)


def _collect_feeds(look: Look) -> Iterator[Metric]:
    schedules = count_schedules(look.connection, look.now, _MOST_ROWS)
    states = {**dict.fromkeys(map(str, FeedState), 0), **count_feeds(look.connection, schedules).count}
    yield make_gauges("feedmill_feeds", "Feeds, by state; about, above 500,000.", "state", states)
    yield make_gauge("feedmill_feeds_due", "Feeds that are due; about, above 500,000 feeds.", schedules.due.count)
    files, refused = schedules.files.count, count_refused_files(look.connection)
    yield make_gauge("feedmill_files", "Seed files that are feeds of their own; about, above 500,000 feeds.", files)
    yield make_gauge("feedmill_files_refused", "Seed files that the newest scan did not read, or not whole.", refused)


def _collect_lateness(look: Look) -> Iterator[Metric]:
    late, waiting = count_late(look.connection, look.now).count, find_longest_wait(look.connection, look.now)
    yield make_gauge("feedmill_feeds_late", "Feeds that have been due for two minutes; at most 100,000.", late)
    yield make_gauge(
        "feedmill_lateness_seconds",
        "Seconds that a worker could have polled the first due feed.",
        waiting.total_seconds(),
    )


def _collect_failing(look: Look) -> Iterator[Metric]:
    failing = count_failing(look.connection)
    classes = dict.fromkeys(map(str, ErrorClass), 0) | {row.error_class: row.feeds for row in failing}
    yield make_gauges("feedmill_feeds_failing", "Feeds whose newest poll failed, by class.", "error_class", classes)
    uncounted = sum(row.uncounted for row in failing)
    said = "Failing feeds whose failures may all have been an outage of our own network."
    yield make_gauge("feedmill_feeds_failing_uncounted", said, uncounted)
    held = count_left_alone(look.connection, look.now)
    yield make_gauge("feedmill_hosts_left_alone", "Hosts that refused feed after feed: left alone for a while.", held)


def _collect_sources(look: Look) -> Iterator[Metric]:
    qualities = {**dict.fromkeys(map(str, QualityState), 0), **count_by_quality(look.connection)}
    yield make_gauges("feedmill_feeds_by_quality", "Feeds, by their quality.", "quality", qualities)
    subscribed = {**dict.fromkeys(map(str, SubscriptionState), 0), **count_subscriptions(look.connection).count}
    said = "Feeds that name a hub, by how the subscription stands; at most 100,000."
    yield make_gauges("feedmill_subscriptions", said, "state", subscribed)
    unfilled = find_unfilled(look.connection, look.now)
    yield from _show_backlog("feedmill_backfills_open", "Back-fills that have not ended", unfilled)


def _collect_articles(look: Look) -> Iterator[Metric]:
    for name, table in (("articles", ArticleRow), ("stories", StoryRow)):
        count = count_rows(look.connection, table, _MOST_ROWS).count
        yield make_gauge(f"feedmill_{name}", f"Stored {name}; about, above 500,000.", count)
    waiting = find_ungrouped(look.connection, look.now)
    yield from _show_backlog("feedmill_articles_ungrouped", "Articles that wait to be told apart into stories", waiting)


def _collect_changes(look: Look) -> Iterator[Metric]:
    backlog, numbered = find_unnumbered(look.connection, look.now)
    yield from _show_backlog("feedmill_outbox_unnumbered", "Changes that wait for their positions", backlog)
    yield Metric("feedmill_outbox_numbered_total", "counter", "Changes that were given positions.", [Sample(numbered)])


def _collect_webhooks(look: Look) -> Iterator[Metric]:
    found = find_undelivered(look.connection, look.now)
    yield make_gauges("feedmill_webhooks", "Webhooks, by state.", "state", found.states)
    said = "Active webhooks that did not take their last delivery."
    yield make_gauge("feedmill_webhooks_failing", said, found.failing)
    said = "Changes that the active webhook furthest behind lacks"
    yield from _show_backlog("feedmill_webhook_undelivered", said, found.backlog)


def _show_backlog(name: str, said: str, backlog: Backlog) -> Iterator[Metric]:
    yield make_gauge(name, f"{said}; at most 100,000.", backlog.count)
    yield make_gauge(f"{name}_seconds", f"{said}: seconds since the first was written.", backlog.age.total_seconds())


def _collect_work(look: Look) -> Iterator[Metric]:
    moments = {work: at.timestamp() if at else 0 for work, at in find_newest_work(look.connection).items()}
    said = "When work was last begun, and when pruning last ended; 0 for never."
    yield make_gauges("feedmill_last_work_timestamp_seconds", said, "work", moments)


def _collect_queues(look: Look) -> Iterator[Metric]:
    if look.chosen.is_broker_in_memory:
        return
    queued = count_queued(look.chosen)
    yield make_gauge("feedmill_broker_up", "1 where the broker answers.", int(queued is not None))
    yield make_gauges("feedmill_queue_messages", "Messages that no worker has taken yet.", "queue", queued or {})


def _collect_store(look: Look) -> Iterator[Metric]:
    size = look.connection.execute(_SIZE[look.connection.dialect.name]).scalar_one()
    yield make_gauge("feedmill_store_bytes", "Bytes that the database takes.", size)
    yield make_gauge("feedmill_schema_version", "The version of the schema.", int(SCHEMA_VERSION))
    yield make_gauges("feedmill_build_info", "1, with the version that answers.", "version", {version("feedmill"): 1})


COLLECTORS: tuple[Callable[[Look], Iterator[Metric]], ...] = (
    _collect_counted,
    _collect_feeds,
    _collect_lateness,
    _collect_failing,
    _collect_sources,
    _collect_articles,
    _collect_changes,
    _collect_webhooks,
    _collect_work,
    _collect_queues,
    _collect_store,
)
"""All that is measured: another subject is another function here."""


def show_metrics(engine: Engine, chosen: Settings) -> str:
    """Return all metrics as Prometheus reads them."""
    began = perf_counter()
    with reading(engine) as connection:
        look = Look(connection, read_clock(connection).now(), chosen)
        metrics = [metric for collect in COLLECTORS for metric in collect(look)]
    took = perf_counter() - began
    return write_exposition(
        [*metrics, make_gauge("feedmill_metrics_seconds", "Seconds that reading all this took.", took)]
    )
