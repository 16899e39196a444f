"""The settings: environment variables with the prefix ``FEEDMILL_``, or the same lines in a file ``.env``."""

import difflib
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import cache
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from worker.basics.packing import can_pack
from worker.basics.request_rules import VARIABLE_PREFIX, check_user_agent, read_proxy
from worker.basics.units import FOREVER, SHORTEST_RETENTION, parse_duration, parse_size, show_duration, show_size
from worker.errors import SettingsError
from worker.values.request_settings import Proxy

_PREFIX = "FEEDMILL_"
# `feedmill poll --user` and `set --user` read it: a secret for one command, not a setting.
_NOT_SETTINGS = {"FEEDMILL_PASSWORD"}
# A poll task must end long before Redis hands its message to another worker.
_LONGEST_FETCH = timedelta(minutes=2)
_SHORTEST_SECRET = 32
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


def _check_fetch_timeout(timeout: timedelta) -> timedelta:
    if not timedelta(0) < timeout <= _LONGEST_FETCH:
        raise ValueError("it must be more than 0s and at most 2m")
    return timeout


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
    if parts.query or parts.fragment or "@" in parts.netloc or any(character <= " " for character in url or ""):
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


class Settings(BaseSettings):
    """Every setting with its unit and default, read once; a bad value stops the process and names the variable."""

    # A traceback, as Celery prints one, would show values that may hold secrets.
    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: Annotated[str, AfterValidator(use_psycopg)] = "sqlite:///feedmill.db"
    """SQLAlchemy URL of the store; ``postgres://`` and ``postgresql://`` mean psycopg."""
    broker_url: Annotated[str, AfterValidator(_check_broker_url)] = "memory://"
    """Celery broker: ``memory://`` (one process) or ``redis://…``."""
    broker_prefix: str = "feedmill:"
    """What every Redis key begins with, so that deployments can share one Redis."""
    seeds_dir: Path = Path("seeds")
    """Folder of seed files."""
    seed_scan_interval: Duration = timedelta(minutes=5)
    """Time between two scans of that folder."""
    user_agent: Annotated[str, AfterValidator(check_user_agent)] = (
        "Feedmill/0.1 (+https://github.com/feedmill/feedmill)"
    )
    """How we introduce ourselves to publishers; add an address where you can be reached."""
    proxy: Annotated[Proxy | None, _unless_empty(read_proxy)] = None
    """Through which feeds and pages are fetched: ``http://host:port``, ``https://…`` or ``socks5h://…``."""
    ca_bundle: Annotated[Path | None, _unless_empty(Path), AfterValidator(_check_ca_bundle)] = None
    """File of the authorities to trust in place of the system's, in PEM."""
    secrets_file: Annotated[Path | None, _unless_empty(Path)] = None
    """Where secrets of feeds' requests are kept; None: beside an SQLite store, and nowhere for PostgreSQL."""
    allow_hosts: Rules = ()
    """Private addresses that may be dialled all the same: ``host:port`` or CIDR, comma separated."""
    poll_interval: Duration = timedelta(hours=1)
    """The shortest time between two polls of a feed, unless its publisher names a shorter one."""
    poll_interval_min: Duration = timedelta(minutes=15)
    """The shortest time between two polls even where the publisher names a shorter one."""
    poll_interval_max: Duration = timedelta(hours=24)
    """The longest time between two polls, for quiet feeds and for publishers' hints."""
    host_gap: Duration = timedelta(seconds=1)
    """Time between two requests to one host."""
    host_parallel: Count = 1
    """Requests in flight to one host at a time."""
    fetch_timeout: Annotated[Duration, AfterValidator(_check_fetch_timeout)] = timedelta(seconds=30)
    """Time for a whole fetch, at most two minutes: name resolution, connection, TLS, redirects and body."""
    connect_timeout: Duration = timedelta(seconds=10)
    """Time for finding a name's address, and again for the connection and TLS."""
    max_body: Annotated[Size, AfterValidator(_check_max_body)] = 15_000_000
    """Most bytes of a document, on the wire and decoded."""
    max_entries: Count = 2000
    """How many of a document's entries are read, the newest."""
    fetch_parallel: Count = 300
    """Hosts in flight in one poll task; those that hang do not count, up to five times as many."""
    batch_size: Count = 50
    """Hosts claimed at once."""
    tick_interval: Duration = timedelta(seconds=15)
    """Time between two ticks of beat, each of which looks for due feeds."""
    tick_tasks: Count = 8
    """Poll tasks one tick may send."""
    retain_polls: Duration = timedelta(days=14)
    """How long the ledger is kept."""
    retain_events: Duration = timedelta(days=14)
    """How long the outbox is kept."""
    retain_articles: Annotated[Duration | None, _from_text(_read_retention)] = None
    """How long articles are kept after they left their feeds, at least a day; None: for ever."""
    retain_documents: Annotated[
        Duration | None, _unless_empty(parse_duration), AfterValidator(_check_kept_documents)
    ] = None
    """How long documents are kept after they were last served, for ``feedmill reparse``; None: none is kept."""
    webhook_secret: Annotated[SecretStr | None, AfterValidator(_check_secret)] = None
    """What the signing keys of all webhooks are made from, the same on every machine; None without webhooks."""
    public_url: Annotated[str | None, _unless_empty(str.strip), AfterValidator(_check_public_url)] = None
    """Where hubs reach ``feedmill web``, as ``https://news.example`` or with a path; None: no hub is subscribed to."""
    websub_secret: Annotated[SecretStr | None, AfterValidator(_check_secret)] = None
    """What the secrets of all subscriptions with hubs are made from, the same on every machine."""
    heartbeat_url: Annotated[SecretStr | None, _unless_empty(SecretStr), AfterValidator(_check_heartbeat_url)] = None
    """What is asked for, at most once a minute, after work was done well; None: nothing is."""
    sentry_dsn: Annotated[SecretStr | None, _unless_empty(SecretStr)] = None
    """Where faults are sent, with the extra ``sentry``; None: to the variable SENTRY_DSN, if anywhere."""
    log_format: Literal["console", "json"] = "console"
    """``console`` for people, ``json`` for machines."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The lowest level of the lines that are written."""

    @property
    def is_broker_in_memory(self) -> bool:
        """Whether messages stay within this process: no other one can send or receive them."""
        return self.broker_url.startswith("memory://")

    @model_validator(mode="after")
    def _intervals_in_order(self) -> "Settings":
        for shorter, longer in pairwise(("poll_interval_min", "poll_interval", "poll_interval_max")):
            if getattr(self, shorter) > getattr(self, longer):
                raise ValueError(f"{self._show(shorter)} is longer than {self._show(longer)}: set one of them anew")
        return self

    @model_validator(mode="after")
    def _articles_outlast_polls(self) -> "Settings":
        if self.retain_articles and self.retain_articles < self.poll_interval_max:
            shorter, longer = self._show("retain_articles"), self._show("poll_interval_max")
            raise ValueError(f"{shorter} is shorter than {longer}: a feed may not be polled once in that time")
        return self

    @model_validator(mode="after")
    def _has_secret_for_hubs(self) -> "Settings":
        if self.public_url and not self.websub_secret:
            raise ValueError("FEEDMILL_PUBLIC_URL needs FEEDMILL_WEBSUB_SECRET too: openssl rand -hex 32 makes one")
        return self

    def _show(self, name: str) -> str:
        origin = "" if name in self.model_fields_set else ", the default"
        return f"{_PREFIX}{name.upper()} ({show_duration(getattr(self, name))}{origin})"


