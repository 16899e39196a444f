"""Upkeep of the store: ``migrate`` and ``prune``."""

import click

from worker.cli.store import opened_store
from worker.database.schema import SCHEMA_VERSION, migrate
from worker.retention import prune
from worker.settings import settings


@click.command("migrate")
def migrate_command() -> None:
    """Bring the store's schema to the newest; everything in it stays."""
    with opened_store(check=False) as engine:
        moved = migrate(engine)
        place = engine.url.render_as_string(hide_password=True)
    click.echo(f"{place} {'is now' if moved else 'was already'} at schema version {SCHEMA_VERSION}.")


@click.command("prune")
def prune_command() -> None:
    """Remove polls and events that have outlived FEEDMILL_RETAIN_POLLS and FEEDMILL_RETAIN_EVENTS."""
    with opened_store() as engine:
        pruned = prune(engine, settings())
    click.echo(f"Removed {pruned.polls:,} polls, {pruned.events:,} events and {pruned.partitions} daily partitions.")
