"""The settings: environment variables with the prefix ``FEEDMILL_``, or the same lines in a file ``.env``."""

import difflib
import os
from contextlib import suppress
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

from dotenv import dotenv_values
from pydantic import ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from worker.basics.request_rules import VARIABLE_PREFIX
from worker.basics.setting_rules import (
    BodySize,
    BrokerUrl,
    CaBundle,
    Count,
    DeploymentSecret,
    DocumentRetention,
    Duration,
    FetchTimeout,
    HeaderName,
    HeartbeatUrl,
    Mailboxes,
    MailboxInterval,
    Networks,
    OptionalPath,
    OptionalProxy,
    OptionalSecret,
    OptionalStoreUrl,
    PublicUrl,
    Retention,
    Rules,
    StoreUrl,
    UserAgent,
)
from worker.basics.units import show_duration
from worker.errors import SettingsError

_PREFIX = "FEEDMILL_"
# `feedmill poll --user` and `set --user` read it: a secret for one command, not a setting.
_NOT_SETTINGS = {"FEEDMILL_PASSWORD"}


class Settings(BaseSettings):
    """Every setting with its unit and default, read once; a bad value stops the process and names the variable."""

    # A traceback, as Celery prints one, would show values that may hold secrets.
    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: StoreUrl = "sqlite:///feedmill.db"
    """SQLAlchemy URL of the store; ``postgres://`` and ``postgresql://`` mean psycopg."""
    broker_url: BrokerUrl = "memory://"
    """Celery broker: ``memory://`` (one process) or ``redis://…``."""
    broker_prefix: str = "feedmill:"
    """What every Redis key begins with, so that deployments can share one Redis."""
    seeds_dir: Path = Path("seeds")
    """Folder of seed files."""
    seed_scan_interval: Duration = timedelta(minutes=5)
    """Time between two scans of that folder."""
    mailbox: Mailboxes = ()
    """Mailboxes that are polled like feeds: ``imaps://user@host/INBOX``, several parted by blanks."""
    mailbox_password: OptionalSecret = None
    """Their password, where their URLs have none; None: the secrets file has it."""
    mailbox_interval: MailboxInterval = timedelta(minutes=2)
    """Time between two polls of a mailbox."""
    user_agent: UserAgent = "Feedmill/0.1 (+https://github.com/feedmill/feedmill)"
    """How we introduce ourselves to publishers; add an address where you can be reached."""
    proxy: OptionalProxy = None
    """Through which feeds and pages are fetched: ``http://host:port``, ``https://…`` or ``socks5h://…``."""
    ca_bundle: CaBundle = None
    """File of the authorities to trust in place of the system's, in PEM."""
    secrets_file: OptionalPath = None
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
    fetch_timeout: FetchTimeout = timedelta(seconds=30)
    """Time for a whole fetch, at most two minutes: name resolution, connection, TLS, redirects and body."""
    connect_timeout: Duration = timedelta(seconds=10)
    """Time for finding a name's address, and again for the connection and TLS."""
    max_body: BodySize = 15_000_000
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
    retain_articles: Retention = None
    """How long articles are kept after they left their feeds, at least a day; None: for ever."""
    retain_documents: DocumentRetention = None
    """How long documents are kept after they were last served, for ``feedmill reparse``; None: none is kept."""
    search: bool = True
    """Whether articles are indexed for search as they are stored."""
    webhook_secret: DeploymentSecret = None
    """What the signing keys of all webhooks are made from, the same on every machine; None without webhooks."""
    web_token: DeploymentSecret = None
    """What opens the page, the API and feeds out, at least 32 characters; None: they are open on loopback alone."""
    web_user_header: HeaderName = None
    """In which header a proxy that signs people in says who asks: who is named there may look."""
    web_proxies: Networks = ("127.0.0.0/8", "::1/128")
    """Whose word on that, and on who asks, is believed: addresses or CIDR, comma separated."""
    web_rate: Count = 30
    """Requests a second that one address may make; ten times as many at once."""
    web_database_url: OptionalStoreUrl = None
    """The store as the page reads it, with a user who may only read; None: as all else does, read-only by session."""
    public_url: PublicUrl = None
    """Where hubs reach ``feedmill web``, as ``https://news.example`` or with a path; None: no hub is subscribed to."""
    websub_secret: DeploymentSecret = None
    """What the secrets of all subscriptions with hubs are made from, the same on every machine."""
    heartbeat_url: HeartbeatUrl = None
    """What is asked for, at most once a minute, after work was done well; None: nothing is."""
    sentry_dsn: OptionalSecret = None
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
    shown = (
        ""
        if name.endswith(("_SECRET", "_URL", "_PROXY", "_DSN", "_MAILBOX", "_PASSWORD")) or given in reason
        else f" (it was {given})"
    )
    return f"{name} is wrong: {reason}{shown}"
