"""The process that groups: all that waits whenever a line comes in; it says in a line how many, and where the CPU went.

Usage: python -m benchmarks.story_grouper STORE, a URL
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from worker.database.engine import open_store
from worker.stories import grouping

STAGES = {
    "claim, read": ("claim_waiting",),
    "signature": ("_read", "_sign"),
    "boilerplate": ("find_boilerplate",),
    "publish": ("_publish",),
    "candidates": ("find_sharing", "find_signatures"),
    "verify": ("choose_outside_batch", "match_batch"),
    "store": ("_store",),
}
"""The functions of grouping that each stage is; what one calls of another counts with the other."""
_REST = "rest"


class StageClock:
    """How much CPU each stage took so far, this process's and that of its connections at the server."""

    def __init__(self, store: Engine) -> None:
        self.spent: Counter[str] = Counter()
        self._under_way = [_REST]
        self._backends: list[Path] = []
        if store.dialect.name == "postgresql":
            event.listen(store, "connect", self._add_backend)
        self._last = self._read()

    def turn(self, stage: str | None) -> None:
        """Count what was used since the last turn with the stage under way; then begin another one, or end it."""
        used = self._read()
        self.spent[self._under_way[-1]] += used - self._last
        self._last = used
        if stage:
            self._under_way.append(stage)
        else:
            self._under_way.pop()

    def _add_backend(self, connection: Any, _record: object) -> None:
        self._backends.append(Path(f"/proc/{connection.info.backend_pid}/schedstat"))

    def _read(self) -> int:
        """Return nanoseconds."""
        return time.process_time_ns() + sum(int(path.read_text().split()[0]) for path in self._backends)


def _timed(clock: StageClock, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(work)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        clock.turn(stage)
        try:
            result = work(*arguments, **named)
            # What is yielded is part of the stage too.
            return list(result) if hasattr(result, "__next__") else result
        finally:
            clock.turn(None)

    return wrapped


def main() -> None:
    """Group on demand until standard input ends."""
    store = open_store(sys.argv[1])
    clock = StageClock(store)
    for stage, names in STAGES.items():
        for name in names:
            setattr(grouping, name, _timed(clock, stage, getattr(grouping, name)))
    for _line in sys.stdin:
        clock.turn(_REST)
        clock.spent.clear()
        grouped = sum(grouping.group_waiting(store, lambda: False))
        clock.turn(None)
        ms = {stage: clock.spent[stage] / 1e6 for stage in (*STAGES, _REST)}
        print(json.dumps({"grouped": grouped, "cpu_ms": ms}), flush=True)


if __name__ == "__main__":
    main()
