"""Documents that are kept and read again: what a former reading missed or misread is told, and mended with --write."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from tests.commands import run_command
from tests.documents import entry, item, rss
from tests.polling import add, follow, poll, poll_again, schedule, titles
from tests.retention import age, prune_older_than
from tests.servers.publisher import Publisher
from tests.storing import articles, events, kinds, sightings
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.document_tables import DocumentRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.schema import METADATA
from worker.errors import PollError
from worker.parse import ParseLimits, Parser
from worker.parse.parser import read_in_process
from worker.pipeline.reparse import RereadTools, reparse
from worker.pipeline.tools import Tools
from worker.values.due_feeds import Document
from worker.values.entries import Outline, ParsedDocument
from worker.values.reread import ChangeKind, RereadFeed

WORDS = ["html", "text", "summary"]


@pytest.fixture
def keeping(tools: Tools) -> Tools:
    """Tools of a deployment with FEEDMILL_RETAIN_DOCUMENTS."""
    return replace(tools, keeps_documents=True)


def _reparse(tools: Tools, *, write: bool = False) -> RereadFeed:
    (read,) = reparse(RereadTools(tools.engine, tools.parser, None, is_rehearsal=not write), [1], None)
    assert read.failures == []
    return read


def _told(read: RereadFeed) -> list[tuple[ChangeKind, str, dict[str, tuple[Any, Any]]]]:
    return [(each.kind, each.title, dict(each.fields)) for each in read.articles]


def _rows(tools: Tools) -> dict[str, list[Any]]:
    """All that the store holds."""
    with reading(tools.engine) as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table)).all())) for name, table in METADATA.tables.items()
        }


def _misread(tools: Tools, title: str, **stored: Any) -> None:
    """Let an article be stored as a worse parser would have read it."""
    with writing(tools.engine) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.title == title).values(**stored))


def _miss(tools: Tools, title: str) -> None:
    """Let an article not be there, as if the parser had not found its entry."""
    with writing(tools.engine) as connection:
        (article_id,) = connection.execute(select(ArticleRow.id).where(ArticleRow.title == title)).scalars()
        connection.execute(delete(SightingRow).where(SightingRow.article_id == article_id))
        connection.execute(delete(ArticleRow).where(ArticleRow.id == article_id))


def _shown(tools: Tools) -> list[tuple[Any, ...]]:
    return [(each.title, each.authors, each.tags, each.published_at) for each in articles(tools)]


def test_what_is_read_as_it_was_stored_changes_nothing(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("a"), item("b")], [item("b", "Edited since."), item("c")], [item("c")])
    before = _rows(keeping)
    read = _reparse(keeping, write=True)
    assert (read.documents, read.articles, read.unseen) == (3, [], 0)
    assert _rows(keeping) == before


def test_exactly_what_was_misread_is_told_and_then_mended_once(keeping: Tools, publisher: Publisher) -> None:
    names = ("storm", "harbour", "bridge", "market")
    follow(keeping, publisher, [item(name) for name in names], [item(name) for name in (*names, "later")])
    right = sorted(_shown(keeping))
    _misread(keeping, "storm", authors=["Nobody"], tags=["x"])
    _misread(keeping, "harbour", published_at=None)
    _miss(keeping, "bridge")
    before, seen = _rows(keeping), schedule(keeping)
    told = {
        "storm": (ChangeKind.REFRESHED, "storm", {"authors": (("Nobody",), ()), "tags": (("x",), ())}),
        "harbour": (ChangeKind.REFRESHED, "harbour", {"published_at": (None, right[1][3])}),
        "bridge": (ChangeKind.CREATED, "bridge", {}),
    }
    assert {each[1]: each for each in _told(_reparse(keeping))} == told
    assert _rows(keeping) == before, "a rehearsal writes nothing"
    written = _reparse(keeping, write=True)
    assert ({each[1]: each for each in _told(written)}, written.unseen) == (told, 0)
    assert sorted((each.title, each.authors, each.tags, each.published_at) for each in articles(keeping)) == sorted(
        right
    )
    again = _reparse(keeping, write=True)
    assert (_told(again), again.unseen) == ([], 0)
    assert all(each.left_at is None for each in sightings(keeping)), "all are in the newest document"
    mended = [kind for kind, *_ in events(keeping)[5:]]
    assert sorted(mended) == ["article created", "article refreshed", "article refreshed"]
    now = schedule(keeping)._mapping
    assert {name for name, value in seen._mapping.items() if now[name] != value} == {"edition"}


def _read_worse(document: Document, most: int, _before: Outline | None = None) -> ParsedDocument | PollError | None:
    """Read a document as a worse parser would: it ends texts at their first full stop, and misses "gulls"."""
    parsed = read_in_process(document, most)
    assert isinstance(parsed, ParsedDocument)
    entries = [each for each in parsed.entries if each.title != "gulls"]
    cut = tuple(replace(each, content=(each.content or "").partition(".")[0], summary=None) for each in entries)
    return replace(parsed, entries=cut, outline=None)


def test_a_better_parser_shows_exactly_what_it_changes(keeping: Tools, publisher: Publisher) -> None:
    text = "Cranes turn. The tide rises."
    first, second = (
        [item("storm", text), item("bridge", "Cars cross"), item("gulls", text)],
        [item("gulls", text), item("harbour", text)],
    )
    with Parser(ParseLimits(), _read_worse) as worse:
        follow(replace(keeping, parser=worse), publisher, first, second)
    assert titles(keeping) == ["bridge", "harbour", "storm"]
    before = _rows(keeping)
    told = [("created", "gulls", []), ("revised", "harbour", WORDS), ("revised", "storm", WORDS)]
    for write in (False, True):
        assert _rows(keeping) == before
        read = _reparse(keeping, write=write)
        assert sorted((each.kind.value, each.title, [*each.fields]) for each in read.articles) == told
    texts = {each.title: each.text for each in articles(keeping)}
    assert texts == {"bridge": "Cars cross", "gulls": text, "harbour": text, "storm": text}
    assert sorted(kinds(keeping)[3:]) == ["article created", "article revised", "article revised"]
    assert _told(_reparse(keeping)) == []


def test_words_read_otherwise_are_a_revision_that_names_the_same_poll(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("storm", "Gulls fly over the harbour.")])
    with writing(keeping.engine) as connection:
        connection.execute(update(ArticleRow).values(text="Gulls", html="<p>Gulls</p>", content_hash=b"gulls"))
        connection.execute(update(RevisionRow).values(content_hash=b"gulls"))
        connection.execute(update(SightingRow).values(content_hash=b"gulls"))
    ((kind, _, fields),) = _told(_reparse(keeping))
    assert (kind, fields["text"]) == (ChangeKind.REVISED, ("Gulls", "Gulls fly over the harbour."))
    _reparse(keeping, write=True)
    with reading(keeping.engine) as connection:
        versions = connection.execute(select(RevisionRow).order_by(RevisionRow.number)).all()
    assert [(each.number, each.text) for each in versions] == [(1, "Gulls"), (2, None)]
    assert versions[0].polled_at == versions[1].polled_at
    assert events(keeping)[-1][:2] == ("article revised", 1)


def test_an_older_document_says_nothing_against_what_was_read_since(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("storm", "At first.")], [item("storm", "At last."), item("gulls")])
    with writing(keeping.engine) as connection:
        connection.execute(delete(DocumentRow).where(DocumentRow.read_at == schedule(keeping).last_success_at))
    _misread(keeping, "storm", authors=["Nobody"])
    assert _told(_reparse(keeping, write=True)) == []


def test_what_left_the_feed_is_mended_and_stays_gone(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("storm"), item("gulls")])
    poll_again(keeping)
    follow(keeping, publisher, [item("gulls")])
    poll_again(keeping)
    _misread(keeping, "storm", authors=["Nobody"])
    assert [each[:2] for each in _told(_reparse(keeping, write=True))] == [(ChangeKind.REFRESHED, "storm")]
    with reading(keeping.engine) as connection:
        gone = connection.execute(select(SightingRow.guid).where(SightingRow.left_at.is_not(None))).scalars().all()
    assert gone == ["storm"]


@pytest.mark.parametrize("since", [{}, {"title": "Storms", "text": "Edited since."}])
def test_what_retention_pruned_is_not_missed(keeping: Tools, publisher: Publisher, since: dict[str, str]) -> None:
    old = {"guid": "a7", "link": "/storm", "title": "Storm", "text": "Gulls.", "published": "4 07:30"}
    new = entry(guid="a8", link="/new", title="New", text="It is new.", published="5 07:30")
    follow(keeping, publisher, [entry(**old), new], [entry(**(old | since)), new], [new])
    age(keeping.engine, timedelta(days=40))
    assert prune_older_than(keeping.engine) == 1
    before = _rows(keeping)
    read = _reparse(keeping, write=True)
    assert (read.documents, _told(read), read.unseen) == (3 if since else 2, [], 0)
    assert _rows(keeping) == before


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
    assert [each[:2] for each in _told(_reparse(keeping, write=True))] == [(ChangeKind.REVISED, "Storm")]
    assert _told(_reparse(keeping)) == []
    assert len(articles(keeping)) == 1


def test_entries_are_known_by_what_they_were_known_by_then(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("storm"), item("gulls")])
    with writing(keeping.engine) as connection:
        connection.execute(update(FeedRow).values(guid_policy="guid and link"))
    read = _reparse(keeping, write=True)
    assert (_told(read), read.unseen) == ([], 0)
    assert len(articles(keeping)) == 2


def test_what_no_article_shows_is_mended_and_counted_once(keeping: Tools, publisher: Publisher) -> None:
    follow(keeping, publisher, [item("storm", "Gulls.")])
    add(keeping, publisher.serve("/fuller", rss([item("storm", "Gulls fly over the harbour.")])))
    poll(keeping)
    with writing(keeping.engine) as connection:
        mine = SightingRow.feed_id == 1
        said = connection.execute(select(SightingRow.said).where(mine)).scalar_one()
        connection.execute(update(SightingRow).where(mine).values(said=said | {"title": "strm"}))
    read = _reparse(keeping, write=True)
    assert (_told(read), read.unseen) == ([], 1)
    with reading(keeping.engine) as connection:
        assert connection.execute(select(SightingRow.said).where(mine)).scalar_one() == said
    assert _reparse(keeping).unseen == 0


@pytest.mark.parametrize("values", [{"body": b"no zstd"}, {"length": 7}, {"length": 10**9}])
def test_a_damaged_document_is_named_and_the_others_are_read(
    keeping: Tools, publisher: Publisher, values: dict[str, Any]
) -> None:
    follow(keeping, publisher, [item("a")], [item("a"), item("b")])
    with writing(keeping.engine) as connection:
        first = select(DocumentRow.content_hash).order_by(DocumentRow.read_at).limit(1).scalar_subquery()
        connection.execute(update(DocumentRow).where(DocumentRow.content_hash == first).values(**values))
    _misread(keeping, "b", authors=["Nobody"])
    (read,) = reparse(RereadTools(keeping.engine, keeping.parser, None, is_rehearsal=False), [1], None)
    (failure,) = read.failures
    assert failure.startswith(f"{publisher.url('/feed')}, as it was read at 20")
    assert "it is damaged in the store (" in failure
    assert [each.title for each in read.articles] == ["b"]


def _run(tools: Tools, capsys: Any, monkeypatch: Any, *arguments: str, is_set: bool = True) -> tuple[int, str, str]:
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", tools.engine.url.render_as_string(hide_password=False))
    if is_set:
        monkeypatch.setenv("FEEDMILL_RETAIN_DOCUMENTS", "30d")
    done = run_command(capsys, ["reparse", *arguments])
    return done.code, done.output, done.errors


def test_the_command_tells_first_and_writes_when_it_is_told_to(
    keeping: Tools, publisher: Publisher, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(keeping, publisher, [item("storm"), item("gulls")])
    _misread(keeping, "storm", authors=["Nobody"])
    told = f"{publisher.url('/feed')} (feed 1)\n  article 2, refreshed: storm\n    authors: Nobody → nothing\n"
    read = "1 document of 1 feed: "
    code, output, _ = _run(keeping, capsys, monkeypatch)
    assert (code, output) == (0, f"{told}{read}1 article would change: 1 refreshed.\n")
    code, output, _ = _run(keeping, capsys, monkeypatch, "--write")
    assert (code, output) == (0, f"{told}{read}1 article changed: 1 refreshed.\n")
    code, output, _ = _run(keeping, capsys, monkeypatch, "1")
    assert (code, output) == (0, f"{read}nothing would change.\n")


def test_a_program_gets_a_line_for_each_article(
    keeping: Tools, publisher: Publisher, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = publisher.url("/feed")
    follow(keeping, publisher, [item("storm")])
    _misread(keeping, "storm", tags=["x"])
    _, output, _ = _run(keeping, capsys, monkeypatch, "--json")
    assert [json.loads(line) for line in output.splitlines()] == [
        {
            "feed_id": 1,
            "feed_url": url,
            "kind": "article refreshed",
            "article_id": 1,
            "title": "storm",
            "url": f"{url.removesuffix('/feed').rpartition(':')[0]}/storm",
            "fields": {"tags": {"from": ["x"], "to": []}},
        }
    ]


def test_what_cannot_be_read_again_is_said_in_a_sentence_and_the_others_are_read(
    keeping: Tools, publisher: Publisher, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output, errors = _run(keeping, capsys, monkeypatch, is_set=False)
    assert (code, output) == (1, "")
    assert errors == "feedmill: No document is kept: FEEDMILL_RETAIN_DOCUMENTS is not set.\n"
    follow(keeping, publisher, [item("storm")])
    add(keeping, "https://other.example/feed")
    code, output, errors = _run(keeping, capsys, monkeypatch, "7", "2", "1")
    assert (code, output) == (1, "1 document of 1 feed: nothing would change.\n")
    assert errors.splitlines() == [
        "feedmill: There is no feed 7: `feedmill feeds` lists them, `feedmill add URL` adds one.",
        "feedmill: No document of 2 is kept yet: the next that its host changes will be.",
    ]
    assert _run(keeping, capsys, monkeypatch, "--since", "yesterday")[0] == 2
    assert _run(keeping, capsys, monkeypatch, "--since", "2d")[0] == 0
