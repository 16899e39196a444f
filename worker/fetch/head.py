"""An answer's status and header fields, and what HTTP caching makes of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from worker.values.due_feeds import Validators

_LONGEST_FRESHNESS = timedelta(days=30)
_LONGEST_WISH = timedelta(days=7)
_LONGEST_VALIDATOR = 1024
_MOST_DIGITS = 10
# Of two lines that a proxy joined the first counts, as it does of two; fractions of a second are against the rule.
_NUMBER = re.compile(r"(\d+)(\.\d+)?(?:\s*,.*)?", re.ASCII)
# All that we ever read; the rest is not worth its memory.
_READ = frozenset(
    b"age cache-control content-encoding content-language content-type date etag expires last-modified location"
    b" retry-after".split()
    # By which walls are told (worker.fetch.answer).
    + b"cf-mitigated server sg-captcha x-amzn-waf-action x-dd-b x-iinfo x-sucuri-block x-vercel-mitigated".split()
)
# Fields that are lists: several lines mean one list (RFC 9110, section 5.3). Of any other the first line counts.
_LISTS = frozenset({"cache-control", "content-encoding"})


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
    """Read a status line and header lines; a status that is missing or no number is 0."""
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


def validators(head: Head, ours: Validators) -> Validators:
    """Return the validators to keep: each that the answer carries and we may send back, else ours."""
    etag, last_modified = sendable(head.fields.get("etag")), sendable(head.fields.get("last-modified"))
    return Validators(etag or ours.etag, last_modified or ours.last_modified)


def sendable(validator: str | None) -> str | None:
    """Return a validator that may stand in a request of ours: printable ASCII of at most 1 kB, byte for byte."""
    if validator and len(validator) <= _LONGEST_VALIDATOR and validator.isascii() and validator.isprintable():
        return validator
    return None


def fresh_for(head: Head, received_at: datetime) -> timedelta | None:
    """Return how long the answer is fresh for a cache of our own (RFC 9111, section 4.2), or null if it does not say.

    ``s-maxage`` is for shared caches, which we are not. Whatever cannot be read counts as stale.
    """
    lifetime = _directed_lifetime(head.fields.get("cache-control", ""))
    if lifetime is None and "expires" in head.fields:
        expires, date = read_date(head.fields["expires"]), _date(head, received_at)
        lifetime = expires - date if expires else timedelta(0)
    if lifetime is None:
        return None
    age = _seconds(head.fields.get("age", ""), timedelta.max) or timedelta(0)
    return _clamped(lifetime - min(age, _LONGEST_FRESHNESS), _LONGEST_FRESHNESS)


def retry_after(head: Head, received_at: datetime) -> timedelta | None:
    """Return how long the publisher wants to be left alone, 0 to 7 days (RFC 9110, section 10.2.3), or null."""
    wish = head.fields.get("retry-after", "")
    if number := _NUMBER.fullmatch(wish):
        wait = _seconds(number[1], _LONGEST_WISH) or timedelta(0)
        # Never sooner than asked.
        wait += timedelta(seconds=1) if number[2] else timedelta(0)
    elif until := read_date(wish):
        wait = until - _date(head, received_at)
    else:
        return None
    return _clamped(wait, _LONGEST_WISH)


def read_date(text: str) -> datetime | None:
    """Read an HTTP date in any of its three forms (RFC 9110, section 5.6.7), or null."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date


def _directed_lifetime(cache_control: str) -> timedelta | None:
    """Return the lifetime that ``Cache-Control`` gives, or null where it gives none."""
    directives: dict[str, str] = {}
    for name, value in _directives(cache_control):
        directives.setdefault(name, value)
    # ``no-cache="Set-Cookie"`` speaks of one field only.
    if "no-store" in directives or directives.get("no-cache") == "":
        return timedelta(0)
    if "max-age" not in directives:
        return None
    return _seconds(directives["max-age"], _LONGEST_FRESHNESS) or timedelta(0)


def _directives(cache_control: str) -> Iterable[tuple[str, str]]:
    for part in cache_control.split(","):
        name, _, value = part.partition("=")
        yield name.strip().lower(), value.strip(' \t"')


def _date(head: Head, received_at: datetime) -> datetime:
    # The host's own clock, where it tells: then its being wrong does not matter.
    return read_date(head.fields.get("date", "")) or received_at


def _seconds(text: str, longest: timedelta) -> timedelta | None:
    """Read a number of seconds of any length; more digits than any wait has mean the longest one."""
    if not (text.isascii() and text.isdigit()):
        return None
    return longest if len(text) > _MOST_DIGITS else timedelta(seconds=int(text))


def _clamped(wait: timedelta, longest: timedelta) -> timedelta:
    return min(max(wait, timedelta(0)), longest)
