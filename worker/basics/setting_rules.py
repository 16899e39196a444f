"""What settings may say: each value read from its text, or refused by a ValueError that says what is accepted."""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from worker.basics.mailbox_urls import read_mailboxes
from worker.basics.packing import can_pack
from worker.basics.request_rules import check_user_agent, read_proxy
from worker.basics.units import FOREVER, SHORTEST_RETENTION, parse_duration, parse_size, show_duration, show_size
from worker.values.mail_intake import Mailbox
from worker.values.request_settings import Proxy

# A poll task must end long before Redis hands its message to another worker.
_LONGEST_FETCH = timedelta(minutes=2)
_SHORTEST_SECRET = 32
_SHORTEST_MAILBOX_INTERVAL, _LONGEST_MAILBOX_INTERVAL = timedelta(seconds=10), timedelta(days=1)
# No honest feed fits into fewer bytes.
_SMALLEST_BODY = 10_000
_LARGEST_COUNT = 1_000_000
_LAST_PORT = 65_535


def _from_text(read: Callable[[str], object]) -> BeforeValidator:
    """Return a validator that reads a setting's text; a default is no text and passes as it is."""
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


def _unless_empty(read: Callable[[str], object]) -> BeforeValidator:
    """Return a validator for which an empty text is none: whoever writes such settings cannot always leave them out."""
    return _from_text(lambda text: read(text) if text.strip() else None)


def _split_at_commas(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _check_count(text: str) -> str:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:10]) <= _LARGEST_COUNT):
        raise ValueError(f"it must be a whole number from 1 to {_LARGEST_COUNT:,}")
    return text


def use_psycopg(url: str) -> str:
    """Return a store's URL as SQLAlchemy wants it, with psycopg for PostgreSQL; ValueError for other databases."""
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    if not url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise ValueError("it must begin with sqlite:// or postgresql://")
    return url


def _check_broker_url(url: str) -> str:
    if not url.startswith(("memory://", "redis://", "rediss://")):
        raise ValueError("it must begin with redis://, rediss:// or memory://")
    return url


def _check_ca_bundle(path: Path | None) -> Path | None:
    if path is None:
        return None
    import ssl  # noqa: PLC0415 -- slow to import, and seldom needed

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError as error:
        raise ValueError("it holds no certificates of authorities in PEM") from error
    except OSError as error:
        raise ValueError(f"it cannot be read: {(error.strerror or str(error)).lower()}") from error
    return path


def _check_rules(rules: tuple[str, ...]) -> tuple[str, ...]:
    for rule in rules:
        host, _, port = rule.rpartition(":")
        if "/" in rule:
            ip_network(rule, strict=False)
        elif not host or not host.isprintable() or " " in host or not port.isdecimal() or int(port) > _LAST_PORT:
            raise ValueError(f"{rule!r} is neither host:port nor a network such as 10.0.0.0/8")
    return rules


def _check_networks(networks: tuple[str, ...]) -> tuple[str, ...]:
    for network in networks:
        try:
            ip_network(network, strict=False)
        except ValueError as error:
            raise ValueError(f"{network!r} is neither an address nor a network such as 10.0.0.0/8") from error
    return networks


def _check_header_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,100}", name):
        raise ValueError("it must be a header's name, such as X-Forwarded-User")
    return name


def _check_fetch_timeout(timeout: timedelta) -> timedelta:
    if not timedelta(0) < timeout <= _LONGEST_FETCH:
        raise ValueError("it must be more than 0s and at most 2m")
    return timeout


def _check_mailbox_interval(interval: timedelta) -> timedelta:
    if not _SHORTEST_MAILBOX_INTERVAL <= interval <= _LONGEST_MAILBOX_INTERVAL:
        shortest, longest = map(show_duration, (_SHORTEST_MAILBOX_INTERVAL, _LONGEST_MAILBOX_INTERVAL))
        raise ValueError(f"it must be from {shortest} to {longest}, such as 2m")
    return interval