@cache
def settings() -> Settings:
    """Return the settings of this process, read on first use."""
    return read_settings()


def read_settings(**chosen: object) -> Settings:
    """Read what the environment and the file ``.env`` say, and what is ``chosen`` instead, by the fields' names.

    SettingsError names a variable that is wrong.
    """
    try:
        _refuse_unknown_names({*os.environ, *dotenv_values(".env")})
        return Settings(**chosen)  # type: ignore[arg-type]  # pydantic checks each
    except ValidationError as error:
        raise SettingsError(_one_sentence(error)) from error
    except UnicodeDecodeError as error:
        raise SettingsError("`.env` cannot be read: it is not UTF-8 text") from error
    except OSError as error:
        raise SettingsError(f"`.env` cannot be read: {(error.strerror or str(error)).lower()}") from error


def wants_json_logs() -> bool:
    """Return whether logs are for machines, as far as that can be told where another setting is wrong."""
    with suppress(OSError, UnicodeDecodeError):
        named = {name.upper(): value for name, value in {**dotenv_values(".env"), **os.environ}.items()}
        return named.get(f"{_PREFIX}LOG_FORMAT") == "json"
    return False


def read_feed_variables() -> dict[str, str]:
    """Return the environment variables, or lines of ``.env``, that hold secrets of feeds' requests."""
    named = {**dotenv_values(".env"), **os.environ}
    return {name: value for name, value in named.items() if value is not None and name.startswith(VARIABLE_PREFIX)}


def _refuse_unknown_names(names: set[str]) -> None:
    known = {_PREFIX + name.upper() for name in Settings.model_fields} | _NOT_SETTINGS
    for name in sorted(names):
        # The case of a variable makes no difference.
        is_setting = name.upper().startswith(_PREFIX) and not name.upper().startswith(VARIABLE_PREFIX)
        if is_setting and name.upper() not in known:
            close = difflib.get_close_matches(name.upper(), known, n=1)
            meant = f"; did you mean {close[0]}?" if close else "; see the table of settings in the README"
            raise SettingsError(f"{name} is not a setting{meant}")


def _one_sentence(error: ValidationError) -> str:
    fault = error.errors()[0]
    reason = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "literal_error":
        reason = f"it must be {fault['ctx']['expected']}"
    if not fault["loc"]:
        return reason
    name, given = _PREFIX + str(fault["loc"][0]).upper(), repr(fault["input"])
    # A URL may hold a password.
    shown = "" if name.endswith(("_SECRET", "_URL", "_PROXY", "_DSN")) or given in reason else f" (it was {given})"
    return f"{name} is wrong: {reason}{shown}"
