from datetime import UTC, datetime

import pytest

from worker.seeds.owners import date_content, is_wire
from worker.values.entries import Entry, ParsedDocument

NOW = datetime(2026, 7, 11, 12, tzinfo=UTC)
WRITTEN = datetime(2026, 7, 10, 9, tzinfo=UTC)


def _saved(*entries: Entry, updated: str | None = None) -> ParsedDocument:
    return ParsedDocument("rss", "expat", entries, updated=updated)


def test_a_saved_document_is_as_old_as_it_says_itself() -> None:
    saved = _saved(Entry(published="2026-06-01T10:00:00Z"), updated="Tue, 02 Jun 2026 08:00:00 +0200")
    assert date_content(saved, WRITTEN, NOW, is_known=False) == datetime(2026, 6, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize("updated", [None, "", "yesterday", "2999-01-01T00:00:00Z", "2011-06-12T01:30:22Z"])
def test_a_saved_document_is_as_old_as_its_newest_entry_unless_it_names_a_later_date(
    updated: str | None,
) -> None:
    saved = _saved(
        Entry(published="2026-06-03T10:00:00Z", updated="2026-06-01T10:00:00Z"),
        Entry(published="2026-05-01T10:00:00Z", updated="2026-06-02T10:00:00Z"),
        updated=updated,
    )
    assert date_content(saved, WRITTEN, NOW, is_known=False) == datetime(2026, 6, 3, 10, tzinfo=UTC)


def test_a_saved_document_without_any_date_is_as_old_as_its_file() -> None:
    assert date_content(_saved(Entry(title="One")), WRITTEN, NOW, is_known=False) == WRITTEN


@pytest.mark.parametrize("is_known", [False, True])
def test_a_saved_document_that_is_edited_in_place_is_as_old_as_it_says(*, is_known: bool) -> None:
    saved = _saved(updated="2026-06-02T10:00:00Z")
    assert date_content(saved, WRITTEN, NOW, is_known=is_known) == datetime(2026, 6, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("parser", ["dispatch", "newsroom"])
def test_a_wires_file_is_as_old_as_its_file_when_it_is_found(parser: str) -> None:
    dispatch = ParsedDocument(parser, parser, (Entry(published="2021-07-11"),))
    assert date_content(dispatch, WRITTEN, NOW, is_known=False) == WRITTEN


def test_a_wires_file_that_was_edited_in_place_says_so_now() -> None:
    dispatch = ParsedDocument("dispatch", "dispatch", (Entry(published="2021-07-11"),))
    assert date_content(dispatch, WRITTEN, NOW, is_known=True) == NOW


@pytest.mark.parametrize(
    "parsed",
    [
        # A day ahead is still a date; that of tomorrow was not said yet.
        _saved(updated="2026-07-12T10:00:00Z"),
        _saved(Entry(updated="2026-07-12T10:00:00Z")),
        _saved(),
        ParsedDocument("dispatch", "dispatch", ()),
    ],
)
def test_nothing_was_said_after_it_was_read(parsed: ParsedDocument) -> None:
    assert date_content(parsed, datetime(2026, 7, 12, tzinfo=UTC), NOW, is_known=False) == NOW


@pytest.mark.parametrize("parser", ["dispatch", "newsroom"])
def test_dispatches_and_newsroom_documents_are_wire_copy(parser: str) -> None:
    assert is_wire(ParsedDocument(parser, parser, ()))


@pytest.mark.parametrize("parser", ["expat", "feedparser", "json"])
def test_saved_documents_of_feeds_are_not_wire_copy(parser: str) -> None:
    assert not is_wire(ParsedDocument("rss", parser, ()))
