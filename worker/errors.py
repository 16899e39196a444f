"""Everything that can go wrong, sorted by what the caller may do next.

FeedmillError
├── UsageError                  exit 2: the command or a setting is wrong; change it
│   └── SettingsError           … a FEEDMILL_ variable is wrong
├── NamedError                  exit 1: something that was named failed; the sentence says which, why and what to do
│   ├── StoreError              … the database is unreachable, read-only, locked, or newer than the code
│   ├── BrokerError             … the message broker is unreachable
│   └── SeedError               … one seed file could not become articles
│       ├── UnfinishedSeedError … because somebody is still writing it
│       └── PassingSeedError    … because of an embargo, or a fault of ours: it may be read another day, as it is
└── PollError                   one visit of one feed failed; stored on the feed, never stops its neighbours
    ├── TransientError          retry soon: it may well work next time
    ├── PermanentError          retry rarely: it will fail until somebody changes something
    └── RejectedError           we refused: it was unsafe or too big

"Not modified" is a value, not an error (``worker.values.due_feeds.NotModified``).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class FeedmillError(Exception):
    """Anything Feedmill raises on purpose."""


class UsageError(FeedmillError):
    """The caller asked for something that cannot be; the sentence says what is accepted."""


class SettingsError(UsageError):
    """A setting has a bad value; the sentence names the variable and what is accepted."""


class NamedError(FeedmillError):
    """Something the caller named failed; the sentence says what, where and what to do."""


class StoreError(NamedError):
    """The database cannot be used as it is."""


class BrokerError(NamedError):
    """The message broker cannot be reached."""


class SeedError(NamedError):
    """One seed file could not become articles; the others go on."""


class UnfinishedSeedError(SeedError):
    """Somebody is still writing the seed file; it will be whole in a moment."""


class PassingSeedError(SeedError):
    """The seed file may be read another day though nobody changes it: an embargo ends, a fault of ours is mended."""


class ErrorClass(StrEnum):
    """Why a poll failed, each class with a cure of its own."""

    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    INCOMPLETE = "incomplete"
    HTTP_4XX = "http 4xx"
    HTTP_410 = "http 410"
    HTTP_429 = "http 429"
    BUSY = "busy"
    """No host said so: we wait because somebody polls the host, or because it is too early to ask it again."""
    HTTP_5XX = "http 5xx"
    REDIRECT = "redirect"
    PROTOCOL = "protocol"
    NOT_A_FEED = "not a feed"
    PARSE = "parse"
    BLOCKED = "blocked"
    WITHHELD = "withheld"
    GUARD = "guard"
    TOO_BIG = "too big"
    SETTINGS = "request settings"
    """We could not ask as the operator wants it: a secret is missing here, or the proxy does not let us through."""
    INTERNAL = "internal"


CUT_OFF = frozenset({ErrorClass.DNS, ErrorClass.CONNECT, ErrorClass.TLS, ErrorClass.TIMEOUT})
"""The classes of failure that an outage of our own network looks like."""
OUR_FAULT = "a fault of Feedmill; its log has the traceback"
"""What a person is told where an error that nobody thought of kept a poll from being stored."""


@dataclass(eq=False)
class PollError(FeedmillError):
    """One visit of one feed failed.

    ``retry_after`` is the publisher's own wish, already clamped; ``http_status`` is None where no answer came;
    ``trace`` is the traceback of a fault of ours, for the log.
    """

    error_class: ErrorClass
    sentence: str
    http_status: int | None = None
    retry_after: timedelta | None = None
    trace: str | None = None

    def __str__(self) -> str:
        return f"{self.error_class}: {self.sentence}"


class TransientError(PollError):
    """It may well work next time: a time-out, a reset, a 503."""


class PermanentError(PollError):
    """It will fail until somebody changes something: a 404, a page that is not a feed."""


class RejectedError(PollError):
    """We refused: an address that is not public, a body over the limit."""
