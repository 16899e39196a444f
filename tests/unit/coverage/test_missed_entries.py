from datetime import UTC, datetime, timedelta

from worker.coverage.missed_entries import estimate_missed
from worker.values.schedules import Rhythm

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
# Two articles an hour, for so long that hardly anything is left of what was assumed before.
BUSY = Rhythm(since=NOON - timedelta(days=400), latest=NOON, articles=2 * 24 * 21 / 0.693)


def test_as_many_were_missed_as_were_expected_less_those_that_were_seen() -> None:
    assert estimate_missed(BUSY, NOON - timedelta(hours=30), NOON, 40) == 20


def test_one_at_least_was_missed() -> None:
    assert estimate_missed(BUSY, NOON - timedelta(hours=1), NOON, 40) == 1


def test_without_a_rhythm_or_the_poll_before_nobody_knows() -> None:
    assert estimate_missed(None, NOON - timedelta(hours=1), NOON, 40) is None
    assert estimate_missed(BUSY, None, NOON, 40) is None
