"""Reading the folder of seed files."""

import structlog

from tasks.in_turn import in_turn
from worker.celery import app
from worker.errors import UnfinishedSeedError
from worker.pipeline.tools import borrowed_tools
from worker.seeds.ingest import ingest_seed_folder
from worker.settings import settings


@app.task(name="maintenance.ingest_seeds")
@in_turn(every=lambda chosen: chosen.seed_scan_interval)
def ingest_seeds() -> None:
    """Read new and changed files of the seed folder; reading one again changes nothing."""
    log = structlog.get_logger("feedmill")
    with borrowed_tools() as tools:
        for seed in ingest_seed_folder(tools, settings()):
            if isinstance(seed.error, UnfinishedSeedError):
                log.info("seed still being written", path=seed.path)
            elif seed.error:
                log.warning("seed not read", path=seed.path, error=str(seed.error))
            elif seed.new or seed.updated or seed.feeds:
                log.info("seed read", path=seed.path, new=seed.new, updated=seed.updated, feeds=seed.feeds)
