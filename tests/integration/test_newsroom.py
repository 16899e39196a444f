"""Dispatches and newsroom documents as seed files, and as documents that a host serves."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from tests.polling import add, count, make_due, poll, poll_again, schedule, titles
from tests.servers.publisher import Publisher
from worker.database.article_tables import ArticleRow, RevisionRow
from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.database.feed_tables import PollRow
from worker.database.outbox_tables import EventRow
from worker.errors import ErrorClass
from worker.pipeline.tools import Tools
from worker.seeds.bunches import SeedRead
from worker.seeds.ingest import ingest
from worker.values.outcomes import Outcome

DATA = Path(__file__).parents[1] / "data"


def _ingest(tools: Tools, path: Path) -> SeedRead:
    (read,) = ingest(tools, [path], 10_000_000, still_for=timedelta(0))
    return read


def _article(tools: Tools) -> Any:
    with reading(tools.engine) as connection:
        return connection.execute(select(ArticleRow)).one()


def _ninjs(**fields: Any) -> bytes:
    item = {"uri": "urn:x:1", "versioncreated": "2026-07-10T08:00:00Z", "headline": "Rain", "body_text": "It rained."}
    return orjson.dumps(item | fields)


def _in(tools: Tools, wait: timedelta) -> str:
    with reading(tools.engine) as connection:
        return (read_clock(connection).now() + wait).isoformat()


def test_what_a_wire_says_of_a_dispatch_is_stored_beside_its_text(tools: Tools, tmp_path: Path) -> None:
    assert _ingest(tools, DATA / "dispatch/reuters_correction.txt").new == 1
    article = _article(tools)
    assert (article.title, article.authors, article.agency) == (
        "Skarholm pier was built in 1911",
        ["Ada Lindqvist"],
        "Reuters",
    )
    assert (article.notice, article.notice_number) == ("correction", 1)
    assert article.note == "Corrects year in headline and paragraph 2"
    assert (article.dateline_place, article.dateline_date) == ("SKARHOLM", date(2026, 7, 10))
    assert article.text == "The pier of Skarholm is sound, engineers said.\n\nIt was built in 1911."


@pytest.mark.parametrize("name", ["ninjs_2.ninjs", "nitf.xml"])
def test_a_newsroom_document_is_an_article_like_any_other(tools: Tools, name: str) -> None:
    assert _ingest(tools, DATA / "newsroom" / name).new == 1
    article = _article(tools)
    assert article.title.startswith("Ferry to Skarholm")
    assert article.authors[0] == "Ada Lindqvist"
    assert article.dateline_date == date(2026, 7, 10)
    assert article.published_at
    assert article.image_url == "https://skarholm.example/ferry.jpg"
    assert article.slug.casefold() == "skarholm-ferry"
    assert "<p>" in article.html
    assert "sails again" in article.text


def test_nitf_is_stored_as_readers_know_it(tools: Tools) -> None:
    _ingest(tools, DATA / "newsroom/nitf.xml")
    article = _article(tools)
    assert (
        article.text.split("\n\n")[0]
        == "The ferry to Skarholm sails again, Maren Holt said. The pier is 3/4 of a mile <long>."
    )
    assert "<figcaption><p>At dawn.</p></figcaption>" in article.html
    assert "<person>" not in article.html


def test_the_items_of_a_message_are_articles_and_the_ledger_says_which_are_not(tools: Tools) -> None:
    assert _ingest(tools, DATA / "newsroom/newsml_message.xml").new == 2
    assert titles(tools) == ["Ferry to Skarholm sails again", "Library counts its gulls"]
    with reading(tools.engine) as connection:
        note = connection.execute(select(PollRow.note)).scalar_one()
    assert "1 left out: it is of the class 'picture', not a text" in note
    assert "1 left out: it is withheld by its publisher (embargoed)" in note


def test_a_withheld_item_is_refused_and_nothing_is_stored(tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "item.json").write_bytes(_ninjs(pubstatus="withheld"))
    assert "item.json was not read: it is withheld by its publisher." in str(
        _ingest(tools, tmp_path / "item.json").error
    )
    assert count(tools, ArticleRow) == 0


def test_an_embargoed_file_says_until_when_and_is_read_once_that_is_over(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "item.json"
    ends = "2999-07-11T06:00:00+02:00"
    path.write_bytes(_ninjs(embargoed=ends))
    assert "item.json was not read: it is embargoed until 2999-07-11 04:00 UTC." in str(_ingest(tools, path).error)
    assert count(tools, ArticleRow) == 0
    path.write_bytes(_ninjs(embargoed=_in(tools, -timedelta(seconds=1))))
    assert _ingest(tools, path).new == 1


def test_a_polled_document_with_an_embargoed_item_is_read_again_though_its_bytes_stay(
    tools: Tools, publisher: Publisher
) -> None:
    ends = _in(tools, timedelta(days=1))
    items = b"[" + _ninjs(uri="urn:x:free") + b"," + _ninjs(uri="urn:x:held", headline="Snow", embargoed=ends) + b"]"
    add(tools, publisher.serve("/items", items))
    (record,) = poll(tools)
    assert (record.outcome, record.new, record.entries) == (Outcome.NEW, 1, 1)
    assert "1 left out: it is embargoed until " in (record.note or "")
    assert poll_again(tools).parser == "newsroom"
    assert titles(tools) == ["Rain"]


def _kept(tools: Tools) -> tuple[str | None, str | None, bool]:
    """What the next poll would tell the host or the document by: the validators, and whether there is a body's hash."""
    stored = schedule(tools)
    return stored.etag, stored.last_modified, stored.body_hash is not None


