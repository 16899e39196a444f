"""Documents that are read again and what else has become of them: pruned articles, and polls that could not read."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.documents import entry, item, rss
from tests.polling import add, follow, poll, poll_again, titles
from tests.reparsing import reparse_feed, rows, told
from tests.retention import age, prune_older_than
from tests.servers.publisher import Publisher
from tests.storing import sightings
from worker.database.document_tables import DocumentRow
from worker.database.engine import reading
from worker.errors import ErrorClass, PermanentError, PollError
from worker.parse import ParseLimits, Parser
from worker.pipeline.tools import Tools
from worker.values.due_feeds import Document
from worker.values.entries import Outline, ParsedDocument
from worker.values.reread import ChangeKind

PAGE = b"<!doctype html><html><head><title>Gulls</title></head><body>We have moved.</body></html>"


@pytest.mark.parametrize("since", [{}, {"title": "Storms", "text": "Edited since."}])
def test_what_retention_pruned_is_not_missed(keeping: Tools, publisher: Publisher, since: dict[str, str]) -> None:
    old = {"guid": "a7", "link": "/storm", "title": "Storm", "text": "Gulls.", "published": "4 07:30"}
    new = entry(guid="a8", link="/new", title="New", text="It is new.", published="5 07:30")
    follow(keeping, publisher, [entry(**old), new], [entry(**(old | since)), new], [new])
    age(keeping.engine, timedelta(days=40))
    assert prune_older_than(keeping.engine) == 1
    before = rows(keeping)
    read = reparse_feed(keeping, write=True)
    assert (read.documents, told(read), read.unseen) == (3 if since else 2, [], 0)
    assert rows(keeping) == before


def _read_nothing(_document: Document, _most: int, _before: Outline | None = None) -> ParsedDocument | PollError | None:
    """Read a document as a parser would that cannot."""
    return PermanentError(ErrorClass.PARSE, "the document is broken beyond reading")


def test_what_a_poll_could_not_read_brings_its_articles_once_it_can_be_read(
    keeping: Tools, publisher: Publisher
) -> None:
    with Parser(ParseLimits(), _read_nothing) as worse:
        (failed,) = follow(replace(keeping, parser=worse), publisher, [item("storm"), item("gulls")])
    assert failed.error
    changed = sorted((kind, title) for kind, title, _ in told(reparse_feed(keeping, write=True)))
    assert changed == [(ChangeKind.CREATED, "gulls"), (ChangeKind.CREATED, "storm")]
    record = poll_again(keeping)
    assert (record.error, record.new, record.updated, record.entries) == (None, 0, 0, 2)
    assert all(each.left_at is None for each in sightings(keeping))
    assert titles(keeping) == ["gulls", "storm"]


def test_what_can_be_read_as_little_as_it_could_then_is_counted_and_no_failure(
    keeping: Tools, publisher: Publisher
) -> None:
    follow(keeping, publisher, [item("storm")])
    publisher.serve("/feed", PAGE, "text/html")
    poll_again(keeping)
    read = reparse_feed(keeping)
    assert (read.documents, read.unread, told(read)) == (1, 1, [])


@pytest.mark.parametrize(("body", "kept"), [(PAGE, ["not a feed"]), (b"", []), (rss([item("storm")]), [None])])
def test_a_document_is_kept_with_why_it_could_not_be_read_unless_there_is_nothing_in_it(
    keeping: Tools, publisher: Publisher, body: bytes, kept: list[str | None]
) -> None:
    add(keeping, publisher.serve("/feed", body))
    poll(keeping)
    poll_again(keeping)
    with reading(keeping.engine) as connection:
        assert connection.execute(select(DocumentRow.error_class)).scalars().all() == kept