def _check_max_body(size: int) -> int:
    if size < _SMALLEST_BODY:
        raise ValueError(f"it must be at least {show_size(_SMALLEST_BODY)}, such as 15MB")
    return size


def _read_retention(text: str) -> timedelta | None:
    if not text.strip() or text.strip() == FOREVER:
        return None
    retention = parse_duration(text)
    if retention < SHORTEST_RETENTION:
        raise ValueError(f"it must be at least {show_duration(SHORTEST_RETENTION)}, such as 90d, or {FOREVER}")
    return retention


def _check_kept_documents(kept: timedelta | None) -> timedelta | None:
    if kept is not None and kept <= timedelta(0):
        raise ValueError("it must be more than 0s, such as 30d; leave it empty to keep no documents")
    if kept is not None and not can_pack():
        raise ValueError("this Python was built without zstd, by which documents are packed")
    return kept


def _check_public_url(url: str | None) -> str | None:
    parts = urlsplit(url or "http://none")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it must begin with http:// or https:// and name a host")
    is_writable = all("!" <= character <= "~" for character in url or "") and parts.port != 0
    if parts.query or parts.fragment or "@" in parts.netloc or not is_writable:
        raise ValueError("it must be a host and perhaps a path, such as https://news.example/feedmill")
    return url.rstrip("/") if url else None


def _check_secret(secret: SecretStr | None) -> SecretStr | None:
    if secret and len(secret) < _SHORTEST_SECRET:
        raise ValueError(f"it must have at least {_SHORTEST_SECRET} characters: openssl rand -hex 32 makes one")
    return secret


def _check_heartbeat_url(url: SecretStr | None) -> SecretStr | None:
    if url:
        try:
            parts = urlsplit(url.get_secret_value().strip())
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
            raise ValueError("it must be a URL that begins with http:// or https://, without a user name")
    return url


Duration = Annotated[timedelta, _from_text(parse_duration)]
Size = Annotated[int, _from_text(parse_size)]
Count = Annotated[int, _from_text(_check_count), Field(gt=0)]
Rules = Annotated[tuple[str, ...], NoDecode, _from_text(_split_at_commas), AfterValidator(_check_rules)]
Networks = Annotated[tuple[str, ...], NoDecode, _from_text(_split_at_commas), AfterValidator(_check_networks)]
HeaderName = Annotated[str | None, _unless_empty(lambda text: _check_header_name(text.strip()))]
Mailboxes = Annotated[tuple[Mailbox, ...], NoDecode, _from_text(read_mailboxes)]
MailboxInterval = Annotated[Duration, AfterValidator(_check_mailbox_interval)]
StoreUrl = Annotated[str, AfterValidator(use_psycopg)]
OptionalStoreUrl = Annotated[str | None, _unless_empty(use_psycopg)]
BrokerUrl = Annotated[str, AfterValidator(_check_broker_url)]
UserAgent = Annotated[str, AfterValidator(check_user_agent)]
OptionalProxy = Annotated[Proxy | None, _unless_empty(read_proxy)]
OptionalPath = Annotated[Path | None, _unless_empty(Path)]
CaBundle = Annotated[OptionalPath, AfterValidator(_check_ca_bundle)]
FetchTimeout = Annotated[Duration, AfterValidator(_check_fetch_timeout)]
BodySize = Annotated[Size, AfterValidator(_check_max_body)]
Retention = Annotated[Duration | None, _from_text(_read_retention)]
DocumentRetention = Annotated[Duration | None, _unless_empty(parse_duration), AfterValidator(_check_kept_documents)]
PublicUrl = Annotated[str | None, _unless_empty(str.strip), AfterValidator(_check_public_url)]
OptionalSecret = Annotated[SecretStr | None, _unless_empty(SecretStr)]
HeartbeatUrl = Annotated[OptionalSecret, AfterValidator(_check_heartbeat_url)]
DeploymentSecret = Annotated[SecretStr | None, AfterValidator(_check_secret)]
