from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.conftest import copy_database
from tests.servers.publisher import Publisher
from worker.database.engine import open_store
from worker.settings import Settings
from worker.tools import Tools, make_tools


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture
def tools(store: Engine) -> Iterator[Tools]:
    chosen = Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(0), fetch_timeout=timedelta(seconds=5))
    tools = make_tools(chosen, store)
    yield tools
    tools.close()


@pytest.fixture
def postgres(postgres_url: str, postgres_server: str, migrated_database: str) -> Iterator[Engine]:
    """An empty store on PostgreSQL."""
    engine = open_store(postgres_url)
    copy_database(postgres_server, engine, migrated_database)
    yield engine
    engine.dispose()
