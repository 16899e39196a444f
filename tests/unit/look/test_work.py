from datetime import UTC, datetime, timedelta

import pytest

from worker.look.counts import Counted
from worker.look.work import Verdict, Work, judge_work

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("waiting", "polled_ago", "verdict"),
    [
        (0, 500, Verdict.OK),  # Nothing was due.
        (9, 500, Verdict.OK),
        (10, 1, Verdict.WARNING),
        (59, 9, Verdict.WARNING),
        (60, 1, Verdict.CRITICAL),
        (10, 10, Verdict.CRITICAL),  # Somebody should have polled it, and nobody polls at all.
        (10, None, Verdict.CRITICAL),
    ],
)
def test_late_feeds_are_a_warning_and_critical_when_very_late_or_nothing_is_polled(
    waiting: int, polled_ago: int | None, verdict: Verdict
) -> None:
    last_poll_at = None if polled_ago is None else NOW - polled_ago * MINUTE
    work = Work(NOW, waiting * MINUTE, Counted(3), last_poll_at)
    assert judge_work(work, warn=10 * MINUTE, critical=60 * MINUTE) is verdict
