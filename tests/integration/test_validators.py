"""What is asked "has it changed?" with: kept from complete, read and committed documents only, byte for byte."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError

from tests.documents import item, rss
from tests.polling import add, make_due, poll, poll_again, schedule, titles
from tests.servers.publisher import Answer, Publisher
from worker.basics.codec import pack
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, ScheduleRow
from worker.manage.feeds import forget_validators
from worker.pipeline.tools import Tools
from worker.schedule.rhythm import learn_rhythm
from worker.values.outcomes import Outcome

MONDAY, TUESDAY = "Mon, 23 Nov 2026 07:30:00 GMT", "Tue, 24 Nov 2026 07:30:00 GMT"
OLD = {"ETag": '"old"', "Last-Modified": MONDAY}
NEW = {"ETag": '"new"', "Last-Modified": TUESDAY}
FEED, CHANGED = rss([item("one")]), rss([item("two"), item("one")])


def poll_each(tools: Tools, publisher: Publisher, feeds: Mapping[str, Iterable[Answer]]) -> dict[str, tuple]:
    """Poll feeds once for each of their answers and once more; return what each asked with in the end, by its name."""
    paths = {name: f"/{number}" for number, name in enumerate(feeds)}
    answers = {name: list(given) for name, given in feeds.items()}
    for turn in range(max(map(len, answers.values())) + 1):
        for name, path in paths.items():
            publisher.on(path, answers[name][min(turn, len(answers[name]) - 1)])
        if turn == 0:
            add(tools, *map(publisher.url, paths.values()))
        make_due(tools)
        poll(tools)
    return {name: sent(publisher, path) for name, path in paths.items()}


def sent(publisher: Publisher, path: str = "/feed") -> tuple[str | None, str | None]:
    """Return what the newest request for a path asked with."""
    headers = publisher.requests_of(path)[-1].headers
    return headers.get("if-none-match"), headers.get("if-modified-since")


def test_only_the_first_request_is_without_conditions(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.on("/feed", Answer(FEED, headers=OLD)))
    poll(tools)
    assert sent(publisher) == (None, None)
    for _ in range(2):
        poll_again(tools)
        assert sent(publisher) == ('"old"', MONDAY)


TOO_LONG = f'"{"x" * 1024}"'
# What came after a document with OLD, and what is asked with then.
AFTER_A_DOCUMENT = {
    "another ETag": (OLD | {"ETag": '"new"'}, ('"new"', MONDAY)),
    "another date": (OLD | {"Last-Modified": TUESDAY}, ('"old"', TUESDAY)),
    "both": (NEW, ('"new"', TUESDAY)),
    # What the newest document came without belongs to another one.
    "an ETag alone": ({"ETag": '"new"'}, ('"new"', None)),
    "a date alone": ({"Last-Modified": TUESDAY}, (None, TUESDAY)),
    "neither": ({}, (None, None)),
    "an ETag that cannot be sent": ({"ETag": TOO_LONG, "Last-Modified": TUESDAY}, (None, TUESDAY)),
}
AFTER_NOT_MODIFIED = {
    "another ETag": ({"ETag": 'W/"new"'}, ('W/"new"', MONDAY)),
    "another date": ({"Last-Modified": TUESDAY}, ('"old"', TUESDAY)),
    "both": (NEW, ('"new"', TUESDAY)),
    "neither": ({}, ('"old"', MONDAY)),
    "an ETag that cannot be sent": ({"ETag": TOO_LONG}, ('"old"', MONDAY)),
}


def test_a_document_brings_its_own_validators(tools: Tools, publisher: Publisher) -> None:
    first = Answer(FEED, headers=OLD)
    same = {name: (first, Answer(FEED, headers=headers)) for name, (headers, _) in AFTER_A_DOCUMENT.items()}
    assert poll_each(tools, publisher, same) == {name: kept for name, (_, kept) in AFTER_A_DOCUMENT.items()}


def test_a_changed_document_brings_its_own_validators(tools: Tools, publisher: Publisher) -> None:
    first = Answer(FEED, headers=OLD)
    changed = {name: (first, Answer(CHANGED, headers=headers)) for name, (headers, _) in AFTER_A_DOCUMENT.items()}
    assert poll_each(tools, publisher, changed) == {name: kept for name, (_, kept) in AFTER_A_DOCUMENT.items()}


def test_not_modified_replaces_each_validator_that_it_brings(tools: Tools, publisher: Publisher) -> None:
    first = Answer(FEED, headers=OLD)
    answers = {name: (first, Answer(status=304, headers=headers)) for name, (headers, _) in AFTER_NOT_MODIFIED.items()}
    assert poll_each(tools, publisher, answers) == {name: kept for name, (_, kept) in AFTER_NOT_MODIFIED.items()}


ODD = ['W/"a"', 'w/"a"', '""', "a", '"a', 'a"b"', '"a  b "', '"a", "b"', '"a\\"b"', "'a'", '"a;gzip"', "0", "*", "W/"]
# Above ASCII: "é" in Latin-1, and its two bytes in UTF-8.
ODD += ['"é"', '"Ã©"']


def test_an_odd_validator_comes_back_byte_for_byte(tools: Tools, publisher: Publisher) -> None:
    feeds = {etag: [Answer(FEED, headers={"ETag": etag, "Last-Modified": "yesterday,  or so"})] for etag in ODD}
    assert poll_each(tools, publisher, feeds) == {etag: (etag, "yesterday,  or so") for etag in ODD}


NO_DOCUMENTS = {
    "cut off": Answer(CHANGED, headers=NEW, length=len(CHANGED) + 1, is_cut=True),
    "cut off in its packing": Answer(b"\x1f\x8b\x08\x00", headers=NEW | {"Content-Encoding": "gzip"}),
    "empty": Answer(b"", headers=NEW),
    "a part": Answer(CHANGED, status=206, headers=NEW),
    "an error": Answer(CHANGED, status=500, headers=NEW),
    "missing": Answer(CHANGED, status=404, headers=NEW),
    "redirected to nowhere": Answer(status=302, headers=NEW),
    "a web page": Answer(b"<!DOCTYPE html><html></html>", headers=NEW),
    "unreadable": Answer(b"<rss><channel><item", headers=NEW),
    "too big": Answer(b"x" * 10, headers=NEW, length=100_000_000),
}


def test_what_is_no_document_leaves_the_validators_alone(tools: Tools, publisher: Publisher) -> None:
    feeds = {name: (Answer(FEED, headers=OLD), answer) for name, answer in NO_DOCUMENTS.items()}
    assert poll_each(tools, publisher, feeds) == dict.fromkeys(NO_DOCUMENTS, ('"old"', MONDAY))


def test_a_document_that_could_not_be_stored_leaves_the_validators_alone(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.on("/feed", Answer(FEED, headers=OLD)))
    poll(tools)
    publisher.on("/feed", Answer(CHANGED, headers=NEW))
    rename(tools, "sightings", "elsewhere")
    # To SQLite a missing table is a database that is gone, to PostgreSQL a fault of ours.
    with suppress(OperationalError):
        assert poll_again(tools).outcome is Outcome.PERMANENT
    rename(tools, "elsewhere", "sightings")

    assert schedule(tools).etag == '"old"'
    assert poll_again(tools).new == 1
    assert sent(publisher) == ('"old"', MONDAY)
    assert titles(tools) == ["one", "two"]
    assert (schedule(tools).etag, schedule(tools).last_modified) == ('"new"', TUESDAY)


def test_a_feed_may_be_asked_for_all_of_it_once(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.on("/feed", Answer(FEED, headers=OLD)))
    poll(tools)
    with writing(tools.engine) as connection:
        forget_validators(connection, [schedule(tools).feed_id])
    poll_again(tools)
    assert sent(publisher) == (None, None)
    poll_again(tools)
    assert sent(publisher) == ('"old"', MONDAY)


def test_a_feed_that_is_silent_for_much_longer_than_usual_is_asked_for_all_of_it(
    tools: Tools, publisher: Publisher
) -> None:
    add(tools, publisher.on("/feed", Answer(FEED, headers=OLD)))
    poll(tools)
    publisher.on("/feed", Answer(status=304))
    with reading(tools.engine) as connection:
        now = read_clock(connection).now()
    latest = now - timedelta(days=15)
    daily = learn_rhythm(None, [latest - timedelta(days=day) for day in reversed(range(60))], latest)
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(rhythm=pack(daily)))
        connection.execute(update(ScheduleRow).values(last_success_at=now - timedelta(days=5)))
    publisher.on("/feed", Answer(status=500))
    poll_again(tools)
    assert sent(publisher) == (None, None)
    # That was no answer: it is asked once more.
    publisher.on("/feed", Answer(status=304))
    poll_again(tools)
    assert sent(publisher) == (None, None)


def rename(tools: Tools, table: str, to: str) -> None:
    with writing(tools.engine) as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))
