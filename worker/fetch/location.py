"""Where a request goes: a URL that passed our grammar, in the one spelling that every later check sees."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

import can_ada

from worker.errors import ErrorClass, RejectedError

_LONGEST = 8000
# What parsers disagree on is how one of them is fooled: none of it has a place in a URL (RFC 3986, section 2).
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\ud800-\udfff]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=:)", re.ASCII | re.IGNORECASE)
_PORTS = {"http:": 80, "https:": 443}
_ABSOLUTE = re.compile(r"https?://(?P<authority>[^/?#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Location:
    """A URL to ask: absolute, http or https, its host in punycode, without fragment or user info."""

    href: str
    host: str
    """Without the brackets of an IPv6 address."""
    origin: str
    """Scheme, host and port: what credentials belong to."""
    port: int


def locate(url: str) -> Location:
    """Read a feed's URL; RejectedError says what is wrong with it."""
    return _read(url, "the URL")


def follow(location: Location, target: str) -> Location:
    """Read where a ``Location`` header points from ``location`` (RFC 9110, section 10.2.2); RejectedError as above."""
    subject = f"the URL that {location.host} redirects to"
    # Spaces are the one fault that honest publishers make here, and every browser repairs.
    repaired = target.strip(" \t").replace(" ", "%20")
    try:
        return _read(urljoin(location.href, repaired), subject)
    except ValueError as error:
        raise _refusal(f"{subject} is not valid") from error


def _read(url: str, subject: str) -> Location:
    if objection := _objection(url):
        raise _refusal(f"{subject} {objection}")
    try:
        parsed = can_ada.parse(url)
    except ValueError as error:
        raise _refusal(f"{subject} is not valid") from error
    parsed.hash = ""
    port = int(parsed.port or _PORTS[parsed.protocol])
    return Location(parsed.href, parsed.hostname.strip("[]"), parsed.origin, port)


def _objection(url: str) -> str | None:
    """Return what speaks against a URL before any parser reads it, or null."""
    if len(url) > _LONGEST:
        return f"has more than {_LONGEST} characters"
    if _FORBIDDEN.search(url):
        return "holds a space, a backslash or a control character"
    absolute = _ABSOLUTE.match(url)
    if absolute is None:
        scheme = _SCHEME.match(url)
        return f"begins with {scheme[0][:20]}:, not http:// or https://" if scheme else "is not an http or https URL"
    if "@" in absolute["authority"]:
        return "holds a user name or password; credentials are given apart from it"
    return None


def _refusal(sentence: str) -> RejectedError:
    return RejectedError(ErrorClass.GUARD, sentence)
