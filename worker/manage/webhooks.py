"""Managing webhooks: adding, finding, listing, resuming and removing them."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, delete, exists, insert, select, update

from worker.basics.text import is_storable
from worker.basics.units import read_id
from worker.database.outbox_tables import EventBoundsRow, WebhookRow
from worker.outbox import find_cursor, refuse_gap


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook that somebody named."""

    webhook_id: int
    url: str
    salt: str
    position: int


def add_webhook(connection: Connection, now: datetime, url: str, since: int | None) -> Webhook:
    """Add a webhook that begins with the next change, or after a cursor; NamedError when it cannot begin there."""
    position = _find_start(connection, since)
    row = {"url": url, "salt": secrets.token_hex(16), "position": position, "next_attempt_at": now, "added_at": now}
    connection.execute(insert(WebhookRow).values(row))
    found = find_webhook(connection, url)
    assert found, "it was just added"
    return found


def find_webhook(connection: Connection, name: str) -> Webhook | None:
    """Return the webhook that an id or a URL names; None when there is none."""
    if not is_storable(name):
        return None
    webhook_id = read_id(name)
    wanted = WebhookRow.id == webhook_id if webhook_id is not None else WebhookRow.url == name
    row = connection.execute(select(WebhookRow).where(wanted)).first()
    return Webhook(row.id, row.url, row.salt, row.position) if row else None


def list_webhooks(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """List webhooks, each with the number of changes it is behind; without the salt that its key is made from."""
    shown = [column for column in WebhookRow.__table__.columns if column.name not in {"salt", "sending_to"}]
    behind = (_numbered_to() - WebhookRow.position).label("behind")
    yield from map(dict, connection.execute(select(*shown, behind).order_by(WebhookRow.id)).mappings())


def resume_webhook(connection: Connection, now: datetime, webhook: Webhook, since: int | None) -> int:
    """Deliver to a webhook again, from where it stopped or after a cursor; return the position.

    NamedError when the changes after it are no longer kept.
    """
    position = webhook.position if since is None else find_cursor(connection, since)
    refuse_gap(connection, position)
    fresh = {"state": "active", "state_reason": None, "failures": 0, "failing_since": None, "error": None}
    moved = {"position": position, "sending_to": None} if position != webhook.position else {}
    connection.execute(
        update(WebhookRow).where(WebhookRow.id == webhook.webhook_id).values(next_attempt_at=now, **fresh, **moved)
    )
    return position


def remove_webhook(connection: Connection, webhook: Webhook) -> None:
    """Deliver nothing to a webhook any more."""
    connection.execute(delete(WebhookRow).where(WebhookRow.id == webhook.webhook_id))


def is_any_webhook_due(connection: Connection, now: datetime) -> bool:
    """Say whether any webhook could be sent to now."""
    return bool(connection.execute(select(exists().where(is_webhook_due(now)))).scalar_one())


def is_webhook_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a webhook can be sent to now, and there is something to send."""
    return and_(WebhookRow.state == "active", WebhookRow.next_attempt_at <= now, WebhookRow.position < _numbered_to())


def _numbered_to() -> ScalarSelect[int]:
    return select(EventBoundsRow.numbered_to).scalar_subquery()


def _find_start(connection: Connection, since: int | None) -> int:
    position = find_cursor(connection, since)
    refuse_gap(connection, position)
    return position
