"""What a poll has SQLite write: its rows, the log of them, and hardly anything besides."""

import re
from pathlib import Path

import pytest

from tests.documents import item, rss
from tests.polling import add, count, poll
from tests.servers.publisher import Publisher
from worker.database.article_tables import ArticleRow
from worker.database.engine import reading
from worker.pipeline.tools import Tools

_IO = Path("/proc/self/io")


def _count_written() -> int:
    """Return how many bytes this process has written to files."""
    (written,) = re.findall(r"^wchar: (\d+)$", _IO.read_text(), re.MULTILINE)
    return int(written)


def _size(tools: Tools) -> int:
    """Return the bytes of the store."""
    with reading(tools.engine) as connection:
        pages, size = (connection.exec_driver_sql(f"PRAGMA page_{kind}").scalar_one() for kind in ("count", "size"))
    return int(pages) * int(size)


@pytest.mark.skipif(not _IO.is_file(), reason="needs Linux to count what is written")
@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_new_articles_are_written_to_the_log_and_to_the_store_and_nowhere_else(
    tools: Tools, publisher: Publisher
) -> None:
    for number in range(10):
        served = [item(f"{number} {each}", "Some words of a long text. " * 40) for each in range(35)]
        add(tools, publisher.serve(f"/{number}", rss(served)))
    size, written = _size(tools), _count_written()
    poll(tools)
    assert count(tools, ArticleRow) == 350
    # What a commit changes is written to both, and pages that several commits change several times: three times the
    # growth. Were pages kept so that statements could be undone one by one, it would be six times, and soon ten.
    assert _count_written() - written < 4 * (_size(tools) - size)