def _serve_items(publisher: Publisher, etag: str, *items: bytes) -> str:
    modified = "Fri, 10 Jul 2026 08:00:00 GMT"
    return publisher.serve_validated("/items", b"[" + b",".join(items) + b"]", etag=etag, last_modified=modified)


@pytest.mark.parametrize("free", [[], ["urn:x:free"]])
def test_nothing_that_could_call_a_document_unchanged_is_kept_while_an_item_is_embargoed(
    tools: Tools, publisher: Publisher, free: list[str]
) -> None:
    held = _ninjs(uri="urn:x:held", headline="Snow", embargoed=_in(tools, timedelta(days=1)))
    add(tools, _serve_items(publisher, '"held"', *(_ninjs(uri=uri) for uri in free), held))
    for number in (len(free), 0):
        make_due(tools)
        (record,) = poll(tools)
        assert (record.http_status, record.new, record.error) == (200, number, None)
        assert _kept(tools) == (None, None, False)


def test_validators_from_before_an_embargo_are_not_sent_during_it(tools: Tools, publisher: Publisher) -> None:
    free = _ninjs(uri="urn:x:free")
    add(tools, _serve_items(publisher, '"free"', free))
    poll(tools)
    held = _ninjs(uri="urn:x:held", headline="Snow", embargoed=_in(tools, timedelta(days=1)))
    _serve_items(publisher, '"held"', free, held)
    poll_again(tools)
    assert poll_again(tools).http_status == 200
    sent = publisher.requests[-1].headers
    assert "if-none-match" not in sent
    assert "if-modified-since" not in sent


def test_a_document_is_asked_for_with_conditions_again_once_nothing_is_held_back(
    tools: Tools, publisher: Publisher
) -> None:
    held = _ninjs(uri="urn:x:held", headline="Snow", embargoed=_in(tools, timedelta(days=1)))
    add(tools, _serve_items(publisher, '"held"', _ninjs(), held))
    poll(tools)
    released = _ninjs(uri="urn:x:held", headline="Snow", embargoed=_in(tools, -timedelta(seconds=1)))
    _serve_items(publisher, '"released"', _ninjs(), released)
    assert poll_again(tools).new == 1
    assert _kept(tools) == ('"released"', "Fri, 10 Jul 2026 08:00:00 GMT", True)
    assert poll_again(tools).http_status == 304
    assert titles(tools) == ["Rain", "Snow"]


def test_a_polled_item_that_is_withheld_is_asked_for_again(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/item", _ninjs(pubstatus="withheld")))
    (record,) = poll(tools)
    assert record.error
    assert (record.outcome, record.error.error_class) == (Outcome.PERMANENT, ErrorClass.WITHHELD)
    publisher.serve("/item", _ninjs())
    assert poll_again(tools).new == 1


def test_a_kill_is_a_revision_though_its_words_are_those_it_withdraws(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "item.json"
    path.write_bytes(_ninjs())
    _ingest(tools, path)
    path.write_bytes(_ninjs(pubstatus="canceled", ednote="It did not rain"))  # codespell:ignore -- ninjs's spelling
    assert _ingest(tools, path).updated == 1
    article = _article(tools)
    assert (article.notice, article.note, article.revision) == ("kill", "It did not rain", 2)
    with reading(tools.engine) as connection:
        kinds = connection.execute(select(EventRow.kind).order_by(EventRow.id)).scalars().all()
    assert kinds == ["article created", "article revised"]


def test_a_dispatch_that_is_edited_is_a_revision_with_its_correction(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "dispatch.txt"
    path.write_text("OSLO (AP) — The pier was built in 1991.")
    _ingest(tools, path)
    path.write_text("(Corrects year)\n\nOSLO (AP) — The pier was built in 1911.")
    assert _ingest(tools, path).updated == 1
    article = _article(tools)
    assert (article.notice, article.note, article.text) == (
        "correction",
        "Corrects year",
        "The pier was built in 1911.",
    )
    assert count(tools, RevisionRow) == 2


def test_every_dispatch_at_hand_becomes_an_article(tools: Tools) -> None:
    reads = list(ingest(tools, [DATA / "dispatch/*.txt"], 10_000_000))
    assert [str(read.error) for read in reads if read.error] == []
    assert sum(read.new for read in reads) == len(reads)
