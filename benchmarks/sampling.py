"""Where a process spends its CPU, by stage of the poll: samples of its stack, taken by a timer that counts CPU time."""

import signal
from collections import Counter
from types import FrameType
from typing import Any

_EVERY = 0.001
# What several stages use counts with the stage that called it.
_SHARED = frozenset({"basics", "values", "database"})
_DRIVERS = ("/sqlalchemy/", "/psycopg/", "/psycopg_binary/")
_ROOT = "/worker/"


class StageSampler:
    """Counts samples by package of ``worker``, and those of them in SQLAlchemy and the database's driver."""

    def __init__(self) -> None:
        self.samples: Counter[str] = Counter()
        self.in_sql: Counter[str] = Counter()
        signal.signal(signal.SIGPROF, self._take)
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)

    def shares(self) -> dict[str, tuple[float, float]]:
        """Return each stage's share of the samples and its share in SQL, the largest first; and begin anew."""
        total = sum(self.samples.values()) or 1
        shares = {stage: (count / total, self.in_sql[stage] / total) for stage, count in self.samples.most_common()}
        self.samples.clear()
        self.in_sql.clear()
        return shares

    def _take(self, _number: int, frame: FrameType | None) -> Any:
        is_in_sql = False
        while frame:
            name = frame.f_code.co_filename
            is_in_sql = is_in_sql or any(driver in name for driver in _DRIVERS)
            stage = name.rpartition(_ROOT)[2].partition("/")[0] if _ROOT in name else ""
            if stage and stage not in _SHARED:
                self.samples[stage] += 1
                self.in_sql[stage] += is_in_sql
                return
            frame = frame.f_back
        self.samples["other"] += 1
