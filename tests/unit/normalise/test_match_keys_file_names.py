from dataclasses import replace
from datetime import UTC, datetime

import pytest

from worker.normalise.match_keys import file_names
from worker.values.articles import Article
from worker.values.entries import Notice

DISPATCH = Article(b"\x01\xff", "Title", "", "Text", "", published_at=datetime(2026, 7, 10, tzinfo=UTC))


def _name(**changes: object) -> str:
    return file_names(replace(DISPATCH, **changes), "wire/1.txt")[0]


def test_a_file_is_named_by_what_was_sent_and_then_by_its_path() -> None:
    sent, path = file_names(DISPATCH, "wire/1.txt")
    assert (sent[:6], path) == ("words ", "path wire/1.txt")


@pytest.mark.parametrize(
    "changes",
    [
        {"content_hash": b"\x02"},
        {"published_at": datetime(2026, 7, 11, tzinfo=UTC)},
        {"published_at": None},
        {"agency": "AP"},
        {"slug": "ferry"},
        {"notice": Notice.REPEAT},
        {"notice_number": 2},
        {"dateline_place": "OSLO"},
        {"authors": ("Ada Lindqvist",)},
    ],
)
def test_what_was_sent_otherwise_has_another_name(changes: dict[str, object]) -> None:
    assert _name(**changes) != _name()


@pytest.mark.parametrize("changes", [{"html": "<p>Text</p>"}, {"urgency": 3}, {"agency_as_written": "A.P."}])
def test_how_it_was_written_does_not_count(changes: dict[str, object]) -> None:
    assert _name(**changes) == _name()


def test_what_came_as_no_file_has_no_such_name() -> None:
    assert file_names(DISPATCH, None) == ()


@pytest.mark.parametrize(
    ("match_key", "is_named"), [("item urn:a:1", False), ("a.example/item 1", True), ("items.example/1", True)]
)
def test_a_newsroom_item_has_a_better_name_and_a_page_has_not(match_key: str, is_named: bool) -> None:
    assert bool(file_names(replace(DISPATCH, match_key=match_key), "1.xml")) is is_named


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("", "path "),
        ("a\x00b\ud800.txt", "path ab.txt"),
        ("x" * 1001, "path " + "x" * 1000),
    ],
)
def test_a_path_is_stored_only_as_far_as_the_store_can_hold_it(path: str, name: str) -> None:
    assert file_names(DISPATCH, path)[1] == name


def test_each_of_several_in_one_file_has_a_path_of_its_own() -> None:
    names = [file_names(DISPATCH, "wire/1.txt", guid)[1] for guid in ("dispatch", "SNA0042 2026-07-10", "number 2")]
    assert names == ["path wire/1.txt", "path wire/1.txt SNA0042 2026-07-10", "path wire/1.txt number 2"]
