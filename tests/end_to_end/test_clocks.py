"""Wall clocks that are wrong, or that step: polling goes on, for none of them decides anything."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from benchmarks.kill_clock import build_shim, shift_clock
from tests.documents import item, rss
from tests.servers.publisher import Publisher
from tests.stores import url_of
from tests.waiting import wait_for

Feedmill = Callable[..., subprocess.CompletedProcess[str]]
StartAt = Callable[..., Callable[[timedelta], None]]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BY_ITSELF = timedelta(0)
WORKER = ("celery", "-A", "worker", "worker", "--concurrency", "1")
BEAT = ("celery", "-A", "worker", "beat")
# The first comes at once, each other one an interval later.
SOME, MANY = 2, 4


@pytest.fixture(autouse=True)
def _poll_every_second(environment: dict[str, str]) -> None:
    environment |= {"FEEDMILL_POLL_INTERVAL": "1s", "FEEDMILL_POLL_INTERVAL_MAX": "1s"}


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        publisher.serve("/feed", rss([item("one")]))
        yield publisher


@pytest.fixture
def start_at(
    start_python: Callable[..., subprocess.Popen[bytes]], environment: dict[str, str], tmp_path: Path
) -> StartAt:
    """Start a program whose clock is off by so much; what is returned sets it off by something else."""
    shim = build_shim(tmp_path)
    if not shim:
        pytest.skip("needs a C compiler")

    def start_at(off: timedelta, *command: str) -> Callable[[timedelta], None]:
        file = tmp_path / f"clock of {command[-1]}"

        def shift(by: timedelta) -> None:
            shift_clock(file, int(by.total_seconds()))

        shift(off)
        environment.update({"LD_PRELOAD": str(shim), "SHIFTED_CLOCK": str(file)})
        start_python(*command)
        del environment["LD_PRELOAD"], environment["SHIFTED_CLOCK"]
        return shift

    return start_at


@pytest.fixture
def deployment(environment: dict[str, str], postgres: Engine, valkey_url: str, tmp_path: Path) -> None:
    environment |= {"FEEDMILL_DATABASE_URL": url_of(postgres), "FEEDMILL_BROKER_URL": valkey_url}
    environment["FEEDMILL_BROKER_PREFIX"] = f"{tmp_path.name}:"


def _wait_for_polls(publisher: Publisher, number: int = SOME) -> None:
    before = len(publisher.requests)
    wait_for(lambda: len(publisher.requests) >= before + number, f"{number} polls of a feed that is due every second")


@pytest.mark.parametrize(
    ("worker", "beat"), [(MINUTE, BY_ITSELF), (DAY, -DAY), (-DAY, MINUTE)], ids=["a minute", "a day", "a day behind"]
)
def test_a_deployment_polls_at_its_rate_whatever_the_clocks_of_worker_and_beat_say(
    deployment: None,
    start_at: StartAt,
    feedmill: Feedmill,
    publisher: Publisher,
    worker: timedelta,
    beat: timedelta,
) -> None:
    feedmill("add", publisher.url("/feed"))
    start_at(worker, *WORKER)
    start_at(beat, *BEAT)
    _wait_for_polls(publisher, MANY)


def test_a_beat_whose_clock_is_set_back_a_day_goes_on(
    deployment: None, start_at: StartAt, feedmill: Feedmill, publisher: Publisher
) -> None:
    feedmill("add", publisher.url("/feed"))
    start_at(BY_ITSELF, *WORKER)
    shift = start_at(BY_ITSELF, *BEAT)
    _wait_for_polls(publisher)
    shift(-DAY)
    _wait_for_polls(publisher)


def test_an_embedded_store_whose_clock_was_a_day_ahead_for_a_while_is_polled_on(
    start_at: StartAt, feedmill: Feedmill, publisher: Publisher
) -> None:
    feedmill("add", publisher.url("/feed"))
    shift = start_at(BY_ITSELF, "worker", "run")
    _wait_for_polls(publisher)
    shift(DAY)
    _wait_for_polls(publisher)
    shift(BY_ITSELF)
    _wait_for_polls(publisher)
    assert "the database's clock was set back" in feedmill("status").stdout
