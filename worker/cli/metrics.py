"""Showing everything that is measured: ``metrics``."""

import click

from worker.cli.open_store import opened_store
from worker.cli.output import print_text
from worker.look.metrics import show_metrics
from worker.settings import settings


@click.command("metrics")
def metrics_command() -> None:
    """Write all metrics once, in the text format of Prometheus; `feedmill web` answers /metrics with the same."""
    with opened_store() as engine:
        shown = show_metrics(engine, settings())
    print_text(shown)
