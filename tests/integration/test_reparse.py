"""Documents that are kept and read again: what a former reading missed or misread is told, and mended with --write."""

from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select, update

from tests.documents import entry, item, rss
from tests.polling import add, follow, poll, poll_again, schedule, titles
from tests.reparsing import misread, miss, read_worse, reparse_feed, rows, told
from tests.servers.publisher import Publisher
from tests.storing import articles, events, kinds, sightings
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.document_tables import DocumentRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow
from worker.parse import ParseLimits, Parser
from worker.pipeline.tools import Tools
from worker.values.reread import ChangeKind

WORDS = ["html", "text", "summary"]


def _shown(tools: Tools) -> list[tuple[Any, ...]]:
    return [(each.title, each.authors, each.tags, each.published_at) for each in articles(tools)]


def test_what_is_read_as_it_was_stored_changes_nothing(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("a"), item("b")], [item("b", "Edited since."), item("c")], [item("c")])
    before = rows(keeping)
    read = reparse_feed(keeping, write=True)
    assert (read.documents, read.articles, read.unseen) == (3, [], 0)
    assert rows(keeping) == before


def test_exactly_what_was_misread_is_told_and_then_mended_once(keeping: Tools, publisher: Publisher) -> None:
    names = ("storm", "harbour", "bridge", "market")
    follow(keeping, publisher, [item(name) for name in names], [item(name) for name in (*names, "later")])
    right = sorted(_shown(keeping))
    misread(keeping, "storm", authors=["Nobody"], tags=["x"])
    misread(keeping, "harbour", published_at=None)
    miss(keeping, "bridge")
    before, seen = rows(keeping), schedule(keeping)
    expected = {
        "storm": (ChangeKind.REFRESHED, "storm", {"authors": (("Nobody",), ()), "tags": (("x",), ())}),
        "harbour": (ChangeKind.REFRESHED, "harbour", {"published_at": (None, right[1][3])}),
        "bridge": (ChangeKind.CREATED, "bridge", {}),
    }
    assert {each[1]: each for each in told(reparse_feed(keeping))} == expected
    assert rows(keeping) == before, "a rehearsal writes nothing"
    written = reparse_feed(keeping, write=True)
    assert ({each[1]: each for each in told(written)}, written.unseen) == (expected, 0)
    assert sorted((each.title, each.authors, each.tags, each.published_at) for each in articles(keeping)) == sorted(
        right
    )
    again = reparse_feed(keeping, write=True)
    assert (told(again), again.unseen) == ([], 0)
    assert all(each.left_at is None for each in sightings(keeping)), "all are in the newest document"
    mended = [kind for kind, *_ in events(keeping)[5:]]
    assert sorted(mended) == ["article created", "article refreshed", "article refreshed"]
    now = schedule(keeping)._mapping
    assert {name for name, value in seen._mapping.items() if now[name] != value} == {"edition"}


def test_a_better_parser_shows_exactly_what_it_changes(keeping: Tools, publisher: Publisher) -> None:
    text = "Cranes turn. The tide rises."
    first, second = (
        [item("storm", text), item("bridge", "Cars cross"), item("gulls", text)],
        [item("gulls", text), item("harbour", text)],
    )
    with Parser(ParseLimits(), read_worse) as worse:
        follow(replace(keeping, parser=worse), publisher, first, second)
    assert titles(keeping) == ["bridge", "harbour", "storm"]
    before = rows(keeping)
    expected = [("created", "gulls", []), ("revised", "harbour", WORDS), ("revised", "storm", WORDS)]
    for write in (False, True):
        assert rows(keeping) == before
        read = reparse_feed(keeping, write=write)
        assert sorted((each.kind.value, each.title, [*each.fields]) for each in read.articles) == expected
    texts = {each.title: each.text for each in articles(keeping)}
    assert texts == {"bridge": "Cars cross", "gulls": text, "harbour": text, "storm": text}
    assert sorted(kinds(keeping)[3:]) == ["article created", "article revised", "article revised"]
    assert told(reparse_feed(keeping)) == []


