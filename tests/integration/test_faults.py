"""A fault of ours that a poll or a lookup meets: it is that document's or entry's, and all else goes on."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.documents import item, rss
from tests.polling import add, poll, poll_again, schedule, titles
from tests.servers.publisher import Publisher
from worker.basics.faults import as_failure
from worker.discovery.adding import add_by_url
from worker.errors import ErrorClass, NamedError, PollError
from worker.parse import ParseLimits, Parser
from worker.parse.parser import read_in_process
from worker.pipeline.tools import Tools
from worker.values.due_feeds import Document
from worker.values.entries import Outline, ParsedDocument
from worker.values.outcomes import Outcome

FAULT = "a fault of Feedmill (ValueError: never thought of); its log has the traceback"


def _raise_on_spoilt(document: Document, most: int, before: Outline | None) -> ParsedDocument | PollError | None:
    if b"spoilt" in document.body:
        raise ValueError("never thought of")
    return read_in_process(document, most, before)


def _fail_on_spoilt(document: Document, most: int, before: Outline | None) -> ParsedDocument | PollError | None:
    try:
        return _raise_on_spoilt(document, most, before)
    except ValueError as error:
        return as_failure(error)


@pytest.fixture
def faulty(tools: Tools) -> Iterator[Tools]:
    """Tools whose reader fails on documents with "spoilt" in them."""
    with closing(Parser(ParseLimits(), _fail_on_spoilt)) as parser:
        yield replace(tools, parser=parser)


def test_what_the_reader_of_whole_documents_trips_over_another_one_reads(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/a", rss([item("spoilt")])))
    with closing(Parser(ParseLimits(), _raise_on_spoilt)) as parser:
        (record,) = poll(replace(tools, parser=parser))
    assert (record.error, record.parser, titles(tools)) == (None, "expat", ["spoilt"])


def test_a_document_that_meets_a_fault_of_ours_fails_and_the_others_are_polled(
    faulty: Tools, publisher: Publisher
) -> None:
    spoilt, good = publisher.serve("/a", rss([item("spoilt")])), publisher.serve("/b", rss([item("good")]))
    add(faulty, spoilt, good)
    with capture_logs() as logs:
        records = {record.url: record for record in poll(faulty)}
    failed = records[spoilt]
    assert failed.outcome is Outcome.PERMANENT
    assert failed.error
    assert (failed.error.error_class, failed.error.sentence) == (ErrorClass.INTERNAL, FAULT)
    assert (records[good].new, titles(faulty)) == (1, ["good"])
    assert [(log["event"], log["url"]) for log in logs] == [("document not read", spoilt)]
    assert logs[0]["exception"].endswith("ValueError: never thought of\n")


def test_a_document_that_met_a_fault_of_ours_is_polled_again_as_failures_are(
    faulty: Tools, publisher: Publisher
) -> None:
    add(faulty, publisher.serve("/a", rss([item("spoilt")])))
    (record,) = poll(faulty)
    row = schedule(faulty)
    assert (row.error_class, row.attempts) == (ErrorClass.INTERNAL, 1)
    assert record.next_poll.at
    assert record.next_poll.at - record.started_at >= timedelta(minutes=30)


class _FaultyParser(Parser):
    """A parser that nobody can ask anything."""

    def parse(self, document: Document, before: Outline | None = None) -> ParsedDocument:
        raise ValueError(f"never thought of {len(document.body) and before}")


def test_a_page_that_meets_a_fault_of_ours_is_named(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/a", rss([item("one")]))
    faulty = replace(tools, parser=_FaultyParser(ParseLimits()))
    with capture_logs() as logs, pytest.raises(NamedError) as refused:
        add_by_url(faulty, url, lambda: False)
    said = f"{url} was not added: a fault of Feedmill (ValueError: never thought of None)"
    assert str(refused.value).startswith(said)
    assert [(log["event"], log["url"]) for log in logs] == [("page not read", url)]


def _detect(sample: str) -> str | None:
    if "spoilt" in sample:
        raise ValueError("never thought of")
    return None


def test_an_entry_that_meets_a_fault_of_ours_is_lost_alone_and_the_ledger_says_so(
    tools: Tools, publisher: Publisher
) -> None:
    add(tools, publisher.serve("/a", rss([item("one"), item("spoilt"), item("two")])))
    with capture_logs() as logs:
        (record,) = poll(replace(tools, detect=_detect))
    assert (record.new, record.lost, titles(tools)) == (2, 1, ["one", "two"])
    assert record.note == f"1 left out: it could not be read: {FAULT}"
    assert [(log["event"], log["entry"]) for log in logs] == [("entry not read", "spoilt")]


def test_an_entry_that_was_lost_is_read_once_the_fault_is_mended(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/a", rss([item("one"), item("spoilt")])))
    poll(replace(tools, detect=_detect))
    record = poll_again(tools)
    assert (record.new, record.lost, titles(tools)) == (1, 0, ["one", "spoilt"])
