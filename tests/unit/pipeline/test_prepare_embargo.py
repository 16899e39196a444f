from datetime import UTC, datetime, timedelta

import pytest

from worker.pipeline.prepare import hold_back
from worker.values.entries import Entry, ParsedDocument

NOW = datetime(2026, 7, 10, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def _document(*ends: datetime | None) -> ParsedDocument:
    entries = tuple(Entry(guid=str(number), embargoed_until=end) for number, end in enumerate(ends))
    return ParsedDocument("ninjs", "newsroom", entries, skipped=("there is no text in it",))


@pytest.mark.parametrize("end", [None, NOW - INSTANT, NOW])
def test_an_embargo_is_over_at_the_very_moment_that_it_names(end: datetime | None) -> None:
    document = _document(end)
    assert hold_back(document, NOW) is document


def test_embargoed_entries_are_left_out_and_the_ledger_says_until_when() -> None:
    held = hold_back(_document(None, NOW + INSTANT, NOW, NOW + timedelta(days=1)), NOW)
    assert [entry.guid for entry in held.entries] == ["0", "2"]
    assert held.skipped == (
        "there is no text in it",
        "it is embargoed until 2026-07-10 12:00 UTC",
        "it is embargoed until 2026-07-11 12:00 UTC",
    )


def test_nothing_is_left_of_a_document_whose_entries_are_all_embargoed() -> None:
    assert hold_back(_document(NOW + INSTANT), NOW).entries == ()
