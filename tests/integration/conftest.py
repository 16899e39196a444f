from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.servers.publisher import Publisher
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
