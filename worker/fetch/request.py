"""The header lines of a request: what we accept, what we know already, and who asks."""

import base64

from worker.fetch.codings import ACCEPTED
from worker.fetch.head import sendable
from worker.values import FetchRequest

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
