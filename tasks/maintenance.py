"""Housekeeping: seeds, stories, search, the quality of feeds, what is old, lost or missed, a sign of life."""

import threading
from dataclasses import asdict

import structlog

from tasks.decorator import task
from worker.backfill.older_documents import read_older
from worker.basics.stopping import STOP_CLAIMING, is_stopping, stops_after
from worker.celery_settings import FILL_EVERY, INDEX_EVERY, PRUNE_EVERY, SEEK_EVERY
from worker.database.engine import store_engine
from worker.discovery.lost_feeds import seek_feeds as seek_lost_feeds
from worker.errors import UnfinishedSeedError
from worker.pipeline import borrowed_tools
from worker.quality.judging import JUDGE_EVERY, judge_some
from worker.retention.pruning import prune_some
from worker.search.indexing import index_waiting
from worker.seeds.seed_folder import ingest_seed_folder
from worker.settings import settings
from worker.stories.grouping import group_waiting
from worker.telemetry.heartbeat import HEARTBEAT_TURN
from worker.telemetry.heartbeat import send_heartbeat as tell_dead_mans_switch

_SCANNING = threading.Lock()
_LOG = structlog.get_logger("feedmill")
# Named in the log of each scan; `feedmill ingest` names all.
_MOST_OUTLINES = 10


@task("maintenance.ingest_seeds", at_most=1, every=lambda chosen: chosen.seed_scan_interval)
def ingest_seeds() -> None:
    """Read new and changed files of the seed folder; reading one again changes nothing."""
    _scan_seeds()


@task("maintenance.ingest_changes", at_most=2)
def ingest_changes() -> None:
    """Read files of the seed folder as soon as they change: one scan at a time, and another for what came meanwhile."""
    with _SCANNING:
        _scan_seeds()


def _scan_seeds() -> None:
    with borrowed_tools() as tools:
        for seed in ingest_seed_folder(tools, settings()):
            if isinstance(seed.error, UnfinishedSeedError):
                _LOG.info("seed still being written", path=seed.path)
            elif seed.was_told:
                # What a scan refuses `feedmill feeds --files` lists, as long as it does.
                continue
            elif seed.error:
                log = _LOG.error if seed.path == str(settings().seeds_dir) else _LOG.warning
                log("seed not read", path=seed.path, error=str(seed.error))
            elif seed.new or seed.updated or seed.feeds:
                _LOG.info("seed read", path=seed.path, new=seed.new, updated=seed.updated, feeds=seed.feeds)
            if seed.unread:
                first = [str(outline) for outline in seed.unread[:_MOST_OUTLINES]]
                _LOG.warning("outlines not read", path=seed.path, outlines=len(seed.unread), first=first)


@task("maintenance.group_articles", at_most=1)
def group_articles() -> None:
    """Group the articles that wait, as many as one task's time allows; any number of workers may at once."""
    is_over = stops_after(STOP_CLAIMING)
    grouped = sum(group_waiting(store_engine(), lambda: is_stopping() or is_over()))
    if grouped:
        _LOG.info("grouped", articles=grouped)


@task("maintenance.index_articles", at_most=1, every=lambda _: INDEX_EVERY)
def index_articles() -> None:
    """Index the articles that wait for search, as many as one task's time allows."""
    is_over = stops_after(STOP_CLAIMING)
    indexed = sum(index_waiting(store_engine(), lambda: is_stopping() or is_over())) if settings().search else 0
    if indexed:
        _LOG.info("indexed", articles=indexed)


@task("maintenance.send_heartbeat", at_most=1, every=lambda _: HEARTBEAT_TURN)
def send_heartbeat() -> None:
    """Tell the dead man's switch that work is being done, where it is."""
    sent = tell_dead_mans_switch(store_engine(), settings(), is_stopping)
    if sent and sent.is_news and sent.reason:
        _LOG.warning("no heartbeat", reason=sent.reason)
    elif sent and sent.is_news:
        _LOG.info("heartbeat back")


@task("maintenance.prune", at_most=1, every=lambda _: PRUNE_EVERY)
def prune() -> None:
    """Remove what has outlived its retention, as much as one task's time allows, and prepare the days ahead."""
    is_over = stops_after(STOP_CLAIMING)
    pruned = prune_some(store_engine(), settings(), lambda: is_stopping() or is_over())
    _LOG.info("pruned", **asdict(pruned))


@task("maintenance.judge_feeds", at_most=1, every=lambda _: JUDGE_EVERY)
def judge_feeds() -> None:
    """Judge how good feeds are, some thousand at a time."""
    is_over = stops_after(STOP_CLAIMING)
    judged = judge_some(store_engine(), lambda: is_stopping() or is_over())
    if judged.changed:
        _LOG.info("judged", feeds=judged.feeds, changed=judged.changed)


@task("maintenance.seek_feeds", at_most=1, every=lambda _: SEEK_EVERY)
def seek_feeds() -> None:
    """Look for lost feeds on their sites' pages; twice at once does no harm."""
    with borrowed_tools() as tools:
        for sought in seek_lost_feeds(tools, is_stopping):
            found = {"found_url": sought.found_url, "reason": sought.reason, "feed_id": sought.feed_id}
            _LOG.info("feed sought", url=sought.url, **found)


@task("maintenance.fill_gaps", at_most=1, every=lambda _: FILL_EVERY)
def fill_gaps() -> None:
    """Read feeds' older documents, where entries were missed or somebody asks for it; twice at once does no harm."""
    with borrowed_tools() as tools:
        for step in read_older(tools, is_stopping):
            after = step.after
            told = {"outcome": after.outcome, "reason": after.reason, "next_at": after.next_read_at}
            _LOG.info("older document", feed_url=step.feed_url, url=step.url, read=step.was_read, new=step.new, **told)
