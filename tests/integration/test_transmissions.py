"""Files of several transmissions: an article each, whatever becomes of the others in the file."""

import gzip
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from tests.polling import count, titles
from tests.seeds import place
from tests.waiting import wait_for
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading
from worker.database.feed_tables import PollRow
from worker.pipeline.tools import Tools
from worker.seeds.bunches import SeedRead
from worker.seeds.ingest import ingest


def _message(number: int, slug: str, title: str, text: str = "It rained.", above: str = "") -> str:
    header = f"\x16\x16\x01SNA{number:04} 3 POL 12 ;{slug}\r\n\x02{above}{title}\r\n"
    return f"{header}   OSLO, July 10 (SNA) - {text}\r\n\x0310{number:02}15 GMT jul 26\r\n\x04\r\n"


FERRY = _message(10, "ferry-harbour", "Ferry sails", "The ferry sails again after two winters.")
RAIN = _message(11, "rain-harbour", "Rain stops", "The rain stopped at noon.")


def _ingest(tools: Tools, folder: Path, *messages: str, name: str = "wire.txt") -> SeedRead:
    (read,) = ingest(tools, [place(folder / name, "".join(messages))], 1_000_000)
    return read


def _articles(tools: Tools) -> dict[str, Any]:
    with reading(tools.engine) as connection:
        return {row.title: row for row in connection.execute(select(ArticleRow))}


def _in(tools: Tools, wait: timedelta) -> str:
    with reading(tools.engine) as connection:
        return f"{read_clock(connection).now() + wait:%Y-%m-%dT%H:%M:%S}Z"


def test_each_of_several_is_an_article(tools: Tools, tmp_path: Path) -> None:
    assert _ingest(tools, tmp_path, FERRY, RAIN).new == 2
    assert titles(tools) == ["Ferry sails", "Rain stops"]


def test_a_file_that_grows_doubles_nothing(tools: Tools, tmp_path: Path) -> None:
    assert _ingest(tools, tmp_path, FERRY).new == 1
    assert _ingest(tools, tmp_path, FERRY, RAIN).new == 1
    snow = _message(12, "snow-harbour", "Snow falls", "The snow fell in the night.")
    assert _ingest(tools, tmp_path, snow, FERRY, RAIN).new == 1
    assert titles(tools) == ["Ferry sails", "Rain stops", "Snow falls"]


def test_an_edited_one_is_a_revision_of_its_article_alone(tools: Tools, tmp_path: Path) -> None:
    _ingest(tools, tmp_path, FERRY, RAIN)
    edited = FERRY.replace("two winters", "two long winters")
    read = _ingest(tools, tmp_path, edited, RAIN)
    assert (read.new, read.updated) == (0, 1)
    assert _articles(tools)["Ferry sails"].text == "The ferry sails again after two long winters."


def test_a_file_that_lies_elsewhere_now_doubles_nothing(tools: Tools, tmp_path: Path) -> None:
    _ingest(tools, tmp_path / "old", FERRY, RAIN)
    assert _ingest(tools, tmp_path / "new", FERRY, RAIN).new == 0


def test_two_of_one_file_with_the_same_words_and_other_slugs_are_two(tools: Tools, tmp_path: Path) -> None:
    again = FERRY.replace("SNA0010", "SNA0013").replace("ferry-harbour", "ferry-quay")
    assert _ingest(tools, tmp_path, FERRY, again).new == 2


def test_a_kill_among_several_kills_what_it_names(tools: Tools, tmp_path: Path) -> None:
    _ingest(tools, tmp_path, FERRY, RAIN)
    kill = _message(14, "ferry-harbour", "Ferry sails", "Kill the story slugged ferry-harbour.", "KILL\r\n")
    _ingest(tools, tmp_path, kill, name="kill.txt")
    with reading(tools.engine) as connection:
        killed = connection.execute(select(ArticleRow.title).where(ArticleRow.killed_by.is_not(None))).scalars().all()
    assert killed == ["Ferry sails"]


def test_an_embargoed_one_among_others_is_stored_when_the_embargo_ends(tools: Tools, tmp_path: Path) -> None:
    embargo = f"Embargoed until {_in(tools, timedelta(seconds=3))}\r\n"
    held = _message(12, "report-harbour", "Report is out", "The report of the harbour is out.", embargo)
    assert _ingest(tools, tmp_path, FERRY, held, RAIN).new == 2
    wait_for(lambda: _ingest(tools, tmp_path, FERRY, held, RAIN).new, "the embargo has ended")
    assert titles(tools) == ["Ferry sails", "Rain stops", "Report is out"]


def test_an_embargoed_item_of_a_newsroom_document_is_stored_when_the_embargo_ends(tools: Tools, tmp_path: Path) -> None:
    free = {
        "uri": "urn:x:free",
        "versioncreated": "2026-07-10T08:00:00Z",
        "headline": "Rain",
        "body_text": "It rained.",
    }
    held = free | {"uri": "urn:x:held", "headline": "Snow", "embargoed": _in(tools, timedelta(seconds=3))}
    items = orjson.dumps([free, held]).decode()
    assert _ingest(tools, tmp_path, items, name="items.json").new == 1
    wait_for(lambda: _ingest(tools, tmp_path, items, name="items.json").new, "the embargo has ended")
    assert titles(tools) == ["Rain", "Snow"]


@pytest.mark.parametrize("signs", ["\x12\x08\x0e", "\x00"])
def test_signs_for_the_typesetter_make_no_binary_of_a_transmission(tools: Tools, tmp_path: Path, signs: str) -> None:
    text = "\x16\x16\x01W2870\x1fasian\r\nr i\x13\x11 BC-Ferry     07-10 0020\r\n\x02^BC-Ferry,20<\r\n^Ferry sails<\r\n"
    rest = f"\t   OSLO (AP) _ The ferry sails.{signs * 30}\r\n\x03AP-WF-07-10-26 0900GMT<\r\n\x04"
    assert _ingest(tools, tmp_path, text, rest).new == 1
    assert _articles(tools)["Ferry sails"].agency == "AP"


@pytest.mark.parametrize("archive", [False, True], ids=["file", "archive"])
def test_a_file_of_which_some_is_embargoed_is_stored_once_until_the_embargo_ends(
    tools: Tools, tmp_path: Path, *, archive: bool
) -> None:
    embargo = f"Embargoed until {_in(tools, timedelta(seconds=3))}\r\n"
    held = _message(12, "report-harbour", "Report is out", "The report of the harbour is out.", embargo)
    content = (FERRY + held).encode()
    file = (
        place(tmp_path / "in/wire.gz", gzip.compress(content)) if archive else place(tmp_path / "in/wire.txt", content)
    )
    for _ in range(3):
        list(ingest(tools, [file.parent], 1_000_000))
    assert (titles(tools), count(tools, PollRow)) == (["Ferry sails"], 1)
    wait_for(lambda: sum(read.new for read in ingest(tools, [file.parent], 1_000_000)), "the embargo has ended")
    list(ingest(tools, [file.parent], 1_000_000))
    assert (titles(tools), count(tools, PollRow)) == (["Ferry sails", "Report is out"], 2)
