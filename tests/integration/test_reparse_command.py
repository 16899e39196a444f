"""``feedmill reparse`` as it is typed: what it tells, what it writes, and what it says of documents it cannot read."""

import json
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.commands import run_command
from tests.documents import item
from tests.polling import add, follow
from tests.reparsing import misread
from tests.servers.publisher import Publisher
from worker.database.document_tables import DocumentRow
from worker.database.engine import writing
from worker.pipeline.reparse import RereadTools, reparse
from worker.pipeline.tools import Tools


def _run(tools: Tools, capsys: Any, monkeypatch: Any, *arguments: str, is_set: bool = True) -> tuple[int, str, str]:
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", tools.engine.url.render_as_string(hide_password=False))
    if is_set:
        monkeypatch.setenv("FEEDMILL_RETAIN_DOCUMENTS", "30d")
    done = run_command(capsys, ["reparse", *arguments])
    return done.code, done.output, done.errors


@pytest.mark.parametrize("values", [{"body": b"no zstd"}, {"length": 7}, {"length": 10**9}])
def test_a_damaged_document_is_named_and_the_others_are_read(
    keeping: Tools, publisher: Publisher, values: dict[str, Any]
) -> None:
    follow(keeping, publisher, [item("a")], [item("a"), item("b")])
    with writing(keeping.engine) as connection:
        first = select(DocumentRow.content_hash).order_by(DocumentRow.read_at).limit(1).scalar_subquery()
        connection.execute(update(DocumentRow).where(DocumentRow.content_hash == first).values(**values))
    misread(keeping, "b", authors=["Nobody"])
    (read,) = reparse(RereadTools(keeping.engine, keeping.parser, None, is_rehearsal=False), [1], None)
    (failure,) = read.failures
    assert failure.startswith(f"{publisher.url('/feed')}, as it was read at 20")
    assert "it is damaged in the store (" in failure
    assert [each.title for each in read.articles] == ["b"]


def test_the_command_tells_first_and_writes_when_it_is_told_to(
    keeping: Tools, publisher: Publisher, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(keeping, publisher, [item("storm"), item("gulls")])
    misread(keeping, "storm", authors=["Nobody"])
    expected = f"{publisher.url('/feed')} (feed 1)\n  article 2, refreshed: storm\n    authors: Nobody → nothing\n"
    read = "1 document of 1 feed: "
    code, output, _ = _run(keeping, capsys, monkeypatch)
    assert (code, output) == (0, f"{expected}{read}1 article would change: 1 refreshed.\n")
    code, output, _ = _run(keeping, capsys, monkeypatch, "--write")
    assert (code, output) == (0, f"{expected}{read}1 article changed: 1 refreshed.\n")
    code, output, _ = _run(keeping, capsys, monkeypatch, "1")
    assert (code, output) == (0, f"{read}nothing would change.\n")


def test_a_program_gets_a_line_for_each_article(
    keeping: Tools, publisher: Publisher, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    url = publisher.url("/feed")
    follow(keeping, publisher, [item("storm")])
    misread(keeping, "storm", tags=["x"])
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
        "feedmill: No document of https://other.example/feed is kept yet: the next that its host changes will be.",
    ]
    assert _run(keeping, capsys, monkeypatch, "--since", "yesterday")[0] == 2
    assert _run(keeping, capsys, monkeypatch, "--since", "2d")[0] == 0
