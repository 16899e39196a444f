"""Versions of newsroom items: the publisher's own order counts, whatever brings them, and whichever comes first."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.newsrooms import ninjs
from tests.polling import count, poll_again, schedule
from tests.seeds import place
from tests.servers.publisher import Publisher
from tests.storing import article, articles, kinds, poll_once, revisions, texts
from worker.database.article_tables import ArticleRow, RevisionRow
from worker.database.engine import reading
from worker.database.feed_tables import PollRow
from worker.discovery.adding import add_by_url
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest

FIRST, SECOND = "The ferry struck the pier.", "The ferry struck the pier, hurting two."


def _news_item(version: int, hour: int, status: str, words: str) -> bytes:
    return (
        f'<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x:ferry" version="{version}">'
        f"<itemMeta><versionCreated>2026-11-02T{hour}:00:00Z</versionCreated>"
        f'<firstCreated>2026-11-02T08:00:00Z</firstCreated><pubStatus qcode="stat:{status}"/></itemMeta>'
        "<contentMeta><headline>Ferry strikes pier</headline></contentMeta><contentSet>"
        f'<inlineData contenttype="text/plain">{words}</inlineData></contentSet></newsItem>'
    ).encode()


USABLE = _news_item(1, 11, "usable", FIRST)
WITHDRAWN = _news_item(2, 12, "canceled", SECOND)  # codespell:ignore -- the standard's spelling


def _version(number: object, text: str, **fields: Any) -> bytes:
    """A version of the item about the ferry, made at the hour of its number."""
    return ninjs(uri="urn:x:ferry", version=number, headline="Ferry strikes pier", body_text=text, **fields)


def _ingest(tools: Tools, *paths: Path) -> tuple[int, int]:
    """Ingest files; how many articles are new, and how many updated."""
    reads = list(ingest(tools, paths, 1_000_000))
    assert [each.error for each in reads if each.error] == []
    return sum(each.new for each in reads), sum(each.updated for each in reads)


def _notes(tools: Tools) -> list[str | None]:
    with reading(tools.engine) as connection:
        return list(connection.execute(select(PollRow.note).order_by(PollRow.started_at)).scalars())


def test_version_1_that_is_sent_again_does_not_undo_the_kill_of_version_2(tools: Tools) -> None:
    for document in (USABLE, WITHDRAWN, USABLE):
        poll_once(tools, "https://agency.example/item", document)
    shown = article(tools)
    assert (shown.text, shown.notice, shown.killed_by, shown.revision) == (SECOND, "kill", shown.id, 2)
    assert revisions(tools) == [(1, FIRST), (2, None)]


def test_version_1_that_comes_after_the_kill_only_is_kept_and_the_kill_stands(tools: Tools) -> None:
    poll_once(tools, "https://agency.example/item", WITHDRAWN)
    poll_once(tools, "https://agency.example/item", USABLE)
    shown = article(tools)
    assert (shown.text, shown.notice) == (SECOND, "kill")
    assert revisions(tools) == [(1, None), (2, FIRST)]


def test_a_kill_stands_though_the_stale_document_came_with_a_validator_of_its_own(
    tools: Tools, publisher: Publisher
) -> None:
    url = publisher.serve_validated("/item", USABLE, etag='"1"')
    add_by_url(tools, url, lambda: False)
    for document, etag in ((WITHDRAWN, '"2"'), (USABLE, '"1"'), (USABLE, '"1"')):
        publisher.serve_validated("/item", document, etag=etag)
        poll_again(tools)
    assert (article(tools).notice, schedule(tools).etag) == ("kill", '"1"')


def test_a_version_that_undoes_the_kill_by_a_higher_number_is_shown(tools: Tools) -> None:
    for document in (WITHDRAWN, _news_item(3, 13, "usable", FIRST)):
        poll_once(tools, "https://agency.example/item", document)
    shown = article(tools)
    assert (shown.text, shown.notice, shown.killed_by) == (FIRST, None, None)


@pytest.mark.parametrize("names", [("1.json", "2.json"), ("2.json", "1.json")], ids=" then ".join)
def test_two_versions_in_files_of_their_own_are_one_article_that_shows_the_second(
    tools: Tools, tmp_path: Path, names: tuple[str, str]
) -> None:
    said = {"1.json": _version("1", FIRST), "2.json": _version("2", SECOND)}
    for name in names:
        _ingest(tools, place(tmp_path / name, said[name]))
    assert texts(tools) == [SECOND]
    assert {text for _, text in revisions(tools)} == {FIRST, None}


def test_later_versions_count_as_updates_and_earlier_ones_as_nothing(tools: Tools, tmp_path: Path) -> None:
    first, second, third = (
        place(tmp_path / f"{number}.json", _version(number, f"{FIRST} ({number})")) for number in (1, 2, 3)
    )
    assert [_ingest(tools, path) for path in (second, first, third)] == [(1, 0), (0, 0), (0, 1)]
    assert kinds(tools) == ["article created", "article revised"]


def test_a_version_as_a_document_of_a_feed_is_another_publishers_item_than_a_files(
    tools: Tools, tmp_path: Path
) -> None:
    _ingest(tools, place(tmp_path / "1.json", _version(1, FIRST)))
    poll_once(tools, "https://agency.example/item", _version(2, SECOND))
    assert texts(tools) == [FIRST, SECOND]


@pytest.mark.parametrize("order", [("dispatch", "kill"), ("kill", "dispatch")], ids=" then ".join)
def test_a_kill_under_an_agencys_other_name_acts_on_its_dispatch(
    tools: Tools, tmp_path: Path, order: tuple[str, str]
) -> None:
    sent = {
        "dispatch": "date 2026-07-10\nFerry sails\n\nOSLO, July 10 (AP) - The ferry sails. It was built in 1991.",
        "kill": "date 2026-07-11\nKILL: Ferry sails\n\nOSLO, July 11 (The Associated Press) - It has not sailed.",
    }
    for name in order:
        _ingest(tools, place(tmp_path / name, sent[name]))
    by_notice = {each.notice: each for each in articles(tools)}
    assert by_notice["kill"].acts_on == by_notice[None].id
    assert by_notice[None].killed_by == by_notice["kill"].id
    assert (by_notice["kill"].agency, by_notice["kill"].agency_as_written) == ("AP", "The Associated Press")


def test_a_version_that_is_no_number_costs_nothing_and_is_told_in_the_ledger(tools: Tools) -> None:
    for written in ("final", "2a", "-1", "1.5", "9" * 40):
        url = f"https://{len(written)}.{written[0]}.example/item".replace("-", "minus")
        poll_once(tools, url, _version(written, FIRST))
        record = poll_once(tools, url, _version(written, SECOND))
        assert (record.updated, record.note) == (1, "versions that are no numbers: 1")
    assert texts(tools) == [SECOND] * 5


def test_two_files_of_one_item_that_number_no_version_lose_nothing_and_the_ledger_tells(
    tools: Tools, tmp_path: Path
) -> None:
    first = _version(None, FIRST, versioncreated="2026-11-02T10:00:00Z")
    second = _version(None, SECOND, versioncreated="2026-11-02T12:00:00Z")
    _ingest(tools, place(tmp_path / "b.json", second))
    _ingest(tools, place(tmp_path / "a.json", first))
    assert (texts(tools), count(tools, RevisionRow), count(tools, ArticleRow)) == ([SECOND], 2, 1)
    assert _notes(tools) == [
        None,
        "versions of newsroom items that nobody numbered: their times say which is shown: 1",
    ]
