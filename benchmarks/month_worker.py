"""The worker of a simulated month: at each line that comes in it does what is due, and says how much that was."""

import json
import sys
from collections import Counter

from worker.backfill.older_documents import read_older
from worker.database.engine import store_engine
from worker.pipeline import poll_all_due
from worker.pipeline.tools import make_tools
from worker.quality.judging import judge_some
from worker.retention.pruning import prune
from worker.settings import settings
from worker.stories.grouping import group_waiting

_PRUNE_EVERY = 12
"""Steps."""


def main() -> None:
    """Work on demand until standard input ends."""
    tools = make_tools(settings(), store_engine())
    for step, _line in enumerate(sys.stdin, start=1):
        outcomes: Counter[str] = Counter()
        new = 0
        for record in poll_all_due(tools, lambda: False):
            outcomes[record.outcome] += 1
            new += record.new
        for _ in read_older(tools, lambda: False):
            pass
        judge_some(tools.engine, lambda: False)
        sum(group_waiting(tools.engine, lambda: False))
        pruned = prune(tools.engine, settings()).articles if step % _PRUNE_EVERY == 0 else 0
        print(json.dumps({"polls": outcomes, "new": new, "pruned": pruned}), flush=True)
    tools.close()


if __name__ == "__main__":
    main()
