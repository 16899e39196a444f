"""docs/python.md and README.md: each program that needs nothing but a feed runs as it is copied, in an empty folder."""

import io
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import pytest

from tests.documents import item, rss
from tests.seeds import place
from tests.servers.publisher import Publisher
from worker.database.engine import open_store
from worker.pipeline import poll_all_due
from worker.pipeline.tools import make_tools
from worker.settings import read_settings

ROOT = Path(__file__).parents[2]
PAGE, README = (ROOT / "docs/python.md").read_text(), (ROOT / "README.md").read_text()
PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAMS = PROGRAM.findall(PAGE)
FEED = re.compile(r"https://(?:news\.example/feed|www\.theguardian\.com/world/rss)")
STORE = "sqlite:///news.db"


@pytest.fixture
def feed_url(publisher: Publisher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.setenv("FEEDMILL_ALLOW_HOSTS", "127.0.0.0/8")
    monkeypatch.setenv("FEEDMILL_HOST_GAP", "0s")
    place(tmp_path / "wire/a.txt", "date 2026-07-10\n\nLONDON, July 10 (Reuters) - It is open.\n\nIt was shut.")
    return publisher.serve("/feed", rss([item("one"), item("two")]))


@contextmanager
def _working() -> Iterator[None]:
    """Poll what is due in the store of the page, as a worker does."""
    is_over = threading.Event()

    def work() -> None:
        engine = open_store(STORE)
        tools = make_tools(read_settings(), engine)
        while not is_over.wait(0.05):
            list(poll_all_due(tools, is_over.is_set))
        tools.close()
        engine.dispose()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    is_over.set()
    thread.join()


def _run(program: str, feed_url: str) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(FEED.sub(feed_url, program), "docs/python.md", "exec"), {"__name__": "__main__"})
    return printed.getvalue()


def test_the_page_has_a_program_for_each_of_its_sections() -> None:
    assert [next(iter(re.findall(r"store\.(\w+)|(create=False)", program))) for program in PROGRAMS] == [
        ("poll", ""),
        ("", "create=False"),
        ("add", ""),
        ("add", ""),
        ("poll_due", ""),
    ]


def test_the_first_program_polls_and_lists(feed_url: str) -> None:
    printed = _run(PROGRAMS[0], feed_url).splitlines()
    assert printed == [
        "2",
        "2026-11-23 07:30:00+00:00 two http://127.0.0.1/two",
        "2026-11-23 07:30:00+00:00 one http://127.0.0.1/one",
    ]


def test_the_program_that_catches_errors_prints_the_sentence_that_the_page_says(feed_url: str) -> None:
    (said,) = re.findall(r"print\(error\)  # (.*)", PROGRAMS[1])
    assert _run(PROGRAMS[1], feed_url) == f"{said}\n"


def test_the_program_that_reads_files_says_what_changed(feed_url: str) -> None:
    printed = _run(PROGRAMS[2], feed_url).splitlines()
    assert printed[0].endswith("wire/a.txt 1 new, 0 updated")
    assert printed[1:] == ["article created It is open."]


def test_the_program_that_waits_for_workers_hears_of_the_poll(feed_url: str) -> None:
    _run(PROGRAMS[0], feed_url)
    with _working():
        ticket, answer = _run(PROGRAMS[3], feed_url).splitlines()
    assert ticket.startswith("1 20")
    assert answer == f"{feed_url} unchanged 0 None"


def test_the_program_in_an_event_loop_polls_what_is_due(feed_url: str) -> None:
    assert _run(PROGRAMS[4], feed_url) == "0 polls\n"


def test_the_statement_of_the_page_tells_what_became_of_a_ticket(feed_url: str) -> None:
    (statement,) = re.findall(r"^```sql\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    _run(PROGRAMS[0], feed_url)
    program = f"""
from worker.api import open_store
with open_store({STORE!r}) as store:
    store.request_polls(["{feed_url}", 77])
    store.poll_due()
"""
    _run(program, feed_url)
    engine = open_store(STORE)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(statement.replace("t.id = 7", "t.id = 1")).all()
    engine.dispose()
    assert [(row[0], row[3]) for row in rows] == [(feed_url, "unchanged"), ("77", None)]
    assert rows[1][1].startswith("There is no feed 77")


def test_the_programs_of_the_readme_that_open_a_store_poll_and_list(feed_url: str) -> None:
    for program in PROGRAM.findall(README):
        if "worker.api" in program:
            assert "two" in _run(program, feed_url)
