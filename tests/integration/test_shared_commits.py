"""Polls that end together share a commit, and nothing else."""

import threading
from contextlib import ExitStack
from dataclasses import replace

from sqlalchemy import Engine, event, select, text

from tests.documents import item, rss
from tests.polling import add, poll, titles
from tests.servers.publisher import Answer, Publisher
from tests.storing import lease, read
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, PollRow
from worker.database.locks import HostRelease
from worker.errors import OUR_FAULT, ErrorClass, PollError, TransientError
from worker.parse.child_process import ParseLimits
from worker.parse.parser import Parser, read_in_process
from worker.pipeline.results import conclude_failure
from worker.pipeline.shared_commit import SharedCommit
from worker.pipeline.tools import Tools
from worker.values.due_feeds import Document
from worker.values.entries import Outline, ParsedDocument

_REFUSE = {
    "sqlite": (
        (
            "CREATE TRIGGER refuse BEFORE INSERT ON articles WHEN NEW.title = 'poison' "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        ),
    ),
    "postgresql": (
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$",
        (
            "CREATE TRIGGER refuse BEFORE INSERT ON articles FOR EACH ROW WHEN (NEW.title = 'poison') "
            "EXECUTE FUNCTION refuse()"
        ),
    ),
}


def _refuse_poison(store: Engine) -> None:
    with writing(store) as connection:
        for statement in _REFUSE[store.dialect.name]:
            connection.execute(text(statement))


def test_a_document_that_cannot_be_stored_costs_none_that_was_read_with_it(tools: Tools) -> None:
    names = ["poison" if number == 3 else f"story {number}" for number in range(8)]
    _refuse_poison(tools.engine)
    with ExitStack() as stack:
        for number, name in enumerate(names, 1):
            publisher = stack.enter_context(Publisher(f"127.0.0.{number}"))
            add(tools, publisher.serve("/feed", rss([item(name, link=f"http://127.0.0.{number}/{number}")])))
        records = poll(tools)
    assert titles(tools) == [name for name in names if name != "poison"]
    failed = [record.error.error_class for record in records if record.error]
    assert failed == [ErrorClass.INTERNAL]
    assert sum(record.new for record in records) == 7


def test_documents_that_come_one_after_the_other_share_a_commit(tools: Tools) -> None:
    is_first_read, inserts = threading.Event(), []

    def read_and_tell(document: Document, most: int, before: Outline | None) -> ParsedDocument | PollError | None:
        parsed = read_in_process(document, most, before)
        is_first_read.set()
        return parsed

    def note_insert(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT INTO articles ", "COPY articles ")):
            inserts.append(statement)

    with Publisher("127.0.0.1") as first, Publisher("127.0.0.2") as second:
        body = rss([item("late", link="http://127.0.0.2/late")])
        add(tools, first.serve("/feed", rss([item("early", link="http://127.0.0.1/early")])))
        add(tools, second.on("/feed", Answer(body=body, hold=is_first_read)))
        event.listen(tools.engine, "before_cursor_execute", note_insert)
        with Parser(ParseLimits(), read_and_tell) as parser:
            records = poll(replace(tools, parser=parser))
        event.remove(tools.engine, "before_cursor_execute", note_insert)
    assert [record.new for record in records] == [1, 1]
    assert titles(tools) == ["early", "late"]
    assert len(inserts) == 1


def test_a_poll_that_cannot_be_stored_costs_none_that_waited_with_it(tools: Tools) -> None:
    names = ["first", "no \udce9 text", "last"]
    leased = lease(tools, *(f"https://{number}.example/feed" for number in range(3)))
    shared = SharedCommit(tools.engine)
    with reading(tools.engine) as connection:
        clock = read_clock(connection)
    now = clock.now()
    for each, sentence in zip(leased, names, strict=True):
        answered, _ = read(tools, each, rss([]))
        failure = conclude_failure(answered, TransientError(ErrorClass.CONNECT, sentence), now)
        shared.add(failure, HostRelease(each.feed.host_id or 0, each.token, now))
    records = shared.commit(clock)
    assert [record.error and record.error.sentence for record in records] == ["first", OUR_FAULT, "last"]
    assert not shared
    with reading(tools.engine) as connection:
        stored = connection.execute(select(PollRow.error, PollRow.next_poll_at).order_by(PollRow.id)).all()
        assert [row.error for row in stored] == ["first", OUR_FAULT, "last"]
        assert all(row.next_poll_at > now for row in stored)
        assert set(connection.execute(select(HostRow.lease_token)).scalars()) == {None}
