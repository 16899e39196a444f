"""Whatever a publisher may ask for decides something: a hint that is only read and stored would do nothing."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest

from tests.examples import example_of
from worker.schedule.success import after_success
from worker.values.schedules import Bounds, Hints

NOW = datetime(2026, 11, 24, 7, tzinfo=UTC)
BOUNDS = Bounds(interval=timedelta(minutes=15), shortest=timedelta(minutes=15), longest=timedelta(days=1))
EXAMPLE = example_of(Hints)


@pytest.mark.parametrize("name", [field.name for field in fields(Hints)])
def test_each_hint_decides_when_a_feed_is_polled_and_is_named_as_the_reason(name: str) -> None:
    value = {"skip_days": frozenset({NOW.weekday()})}.get(name, getattr(EXAMPLE, name))
    without, with_it = (after_success(NOW, BOUNDS, hints, None, 0.0) for hints in (Hints(), Hints(**{name: value})))
    assert with_it.at != without.at
    assert "the publisher's" in with_it.reason
