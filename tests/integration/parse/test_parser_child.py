"""The parser's child: its limits, its death, and who waits for whom."""

import os
import signal
import threading
from datetime import timedelta

import pytest

from tests.documents import item, rss
from tests.reading import FOR_CHILD, LONG, SLOW, collect_all, document, newest_child, read_titles
from tests.waiting import PATIENCE
from worker.errors import PermanentError, PollError
from worker.parse import ParseLimits, Parser
from worker.values.entries import ParsedDocument


def test_a_document_over_the_limit_of_cpu_is_refused_and_the_next_is_read(own_parser: Parser) -> None:
    with pytest.raises(PermanentError, match="more than 2s of CPU"):
        own_parser.parse(document(SLOW))
    assert read_titles(own_parser, rss([item("next")])) == ["next"]


def test_a_document_over_the_limit_of_time_is_refused_and_the_next_is_read() -> None:
    limits = ParseLimits(cpu=timedelta(minutes=5), wall=timedelta(seconds=4))
    with Parser(limits) as parser:
        with pytest.raises(PermanentError, match="more than 4s to read"):
            parser.parse(document(SLOW))
        assert read_titles(parser, rss([item("next")])) == ["next"]


def test_a_document_over_the_limit_of_memory_is_refused_and_the_next_is_read() -> None:
    with Parser(ParseLimits(memory=200_000_000)) as parser:
        with pytest.raises(PermanentError, match="memory|crash"):
            parser.parse(document(rss([item("a", "x" * 60_000_000)])))
        assert read_titles(parser, rss([item("next")])) == ["next"]


def test_a_child_killed_in_mid_document_costs_that_document_only(own_parser: Parser) -> None:
    read_titles(own_parser, FOR_CHILD)
    own_parser.submit(1, document(SLOW))
    own_parser.submit(2, document(FOR_CHILD))
    own_parser.collect(timedelta(0))
    newest_child().send_signal(signal.SIGKILL)
    answers = {answered.key: answered.answer for answered in collect_all(own_parser)}
    assert isinstance(answers[1], PermanentError)
    assert "SIGKILL" in answers[1].sentence
    assert isinstance(answers[2], ParsedDocument)


def test_a_child_killed_while_idle_costs_at_most_one_document(own_parser: Parser) -> None:
    read_titles(own_parser, FOR_CHILD)
    child = newest_child()
    child.kill()
    child.wait(PATIENCE)
    assert read_titles(own_parser, FOR_CHILD) == ["far"]


def test_the_child_answers_in_the_order_of_submission(parser: Parser) -> None:
    for number in range(20):
        parser.submit(number, document(FOR_CHILD if number % 3 else b"no feed"))
    assert (parser.pending, parser.pending_bytes) == (20, 13 * len(FOR_CHILD) + 7 * 7)
    assert [answered.key for answered in collect_all(parser)] == [*range(20)]
    assert (parser.pending, parser.pending_bytes) == (0, 0)


def test_what_is_read_here_does_not_wait_for_the_child(own_parser: Parser) -> None:
    for number in range(4):
        own_parser.submit(number, document(rss([item(str(number))]) if number % 2 else SLOW))
    assert [answered.key for answered in own_parser.collect(timedelta(0))] == [1, 3]
    assert own_parser.pending == 2


def test_many_documents_are_read_here_a_moment_at_a_time(own_parser: Parser) -> None:
    for number in range(300):
        own_parser.submit(number, document(LONG))
    answered = own_parser.collect(timedelta(0))
    assert 0 < len(answered) < 300
    assert own_parser.pending == 300 - len(answered)
    assert len(collect_all(own_parser)) == own_parser.pending + 300 - len(answered)


def test_collecting_without_waiting_never_blocks(parser: Parser) -> None:
    parser.submit(1, document(rss([item("large", "word " * 2_000_000)])))
    looks = 0
    while not (answered := parser.collect(timedelta(0))):
        looks += 1
    assert not isinstance(answered[0].answer, PollError)
    # It went to the child and came back a pipe's length at a time.
    print(looks)
    assert looks > 10


def test_collecting_from_nothing_returns_nothing_at_once(parser: Parser) -> None:
    assert parser.collect(timedelta(hours=1)) == []


def test_a_closed_parser_forgets_what_was_pending_and_reads_on(own_parser: Parser) -> None:
    own_parser.submit(1, document(SLOW))
    own_parser.submit(2, document(FOR_CHILD))
    own_parser.collect(timedelta(0))
    child = newest_child()
    own_parser.close()
    assert not child.is_running()
    assert own_parser.pending == 0
    assert read_titles(own_parser, rss([item("next")])) == ["next"]
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
        own_parser.parse(document(SLOW))
    alarm.join()
    signal.signal(signal.SIGUSR1, before)
    assert read_titles(own_parser, rss([item("next")])) == ["next"]


def test_a_parser_works_on_both_sides_of_a_fork(own_parser: Parser) -> None:
    assert read_titles(own_parser, FOR_CHILD) == ["far"]
    pid = os.fork()
    if not pid:
        # Whatever happens here, the tests of the parent must not run on in it.
        try:
            titles = read_titles(own_parser, FOR_CHILD)
            own_parser.close()
            os._exit(0 if titles == ["far"] else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert read_titles(own_parser, FOR_CHILD) == ["far"]
