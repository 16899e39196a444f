"""An answer's status and header fields, and what HTTP caching makes of them."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from worker.values.due_feeds import Validators
from worker.values.frozen import dataclass

_LONGEST_FRESHNESS = timedelta(days=30)
_LONGEST_RETRY_AFTER = timedelta(days=7)
_LONGEST_VALIDATOR = 1024
_MOST_DIGITS = 10
_VALIDATOR = re.compile(r"[ -~\x80-\xff]+")
# A proxy may have joined two lines: the first counts. Fractions of a second are against the rule, but we read them.
_NUMBER = re.compile(r"(\d+)(\.\d+)?(?:\s*,.*)?", re.ASCII)
# The fields that we read; the others are not worth their memory.
_READ = frozenset(
    b"age cache-control content-encoding content-type date etag expires last-modified location retry-after"
    b" link set-cookie transfer-encoding content-length upgrade".split()
    # How a 401 wants to be answered.
    + b"www-authenticate".split()
    # These show that a wall answered (worker.fetch.answer).
    + b"cf-mitigated server sg-captcha x-amzn-waf-action x-dd-b x-iinfo x-sucuri-block x-vercel-mitigated".split()
)
# Fields that are lists: several lines mean one list (RFC 9110, section 5.3). Of any other the first line counts.
_LISTS = frozenset({"cache-control", "content-encoding", "link"})


@dataclass(frozen=True, slots=True)
class Head:
    """What came before the body: the status, and the fields that matter by their lower-case names."""

    status: int
    fields: dict[str, str]

    @property
    def codings(self) -> list[str]:
        """The content codings in the order they were applied, without ``identity`` (RFC 9110, section 8.4)."""
        names = (name.strip().lower() for name in self.fields.get("content-encoding", "").split(","))
        return [name.removeprefix("x-") for name in names if name not in {"", "identity"}]


def read_head(lines: list[bytes]) -> Head:
    """Read a status line and header lines; the status is 0 where it is missing or no number of three digits."""
    words = lines[0].split(None, 2) if lines else []
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() and len(words[1]) == len(b"200") else 0
    fields: dict[str, str] = {}
    for line in lines[1:]:
        raw_name, _, raw_value = line.partition(b":")
        lower = raw_name.strip().lower()
        if lower not in _READ:
            continue
        name, value = lower.decode("ascii"), raw_value.strip().decode("latin-1")
        if name not in fields:
            fields[name] = value
        elif name in _LISTS:
            fields[name] += f", {value}"
    return Head(status, fields)


def merge_validators(head: Head, ours: Validators) -> Validators:
    """Return the validators to keep: each that the answer carries and we may send back, else ours."""
    etag = sendable_validator(head.fields.get("etag"))
    last_modified = sendable_validator(head.fields.get("last-modified"))
    return Validators(etag or ours.etag, last_modified or ours.last_modified)


def sendable_validator(validator: str | None) -> str | None:
    """Return a validator, byte for byte, if we may send it back: a field's value of at most 1 kB.

    An ETag may hold bytes above ASCII (``obs-text``: RFC 9110, section 8.8.3), here as the characters of Latin-1.
    """
    if validator and len(validator) <= _LONGEST_VALIDATOR and _VALIDATOR.fullmatch(validator):
        return validator
    return None


def fresh_for(head: Head, received_at: datetime) -> timedelta | None:
    """Return how long the answer is fresh for a cache of our own (RFC 9111, section 4.2); None if it does not say.

    ``s-maxage`` is for shared caches, which we are not. What cannot be read counts as stale.
    """
    lifetime = _directed_lifetime(head.fields.get("cache-control", ""))
    if lifetime is None:
        if "expires" not in head.fields:
            return None
        expires = read_http_date(head.fields["expires"])
        lifetime = expires - _sent_at(head, received_at) if expires else timedelta(0)
    age = _seconds(head.fields.get("age", ""), timedelta.max)
    return _clamped(lifetime - min(age, _LONGEST_FRESHNESS), _LONGEST_FRESHNESS)


def retry_after(head: Head, received_at: datetime) -> timedelta | None:
    """Return how long the publisher wants to be left alone, 0 to 7 days (RFC 9110, section 10.2.3)."""
    wish = head.fields.get("retry-after")
    if not wish:
        return None
    if number := _NUMBER.fullmatch(wish):
        # A fraction is rounded up: never sooner than asked.
        wait = _seconds(number[1], _LONGEST_RETRY_AFTER) + timedelta(seconds=1 if number[2] else 0)
    elif until := read_http_date(wish):
        wait = until - _sent_at(head, received_at)
    else:
        return None
    return _clamped(wait, _LONGEST_RETRY_AFTER)


def read_http_date(text: str) -> datetime | None:
    """Read an HTTP date in any of its three forms (RFC 9110, section 5.6.7); None if it is none."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


def _directed_lifetime(cache_control: str) -> timedelta | None:
    """Return the lifetime that ``Cache-Control`` gives, if any."""
    directives: dict[str, str] = {}
    for part in cache_control.split(","):
        name, _, value = part.partition("=")
        directives.setdefault(name.strip().lower(), value.strip(' \t"'))
    # ``no-cache="Set-Cookie"`` means that one field only.
    if "no-store" in directives or directives.get("no-cache") == "":
        return timedelta(0)
    if "max-age" not in directives:
        return None
    return _seconds(directives["max-age"], _LONGEST_FRESHNESS)


def _sent_at(head: Head, received_at: datetime) -> datetime:
    # By the host's clock where it sends one: the wait is then right even if that clock is wrong.
    return read_http_date(head.fields.get("date", "")) or received_at


def _seconds(text: str, longest: timedelta) -> timedelta:
    """Read a number of seconds, 0 if it is none; more digits than any wait has mean the longest one."""
    if not (text.isascii() and text.isdigit()):
        return timedelta(0)
    return longest if len(text) > _MOST_DIGITS else timedelta(seconds=int(text))


def _clamped(wait: timedelta, longest: timedelta) -> timedelta:
    return min(max(wait, timedelta(0)), longest)
