"""The header lines of a request: what we accept, what we know already, and who asks."""

import base64
import math
import re
import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urljoin

import can_ada
import certifi
import pycurl

from worker.errors import ErrorClass, RejectedError
from worker.fetch.body import ACCEPTED
from worker.fetch.head import sendable
from worker.values.due_feeds import FetchRequest

_ALWAYS = (
    "Accept: application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8",
    f"Accept-Encoding: {ACCEPTED}",
)


def request_headers(request: FetchRequest, *, is_own_origin: bool) -> list[str]:
    """Return the lines for one hop; ``is_own_origin`` says that it goes to the origin of the feed's own URL.

    Validators go with every hop: they are those of the document at the end of the chain, and which hop that is only the
    answer tells. Credentials go to the origin they were given for and to no other.
    """
    lines = list(_ALWAYS)
    if etag := sendable(request.validators.etag):
        lines.append(f"If-None-Match: {etag}")
    if last_modified := sendable(request.validators.last_modified):
        lines.append(f"If-Modified-Since: {last_modified}")
    if request.credentials and is_own_origin:
        # RFC 7617, section 2; a password that was not UTF-8 when it was typed goes out as it was typed.
        pair = f"{request.credentials.user}:{request.credentials.password}".encode(errors="surrogateescape")
        lines.append(f"Authorization: Basic {base64.b64encode(pair).decode('ascii')}")
    if request.message:
        # Without the last line libcurl may wait for leave to send the body.
        lines += [*request.message.headers, "Expect:"]
    return lines


# --- Where a request goes: a URL that passed our grammar, in the one spelling that every later check sees.

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


# --- How long a fetch may take and how much it may bring.


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """The limits of every fetch, and the name it goes by; sizes in bytes."""

    timeout: timedelta
    """For a whole fetch: name resolution, connections, TLS, every redirect and the body."""
    connect_timeout: timedelta
    """For resolving a name, and again for opening one connection."""
    max_body: int
    """Of a document, on the wire and decoded."""
    user_agent: str
    in_flight_bytes: int = 64_000_000
    """Of all bodies in memory together; past it reading pauses."""
    max_header_bytes: int = 64_000
    """Of all headers of one fetch together."""
    max_redirects: int = 8


# --- libcurl's easy handles, with everything set that is the same for every request.

# Where distributions keep their bundle, for a Python that was built to look elsewhere.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def find_ca_bundle(usual: tuple[str, ...] = _BUNDLES) -> str:
    """Return the file of the authorities to trust: the system's, which its operator may add to, else certifi's."""
    named = ssl.get_default_verify_paths().cafile
    return next((path for path in (named, *usual) if path and Path(path).is_file()), certifi.where())


def new_handle(limits: FetchLimits, ca_bundle: str) -> pycurl.Curl:
    """Return a handle for one request at a time, to be used again and again: setting it up costs more than a poll."""
    handle = pycurl.Curl()
    options = {
        # Signals belong to Celery; and libcurl's would not be safe beside threads.
        pycurl.NOSIGNAL: 1,
        pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
        # Else the environment's proxy dials for us, past the guard.
        pycurl.PROXY: "",
        # Each hop is checked by us first.
        pycurl.FOLLOWLOCATION: 0,
        # One request at a time to a host gains nothing from HTTP/2 and its buffers.
        pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
        # The path was settled when the URL was read: there is one spelling of it, not two.
        pycurl.PATH_AS_IS: 1,
        pycurl.USERAGENT: limits.user_agent.encode(),
        pycurl.CONNECTTIMEOUT_MS: milliseconds(limits.connect_timeout.total_seconds()),
        # On the wire; what it decodes to is counted as it is decoded.
        pycurl.MAXFILESIZE_LARGE: limits.max_body,
        pycurl.CAINFO: ca_bundle,
    }
    for option, value in options.items():
        handle.setopt(option, value)
    return handle


def milliseconds(seconds: float) -> int:
    """Return a time limit as libcurl takes it, at least 1: 0 would be no limit at all."""
    return max(1, math.ceil(seconds * 1000))
