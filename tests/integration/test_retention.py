"""Retention: what is old goes, a little at a time, and what one run leaves the next one takes."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine, func, insert, select, update

from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, PollRow
from worker.database.host_rows import add_hosts
from worker.manage.feeds import NewFeed, add_feeds
from worker.retention.pruning import prune, prune_some
from worker.settings import Settings

FEWER_THAN_ALL = 5_000


def _write_polls(store: Engine, number: int, days_ago: int) -> None:
    with writing(store) as connection:
        at = read_clock(connection).now() - timedelta(days=days_ago)
        row = {"feed_id": 1, "started_at": at, "duration": timedelta(0), "outcome": "new"}
        connection.execute(insert(PollRow), [row | {"bytes": 0, "new": 0, "updated": 0}] * number)


def _count_polls(store: Engine) -> int:
    with reading(store) as connection:
        return connection.execute(select(func.count()).select_from(PollRow)).scalar_one()


def _after(asked: int) -> Callable[[], bool]:
    """A sign to stop that is given once it has been asked for so many times."""
    answers = iter([False] * asked)
    return lambda: next(answers, True)


def test_polls_are_kept_for_as_long_as_the_settings_say(store: Engine) -> None:
    _write_polls(store, 2, days_ago=15)
    _write_polls(store, 3, days_ago=13)
    assert prune(store, Settings()).polls == 2
    assert _count_polls(store) == 3


def test_a_run_stops_in_time_and_the_next_one_goes_on(store: Engine) -> None:
    _write_polls(store, 2 * FEWER_THAN_ALL + 1, days_ago=15)
    assert prune_some(store, Settings(), _after(1)).polls == FEWER_THAN_ALL
    assert prune_some(store, Settings(), lambda: False).polls == FEWER_THAN_ALL + 1
    assert _count_polls(store) == 0


def test_hosts_that_only_redirects_had_led_to_are_forgotten(store: Engine) -> None:
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, [NewFeed("https://has-a-feed.example/")])
        add_hosts(connection, [f"{name}.example:443" for name in ("long-ago", "lately", "chosen", "leased")])
        asked = {"next_request_at": now - timedelta(days=9)}
        connection.execute(update(HostRow).values(asked))
        for name, values in {
            "lately": {"next_request_at": now - timedelta(days=1)},
            "chosen": {"gap": timedelta(minutes=1)},
            "leased": {"lease_token": "theirs"},
        }.items():
            connection.execute(update(HostRow).where(HostRow.name == f"{name}.example:443").values(values))
    assert prune(store, Settings()).hosts == 1
    with reading(store) as connection:
        kept = set(connection.execute(select(HostRow.name)).scalars())
    assert kept == {f"{name}.example:443" for name in ("has-a-feed", "lately", "chosen", "leased")}


def test_without_time_nothing_is_removed(store: Engine) -> None:
    _write_polls(store, 1, days_ago=15)
    assert prune_some(store, Settings(), lambda: True).polls == 0
