from datetime import timedelta

import pytest

from tests.examples import example_of
from worker.errors import ErrorClass, PermanentError, PollError, RejectedError, TransientError
from worker.parse.frames import LENGTHS, ParseRequest, pack_answer, pack_request, unpack_answer, unpack_request
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument

READ = example_of(ParsedDocument)


def _through(answer: ParsedDocument | PollError) -> ParsedDocument | PollError:
    return unpack_answer(pack_answer(answer)[LENGTHS.size :])


def test_what_was_read_comes_out_as_it_went_in() -> None:
    assert _through(READ) == READ


@pytest.mark.parametrize("kind", [TransientError, PermanentError, RejectedError])
def test_a_failure_comes_out_with_its_kind_its_class_and_its_sentence(kind: type[PollError]) -> None:
    failure = _through(kind(ErrorClass.TOO_BIG, "it is too big"))
    assert isinstance(failure, kind)
    assert (failure.error_class, failure.sentence) == (ErrorClass.TOO_BIG, "it is too big")


def test_a_fault_comes_out_with_its_traceback() -> None:
    failure = _through(PermanentError(ErrorClass.INTERNAL, "a fault", trace="Traceback …\nValueError\n"))
    assert isinstance(failure, PollError)
    assert failure.trace == "Traceback …\nValueError\n"


def test_a_sentence_that_quotes_a_document_goes_through_without_what_no_text_may_hold() -> None:
    failure = _through(PermanentError(ErrorClass.PARSE, "broken at \ud800\x00" + "x" * 1_000))
    assert isinstance(failure, PollError)
    assert failure.sentence.startswith("broken at xxx")
    assert len(failure.sentence) <= 300


def test_a_request_says_how_long_its_two_parts_are_and_comes_out_as_it_went_in() -> None:
    document = Document("http://127.0.0.1/", b"<rss/>", None)
    request = pack_request(document, 5, timedelta(seconds=2))
    head_length, body_length = LENGTHS.unpack_from(request)
    head, body = request[LENGTHS.size :][:head_length], request[LENGTHS.size + head_length :]
    assert (body, body_length) == (b"<rss/>", 6)
    assert unpack_request(head, body) == (document, ParseRequest("http://127.0.0.1/", None, 5, timedelta(seconds=2)))


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"[]",
        b"{}",
        b'{"failure": {"kind": "SystemExit", "error_class": "parse", "sentence": "x"}}',
        b'{"parsed": {}}',
    ],
)
def test_an_answer_that_makes_no_sense_is_not_believed(told: bytes) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        unpack_answer(told)
