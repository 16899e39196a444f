"""A fault of ours that a seed file meets: it is that file's error, and the files after it are read."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from billiard.exceptions import SoftTimeLimitExceeded
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from structlog.testing import capture_logs

from tests.documents import item, rss
from tests.polling import titles
from tests.seeds import place
from worker.parse import ParseLimits, Parser
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument


class _FaultyParser(Parser):
    """A parser that fails on documents with "spoilt" in them."""

    def __init__(self, error: Exception) -> None:
        super().__init__(ParseLimits())
        self._error = error

    def parse(self, document: Document) -> ParsedDocument:
        if b"spoilt" in document.body:
            raise self._error
        return super().parse(document)


def _with_fault(tools: Tools, folder: Path, error: Exception) -> Tools:
    """Fill a folder with a file that meets the error, and a good one after it."""
    place(folder / "a.xml", rss([item("spoilt")]))
    place(folder / "b.xml", rss([item("good")]))
    return replace(tools, parser=_FaultyParser(error))


def test_a_file_that_meets_a_fault_of_ours_says_so_and_the_next_one_is_read(tools: Tools, tmp_path: Path) -> None:
    faulty = _with_fault(tools, tmp_path / "seeds", RuntimeError("never thought of"))
    with capture_logs() as logs:
        spoilt, good = ingest(faulty, [tmp_path / "seeds"], 1_000_000)
    faulty.parser.close()
    fault = "a fault of Feedmill (RuntimeError: never thought of); its log has the traceback"
    said = f"{tmp_path}/seeds/a.xml could not be read: {fault}."
    assert (str(spoilt.error), good.new, titles(tools)) == (said, 1, ["good"])
    assert [(log["event"], log["path"]) for log in logs] == [("seed not read", f"{tmp_path}/seeds/a.xml")]
    assert logs[0]["exception"].endswith("RuntimeError: never thought of\n")


def _fail_on_spoilt(sample: str) -> str | None:
    if "spoilt" in sample:
        raise ValueError("never thought of")
    return None


def test_an_entry_that_meets_a_fault_of_ours_costs_its_neighbours_nothing(tools: Tools, tmp_path: Path) -> None:
    place(tmp_path / "seeds/a.xml", rss([item("one"), item("spoilt"), item("two")]))
    place(tmp_path / "seeds/b.xml", rss([item("three")]))
    with capture_logs() as logs:
        spoilt, good = ingest(replace(tools, detect=_fail_on_spoilt), [tmp_path / "seeds"], 1_000_000)
    fault = "1 left out: it could not be read: a fault of Feedmill (ValueError: never thought of)"
    assert str(spoilt.error).startswith(f"{tmp_path}/seeds/a.xml was not read whole: {fault}")
    assert (spoilt.new, good.new, titles(tools)) == (2, 1, ["one", "three", "two"])
    assert [(log["event"], log["entry"]) for log in logs] == [("entry not read", "spoilt")]


def test_an_entry_that_was_lost_is_read_once_the_fault_is_mended(tools: Tools, tmp_path: Path) -> None:
    place(tmp_path / "seeds/a.xml", rss([item("one"), item("spoilt")]))
    list(ingest(replace(tools, detect=_fail_on_spoilt), [tmp_path / "seeds"], 1_000_000))
    (mended,) = ingest(tools, [tmp_path / "seeds"], 1_000_000)
    assert (mended.error, mended.new, titles(tools)) == (None, 1, ["one", "spoilt"])


_NEVER_THOUGHT_OF = [
    *(ValueError("'1st' is not in list"), KeyError("1st"), AssertionError(), RecursionError("too deep"), MemoryError()),
    *(
        UnicodeDecodeError("utf-8", b"x", 0, 1, "odd"),
        StopIteration(),
        OSError("odd"),
        ExceptionGroup("odd", [ValueError()]),
    ),
    IntegrityError("", {}, Exception("odd")),
    InterfaceError("", {}, sqlite3.InterfaceError("Error binding parameter 3 - probably unsupported type.")),
]


@pytest.mark.parametrize("error", _NEVER_THOUGHT_OF, ids=repr)
def test_whatever_reading_a_file_raises_is_that_files_sentence(tools: Tools, tmp_path: Path, error: Exception) -> None:
    faulty = _with_fault(tools, tmp_path / "seeds", error)
    with capture_logs() as logs:
        spoilt, good = ingest(faulty, [tmp_path / "seeds"], 1_000_000)
    assert str(spoilt.error).startswith(f"{tmp_path}/seeds/a.xml could not be read: a fault of Feedmill (")
    assert (good.new, [log["event"] for log in logs]) == (1, ["seed not read"])
    assert type(error).__name__ in logs[0]["exception"]


@pytest.mark.parametrize("error", _NEVER_THOUGHT_OF, ids=repr)
@pytest.mark.parametrize("count", [1, 3])
def test_whatever_storing_a_file_raises_is_that_files_sentence(
    tools: Tools, tmp_path: Path, error: Exception, count: int
) -> None:
    place(tmp_path / "seeds/0.txt", "LONDON, July 10 (Reuters) - This one is spoilt.")
    for number in range(1, count + 1):
        place(tmp_path / f"seeds/{number}.txt", f"LONDON, July 10 (Reuters) - Bridge {number} is open.")

    def refuse(_: Any, __: Any, statement: str, parameters: object, *___: Any) -> None:
        if statement.startswith(("INSERT INTO articles", "COPY articles")) and "spoilt" in str(parameters):
            raise error

    event.listen(tools.engine, "before_cursor_execute", refuse)
    try:
        with capture_logs() as logs:
            reads = {Path(seed.path).name: seed for seed in ingest(tools, [tmp_path / "seeds"], 1_000_000)}
    finally:
        event.remove(tools.engine, "before_cursor_execute", refuse)
    assert str(reads.pop("0.txt").error).startswith(f"{tmp_path}/seeds/0.txt could not be read: a fault of Feedmill (")
    assert [seed.new for seed in reads.values()] == [1] * count
    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["seed not read"]


@pytest.mark.parametrize("error", [SoftTimeLimitExceeded(), OperationalError("", {}, Exception("gone"))])
def test_the_end_of_a_tasks_time_and_a_lost_store_are_no_fault_of_a_file(
    tools: Tools, tmp_path: Path, error: Exception
) -> None:
    faulty = _with_fault(tools, tmp_path / "seeds", error)
    with pytest.raises(type(error)):
        list(ingest(faulty, [tmp_path / "seeds"], 1_000_000))
