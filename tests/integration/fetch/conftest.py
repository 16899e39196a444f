"""A publisher that misbehaves, and a fetcher that may dial it and nothing else that is private."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.servers.publisher import Publisher
from tests.waiting import PATIENCE
from worker.fetch import FetchLimits, Guard, Transfers
from worker.values.due_feeds import Credentials, Fetched, FetchRequest, Validators

Fetch = Callable[..., Fetched]
Drive = Callable[..., list[Fetched]]


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running


@pytest.fixture
def limits() -> FetchLimits:
    return FetchLimits(
        timeout=timedelta(minutes=2),
        connect_timeout=timedelta(minutes=2),
        max_body=1_000_000,
        user_agent="Feedmill/test (+https://feedmill.example)",
    )


@pytest.fixture
def transfers(publisher: Publisher, limits: FetchLimits) -> Iterator[Transfers]:
    with Transfers(limits, Guard.allowing([publisher.authority])) as running:
        yield running


@pytest.fixture
def drive() -> Drive:
    """Return a function that drives transfers until ``count`` fetches have ended, for a minute at most."""

    def drive(transfers: Transfers, count: int = 1, held_bytes: int = 0) -> list[Fetched]:
        ended: list[Fetched] = []
        give_up_at = time.monotonic() + PATIENCE
        while len(ended) < count:
            assert time.monotonic() < give_up_at, f"only {len(ended)} of {count} fetches ended"
            ended += transfers.step(timedelta(seconds=1), held_bytes)
        return ended

    return drive


@pytest.fixture
def fetch(transfers: Transfers, drive: Drive) -> Fetch:
    """Return a function that fetches one URL to its end."""

    def fetch(url: str, validators: Validators | None = None, credentials: Credentials | None = None) -> Fetched:
        transfers.start(FetchRequest(1, url, validators or Validators(), credentials))
        return drive(transfers)[0]

    return fetch
