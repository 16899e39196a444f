import pytest

from worker.errors import ErrorClass, PermanentError
from worker.values.entries import Entry, Notice
from worker.wire.newsroom.newsroom_entry import Skipped, as_document, judge_status, read_urgency, read_version_name


def _read(item: str) -> Entry | Skipped:
    if item == "fault":
        raise ZeroDivisionError
    return Skipped("it is a picture") if item == "picture" else Entry(guid=item, title="Ferry sails")


def test_a_fault_of_ours_costs_one_item_and_none_of_its_neighbours() -> None:
    parsed = as_document("ninjs", ["1", "fault", "picture", "2"], _read, 10)
    assert [entry.guid for entry in parsed.entries] == ["1", "2"]
    assert [(fault.entry, "ZeroDivisionError" in fault.sentence) for fault in parsed.faults] == [("number 2", True)]
    assert parsed.skipped == ("it is a picture",)


def test_a_document_of_nothing_but_a_fault_has_its_trace() -> None:
    with pytest.raises(PermanentError) as failure:
        as_document("ninjs", ["fault"], _read, 10)
    assert failure.value.error_class is ErrorClass.INTERNAL
    assert "ZeroDivisionError" in (failure.value.trace or "")


@pytest.mark.parametrize("status", ["canceled", "Cancelled", "KILLED", "withdrawn"])  # codespell:ignore
@pytest.mark.parametrize(
    ("entry", "title"),
    [
        (Entry(), "Withdrawn by its publisher"),
        (Entry(note="It has not sailed"), "It has not sailed"),
        (Entry(title="Ferry sails", note="It has not"), "Ferry sails"),
    ],
)
def test_a_kill_need_not_repeat_what_it_withdraws(status: str, entry: Entry, title: str) -> None:
    judged = judge_status(entry, status, None)
    assert isinstance(judged, Entry)
    assert (judged.notice, judged.title) == (Notice.KILL, title)


def test_what_else_has_no_text_is_no_article() -> None:
    assert judge_status(Entry(), "usable", None) == Skipped("there is no text in it")


@pytest.mark.parametrize(
    ("written", "urgency"), [("1", 1), ("9", 9), ("0", None), ("10", None), ("²", None), ("٣", None), ("", None)]
)
def test_an_urgency_is_one_digit(written: str, urgency: int | None) -> None:
    assert read_urgency(written) == urgency


@pytest.mark.parametrize(
    ("written", "changed", "named"),
    [
        ("7", "2026-07-10T09:00:00Z", "7"),
        ("1345039779", "2026-07-10T09:00:00Z", "1783674000"),
        ("1345039779", None, "1345039779"),
        ("1a", "2026-07-10T09:00:00Z", "1a"),
        (None, "2026-07-10T09:00:00Z", None),
    ],
)
def test_a_number_too_long_to_count_versions_gives_way_to_when_they_were_made(
    written: str | None, changed: str | None, named: str | None
) -> None:
    assert read_version_name(written, changed) == named
