from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from tests.servers.publisher import Publisher
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.pipeline.tools import Tools, make_tools
from worker.settings import Settings


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


_CHOSEN = Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(0), fetch_timeout=timedelta(seconds=5))


@pytest.fixture
def tools(store: Engine) -> Iterator[Tools]:
    tools = make_tools(_CHOSEN, store)
    yield tools
    tools.close()


@pytest.fixture
def postgres_tools(postgres: Engine) -> Iterator[Tools]:
    """Where two transactions must write at once, which SQLite's cannot."""
    tools = make_tools(_CHOSEN, postgres)
    yield tools
    tools.close()


@pytest.fixture
def connection(store: Engine) -> Iterator[Connection]:
    """A transaction that writes to an empty store."""
    with writing(store) as connection:
        yield connection


@pytest.fixture
def now(connection: Connection) -> datetime:
    """What the store's clock says."""
    return read_clock(connection).now()
