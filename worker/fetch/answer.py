"""What the answer to one request of a fetch means: document, "not modified", message taken, redirect or error."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

import pycurl

from worker.basics.text import clean
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.fetch.body import Body
from worker.fetch.guard import refusal_of
from worker.fetch.headers import Head, merge_validators, retry_after
from worker.fetch.hop import Hop
from worker.fetch.http2 import is_spoken
from worker.fetch.libcurl import EndedRequest, curl_error
from worker.fetch.proxy_failures import proxy_failure
from worker.fetch.request import FetchLimits, Location, locate_redirect
from worker.fetch.transfer import Transfer
from worker.values.due_feeds import NO_VALIDATORS, Document, FetchRequest, NotModified, Taken

# One of several choices (300) may be named for clients that cannot ask a person (RFC 9110, section 15.4.1).
_REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
_KEEPING_THE_METHOD = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})
_BY_STATUS: dict[int, tuple[type[PollError], ErrorClass]] = {
    HTTPStatus.GONE: (PermanentError, ErrorClass.HTTP_410),
    HTTPStatus.TOO_MANY_REQUESTS: (TransientError, ErrorClass.HTTP_429),
}
_BY_HUNDRED: dict[int, tuple[type[PollError], ErrorClass]] = {
    3: (PermanentError, ErrorClass.REDIRECT),
    4: (PermanentError, ErrorClass.HTTP_4XX),
    5: (TransientError, ErrorClass.HTTP_5XX),
}
_LONGEST_FIELD = 200
# Walls that keep robots out send these fields only where they answer in the publisher's place. What they add to every
# answer that passes them (``cf-ray``, ``x-datadome``, ``x-sucuri-id``, a bare ``x-iinfo``, cookies) proves nothing: a
# 403 may be the publisher's own. HUMAN and DDoS-Guard send no more than that; only the pages that they send with a 200
# show them (``worker.parse.sniff``).
_WALLS = {
    # https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    "cf-mitigated": "Cloudflare",
    # https://docs.datadome.co/reference/validate-request
    "x-dd-b": "DataDome",
    # https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-actions.html
    "x-amzn-waf-action": "AWS WAF",
    # Not in their makers' documents; seen with challenges and refusals only.
    "x-vercel-mitigated": "Vercel",
    "x-sucuri-block": "Sucuri",
    "sg-captcha": "SiteGround",
}
# Akamai's edge names itself only in answers of its own; others pass with the publisher's name.
_AKAMAIS_OWN = "AkamaiGHost"
# Imperva's account of a request ends in B12(…) where it answered with an error page of its own.
_IMPERVAS_OWN = re.compile(r" B\d{1,3}\(")


def conclude_hop(
    transfer: Transfer, ended: EndedRequest, limits: FetchLimits, now: datetime
) -> Document | NotModified | Taken | Location:
    """Return what a transfer's last request brought, or where it is redirected to; PollError for anything else."""
    hop = transfer.hop
    # Our own reasons first: once we cut a connection, what libcurl says about it means nothing …
    if hop.refusal:
        raise hop.refusal
    # … and neither does it once the head said all there is to know.
    if failure := proxy_failure(transfer, ended, limits):
        raise failure
    if hop.head and (transfer.request.message or hop.head.status >= HTTPStatus.MULTIPLE_CHOICES):
        return _conclude_head(transfer, hop.head, limits, now)
    if hop.objection and not hop.is_dialled:
        raise refusal_of(hop.location, hop.objection)
    if code := _find_fault(hop, ended):
        raise curl_error(code, ended.message, hop.location.host, limits, transfer.elapsed)
    if not (hop.head and hop.body):
        # libcurl takes headers without an end for an answer without a body.
        sentence = f"{hop.location.host} closed the connection in the middle of its headers"
        raise TransientError(ErrorClass.INCOMPLETE, sentence)
    return read_document(hop.location, hop.head, hop.body, transfer.request.body_hash)


def _find_fault(hop: Hop, ended: EndedRequest) -> int:
    """Return libcurl's code for what is wrong with an answer's end; 0 where it is whole.

    A document whose length nobody told is believed in two doubtful cases where it shows that it is complete. Many
    servers cut TLS connections without taking leave, which is no end but may be an attack (RFC 8446, section 6.1). And
    where a stream of HTTP/2 is reset without an error code libcurl sees its regular end.
    """
    is_over_http2 = hop.offers_http2 and is_spoken(ended.handle)
    doubtful = 0 if is_over_http2 else pycurl.E_RECV_ERROR
    if ended.code != doubtful or not (hop.head and hop.body):
        return ended.code
    framing = {"content-length"} if is_over_http2 else {"content-length", "transfer-encoding"}
    if framing & hop.head.fields.keys():
        return ended.code
    return 0 if hop.body.is_whole() else ended.code or pycurl.E_PARTIAL_FILE


def _conclude_head(
    transfer: Transfer, head: Head, limits: FetchLimits, now: datetime
) -> NotModified | Taken | Location:
    location = transfer.hop.location
    if transfer.request.message:
        if transfer.request.message.may_be_redirected and head.status in _KEEPING_THE_METHOD:
            return redirect_message(location, read_redirect(location, head, transfer.visited, limits.max_redirects))
        # Any other message is meant for one host.
        if head.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise status_error(location, head, now)
        return Taken()
    if head.status == HTTPStatus.NOT_MODIFIED:
        return read_not_modified(location, head, transfer.request)
    if head.status in _REDIRECTS:
        return read_redirect(location, head, transfer.visited, limits.max_redirects, transfer.same_cookies_since)
    error = status_error(location, head, now)
    raise _with_way_in(error, transfer) if head.status == HTTPStatus.UNAUTHORIZED else error


