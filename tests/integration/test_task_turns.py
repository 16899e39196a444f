"""Turns: what beat asks for is done once in its time, by the database's clock."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from worker.celery_settings import celery_settings
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.task_turns import TurnRow, take_turn
from worker.settings import read_settings

MINUTE = timedelta(minutes=1)


def _taken(store: Engine, ago: timedelta) -> None:
    with writing(store) as connection:
        connection.execute(update(TurnRow).values(taken_at=read_clock(connection).now() - ago))


def test_the_first_who_asks_has_the_turn_and_nobody_else_till_it_is_over(store: Engine) -> None:
    assert [take_turn(store, "tick", MINUTE) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize(
    ("ago", "is_due"),
    [
        (MINUTE, True),
        # A message that came early, of a beat that is not late any more, and one of another beat.
        (MINUTE * 0.6, True),
        (MINUTE * 0.4, False),
        # The database's clock was set back: by less than a turn, and by more.
        (-MINUTE * 0.9, False),
        (-MINUTE * 1.1, True),
    ],
)
def test_it_is_time_again_after_most_of_the_time_between_two(store: Engine, ago: timedelta, is_due: bool) -> None:
    take_turn(store, "tick", MINUTE)
    _taken(store, ago)
    assert take_turn(store, "tick", MINUTE) is is_due


def test_turns_of_other_names_are_others(store: Engine) -> None:
    assert take_turn(store, "tick", MINUTE)
    assert take_turn(store, "prune", MINUTE)


def test_of_many_who_ask_at_once_one_has_the_turn(store: Engine) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(lambda _: take_turn(store, "tick", MINUTE), range(40))) == 1


def test_no_message_lives_or_waits_by_a_workers_clock() -> None:
    entries = celery_settings(read_settings())["beat_schedule"].values()
    assert [entry["task"] for entry in entries if entry.keys() > {"task", "schedule"}] == []
