"""How one hop of a fetch ended: which of its facts decides, and what follows."""

from datetime import datetime
from http import HTTPStatus

from worker.errors import ErrorClass, RejectedError, TransientError
from worker.fetch.answer import REDIRECTS, document, not_modified, redirect_target, status_error, taken
from worker.fetch.failures import failure
from worker.fetch.head import Head
from worker.fetch.limits import FetchLimits
from worker.fetch.location import Location
from worker.fetch.transfer import Transfer
from worker.fetch.wire import Ended
from worker.values import Document, NotModified, Taken


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
