"""Managing webhooks: ``webhook add``, ``list``, ``remove`` and ``resume``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click
from sqlalchemy import Connection

from worker.basics.moments import from_now
from worker.cli.open_store import change_store, opened_store, reading_store
from worker.cli.options import Cursor
from worker.cli.output import column_room, write_line
from worker.cli.tables import Column, print_rows
from worker.database.clock import Clock, read_clock
from worker.database.conflicts import write
from worker.errors import NamedError, PollError, UsageError
from worker.fetch import Guard, locate
from worker.manage.webhooks import Webhook, add_webhook, find_webhook, list_webhooks, remove_webhook, resume_webhook
from worker.outbox import number_events
from worker.settings import settings
from worker.webhooks.deliver import show_secret, signing_key

# It is unique, and PostgreSQL indexes nothing that is much longer.
_LONGEST_URL = 2000
_SINCE = click.option("--since", type=Cursor(), help="Begin after this cursor; 0: with the oldest kept.")
_NAME = click.argument("name", metavar="URL_OR_ID")


@click.group("webhook")
def webhook_command() -> None:
    """Have changes delivered to a URL, signed, in order, and again until they are taken."""


@webhook_command.command("add")
@click.argument("url")
@_SINCE
def add_command(url: str, since: int | None) -> None:
    """Add a webhook, and show the secret that checks its signatures."""
    secret = settings().webhook_secret
    if secret is None:
        raise UsageError(
            "Set FEEDMILL_WEBHOOK_SECRET first, to the same value wherever workers run: openssl rand -hex 32 makes one."
        )
    _refuse_unreachable(url)
    with opened_store(create=True) as engine:
        # First, so that the webhook begins after every change that is committed by now.
        number_events(engine)
        webhook, is_new = write(engine, lambda connection: _find_or_add(connection, url, since))
    write_line(f"{'Added' if is_new else 'Known already'}: webhook {webhook.webhook_id}, {webhook.url}")
    if is_new:
        write_line(f"It gets every change after {webhook.position}.")
    key = signing_key(secret.get_secret_value(), webhook.salt)
    write_line(f"Its signatures are checked with {show_secret(key)}")


def _refuse_unreachable(url: str) -> None:
    """Raise NamedError for a URL that nothing could ever be sent to; what a name resolves to is judged at each try."""
    if len(url) > _LONGEST_URL:
        raise NamedError(f"{url} was not added: it has more than {_LONGEST_URL:,} characters.")
    try:
        location = locate(url)
    except PollError as error:
        raise NamedError(f"{url} was not added: {error.sentence}.") from error
    if objection := Guard.allowing(settings().allow_hosts).objection_to(location):
        raise NamedError(f"{url} was not added: {objection}; FEEDMILL_ALLOW_HOSTS lists exceptions.")


def _find_or_add(connection: Connection, url: str, since: int | None) -> tuple[Webhook, bool]:
    """Return the webhook of a URL, added where it is not known, and whether it was added."""
    found = find_webhook(connection, url)
    if found is None:
        return add_webhook(connection, read_clock(connection).now(), url, since), True
    if since is not None:
        raise NamedError(
            f"{url} is a webhook already: `feedmill webhook resume {found.webhook_id} --since {since}` moves it."
        )
    return found, False


@webhook_command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_command(*, as_json: bool) -> None:
    """List webhooks: how far behind each is, and why."""
    with reading_store() as connection:
        now = read_clock(connection).now()
        columns = [
            Column("ID", "id", 9),
            Column("URL", "url", column_room(24, 96), wraps=True),
            Column("STATE", "state", 6),
            Column("BEHIND", lambda row: f"{row['behind']:,}", 9),
            Column("LAST TAKEN", lambda row: from_now(row["delivered_at"], now), 10),
            Column("NEXT", lambda row: _format_next_attempt(row, now), 9),
            Column("WHY", lambda row: row["state_reason"] or row["error"], wraps=True),
        ]
        none = "No webhooks: `feedmill webhook add URL` adds one."
        print_rows(list_webhooks(connection), columns, as_json=as_json, when_empty=none)


def _format_next_attempt(row: Mapping[str, Any], now: datetime) -> str:
    if row["state"] != "active":
        return "never"
    return from_now(max(row["next_attempt_at"], now), now) if row["error"] else ""


@webhook_command.command("remove")
@_NAME
def remove_command(name: str) -> None:
    """Remove a webhook: nothing more is delivered to it."""

    def remove(connection: Connection, _clock: Clock) -> str:
        webhook = _webhook_called(connection, name)
        remove_webhook(connection, webhook)
        return f"Removed {webhook.url}"

    write_line(change_store(remove))


@webhook_command.command("resume")
@_NAME
@_SINCE
def resume_command(name: str, since: int | None) -> None:
    """Deliver again at once, from where it stopped or after a cursor."""

    def resume(connection: Connection, clock: Clock) -> str:
        webhook = _webhook_called(connection, name)
        position = resume_webhook(connection, clock.now(), webhook, since)
        return f"Resumed {webhook.url} after change {position}"

    write_line(change_store(resume))


def _webhook_called(connection: Connection, name: str) -> Webhook:
    found = find_webhook(connection, name)
    if found is None:
        raise NamedError(f"There is no webhook {name}: `feedmill webhook list` lists them.")
    return found
