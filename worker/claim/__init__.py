"""Stage claim: lease hosts with due feeds from SQL, so that no two workers ever poll one host at a time.

``hosts`` leases them: a host row is the queue's element, and its ``claimable_at`` the earliest next poll of its feeds,
never before the end of the gap or of a lease. The claim reads that one index in order and stays flat however many feeds
there are. ``losses`` looks at leases that ran out, ``due`` reads the feeds to poll, on the ``terms`` given.
"""
