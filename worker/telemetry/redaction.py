"""Taking secrets out of what is told to services that watch programs: it leaves the deployment."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy import make_url

from worker.settings import Settings, read_feed_variables

# Of a URL nothing is told that may be a secret: who asks, and with which key.
_CREDENTIALS = re.compile(r"//[^/?#\s'\"]*@")
_QUERY = re.compile(r"(https?://[^\s'\"?#]*)\?[^\s'\"#]*")
_SHORTEST_SECRET = 4


def secrets_of(chosen: Settings) -> tuple[str, ...]:
    """Return what may be in an error's words and must not be told, the longest first."""
    held = {*read_feed_variables().values(), *_secrets_in(chosen)}
    return tuple(sorted((secret for secret in held if len(secret) >= _SHORTEST_SECRET), key=len, reverse=True))


def _secrets_in(chosen: Settings) -> Iterator[str]:
    for _, value in chosen:
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
            # Of a URL it is the path, which a redirect may lead to at another host.
            yield urlsplit(value.get_secret_value()).path
    for url in map(make_url, (chosen.database_url, chosen.broker_url)):
        yield str(url.password or "")
        yield from (value for name in url.query if "pass" in name for value in url.normalized_query[name])
    yield from (mailbox.password or "" for mailbox in chosen.mailbox)
    yield (chosen.proxy.password if chosen.proxy else None) or ""


def redact(value: Any, secrets: tuple[str, ...]) -> Any:
    """Return a value without secrets, however deep they are."""
    if isinstance(value, dict):
        return {name: redact(part, secrets) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [redact(part, secrets) for part in value]
    if not isinstance(value, str):
        return value
    for secret in secrets:
        value = value.replace(secret, "…")
    return _QUERY.sub(r"\1?…", _CREDENTIALS.sub("//…@", value))
