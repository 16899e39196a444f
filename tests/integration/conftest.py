from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from tests.servers.publisher import Publisher
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.parse import ParseLimits, Parser
from worker.pipeline.tools import Tools, make_tools
from worker.settings import Settings


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


_CHOSEN = Settings(allow_hosts=("127.0.0.0/8",), host_gap=timedelta(0), fetch_timeout=timedelta(seconds=5))


@pytest.fixture(scope="session")
def parser() -> Iterator[Parser]:
    """A parser for all tests, for its child takes longer to start than most of them."""
    with Parser(ParseLimits(_CHOSEN.max_entries)) as parser:
        yield parser


@pytest.fixture
def tools(store: Engine, parser: Parser) -> Iterator[Tools]:
    yield from _lend_tools(store, parser)


@pytest.fixture
def keeping(tools: Tools) -> Tools:
    """Tools of a deployment with FEEDMILL_RETAIN_DOCUMENTS."""
    return replace(tools, keeps_documents=True)


@pytest.fixture
def postgres_tools(postgres: Engine, parser: Parser) -> Iterator[Tools]:
    """Where two transactions must write at once, which SQLite's cannot."""
    yield from _lend_tools(postgres, parser)


def _lend_tools(store: Engine, parser: Parser) -> Iterator[Tools]:
    tools = replace(make_tools(_CHOSEN, store), parser=parser)
    yield tools
    tools.transfers.close()
    if parser.pending:
        parser.close()


@pytest.fixture
def connection(store: Engine) -> Iterator[Connection]:
    """A transaction that writes to an empty store."""
    with writing(store) as connection:
        yield connection


@pytest.fixture
def now(connection: Connection) -> datetime:
    """What the store's clock says."""
    return read_clock(connection).now()
