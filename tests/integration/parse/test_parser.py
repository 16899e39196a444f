import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from tests.documents import item, rss
from worker.errors import ErrorClass, PermanentError, PollError, TransientError
from worker.parse import Parsed, ParseLimits, Parser
from worker.values import Document, ParsedDocument

LIMITS = ParseLimits(max_entries=10, cpu=timedelta(seconds=2), wall=timedelta(seconds=20), memory=400_000_000)
SHARED = Path(__file__).parents[3].parent / "shared/feeds"
# Its root is no markup ("<rss rss:version=2.0>") and every name in it has a prefix that nothing declares.
UNREADABLE = {"7ef13a42fa7e177a"}
ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(60_000))
# With a document type, so that it is the child's at once.
SLOW = b"<!DOCTYPE rss>" + rss([], head=f"<x {ATTRIBUTES}/>").partition(b"?>")[2]
BROKEN = rss([item("broken")])[:-1]
LONG = rss([item(f"n{number}", "word " * 500) for number in range(10)])


def _document(body: bytes) -> Document:
    return Document("http://127.0.0.1/feed", body, "text/xml")


def _titles(parser: Parser, body: bytes) -> list[str | None]:
    return [entry.title for entry in parser.parse(_document(body)).entries]


def _collect(parser: Parser, seconds: float = 60) -> list[Parsed]:
    """Everything that is pending, as it comes."""
    ends_at = time.monotonic() + seconds
    answered: list[Parsed] = []
    while parser.pending:
        assert time.monotonic() < ends_at, f"{parser.pending} documents are still unanswered"
        answered += parser.collect(timedelta(seconds=1))
    return answered


def _child() -> psutil.Process:
    """The child that was started last."""
    children = [child for child in psutil.Process().children() if "worker.parse.child" in child.cmdline()]
    # Two may have started within one tick of the clock that tells when.
    return max(children, key=lambda child: (child.create_time(), child.pid))


@pytest.fixture(scope="module")
def shared_parser() -> Iterator[Parser]:
    with Parser(LIMITS) as parser:
        yield parser


@pytest.fixture
def parser(shared_parser: Parser) -> Iterator[Parser]:
    """A parser that still works when the test is over."""
    yield shared_parser
    assert _titles(shared_parser, rss([item("afterwards")])) == ["afterwards"]
    assert _titles(shared_parser, BROKEN) == ["broken"]


@pytest.fixture
def own_parser() -> Iterator[Parser]:
    with Parser(LIMITS) as parser:
        yield parser


ENTITIES = "".join(f'<!ENTITY e{number} "&e{number - 1};">' for number in range(1, 60_000))


@pytest.mark.parametrize(
    "body",
    [
        f'<!DOCTYPE rss [<!ENTITY e0 "x">{ENTITIES}]>'.encode() + rss([item("a", "&e59999;")]),
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss([item("a", "&x;")]),
        rss([item("a", "&#xD800; &#55296; &#xdfff;")]),
        rss([item("a", "&#x110000; &#99999999999; &#0; &#x;")]),
        rss([item("a")]).replace(b"UTF-8", b"undefined"),
        rss([item("a")]).replace(b"UTF-8", b"utf-7"),
        rss([f"<item><guid>a</guid><author>{'x' * 65_536}</author></item>"]),
        rss([f"<item><guid>a</guid><author>{'x@' * 32_768}</author></item>"]),
        rss([item("a", "<b>" * 200_000)]),
        rss([item("a", f"<![CDATA[{'<b>' * 200_000}]]>")]),
        rss([f"<item><guid>a</guid><pubDate>{'1 ' * 50_000}</pubDate></item>"]),
        rss([f"<item><guid>a</guid><enclosure url='u' length='{'9' * 30}'/></item>"]),
        rss([f"<item><guid>a</guid><title>{'&' * 100_000}</title></item>"]),
        rss([item("a")]) + b"\x00" * 1_000_000,
        b"<rss>" + b"<" * 1_000_000,
        b"<feed xmlns='http://www.w3.org/2005/Atom'>" + b"<entry xml:base='//['><link href='//['/></entry>" * 5,
        b"<?xml version='1.0'?><rss><channel>" + b"<![CDATA[" * 100_000,
        b"<rss" + b" xmlns:a='b'" * 1_000 + b">",
    ],
    ids=range(18),
)
def test_a_hostile_document_is_answered(parser: Parser, body: bytes) -> None:
    parser.submit(7, _document(body))
    (answered,) = _collect(parser)
    assert answered.key == 7
    # Read or refused; never retried soon, for it would cost as much again.
    assert not isinstance(answered.answer, TransientError)


