"""What a fetch asks for: a URL that we may ask, the limits it keeps, and the header lines it sends."""

import re
from datetime import timedelta
from urllib.parse import urljoin

import can_ada

from worker.errors import ErrorClass, RejectedError
from worker.fetch.codings import ACCEPTED
from worker.fetch.headers import sendable_validator
from worker.values.due_feeds import FetchRequest
from worker.values.frozen import dataclass
from worker.values.request_settings import Proxy

_ACCEPT_LINES = (
    "Accept: application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8",
    f"Accept-Encoding: {ACCEPTED}",
)
_LONGEST_URL = 8000
# RFC 1035, section 2.3.4: 255 octets as name servers count them, with a length before each label and one at the end.
_LONGEST_NAME = 253
# Parsers disagree about these characters, so one of them can be fooled; a URL holds none (RFC 3986, section 2).
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\ud800-\udfff]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*(?=:)", re.ASCII | re.IGNORECASE)
_PORTS = {"http:": 80, "https:": 443}
_ABSOLUTE = re.compile(r"https?://(?P<authority>[^/?#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """The limits of every fetch, the name it goes by and the way it takes; sizes in bytes."""

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
    proxy: Proxy | None = None
    """Who dials for us; None: we do."""
    ca_bundle: str | None = None
    """The file of the authorities to trust; None: the system's."""


@dataclass(frozen=True, slots=True)
class Location:
    """A URL to ask, in the one spelling that every check sees: http or https, its host in punycode, no user info."""

    href: str
    """Absolute, without a fragment."""
    host: str
    """Without the brackets of an IPv6 address."""
    origin: str
    """Scheme, host and port: what credentials belong to."""
    port: int

    @property
    def place(self) -> str:
        """Host and port as ``host_key`` writes them: what a lease is on."""
        host = f"[{self.host}]" if ":" in self.host else self.host.rstrip(".")
        return f"{host}:{self.port}"


def locate(url: str) -> Location:
    """Read a feed's URL; RejectedError says what is wrong with it."""
    return _read_url(url, "the URL")


def locate_redirect(location: Location, target: str) -> Location:
    """Read the ``Location`` field of an answer from ``location`` (RFC 9110, section 10.2.2); RejectedError as above."""
    subject = f"the URL that {location.host} redirects to"
    # Honest publishers leave spaces in, and some write a path as their file system does; every browser repairs both.
    path, mark, query = target.strip(" \t").replace(" ", "%20").partition("?")
    repaired = path.replace("\\", "/") + mark + query
    try:
        return _read_url(urljoin(location.href, repaired), subject)
    except ValueError as error:
        raise _refusal(f"{subject} is not valid") from error


def _read_url(url: str, subject: str) -> Location:
    if fault := _find_fault(url):
        raise _refusal(f"{subject} {fault}")
    try:
        parsed = can_ada.parse(url)
    except ValueError as error:
        raise _refusal(f"{subject} is not valid") from error
    if not 0 < len(parsed.hostname.rstrip(".")) <= _LONGEST_NAME:
        raise _refusal(f"{subject} has a host whose name is empty or longer than {_LONGEST_NAME} characters")
    parsed.hash = ""
    port = int(parsed.port or _PORTS[parsed.protocol])
    return Location(parsed.href, parsed.hostname.strip("[]"), parsed.origin, port)


def _find_fault(url: str) -> str | None:
    """Return what is wrong with a URL, before any parser reads it."""
    if len(url) > _LONGEST_URL:
        return f"has more than {_LONGEST_URL} characters"
    if _FORBIDDEN.search(url):
        return "holds a space, a backslash or a control character"
    absolute = _ABSOLUTE.match(url)
    if absolute is None:
        scheme = _SCHEME.match(url)
        return f"begins with {scheme[0][:20]}:, not http:// or https://" if scheme else "is not an http or https URL"
    return "holds a user name or password; --user gives them apart from it" if "@" in absolute["authority"] else None


def _refusal(sentence: str) -> RejectedError:
    return RejectedError(ErrorClass.GUARD, sentence)


def request_headers(request: FetchRequest, secret_lines: tuple[str, ...] = ()) -> list[str]:
    """Return the header lines for one hop; ``secret_lines`` are those of its feed that this hop's origin may see.

    Validators go with every hop: they belong to the document at the end of the chain, and only its answer shows which
    hop that is.
    """
    lines = list(_ACCEPT_LINES)
    if etag := sendable_validator(request.validators.etag):
        lines.append(f"If-None-Match: {etag}")
    if last_modified := sendable_validator(request.validators.last_modified):
        lines.append(f"If-Modified-Since: {last_modified}")
    if secret_lines:
        # An operator's own Accept takes the place of ours.
        own = {line.partition(":")[0].lower() for line in secret_lines}
        lines = [*(line for line in lines if line.partition(":")[0].lower() not in own), *secret_lines]
    if request.message:
        # Without the last line libcurl may wait for leave to send the body.
        lines += [*request.message.headers, "Expect:"]
    return lines
