"""How one hop of a fetch ended: which of its facts decides, and what follows."""

from datetime import datetime
from http import HTTPStatus

from worker.errors import ErrorClass, RejectedError, TransientError
from worker.fetch.answer import REDIRECTS, document, not_modified, redirect_target, status_error
from worker.fetch.failures import failure
from worker.fetch.limits import FetchLimits
from worker.fetch.location import Location
from worker.fetch.transfer import Transfer
from worker.fetch.wire import Ended
from worker.values import Document, NotModified


def conclude_hop(
    transfer: Transfer, ended: Ended, limits: FetchLimits, now: datetime
) -> Document | NotModified | Location:
    """Return what a transfer's last request brought, or where it is redirected to; PollError for anything else."""
    hop = transfer.hop
    # Our own reasons first: once we cut a connection, what libcurl says about it means nothing …
    if hop.refusal:
        raise hop.refusal
    # … and neither does it once the head said all there is to know.
    if hop.head and hop.head.status >= HTTPStatus.MULTIPLE_CHOICES:
        if hop.head.status == HTTPStatus.NOT_MODIFIED:
            return not_modified(hop.location, hop.head, transfer.request)
        if hop.head.status in REDIRECTS:
            return redirect_target(hop.location, hop.head, transfer.visited, limits.max_redirects)
        raise status_error(hop.location, hop.head, now)
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
