"""Corrections and kills as people and programs see them: beside what they act on, and where they are told of."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("made_store")
Feedmill = Callable[..., subprocess.CompletedProcess[str]]
FIRST = (
    "date 2026-07-10\nskarholm-ferry\nFerry sails\n\n"
    "OSLO, July 10 (AP) — The ferry sails.\n\nIt was built in 1991 by hand."
)
CORRECTION = (
    "date 2026-07-10\nskarholm-ferry 1st lead\nCORRECTED-Ferry sails\n(Corrects year in paragraph 2)\n\n"
    "OSLO, July 10 (AP) — The ferry sails.\n\nIt was built in 1911 by hand."
)
KILL = "date 2026-07-11\nKILL\n\nEditors: Kill the story slugged skarholm-ferry. The ferry has not sailed."


@pytest.fixture
def _sent(made_store: None, feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "wire").mkdir()
    for name, text in {"1": FIRST, "2": CORRECTION, "3": KILL}.items():
        (tmp_path / "wire" / name).write_text(text)
    feedmill("ingest", "wire")


def _lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert (done.returncode, done.stderr) == (0, "")
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


@pytest.mark.usefixtures("_sent")
def test_a_killed_article_says_so_first_and_then_who_corrected_it(feedmill: Feedmill) -> None:
    shown = _lines(feedmill("show", "1", COLUMNS="120"))
    assert shown[:2] == [
        "Ferry sails",
        "Killed by 3 (2026-07-11 00:00 UTC): Editors: Kill the story slugged skarholm-ferry.",
    ]
    assert "Corrected by 2, correction 1 (2026-07-10 00:00 UTC): Corrects year in paragraph 2" in shown


@pytest.mark.usefixtures("_sent")
def test_a_correction_says_what_it_corrects_and_what_it_changes_of_that(feedmill: Feedmill) -> None:
    shown = _lines(feedmill("show", "2", COLUMNS="120"))
    assert "Corrects 1 (2026-07-10 00:00 UTC): Ferry sails" in shown
    changes = shown[shown.index("What it changes of article 1:") + 1]
    assert changes == "It was built in [-1991-] {+1911+} by hand."


@pytest.mark.usefixtures("_sent")
def test_a_kill_says_what_it_kills(feedmill: Feedmill) -> None:
    shown = _lines(feedmill("show", "3", COLUMNS="120"))
    at = shown.index("Kills 1 (2026-07-10 00:00 UTC): Ferry sails")
    assert shown[at + 1] == "2, correction 1 (2026-07-10 00:00 UTC): Ferry sails"


@pytest.mark.usefixtures("_sent")
def test_nobody_takes_what_is_killed_for_standing_news(feedmill: Feedmill) -> None:
    titles = {line.split()[0]: line for line in _lines(feedmill("articles"))}
    assert "KILLED: Ferry sails" in titles["1"]
    assert "KILLED: Ferry sails" in titles["2"]
    assert "KILL: Editors: Kill the story" in titles["3"]
    assert all("KILL" in line for line in _lines(feedmill("stories"))[1:])


@pytest.mark.usefixtures("_sent")
def test_programs_get_the_links(feedmill: Feedmill) -> None:
    listed = [json.loads(line) for line in feedmill("articles", "--json").stdout.splitlines()]
    assert [(each["id"], each["acts_on"], each["killed_by"]) for each in listed] == [
        (1, None, 3),
        (2, 1, 3),
        (3, 2, None),
    ]
    assert "wire_key" not in listed[0]
    shown = [json.loads(feedmill("show", str(number), "--json").stdout) for number in (1, 2, 3)]
    assert [[other["id"] for other in each["acted_on_by"]] for each in shown] == [[2], [3], []]
    assert [(each["acted_on"] or {}).get("id") for each in shown] == [None, 1, 2]
    assert [(each["kill"] or {}).get("id") for each in shown] == [3, 3, None]
    assert [[other["id"] for other in each["kills"]] for each in shown] == [[], [], [1, 2]]


@pytest.mark.usefixtures("_sent")
def test_followers_learn_of_it_by_the_article_that_they_republished(feedmill: Feedmill) -> None:
    followed = feedmill("follow", "--once", "--since", "0", "--json").stdout.splitlines()
    changes = [
        change for change in map(json.loads, followed) if change["kind"] in {"article corrected", "article killed"}
    ]
    words = "Editors: Kill the story slugged skarholm-ferry."
    told = [(change["kind"], change["article_id"], change["title"], change["details"]) for change in changes]
    assert [each for each in told if each[0] in {"article corrected", "article killed"}] == [
        ("article corrected", 1, "Ferry sails", {"by": 2, "words": "Corrects year in paragraph 2"}),
        ("article killed", 1, "Ferry sails", {"by": 3, "words": words}),
        ("article killed", 2, "Ferry sails", {"by": 3, "words": words}),
    ]
