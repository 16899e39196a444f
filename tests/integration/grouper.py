"""A grouper in a process of its own: groups until nothing waits. Usage: python grouper.py STORE_URL"""

import sys

from worker.database.engine import open_store
from worker.stories.grouping import group_waiting

engine = open_store(sys.argv[1])
sys.stdin.readline()  # all groupers start together
print(sum(group_waiting(engine, lambda: False)))
