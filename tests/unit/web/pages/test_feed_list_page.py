import re

import pytest

from worker.errors import UsageError
from worker.look.feed_paging import FeedFilter
from worker.web.pages.feed_list_page import read_filter


def test_a_query_without_anything_wants_all_feeds() -> None:
    assert read_filter({"q": "  ", "state": "", "unknown": "1"}) == FeedFilter()


def test_a_query_says_which_feeds_are_wanted() -> None:
    given = {"q": " rain ", "tag": "Wires", "state": "paused", "quality": "silent", "failing": "1", "files": "1"}
    assert read_filter(given) == FeedFilter("rain", "Wires", "paused", "silent", is_failing=True, are_files=True)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"state": "lost"}, "No feed has the state 'lost': it is one of active, paused, gone, quarantined, removed"),
        ({"q": "a\0b"}, r"q is no text of at most 500 characters: 'a\x00b'"),
        ({"tag": "a\udc80"}, r"tag is no text of at most 500 characters: 'a\udc80'"),
    ],
)
def test_what_cannot_be_is_said(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(sentence)}$"):
        read_filter(given)


def test_a_text_longer_than_any_title_is_refused() -> None:
    with pytest.raises(UsageError):
        read_filter({"q": "a" * 501})
