"""Stage claim: lease hosts with due feeds from SQL, so that no two workers ever poll one host at a time.

``hosts`` leases them: a host row is the queue's element, and its ``claimable_at`` the earliest next poll of its feeds,
never before the end of the gap or of a lease. The claim reads that one index in order and stays flat however many feeds
there are. ``losses`` looks at leases that ran out, ``due`` reads the feeds to poll, on the ``terms`` given.
"""

from worker.claim.hosts import (
    claim_due_hosts,
    claim_host,
    claim_isolated_hosts,
    claim_named_feeds,
    claim_requested_feeds,
    count_claimable_hosts,
    find_next_claim,
    find_next_claim_of,
)
from worker.claim.losses import ALONE_FROM, QUARANTINE_FROM
from worker.claim.requests import find_requested, request_polls
from worker.claim.terms import ClaimTerms

__all__ = [
    "ALONE_FROM",
    "QUARANTINE_FROM",
    "ClaimTerms",
    "claim_due_hosts",
    "claim_host",
    "claim_isolated_hosts",
    "claim_named_feeds",
    "claim_requested_feeds",
    "count_claimable_hosts",
    "find_next_claim",
    "find_next_claim_of",
    "find_requested",
    "request_polls",
]