def test_references_to_what_is_no_character_cost_only_themselves(parser: Parser) -> None:
    (entry,) = parser.parse(_document(rss([item("a", "Rain &#xD800; and &#55296; snow")]))).entries
    assert entry.content == "Rain \ufffd and \ufffd snow"


def test_an_entity_that_names_a_file_is_not_read(parser: Parser, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hidden words")
    entity = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'.encode()
    parsed = parser.parse(_document(entity + rss([item("a", "Rain &x; fell")]).partition(b"?>")[2]))
    assert "hidden" not in repr(parsed)


def test_a_body_that_is_the_path_of_a_feed_is_text_and_not_opened(parser: Parser, tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    path.write_bytes(rss([item("a")]))
    for body in (str(path), path.as_uri()):
        with pytest.raises(PermanentError, match="plain text, not a feed"):
            parser.parse(_document(body.encode()))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "the host served an HTML page, not a feed"),
        (b"Page not found", "the host served plain text, not a feed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "the host served binary data, not a feed"),
        (b"<svg/>", "the host served an XML document of another kind, not a feed"),
        (b"{}", "the document is JSON, but no JSON Feed and no ninjs"),
    ],
)
def test_what_is_no_feed_is_named(parser: Parser, body: bytes, sentence: str) -> None:
    with pytest.raises(PermanentError) as failure:
        parser.parse(_document(body))
    assert (failure.value.error_class, failure.value.sentence) == (ErrorClass.NOT_A_FEED, sentence)


def test_an_empty_document_may_be_whole_next_time(parser: Parser) -> None:
    with pytest.raises(TransientError) as failure:
        parser.parse(_document(b" \n"))
    assert failure.value.error_class is ErrorClass.INCOMPLETE


def test_a_document_over_the_limit_of_cpu_is_refused_and_the_next_is_read(own_parser: Parser) -> None:
    with pytest.raises(PermanentError, match="more than 2s of CPU"):
        own_parser.parse(_document(SLOW))
    assert _titles(own_parser, rss([item("next")])) == ["next"]


def test_a_document_over_the_limit_of_time_is_refused_and_the_next_is_read() -> None:
    limits = ParseLimits(cpu=timedelta(minutes=5), wall=timedelta(seconds=4))
    with Parser(limits) as parser:
        with pytest.raises(PermanentError, match="more than 4s to read"):
            parser.parse(_document(SLOW))
        assert _titles(parser, rss([item("next")])) == ["next"]


def test_a_document_over_the_limit_of_memory_is_refused_and_the_next_is_read() -> None:
    with Parser(ParseLimits(memory=200_000_000)) as parser:
        with pytest.raises(PermanentError, match="memory|crash"):
            parser.parse(_document(rss([item("a", "x" * 60_000_000)])))
        assert _titles(parser, rss([item("next")])) == ["next"]


def test_a_child_killed_in_mid_document_costs_that_document_only(own_parser: Parser) -> None:
    _titles(own_parser, BROKEN)
    own_parser.submit(1, _document(SLOW))
    own_parser.submit(2, _document(BROKEN))
    own_parser.collect(timedelta(0))
    _child().send_signal(signal.SIGKILL)
    answers = {answered.key: answered.answer for answered in _collect(own_parser)}
    assert isinstance(answers[1], PermanentError)
    assert "SIGKILL" in answers[1].sentence
    assert isinstance(answers[2], ParsedDocument)


def test_a_child_killed_while_idle_costs_at_most_one_document(own_parser: Parser) -> None:
    _titles(own_parser, BROKEN)
    child = _child()
    child.kill()
    child.wait(10)
    assert _titles(own_parser, BROKEN) == ["broken"]


def test_the_child_answers_in_the_order_of_submission(parser: Parser) -> None:
    for number in range(20):
        parser.submit(number, _document(BROKEN if number % 3 else b"no feed"))
    assert (parser.pending, parser.pending_bytes) == (20, 13 * len(BROKEN) + 7 * 7)
    assert [answered.key for answered in _collect(parser)] == [*range(20)]
    assert (parser.pending, parser.pending_bytes) == (0, 0)


