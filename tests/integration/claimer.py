"""A claimer in a process of its own: claims hosts until none is left and prints what it claimed.

Usage: python claimer.py STORE_URL HOURS_OFF
"""

import sys
import time
from datetime import datetime, timedelta

url, hours_off = sys.argv[1], float(sys.argv[2])
_true_time = time.time
_true_datetime = datetime


class _ShiftedDatetime(datetime):
    @classmethod
    def now(cls, tz=None):
        return _true_datetime.now(tz) + timedelta(hours=hours_off)


if hours_off:
    # What a machine whose clock is wrong tells every program on it.
    import datetime as datetime_module  # noqa: ICN001 -- the module itself is changed

    time.time = lambda: _true_time() + hours_off * 3600
    datetime_module.datetime = _ShiftedDatetime

from worker.claim.due import ClaimTerms
from worker.claim.leasing import claim_due_hosts
from worker.database.clock import read_clock
from worker.database.conflicts import retry_conflicts
from worker.database.engine import open_store, writing

TERMS = ClaimTerms(lease=timedelta(seconds=90), gap=timedelta(seconds=1), parallel=1, hosts=7, feeds_per_host=5)
engine = open_store(url)


def claim():
    with writing(engine) as connection:
        return claim_due_hosts(connection, read_clock(connection).now(), TERMS)


print("ready", flush=True)
sys.stdin.readline()  # all claimers start together
while hosts := retry_conflicts(claim):
    for host in hosts:
        for feed in host.feeds:
            print(host.host_id, feed.feed_id)