def redirect_message(location: Location, target: Location) -> Location:
    """Return where a message goes on to; PermanentError where everybody on the way could read it there."""
    if location.origin.startswith("https:") and not target.origin.startswith("https:"):
        sentence = f"{location.host} redirects what is secret to where nothing is encrypted"
        raise PermanentError(ErrorClass.REDIRECT, sentence)
    return target


def _with_way_in(error: PollError, transfer: Transfer) -> PollError:
    """Add to what a 401 is called what its operator can do: give a password, another one, or again."""
    terms, challenge = transfer.terms, (transfer.hop.head or Head(0, {})).fields.get("www-authenticate", "")
    scheme = challenge.partition(" ")[0].strip(",")
    user = terms.user or "NAME"
    if terms.secret_lines and terms.origin == transfer.hop.location.origin:
        what = f"it rejects what `feedmill set --user {user}` or --header gave"
    elif terms.secret_lines:
        what = f"what was given for {terms.origin} is not sent there; `feedmill set --user {user}` gives it again"
    elif scheme and scheme.lower() not in {"basic", "bearer"}:
        what = f"it wants {clean(scheme, 20)}, which Feedmill does not speak"
    else:
        what = "it wants a password, which `feedmill set --user NAME` keeps"
    return replace(error, sentence=f"{error.sentence}: {what}")


def read_document(location: Location, head: Head, body: Body, body_hash: bytes | None = None) -> Document | NotModified:
    """Return the document that a complete answer brought, if it has another hash; PollError if there is none in it."""
    if head.status == HTTPStatus.ACCEPTED and (wall := _find_wall(head)):
        raise _blocked(location, head, wall)
    validators = merge_validators(head, NO_VALIDATORS)
    if head.status == HTTPStatus.PARTIAL_CONTENT:
        raise TransientError(ErrorClass.INCOMPLETE, f"{location.host} sent a part that we did not ask for (206)", 206)
    if body_hash and body.is_known(body_hash):
        return NotModified(validators)
    content = body.read()
    if not content:
        sentence = f"{location.host} answered {_show_status(head.status)}, but with nothing in it"
        raise TransientError(ErrorClass.INCOMPLETE, sentence, head.status)
    content_type = clean(head.fields.get("content-type"), _LONGEST_FIELD)
    return Document(location.href, content, content_type, validators, head.fields.get("link"))


def read_not_modified(location: Location, head: Head, request: FetchRequest) -> NotModified:
    """Return ``NotModified`` with the validators to keep; TransientError for a 304 to a request without any."""
    if request.validators == NO_VALIDATORS:
        # If we believed it, we would never read the feed at all.
        sentence = f"{location.host} answered 304 (Not Modified) to a request without conditions"
        raise TransientError(ErrorClass.PROTOCOL, sentence, head.status)
    return NotModified(merge_validators(head, request.validators))


def read_redirect(
    location: Location, head: Head, visited: list[Location], most: int, same_cookies_since: int = 0
) -> Location:
    """Return where a redirect leads; PollError where it leads nowhere, in circles, or where we may not go.

    With a new cookie a URL that was visited before may answer otherwise, and pages that set one first count on that.
    """
    if "location" not in head.fields:
        sentence = f"{location.host} answered {_show_status(head.status)} without saying where to"
        raise PermanentError(ErrorClass.REDIRECT, sentence, head.status)
    if len(visited) > most:
        raise PermanentError(ErrorClass.REDIRECT, f"more than {most} redirects in a row", head.status)
    target = locate_redirect(location, _decode_location(head.fields["location"]))
    if "set-cookie" not in head.fields and target in visited[same_cookies_since:]:
        raise PermanentError(ErrorClass.REDIRECT, f"{location.host} redirects in a circle", head.status)
    return target


def status_error(location: Location, head: Head, received_at: datetime) -> PollError:
    """Return the error that a status of 300 or above means."""
    wait = retry_after(head, received_at) if head.status >= HTTPStatus.BAD_REQUEST else None
    if head.status not in _BY_STATUS and (wall := _find_wall(head)):
        return _blocked(location, head, wall, wait)
    by_hundred = _BY_HUNDRED.get(head.status // 100, (TransientError, ErrorClass.PROTOCOL))
    kind, error_class = _BY_STATUS.get(head.status, by_hundred)
    return kind(error_class, f"{location.host} answered {_show_status(head.status)}", head.status, wait)


def _find_wall(head: Head) -> str | None:
    """Return the name of the wall that answered in the publisher's place."""
    if named := next((wall for name, wall in _WALLS.items() if head.fields.get(name)), None):
        return named
    if head.status != HTTPStatus.FORBIDDEN:
        return None
    if head.fields.get("server") == _AKAMAIS_OWN:
        return "Akamai"
    return "Imperva" if _IMPERVAS_OWN.search(head.fields.get("x-iinfo", "")) else None


def _blocked(location: Location, head: Head, wall: str, wait: timedelta | None = None) -> PermanentError:
    """Return the failure at a wall that only browsers pass: its publisher has to let us in."""
    sentence = f"{location.host} answered {_show_status(head.status)}: {wall} keeps robots out there"
    return PermanentError(ErrorClass.BLOCKED, sentence, head.status, wait)


def _show_status(status: int) -> str:
    """Return a status as people know it: ``404 (Not Found)``."""
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def _decode_location(field: str) -> str:
    """Return a field, decoded as Latin-1, as the UTF-8 that it may be: some publishers write raw addresses."""
    try:
        return field.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return field
