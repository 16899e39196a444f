"""Signatures as the Standard Webhooks specification has them (version 1, symmetric).

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

Keys are made from one secret of the deployment's and a salt of each webhook's: the store, every table of which its
readers may see, holds none, and no receiver can sign as another.
"""

import base64
import hmac
from datetime import datetime

from worker.values import Message

_PREFIX = "whsec_"


def signing_key(secret: str, salt: str) -> bytes:
    """Return the 32 bytes that sign what is delivered to the webhook with this salt."""
    return hmac.digest(secret.encode(), f"feedmill webhook {salt}".encode(), "sha256")


def show_secret(key: bytes) -> str:
    """Return a key as the specification has it shown to whoever is to check signatures."""
    return _PREFIX + base64.b64encode(key).decode("ascii")


def sign(key: bytes, message_id: str, at: datetime, body: bytes) -> Message:
    """Return a body with the header lines that sign it, as of ``at``: a receiver refuses what is too old."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.digest(key, signed, "sha256")).decode("ascii")
    return Message(
        body,
        (
            "Content-Type: application/json",
            f"webhook-id: {message_id}",
            f"webhook-timestamp: {timestamp}",
            f"webhook-signature: v1,{signature}",
        ),
    )
