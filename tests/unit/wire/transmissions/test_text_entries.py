import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from worker.errors import PermanentError
from worker.values.entries import Entry, ParsedDocument
from worker.wire.transmissions.text_entries import read_transmissions

PAIRS = sorted((Path(__file__).parents[3] / "data/transmissions").glob("*.txt"))
FACTS = (
    "title", "published", "agency", "dateline_place", "dateline_date", "slug", "named_slug", "notice",
    "notice_number", "note", "urgency", "summary", "embargoed_until", "content",
)  # fmt: skip
MOST = 100


def _message(number: int, text: str = "The ferry sails.", slug: str = "") -> str:
    header = f"SNA{number:04} 3 POL 12{f' ;{slug}' if slug else ''}"
    return f"\x16\x16\x01{header}\r\n\x02Ferry\r\n   OSLO, July 10 (SNA) - {text}\r\n\x03101015 GMT jul 26\r\n\x04\r\n"


def _parse(text: str, most: int = MOST) -> ParsedDocument:
    parsed = read_transmissions(text, most)
    assert parsed
    return parsed


def _guids(text: str, most: int = MOST) -> list[str | None]:
    return [entry.guid for entry in _parse(text, most).entries]


def _with_controls(path: Path) -> str:
    r"""Return a text in which \x01 stands for the control character, since editors and Git keep no others."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda escape: chr(int(escape[1], 16)), path.read_text())


def _tell(entry: Entry, form: str) -> dict[str, object]:
    told: dict[str, object] = {name: str(getattr(entry, name)) for name in FACTS if getattr(entry, name) is not None}
    return told | {"format": form, "guid": entry.guid, "authors": [*entry.authors], "tags": [*entry.tags]}


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_a_transmission_says_what_was_written_down_by_hand(path: Path) -> None:
    parsed = _parse(_with_controls(path))
    expected = orjson.loads(path.with_suffix(".json").read_bytes())
    defaults: dict[str, object] = {"guid": "dispatch", "authors": [], "tags": []}
    written = [
        defaults | {name: value if isinstance(value, list) else str(value) for name, value in each.items()}
        for each in expected
    ]
    assert [_tell(entry, parsed.format) for entry in parsed.entries] == written


def test_every_transmission_has_its_expectation_and_every_expectation_its_transmission() -> None:
    assert {path.stem for path in PAIRS[0].parent.glob("*.json")} == {path.stem for path in PAIRS}


@pytest.mark.parametrize(
    "text", ["", "Rain stops\n\nOSLO, July 10 (NTB) - The rain stopped.", "ZCZ and NNN.", "Route 66 4 lanes 120"]
)
def test_a_text_without_any_mark_of_one_holds_no_transmission(text: str) -> None:
    assert read_transmissions(text, MOST) is None


@pytest.mark.parametrize("text", ["ZCZC\n\nNNNN", "\x01SNA0042 3 POL 12\n\x02\n\x03101015 jul 26\x04"])
def test_transmissions_without_text_are_refused(text: str) -> None:
    with pytest.raises(PermanentError, match="no text"):
        read_transmissions(text, MOST)


def test_one_that_is_alone_in_its_file_has_the_name_of_a_dispatch() -> None:
    assert _guids(_message(42)) == ["dispatch"]


def test_each_of_several_is_known_by_its_number_and_day() -> None:
    assert _guids(_message(42) + _message(43)) == ["SNA0042 2026-07-10", "SNA0043 2026-07-10"]


def test_names_stay_when_others_are_added_and_words_are_edited() -> None:
    before = _guids(_message(42) + _message(43))
    after = _guids(_message(41) + _message(42, "The ferry sailed.") + _message(43) + _message(44))
    assert after[1:3] == before


def test_those_without_a_number_are_known_by_slug_and_take() -> None:
    dispatch = "ZCZC\nBC-Harbour Bridge{}\n^Bridge reopens<\nOSLO, July 10 (NTB) - The bridge reopened.\nNNNN\n"
    first, update = _guids(dispatch.format("") + dispatch.format(", 2nd Ld"))
    assert (first, update) == ("BC-Harbour Bridge", "BC-Harbour Bridge update 2")


def test_those_without_number_and_slug_are_known_by_their_place() -> None:
    assert _guids("ZCZC\nRain stops.\nNNNN\nZCZC\nSnow falls.\nNNNN\n") == ["number 1", "number 2"]


def test_two_of_one_name_are_told_apart() -> None:
    assert _guids(_message(42) + _message(42, "The rain stopped.")) == ["SNA0042 2026-07-10", "SNA0042 2026-07-10 (2)"]


def test_of_too_many_the_last_are_kept() -> None:
    parsed = _parse("".join(map(_message, range(5))), most=2)
    assert [entry.guid for entry in parsed.entries] == ["SNA0003 2026-07-10", "SNA0004 2026-07-10"]
    assert parsed.dropped_entries == 3


def test_one_without_text_costs_its_neighbours_nothing() -> None:
    parsed = _parse(_message(42) + "\x01SNA0043 3 POL 12\n\x02\x03101015 jul 26\x04" + _message(44))
    assert [entry.guid for entry in parsed.entries] == ["SNA0042 2026-07-10", "SNA0044 2026-07-10"]
    assert parsed.skipped == ("there is no text in it",)


def test_the_agency_in_a_header_counts_where_the_text_names_none() -> None:
    (entry,) = _parse("\x01AFP0042 3 POL 12\r\n\x02Ferry sails\r\n\r\nThe ferry sails.\r\n\x03").entries
    assert replace(entry, guid=None).agency == "AFP"


def test_what_is_behind_nnnn_and_is_no_news_is_no_transmission() -> None:
    assert _guids("ZCZC\nThe rain stopped.\nNNNN\n\n101015 GMT JUL 26\n") == ["dispatch"]


def test_dispatches_may_be_parted_by_nnnn_alone() -> None:
    sentence = "The rain stopped in the harbour after two winters, and nobody was told why. "
    assert _guids(f"{sentence * 2}\nNNNN\n\n{sentence * 3}\nNNNN\n") == ["number 1", "number 2"]
