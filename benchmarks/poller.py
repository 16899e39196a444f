"""The process that is measured: polls all due feeds whenever a line comes in, and says in a line what came of it.

Not Celery, whose part is a message for every few hundred feeds, but all that a poll task does. With ``--tasks`` it
polls as tasks do, in windows of their length; else as ``feedmill run --once`` does. With ``--profile`` it also says
which stages the CPU went into.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator

from benchmarks.sampling import StageSampler
from worker.database.engine import store_engine
from worker.pipeline import count_poll_tasks, poll_all_due, poll_due
from worker.pipeline.tools import Tools, make_tools
from worker.settings import settings
from worker.values.outcomes import PollRecord


def poll_in_tasks(tools: Tools) -> Iterator[PollRecord]:
    """Poll one task's worth after the other until none is due."""
    while count_poll_tasks(tools.engine, 1, 1):
        yield from poll_due(tools, lambda: False)


def main() -> None:
    """Poll on demand until standard input ends."""
    tools = make_tools(settings(), store_engine())
    sampler = StageSampler() if "--profile" in sys.argv else None
    for _line in sys.stdin:
        outcomes: Counter[str] = Counter()
        articles, answered_after, began = 0, 0.0, time.monotonic()
        for record in poll_in_tasks(tools) if "--tasks" in sys.argv else poll_all_due(tools, lambda: False):
            outcomes[f"{record.outcome}: {record.error}" if record.error else record.outcome] += 1
            articles += record.new
            if not record.error:
                answered_after = time.monotonic() - began
        came = {"outcomes": outcomes, "articles": articles, "answered_after": answered_after}
        print(json.dumps(came | {"shares": sampler.shares() if sampler else {}}), flush=True)
    tools.close()


if __name__ == "__main__":
    main()
