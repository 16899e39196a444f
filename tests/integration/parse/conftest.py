from collections.abc import Iterator

import pytest

from tests.documents import item, rss
from tests.reading import FOR_CHILD, LIMITS, read_titles
from worker.parse import Parser


@pytest.fixture(scope="module")
def shared_parser() -> Iterator[Parser]:
    with Parser(LIMITS) as parser:
        yield parser


@pytest.fixture
def parser(shared_parser: Parser) -> Iterator[Parser]:
    """A parser that still works when the test is over."""
    yield shared_parser
    assert read_titles(shared_parser, rss([item("afterwards")])) == ["afterwards"]
    assert read_titles(shared_parser, FOR_CHILD) == ["far"]


@pytest.fixture
def own_parser() -> Iterator[Parser]:
    with Parser(LIMITS) as parser:
        yield parser
