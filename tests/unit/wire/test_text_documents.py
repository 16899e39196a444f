import pytest

from worker.errors import ErrorClass, PermanentError
from worker.values.due_feeds import Document
from worker.wire.text_documents import read_text

CODE = "import ships\n\n\ndef sail(ship):\n    return ship.sail()\n"


def _document(text: str) -> Document:
    return Document("file:///ferry.txt", text.encode(), None)


def test_a_dispatch_is_read() -> None:
    (entry,) = read_text(_document("OSLO (AP) - The ferry sails."), 100).entries
    assert (entry.dateline_place, entry.content) == ("OSLO", "The ferry sails.")


def test_what_is_no_prose_is_refused_with_what_it_looks_like() -> None:
    with pytest.raises(PermanentError, match="it looks like source code") as refused:
        read_text(_document(CODE), 100)
    assert refused.value.error_class is ErrorClass.NOT_A_FEED


def test_the_operator_may_want_it_as_it_is() -> None:
    (entry,) = read_text(_document(CODE), 100, as_is=True).entries
    assert "def sail(ship)" in (entry.content or "")


def test_under_a_dateline_anything_is_news() -> None:
    (entry,) = read_text(_document("OSLO (AP) - Results:\n\n1,2,3\n4,5,6\n7,8,9\n"), 100).entries
    assert entry.agency == "AP"


@pytest.mark.parametrize("head", ["date 2026-07-11\n", "Headline: Results\nDate: 2026-07-11\n\n", "UPDATE 1\n\n"])
def test_below_a_header_or_a_notice_a_table_is_news(head: str) -> None:
    (entry,) = read_text(_document(f"{head}Skarholm\t1\t2\nOslo\t0\t3\nBergen\t2\t2\n"), 100).entries
    assert "Skarholm" in (entry.content or "")


def test_below_a_header_source_code_is_none() -> None:
    with pytest.raises(PermanentError, match="source code"):
        read_text(_document(f"date 2026-07-11\n\n{CODE}"), 100)


@pytest.mark.parametrize("text", ["", " \n", "date 2026-07-11"])
def test_as_it_is_nothing_is_still_nothing(text: str) -> None:
    with pytest.raises(PermanentError, match="no text"):
        read_text(_document(text), 100, as_is=True)
