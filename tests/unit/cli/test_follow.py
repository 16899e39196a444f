from datetime import UTC, datetime
from typing import Any

import pytest

from worker.cli.follow import _format_change

AT = datetime(2026, 7, 10, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "details", "told"),
    [
        ("article created", None, "article created     7  Ferry sails  https://a.example/1"),
        (
            "article killed",
            {"by": 12, "words": "There is no ferry"},
            "article killed      7  Ferry sails  https://a.example/1  by 12: There is no ferry",
        ),
        (
            "article corrected",
            {"by": 12, "words": "Corrects year"},
            "article corrected   7  Ferry sails  https://a.example/1  by 12: Corrects year",
        ),
        ("article reinstated", None, "article reinstated  7  Ferry sails  https://a.example/1"),
        ("article grouped", {"story_id": 3}, "article grouped     7  Ferry sails  https://a.example/1  story 3"),
    ],
)
def test_a_change_to_an_article_is_one_line(kind: str, details: dict[str, Any] | None, told: str) -> None:
    change = {"cursor": 5, "at": AT, "kind": kind, "article_id": 7, "feed_url": "https://a.example/feed"}
    sentence = _format_change(change | {"title": "Ferry sails", "url": "https://a.example/1", "details": details})
    assert sentence == f"       5  2026-07-10 07:30:00 UTC  {told}"


@pytest.mark.parametrize(
    ("kind", "details", "told"),
    [
        ("stories merged", {"story_id": 3, "taken_in": 5}, "stories merged      story 5 is part of story 3 now"),
        (
            "feed moved",
            {"from": "https://a.example/old", "to": "https://a.example/feed", "merged_into": 4},
            "feed moved          from https://a.example/old to https://a.example/feed",
        ),
        (
            "feed quality changed",
            {"from": "healthy", "to": "silent", "reason": "nothing new since 2026-06-01"},
            "feed quality changed  from healthy to silent: nothing new since 2026-06-01",
        ),
        (
            "feed quality changed",
            {"from": "silent", "to": "healthy", "reason": None},
            "feed quality changed  from silent to healthy",
        ),
    ],
)
def test_a_change_to_a_story_or_a_feed_says_what_became_of_it(kind: str, details: dict[str, Any], told: str) -> None:
    nothing = dict.fromkeys(("article_id", "feed_url", "title", "url"))
    sentence = _format_change(nothing | {"cursor": 5, "at": AT, "kind": kind, "details": details})
    assert sentence == f"       5  2026-07-10 07:30:00 UTC  {told}"


def test_a_feed_that_ended_says_why() -> None:
    change = {"cursor": 5, "at": AT, "kind": "feed gone", "article_id": None, "feed_url": "https://a.example/feed"}
    sentence = _format_change(change | {"title": "A feed", "url": None, "details": {"reason": "it answers 410"}})
    assert sentence.endswith("feed gone           A feed  https://a.example/feed  it answers 410")
