from dataclasses import replace
from datetime import UTC, datetime

import pytest

from worker.normalise.file_names import file_names
from worker.values import Article

DISPATCH = Article(b"\x01\xff", "Title", "", "Text", "", published_at=datetime(2026, 7, 10, tzinfo=UTC))


def test_a_file_is_named_by_its_words_on_their_day_and_then_by_its_path() -> None:
    assert file_names(DISPATCH, "wire/1.txt") == ("words 01ff 2026-07-10", "path wire/1.txt")


def test_words_without_a_day_are_undated() -> None:
    undated = replace(DISPATCH, published_at=None)
    assert file_names(undated, "wire/1.txt") == ("words 01ff undated", "path wire/1.txt")


def test_the_hour_is_no_part_of_the_name() -> None:
    moments = (datetime(2026, 7, 10, hour, tzinfo=UTC) for hour in (0, 23))
    assert len({file_names(replace(DISPATCH, published_at=moment), "1.txt") for moment in moments}) == 1


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
