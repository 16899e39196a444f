from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from worker.errors import ErrorClass, PermanentError, PollError, RejectedError, TransientError
from worker.parse.child_process import LENGTHS, pack_answer, pack_request, unpack_answer
from worker.values.due_feeds import Document
from worker.values.entries import Enclosure, Entry, Notice, ParsedDocument
from worker.values.schedules import Hints

ENTRY = Entry(
    guid="urn:x:1",
    link="https://example.com/1",
    title="Rain",
    summary="It rained.",
    content="<p>It rained all day.</p>",
    is_plain_text=True,
    authors=("Ann", "Ben"),
    published="2026-11-24",
    updated="2026-11-25",
    language="en",
    tags=("rain",),
    enclosures=(Enclosure("https://example.com/1.mp3", "audio/mpeg", 7), Enclosure("https://example.com/2.mp3")),
    image_url="https://example.com/1.png",
    base_url="https://example.com/",
    dateline_place="SKARHOLM",
    dateline_date=date(2026, 11, 24),
    agency="SNA",
    slug="skarholm-rain",
    named_slug="skarholm-sun",
    notice=Notice.UPDATE,
    notice_number=2,
    note="Adds wind",
    urgency=4,
    embargoed_until=datetime(2026, 11, 24, 12, tzinfo=UTC),
    version="3",
    item_id="urn:x:2",
)
READ = ParsedDocument(
    format="rss",
    parser="feedparser",
    entries=(ENTRY, Entry()),
    title="Weather",
    site_url="https://example.com/",
    self_url="https://example.com/feed",
    language="en",
    hints=Hints(
        fresh_for=timedelta(seconds=1),
        retry_after=timedelta(hours=1),
        ttl=timedelta(minutes=90),
        update_period=timedelta(days=1),
        skip_hours=frozenset({0, 1}),
        skip_days=frozenset({6}),
    ),
    dropped_entries=3,
    updated="Tue, 24 Nov 2026 12:00:00 GMT",
    skipped=("it is a picture",),
)
EMPTY = ParsedDocument(format="", parser="", entries=())


def _through(answer: ParsedDocument | PollError) -> ParsedDocument | PollError:
    return unpack_answer(pack_answer(answer)[LENGTHS.size :])


@pytest.mark.parametrize(
    ("value", "empty"), [(READ, EMPTY), (ENTRY, Entry()), (READ.hints, Hints())], ids=["document", "entry", "hints"]
)
def test_the_next_test_leaves_no_field_out(value: Any, empty: Any) -> None:
    assert [field.name for field in fields(value) if getattr(value, field.name) == getattr(empty, field.name)] == []


def test_what_was_read_comes_out_as_it_went_in() -> None:
    assert _through(READ) == READ


@pytest.mark.parametrize("kind", [TransientError, PermanentError, RejectedError])
def test_a_failure_comes_out_with_its_kind_its_class_and_its_sentence(kind: type[PollError]) -> None:
    failure = _through(kind(ErrorClass.TOO_BIG, "it is too big"))
    assert isinstance(failure, kind)
    assert (failure.error_class, failure.sentence) == (ErrorClass.TOO_BIG, "it is too big")


def test_a_sentence_that_quotes_a_document_goes_through_without_what_no_text_may_hold() -> None:
    failure = _through(PermanentError(ErrorClass.PARSE, "broken at \ud800\x00" + "x" * 1_000))
    assert isinstance(failure, PollError)
    assert failure.sentence.startswith("broken at xxx")
    assert len(failure.sentence) <= 300


def test_a_request_says_how_long_its_two_parts_are() -> None:
    request = pack_request(Document("http://127.0.0.1/", b"<rss/>", None), 5, timedelta(seconds=2))
    head_length, body_length = LENGTHS.unpack_from(request)
    assert request[LENGTHS.size + head_length :] == b"<rss/>"
    assert body_length == 6


@pytest.mark.parametrize("told", [b"", b"[]", b"{}", b'{"error": ["SystemExit", "parse", "x"]}', b'{"parsed": {}}'])
def test_an_answer_that_makes_no_sense_is_not_believed(told: bytes) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        unpack_answer(told)
