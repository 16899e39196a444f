"""A grouper in a process of its own: groups until nothing waits.

Usage: python -m tests.integration.grouper STORE_URL
"""

import sys

from worker.database.engine import open_store
from worker.stories.grouping import group_waiting

engine = open_store(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()  # all groupers start together
print(sum(group_waiting(engine, lambda: False)))
