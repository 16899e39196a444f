"""Webhooks: changes delivered to URLs, signed, in order, and again until they are taken."""

from worker.webhooks.deliver import Delivered, deliver, delivering_transfers
from worker.webhooks.manage import (
    Webhook,
    add_webhook,
    find_webhook,
    is_any_due,
    list_webhooks,
    remove_webhook,
    resume_webhook,
)
from worker.webhooks.signing import show_secret, signing_key

__all__ = [
    "Delivered",
    "Webhook",
    "add_webhook",
    "deliver",
    "delivering_transfers",
    "find_webhook",
    "is_any_due",
    "list_webhooks",
    "remove_webhook",
    "resume_webhook",
    "show_secret",
    "signing_key",
]
