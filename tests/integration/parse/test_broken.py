"""Sound documents broken in the ways in which publishers break them say what they said before."""

import pytest

from benchmarks.broken import COMPARED, WAYS, Tally, tally_ways
from benchmarks.parsers import FOLDERS, read_documents


@pytest.fixture(scope="module")
def tallies() -> dict[str, Tally]:
    return tally_ways(read_documents(FOLDERS[:1]).items())


@pytest.mark.parametrize("way", WAYS)
def test_every_entry_of_a_broken_document_says_what_it_said_before(tallies: dict[str, Tally], way: str) -> None:
    assert tallies[way].entries > 40
    assert tallies[way].differing == []
    assert [tallies[way].share(compared) for compared in COMPARED] == [100] * len(COMPARED)


@pytest.mark.parametrize("way", WAYS)
def test_no_broken_document_needs_feedparser(tallies: dict[str, Tally], way: str) -> None:
    assert {*tallies[way].parsers} <= {"expat", "mended"}
