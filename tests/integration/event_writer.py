"""A writer in a process of its own: pairs of transactions, of which the one that began first commits last.

Usage: python -m tests.integration.event_writer STORE_URL PAIRS
"""

import sys

from sqlalchemy import insert

from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.outbox_tables import EventRow

url, pairs = sys.argv[1], int(sys.argv[2])
engine = open_store(url)
with reading(engine) as connection:
    now = read_clock(connection).now()
sys.stdin.readline()  # all writers start together
for _ in range(pairs):
    with writing(engine) as first:
        first.execute(insert(EventRow).values(created_at=now, kind="late"))
        with writing(engine) as second:
            second.execute(insert(EventRow).values(created_at=now, kind="early"))
