"""The HTML policy, tried: ``sanitise``."""

import sys

import click

from worker.basics.urls import is_feed_url
from worker.errors import UsageError
from worker.normalise.sanitise import sanitise as sanitise_html


@click.command("sanitise")
@click.option("--base", help="URL that relative links resolve against.")
def sanitise_command(*, base: str | None) -> None:
    """Read HTML on standard input and write what the store would keep of it."""
    if base is not None and not is_feed_url(base):
        raise UsageError(f"--base is an http or https URL; not {base!r}.")
    html = sys.stdin.buffer.read().decode("utf-8", "replace")
    click.echo(sanitise_html(html, base))
