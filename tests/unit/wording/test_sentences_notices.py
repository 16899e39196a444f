from datetime import UTC, datetime
from typing import Any

import pytest

from worker.wording.sentences import as_versions, explain_kill, explain_notices, is_other_version, mark_title

MOMENT = datetime(2026, 7, 10, tzinfo=UTC)


def _other(article_id: int, notice: str | None = None, **fields: Any) -> dict[str, Any]:
    told = {"id": article_id, "title": f"Title {article_id}", "notice": notice, "notice_number": None, "note": None}
    return told | {"published_at": MOMENT, "first_seen_at": MOMENT, "killed_by": None} | fields


def _article(notice: str | None = None, **fields: Any) -> dict[str, Any]:
    return _other(7, notice, acted_on=None, acted_on_by=[], kills=[], kill=None) | fields


def _told(article: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(label, value) for label, value in explain_notices(article) if value]


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({}, "Title 7"),
        ({"notice": "correction"}, "Title 7"),
        ({"notice": "kill"}, "KILL: Title 7"),
        ({"killed_by": 9}, "KILLED: Title 7"),
        ({"notice": "kill", "killed_by": 7}, "KILLED: Title 7"),
    ],
)
def test_the_title_of_a_kill_and_of_a_killed_article_says_so(fields: dict[str, Any], title: str) -> None:
    assert mark_title(_article() | fields) == title


def test_a_killed_article_names_its_kill_and_the_reason() -> None:
    killed = _article(killed_by=9, kill=_other(9, "kill", note="There is no ferry"))
    assert explain_kill(killed) == "Killed by 9 (2026-07-10 00:00 UTC): There is no ferry"


def test_an_article_killed_under_its_own_guid_was_killed_by_its_publisher() -> None:
    assert (
        explain_kill(_article("kill", killed_by=7, note="There is no ferry"))
        == "Killed by its publisher: There is no ferry"
    )


def test_an_article_that_is_not_killed_has_no_kill_to_explain() -> None:
    assert explain_kill(_article()) is None


@pytest.mark.parametrize(
    ("notice", "label"),
    [("update", "Updates"), ("correction", "Corrects"), ("repeat", "Repeats"), ("take", "Continues")],
)
def test_a_notice_says_what_it_acts_on(notice: str, label: str) -> None:
    acted_on = _other(3, "update", notice_number=2, note="Adds quotes")
    assert _told(_article(notice, acted_on=acted_on)) == [(label, ["3, update 2 (2026-07-10 00:00 UTC): Title 3"])]


def test_a_kill_lists_every_article_that_it_withdraws() -> None:
    kill = _article("kill", acted_on=_other(3), kills=[_other(2), _other(3)])
    assert _told(kill) == [("Kills", ["2 (2026-07-10 00:00 UTC): Title 2", "3 (2026-07-10 00:00 UTC): Title 3"])]


def test_an_article_lists_the_notices_that_act_on_it_but_for_its_kill() -> None:
    others = [_other(8, "correction", note="Corrects year"), _other(9, "kill"), _other(10, "update")]
    assert _told(_article(acted_on_by=others, killed_by=9)) == [
        ("Updated by", ["10 (2026-07-10 00:00 UTC): Title 10"]),
        ("Corrected by", ["8 (2026-07-10 00:00 UTC): Corrects year"]),
    ]


@pytest.mark.parametrize(
    ("notice", "is_version"),
    [("update", True), ("correction", True), ("repeat", True), ("take", False), ("kill", False)],
)
def test_only_another_version_changes_words(notice: str, is_version: bool) -> None:
    assert is_other_version(_article(notice, acted_on=_other(3))) is is_version
    assert is_other_version(_article(notice)) is False


@pytest.mark.parametrize(
    ("before", "after", "compared"),
    [
        ("It sails.", "OSLO, July 10 (AP) — It sails on.", ("It sails.", "It sails on.")),
        ("OSLO, July 10 (AP) — It sails.", "It sails on.", ("It sails.", "It sails on.")),
        (
            "OSLO, July 10 (AP) — It sails.",
            "BERGEN, July 10 (AP) — It sails.",
            ("OSLO, July 10 (AP) — It sails.", "BERGEN, July 10 (AP) — It sails."),
        ),
        ("It sails.", "It sails on.", ("It sails.", "It sails on.")),
    ],
)
def test_a_dateline_that_only_one_form_keeps_in_its_text_is_no_change(
    before: str, after: str, compared: tuple[str, str]
) -> None:
    article = {"title": "Ferry", "text": after, "acted_on": {"title": "Ferry", "text": before}}
    assert tuple(version["text"] for version in as_versions(article)) == compared
