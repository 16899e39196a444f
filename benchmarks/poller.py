"""The process that is measured: polls all due feeds whenever a line comes in, and says in a line what came of it.

Not Celery, whose part is a message for every few hundred feeds, but all that a poll task does.
"""

import json
import sys
from collections import Counter

from worker.pipeline import poll_all_due
from worker.settings import settings
from worker.tools import make_tools, store_engine


def main() -> None:
    """Poll on demand until standard input ends."""
    tools = make_tools(settings(), store_engine())
    for _line in sys.stdin:
        outcomes: Counter[str] = Counter()
        articles = 0
        for record in poll_all_due(tools, lambda: False):
            outcomes[f"{record.outcome}: {record.error}" if record.error else record.outcome] += 1
            articles += record.new
        print(json.dumps({"outcomes": outcomes, "articles": articles}), flush=True)
    tools.close()


if __name__ == "__main__":
    main()
