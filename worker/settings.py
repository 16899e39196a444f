"""The settings: environment variables with the prefix ``FEEDMILL_``, or the same lines in a file ``.env``."""

import difflib
import os
from datetime import timedelta
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from worker.basics.measures import parse_duration, parse_size, show_duration, show_size
from worker.errors import SettingsError

PREFIX = "FEEDMILL_"
# `feedmill poll --user` reads it: a secret for one command, not a setting.
_NOT_SETTINGS = {"FEEDMILL_PASSWORD"}
# A poll task must end long before Redis hands its message to another worker.
_LONGEST_FETCH = timedelta(minutes=2)
_SHORTEST_SECRET = 32
# Below this not even an honest feed fits.
_SMALLEST_BODY = 10_000
_MOST = 1_000_000


def _duration(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


def _size(value: object) -> object:
    return parse_size(value) if isinstance(value, str) else value


def _comma_list(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _count(value: object) -> object:
    if isinstance(value, str) and not (value.isascii() and value.isdecimal() and 0 < int(value[:10]) <= _MOST):
        raise ValueError(f"it must be a whole number from 1 to {_MOST:,}")
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size)]
Count = Annotated[int, BeforeValidator(_count), Field(gt=0)]


class Settings(BaseSettings):
    """Every setting with its unit and default, read once; a bad value stops the process and names the variable."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    database_url: str = "sqlite:///feedmill.db"
    """SQLAlchemy URL of the store; ``postgres://`` and ``postgresql://`` mean psycopg."""
    broker_url: str = "memory://"
    """Celery broker: ``memory://`` (one process) or ``redis://…``."""
    broker_prefix: str = "feedmill:"
    """What every Redis key begins with, so that deployments can share one Redis."""
    seeds_dir: Path = Path("seeds")
    """Folder of seed files, read at every seed scan."""
    seed_scan_interval: Duration = timedelta(minutes=5)
    """Between two looks into that folder."""
    user_agent: str = "Feedmill/0.1 (+https://github.com/feedmill/feedmill)"
    """How we introduce ourselves to publishers; add an address where you can be reached."""
    allow_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_list)] = ()
    """Private addresses that may be dialled all the same: exact ``host:port`` or CIDR, comma separated."""
    poll_interval: Duration = timedelta(hours=1)
    """The shortest time between two polls of a feed, unless its publisher names a shorter one."""
    poll_interval_min: Duration = timedelta(minutes=15)
    """The shortest even where the publisher names a shorter one."""
    poll_interval_max: Duration = timedelta(hours=24)
    """The longest, for quiet feeds and for publishers' hints."""
    host_gap: Duration = timedelta(seconds=1)
    """Between two requests to one host."""
    host_parallel: Count = 1
    """Requests in flight to one host at a time."""
    fetch_timeout: Duration = timedelta(seconds=30)
    """For a whole fetch: name resolution, connection, TLS, redirects and body; at most two minutes."""
    connect_timeout: Duration = timedelta(seconds=10)
    """For finding a name's address, and again for the connection and TLS."""
    max_body: Size = 15_000_000
    """Bytes of a document, on the wire and decoded."""
    max_entries: Count = 2000
    """Newest entries of a document that are read."""
    fetch_parallel: Count = 300
    """Hosts in flight in one poll task; those that hang do not count, up to five times as many."""
    batch_size: Count = 50
    """Hosts claimed at once."""
    tick_interval: Duration = timedelta(seconds=15)
    """How often beat looks for due feeds."""
    tick_tasks: Count = 8
    """Poll tasks one tick may send."""
    retain_polls: Duration = timedelta(days=14)
    """How long the ledger is kept."""
    retain_events: Duration = timedelta(days=14)
    """How long the outbox is kept."""
    webhook_secret: SecretStr | None = None
    """What the signing keys of all webhooks are made from, the same on every machine; null where there are none."""
    log_format: Literal["console", "json"] = "console"
    """For people, or for machines."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least important lines that are written."""

    @field_validator("database_url")
    @classmethod
    def _psycopg_by_default(cls, url: str) -> str:
        for scheme in ("postgres://", "postgresql://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        if not url.startswith(("sqlite:", "postgresql+psycopg:")):
            raise ValueError("it must begin with sqlite:// or postgresql://")
        return url

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, url: str) -> str:
        if not url.startswith(("memory://", "redis://", "rediss://")):
            raise ValueError("it must begin with redis://, rediss:// or memory://")
        return url

    @field_validator("user_agent")
    @classmethod
    def _tells_who_we_are(cls, user_agent: str) -> str:
        # It becomes a line of every request (RFC 9110, section 10.1.5).
        if not user_agent.strip() or not user_agent.isprintable() or not user_agent.isascii():
            raise ValueError("it must be one line of ASCII that tells publishers who asks")
        return user_agent

    @field_validator("max_body")
    @classmethod
    def _holds_a_feed(cls, size: int) -> int:
        if size < _SMALLEST_BODY:
            raise ValueError(f"it must be at least {show_size(_SMALLEST_BODY)}, such as 15MB")
        return size

    @field_validator("fetch_timeout")
    @classmethod
    def _well_below_the_visibility_timeout(cls, timeout: timedelta) -> timedelta:
        if not timedelta(0) < timeout <= _LONGEST_FETCH:
            raise ValueError("it must be more than 0s and at most 2m")
        return timeout

    @field_validator("webhook_secret")
    @classmethod
    def _hard_to_guess(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and len(secret) < _SHORTEST_SECRET:
            raise ValueError(f"it must have at least {_SHORTEST_SECRET} characters: openssl rand -hex 32 makes one")
        return secret

    @field_validator("allow_hosts")
    @classmethod
    def _known_exceptions(cls, rules: tuple[str, ...]) -> tuple[str, ...]:
        for rule in rules:
            allowed_network(rule)
        return rules

    @model_validator(mode="after")
    def _intervals_in_order(self) -> "Settings":
        names = ("poll_interval_min", "poll_interval", "poll_interval_max")
        for shorter, longer in pairwise(names):
            if getattr(self, shorter) > getattr(self, longer):
                raise ValueError(f"{self._told(shorter)} is longer than {self._told(longer)}: set one of them anew")
        return self

    def _told(self, name: str) -> str:
        origin = "" if name in self.model_fields_set else ", the default"
        return f"{PREFIX}{name.upper()} ({show_duration(getattr(self, name))}{origin})"


def allowed_network(rule: str) -> IPv4Network | IPv6Network | None:
    """Return the network an ``ALLOW_HOSTS`` rule means, or null for a ``host:port`` rule; ValueError for neither."""
    if "/" in rule:
        return ip_network(rule, strict=False)
    host, _, port = rule.rpartition(":")
    if not host or not host.isprintable() or " " in host or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 -- the largest port
        raise ValueError(f"{rule!r} is neither host:port nor a network such as 10.0.0.0/8")
    return None


@cache
def settings() -> Settings:
    """Return the process's settings, read on first use."""
    return read_settings()


def read_settings() -> Settings:
    """Read what the environment and the file ``.env`` say; SettingsError names a variable that is wrong."""
    try:
        _refuse_unknown_names({*os.environ, *dotenv_values(".env")})
        return Settings()
    except ValidationError as error:
        raise SettingsError(_one_sentence(error)) from error
    except UnicodeDecodeError as error:
        raise SettingsError("`.env` cannot be read: it is not UTF-8 text.") from error
    except OSError as error:
        raise SettingsError(f"`.env` cannot be read: {(error.strerror or str(error)).lower()}.") from error


def _refuse_unknown_names(names: set[str]) -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | _NOT_SETTINGS
    for name in sorted(names):
        # The case of a variable makes no difference.
        if name.upper().startswith(PREFIX) and name.upper() not in known:
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
    name, given = PREFIX + str(fault["loc"][0]).upper(), repr(fault["input"])
    told = "" if name.endswith("_SECRET") or given in reason else f" (it was {given})"
    return f"{name} is wrong: {reason}{told}"
