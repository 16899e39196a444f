"""The HTML policy, tried: ``sanitise``."""

import sys

import click

from worker.normalise import sanitise as sanitise_html


@click.command("sanitise")
@click.option("--base", help="URL that relative links resolve against.")
def sanitise_command(*, base: str | None) -> None:
    """Read HTML on standard input and write what the store would keep of it."""
    html = sys.stdin.buffer.read().decode("utf-8", "replace")
    click.echo(sanitise_html(html, base))