def test_words_read_otherwise_are_a_revision_that_names_the_same_poll(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("storm", "Gulls fly over the harbour.")])
    with writing(keeping.engine) as connection:
        connection.execute(update(ArticleRow).values(text="Gulls", html="<p>Gulls</p>", content_hash=b"gulls"))
        connection.execute(update(RevisionRow).values(content_hash=b"gulls"))
        connection.execute(update(SightingRow).values(content_hash=b"gulls"))
    ((kind, _, fields),) = told(reparse_feed(keeping))
    assert (kind, fields["text"]) == (ChangeKind.REVISED, ("Gulls", "Gulls fly over the harbour."))
    reparse_feed(keeping, write=True)
    with reading(keeping.engine) as connection:
        versions = connection.execute(select(RevisionRow).order_by(RevisionRow.number)).all()
    assert [(each.number, each.text) for each in versions] == [(1, "Gulls"), (2, None)]
    assert versions[0].polled_at == versions[1].polled_at
    assert events(keeping)[-1][:2] == ("article revised", 1)


def test_an_older_document_says_nothing_against_what_was_read_since(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("storm", "At first.")], [item("storm", "At last."), item("gulls")])
    with writing(keeping.engine) as connection:
        connection.execute(delete(DocumentRow).where(DocumentRow.read_at == schedule(keeping).last_success_at))
    misread(keeping, "storm", authors=["Nobody"])
    assert told(reparse_feed(keeping, write=True)) == []


def test_what_left_the_feed_is_mended_and_stays_gone(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("storm"), item("gulls")])
    poll_again(keeping)
    follow(keeping, publisher, [item("gulls")])
    poll_again(keeping)
    misread(keeping, "storm", authors=["Nobody"])
    assert [each[:2] for each in told(reparse_feed(keeping, write=True))] == [(ChangeKind.REFRESHED, "storm")]
    with reading(keeping.engine) as connection:
        gone = connection.execute(select(SightingRow.guid).where(SightingRow.left_at.is_not(None))).scalars().all()
    assert gone == ["storm"]


def test_an_entry_without_a_name_whose_words_were_misread_stays_one_article(
    keeping: Tools, publisher: Publisher
) -> None:
    text = "Gulls fly over the harbour, and nobody minds them at all."
    follow(keeping, publisher, [entry(title="Storm", text=text, published="4 07:30")])
    with writing(keeping.engine) as connection:
        for table in (ArticleRow, SightingRow, RevisionRow):
            connection.execute(update(table).values(content_hash=b"misread"))
        connection.execute(update(SightingRow).values(guid_hash=b"another key", guid="content:misread"))
        misread = "Gulls fly over the harbour, and nobody minds them a"
        connection.execute(update(ArticleRow).values(text=misread, html=f"<p>{misread}</p>"))
    assert [each[:2] for each in told(reparse_feed(keeping, write=True))] == [(ChangeKind.REVISED, "Storm")]
    assert told(reparse_feed(keeping)) == []
    assert len(articles(keeping)) == 1


def test_entries_are_known_by_what_they_were_known_by_then(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("storm"), item("gulls")])
    with writing(keeping.engine) as connection:
        connection.execute(update(FeedRow).values(guid_policy="guid and link"))
    read = reparse_feed(keeping, write=True)
    assert (told(read), read.unseen) == ([], 0)
    assert len(articles(keeping)) == 2


def test_what_no_article_shows_is_mended_and_counted_once(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("storm", "Gulls.")])
    add(keeping, publisher.serve("/fuller", rss([item("storm", "Gulls fly over the harbour.")])))
    poll(keeping)
    with writing(keeping.engine) as connection:
        mine = SightingRow.feed_id == 1
        said = connection.execute(select(SightingRow.said).where(mine)).scalar_one()
        connection.execute(update(SightingRow).where(mine).values(said=said | {"title": "strm"}))
    read = reparse_feed(keeping, write=True)
    assert (told(read), read.unseen) == ([], 1)
    with reading(keeping.engine) as connection:
        assert connection.execute(select(SightingRow.said).where(mine)).scalar_one() == said
    assert reparse_feed(keeping).unseen == 0
