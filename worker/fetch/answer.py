"""What came back, told in the terms of the flow: a document, "not modified", an error, or a redirect to follow."""

import re
from datetime import datetime, timedelta
from http import HTTPStatus

from worker.basics.text import clean
from worker.errors import ErrorClass, PermanentError, PollError, RejectedError, TransientError
from worker.fetch.body import Body
from worker.fetch.head import Head, retry_after, validators
from worker.fetch.libcurl import Ended, failure
from worker.fetch.request import FetchLimits, Location, follow
from worker.fetch.transfer import Transfer
from worker.values.due_feeds import Document, FetchRequest, NotModified, Taken, Validators

# --- Walls that keep robots out, told by the fields they refuse with: then it was they who answered, not the
# publisher.
#
# What a wall adds to everything that passes it (``cf-ray``, ``x-datadome``, ``x-sucuri-id``, a bare ``x-iinfo``,
# cookies) proves nothing: a 403 may be the publisher's own. HUMAN and DDoS-Guard send no more than that; they are
# told only by the pages they send with a 200 (``worker.parse.sniff``).

_ONLY_WITH_A_REFUSAL = {
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
_EDGE = "AkamaiGHost"
# Imperva's account of a request ends in B12(…) where it answered with an error page of its own.
_IMPERVAS_OWN = re.compile(r" B\d{1,3}\(")


def find_wall(head: Head) -> str | None:
    """Return the name of the wall that answered in the publisher's place, or null."""
    fields = head.fields
    if named := next((wall for name, wall in _ONLY_WITH_A_REFUSAL.items() if fields.get(name)), None):
        return named
    if head.status != HTTPStatus.FORBIDDEN:
        return None
    if fields.get("server") == _EDGE:
        return "Akamai"
    return "Imperva" if _IMPERVAS_OWN.search(fields.get("x-iinfo", "")) else None


REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OF_STATUS: dict[int, tuple[type[PollError], ErrorClass]] = {
    HTTPStatus.GONE: (PermanentError, ErrorClass.HTTP_410),
    HTTPStatus.TOO_MANY_REQUESTS: (TransientError, ErrorClass.HTTP_429),
}
_OF_HUNDRED: dict[int, tuple[type[PollError], ErrorClass]] = {
    3: (PermanentError, ErrorClass.REDIRECT),
    4: (PermanentError, ErrorClass.HTTP_4XX),
    5: (TransientError, ErrorClass.HTTP_5XX),
}
_LONGEST_FIELD = 200


def document(location: Location, head: Head, body: Body) -> Document:
    """Return the document that a complete answer brought; PollError if there is none in it."""
    if head.status == HTTPStatus.ACCEPTED and (wall := find_wall(head)):
        raise _blocked(location, head, wall)
    content = body.read()
    if head.status == HTTPStatus.PARTIAL_CONTENT:
        raise TransientError(ErrorClass.INCOMPLETE, f"{location.host} sent a part that we did not ask for (206)", 206)
    if not content:
        sentence = f"{location.host} answered {_phrase(head.status)}, but with nothing in it"
        raise TransientError(ErrorClass.INCOMPLETE, sentence, head.status)
    return Document(
        url=location.href,
        body=content,
        content_type=clean(head.fields.get("content-type"), _LONGEST_FIELD),
        validators=validators(head, Validators()),
    )


def taken(location: Location, head: Head, now: datetime) -> Taken:
    """Return that a message was taken; PollError for all but a 2xx: what was meant for one host follows no redirect."""
    if head.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise status_error(location, head, now)
    return Taken()


def not_modified(location: Location, head: Head, request: FetchRequest) -> NotModified:
    """Return that nothing changed, with the validators to keep; TransientError where we did not ask whether it had."""
    if request.validators == Validators():
        # It would mean that we never read the feed at all.
        sentence = f"{location.host} answered 304 (Not Modified) to a request without conditions"
        raise TransientError(ErrorClass.PROTOCOL, sentence, head.status)
    return NotModified(validators(head, request.validators))


def redirect_target(location: Location, head: Head, visited: list[Location], most: int) -> Location:
    """Return where a redirect leads; PollError where it leads nowhere, in circles, or where we may not go."""
    if "location" not in head.fields:
        sentence = f"{location.host} answered {_phrase(head.status)} without saying where to"
        raise PermanentError(ErrorClass.REDIRECT, sentence, head.status)
    if len(visited) > most:
        raise PermanentError(ErrorClass.REDIRECT, f"more than {most} redirects in a row", head.status)
    target = follow(location, _as_text(head.fields["location"]))
    if target in visited:
        raise PermanentError(ErrorClass.REDIRECT, f"{location.host} redirects in a circle", head.status)
    return target


def status_error(location: Location, head: Head, received_at: datetime) -> PollError:
    """Return the error that a status above 300 is."""
    wait = retry_after(head, received_at) if head.status >= HTTPStatus.BAD_REQUEST else None
    if head.status not in _OF_STATUS and (wall := find_wall(head)):
        return _blocked(location, head, wall, wait)
    of_hundred = _OF_HUNDRED.get(head.status // 100, (TransientError, ErrorClass.PROTOCOL))
    kind, error_class = _OF_STATUS.get(head.status, of_hundred)
    return kind(error_class, f"{location.host} answered {_phrase(head.status)}", head.status, wait)


def _blocked(location: Location, head: Head, wall: str, wait: timedelta | None = None) -> PermanentError:
    """Return the failure at a wall that only browsers pass: its publisher has to let us in."""
    sentence = f"{location.host} answered {_phrase(head.status)}: {wall} keeps robots out there"
    return PermanentError(ErrorClass.BLOCKED, sentence, head.status, wait)


def _phrase(status: int) -> str:
    """Return a status as people know it: ``404 (Not Found)``."""
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def _as_text(field: str) -> str:
    """Read a field that was decoded as Latin-1 as UTF-8 where it is that: so publishers write raw addresses."""
    try:
        return field.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return field


# --- How one hop of a fetch ended: which of its facts decides, and what follows.


def conclude_hop(
    transfer: Transfer, ended: Ended, limits: FetchLimits, now: datetime
) -> Document | NotModified | Taken | Location:
    """Return what a transfer's last request brought, or where it is redirected to; PollError for anything else."""
    hop = transfer.hop
    # Our own reasons first: once we cut a connection, what libcurl says about it means nothing …
    if hop.refusal:
        raise hop.refusal
    # … and neither does it once the head said all there is to know.
    if hop.head and (transfer.request.message or hop.head.status >= HTTPStatus.MULTIPLE_CHOICES):
        return _conclude_head(transfer, hop.head, limits, now)
    if hop.objection and not hop.is_dialled:
        sentence = f"{hop.location.host} is not fetched: {hop.objection}; FEEDMILL_ALLOW_HOSTS lists exceptions"
        raise RejectedError(ErrorClass.GUARD, sentence)
    if ended.code:
        raise failure(ended.code, ended.message, hop.location.host, limits, transfer.elapsed)
    if not (hop.head and hop.body):
        # libcurl takes headers without an end for an answer without a body.
        sentence = f"{hop.location.host} closed the connection in the middle of its headers"
        raise TransientError(ErrorClass.INCOMPLETE, sentence)
    return document(hop.location, hop.head, hop.body)


def _conclude_head(
    transfer: Transfer, head: Head, limits: FetchLimits, now: datetime
) -> NotModified | Taken | Location:
    location = transfer.hop.location
    if transfer.request.message:
        return taken(location, head, now)
    if head.status == HTTPStatus.NOT_MODIFIED:
        return not_modified(location, head, transfer.request)
    if head.status in REDIRECTS:
        return redirect_target(location, head, transfer.visited, limits.max_redirects)
    raise status_error(location, head, now)
