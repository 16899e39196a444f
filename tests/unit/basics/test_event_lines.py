import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from worker.basics.event_lines import EventLines


@pytest.fixture
def printed() -> Iterator[tuple[EventLines, Callable[[], list[Any]]]]:
    """Event lines over a pipe, and what has come out of it."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)

    def read() -> list[Any]:
        try:
            return [json.loads(line) for line in os.read(reader, 65536).splitlines()]
        except BlockingIOError:
            return []

    with os.fdopen(writer, "w") as under:
        yield EventLines(under, "error"), read
    os.close(reader)


def test_each_printed_line_is_an_event(printed: tuple[EventLines, Callable[[], list[Any]]]) -> None:
    lines, read = printed
    print("first\n\n  second \x7f\u2028", file=lines)
    assert [(event["event"], event["level"], event["timestamp"][-1]) for event in read()] == [
        ("first", "error", "Z"),
        ("  second \x7f", "error", "Z"),
    ]


def test_half_a_line_waits_for_its_other_half(printed: tuple[EventLines, Callable[[], list[Any]]]) -> None:
    lines, read = printed
    lines.write("half")
    lines.flush()
    assert read() == []
    lines.write(" and half\nnext")
    assert [event["event"] for event in read()] == ["half and half"]


def test_celery_writes_nothing_past_them(printed: tuple[EventLines, Callable[[], list[Any]]]) -> None:
    # It writes to the number of a stream that has one, from signal handlers.
    assert not hasattr(printed[0], "fileno")
