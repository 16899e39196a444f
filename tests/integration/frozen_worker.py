"""A worker in a process of its own that freezes in mid-transaction, its feeds' rows locked, and then does another task.

Its settings come from the environment.
"""

import os
import signal

from sqlalchemy import event

from tasks.poll import poll_due
from worker.database.engine import store_engine


def freeze(_connection, _cursor, statement, *_):
    if statement.startswith(("INSERT INTO polls", "COPY polls")):
        event.remove(store_engine(), "after_cursor_execute", freeze)
        print("freezing", flush=True)
        os.kill(os.getpid(), signal.SIGSTOP)
        print("awake", flush=True)


event.listen(store_engine(), "after_cursor_execute", freeze)
poll_due()
print("next task", flush=True)
poll_due()
