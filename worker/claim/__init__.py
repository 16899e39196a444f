"""Stage claim: lease hosts with due feeds from SQL, so that no two workers ever poll one host at a time.

``leasing`` leases hosts, ``lost_workers`` looks at the leases that had run out, and ``due`` reads the feeds to poll.
``families`` lets names that are one server share the row that is leased.

A row of hosts is the element of the queue. Its ``claimable_at`` is the earliest next poll of the host's feeds, but not
before the end of the gap or of a lease. A claim reads the index of that one column in order, so it stays equally fast
however many feeds there are.
"""