def test_what_is_read_here_does_not_wait_for_the_child(own_parser: Parser) -> None:
    for number in range(4):
        own_parser.submit(number, _document(rss([item(str(number))]) if number % 2 else SLOW))
    assert [answered.key for answered in own_parser.collect(timedelta(0))] == [1, 3]
    assert own_parser.pending == 2


def test_many_documents_are_read_here_a_moment_at_a_time(own_parser: Parser) -> None:
    for number in range(300):
        own_parser.submit(number, _document(LONG))
    began = time.process_time()
    answered = own_parser.collect(timedelta(0))
    assert time.process_time() - began < 1
    assert 0 < len(answered) < 300
    assert own_parser.pending == 300 - len(answered)
    assert len(_collect(own_parser)) == own_parser.pending + 300 - len(answered)


def test_collecting_without_waiting_never_blocks(parser: Parser) -> None:
    parser.submit(1, _document(rss([item("large", "word " * 2_000_000)])))
    longest, answered = 0.0, list[Parsed]()
    while not answered:
        began = time.process_time()
        answered = parser.collect(timedelta(0))
        longest = max(longest, time.process_time() - began)
    assert not isinstance(answered[0].answer, PollError)
    assert longest < 0.25


def test_collecting_from_nothing_returns_nothing_at_once(parser: Parser) -> None:
    began = time.monotonic()
    assert parser.collect(timedelta(hours=1)) == []
    assert time.monotonic() - began < 5


def test_a_closed_parser_forgets_what_was_pending_and_reads_on(own_parser: Parser) -> None:
    own_parser.submit(1, _document(SLOW))
    own_parser.submit(2, _document(BROKEN))
    own_parser.collect(timedelta(0))
    child = _child()
    own_parser.close()
    assert not child.is_running()
    assert own_parser.pending == 0
    assert _titles(own_parser, rss([item("next")])) == ["next"]
    own_parser.close()
    own_parser.close()


def test_a_document_whose_reader_was_interrupted_is_not_taken_for_the_next(
    own_parser: Parser,
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, interrupt)
    alarm = threading.Timer(0.2, signal.pthread_kill, [threading.get_ident(), signal.SIGUSR1])
    alarm.start()
    with pytest.raises(KeyboardInterrupt):
        own_parser.parse(_document(SLOW))
    alarm.join()
    signal.signal(signal.SIGUSR1, before)
    assert _titles(own_parser, rss([item("next")])) == ["next"]


def test_a_parser_works_on_both_sides_of_a_fork(own_parser: Parser) -> None:
    assert _titles(own_parser, BROKEN) == ["broken"]
    pid = os.fork()
    if not pid:
        # Whatever happens here, the tests of the parent must not run on in it.
        try:
            titles = _titles(own_parser, BROKEN)
            own_parser.close()
            os._exit(0 if titles == ["broken"] else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert _titles(own_parser, BROKEN) == ["broken"]


def test_the_newest_entries_are_kept_wherever_they_stand(parser: Parser) -> None:
    days = [5, 20, 1, 18, 2, 17, 3, 16, 4, 15, 19, 14, 6, 13, 7, 12, 8, 11, 9, 10]
    items = [f"<item><guid>{day}</guid><pubDate>{day:02} Nov 2026 00:00:00 GMT</pubDate></item>" for day in days]
    parsed = parser.parse(_document(rss(items)))
    assert [entry.guid for entry in parsed.entries] == [str(day) for day in days if day > 10]
    assert parsed.dropped_entries == 10


def test_far_more_entries_than_are_kept_are_refused(parser: Parser) -> None:
    with pytest.raises(PollError, match="more than 200 entries") as failure:
        parser.parse(_document(rss([item("a")] * 201)))
    assert failure.value.error_class is ErrorClass.TOO_BIG


if SHARED.is_dir():

    @pytest.fixture(scope="module")
    def patient_parser() -> Iterator[Parser]:
        with Parser(ParseLimits()) as parser:
            yield parser

    @pytest.mark.parametrize("name", sorted(path.name for path in SHARED.iterdir()))
    def test_real_feeds_have_entries(patient_parser: Parser, name: str) -> None:
        patient_parser.submit(0, _document((SHARED / name).read_bytes()))
        (answered,) = _collect(patient_parser)
        if name in UNREADABLE:
            assert isinstance(answered.answer, PermanentError)
        else:
            assert not isinstance(answered.answer, PollError)
            assert answered.answer.entries
