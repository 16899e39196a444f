"""What `feedmill coverage` says: days, gaps, a picture, lines for programs, and a sentence for what cannot be."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.commands import Done, run_command
from tests.documents import item
from tests.polling import follow
from tests.servers.publisher import Publisher
from tests.stores import url_of
from worker.database.engine import writing
from worker.database.feed_tables import FeedRow
from worker.pipeline.tools import Tools

pytestmark = pytest.mark.usefixtures("restored_logs")
Run = Callable[..., Done]
# What pictures are made of.
SVG = {*"svg title desc style g text rect path".split()}


@pytest.fixture
def run(tools: Tools, publisher: Publisher, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in a store whose one feed had a gap today."""
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(tools.engine))
    monkeypatch.setenv("COLUMNS", "80")
    follow(tools, publisher, [item("a"), item("b")], [item("c"), item("d")])
    return lambda *arguments: run_command(capsys, ["coverage", *arguments])


def test_a_table_of_two_weeks_fits_80_columns_and_marks_what_was_missed(run: Run) -> None:
    lines = run().output.splitlines()
    assert lines[:2] == [
        "4 new articles of 1 feed in 14 days; 2 polls, 0 failed.",
        "1 gap that nothing has filled.",
    ]
    assert max(map(len, lines)) <= 80
    assert lines[4].split() == ["1", "A", "feed", "!", "4", "2", "0", "1"]


def test_gaps_are_listed_with_how_many_entries_were_missed(run: Run) -> None:
    assert "~1" in run("--gaps").output
    (gap,) = map(json.loads, run("--gaps", "--json").output.splitlines())
    assert (gap["missed"], gap["is_filled"]) == (1, None)


def test_programs_get_a_line_a_day(run: Run) -> None:
    *_, yesterday, today = map(json.loads, run("--json", "--since", "2d").output.splitlines())
    assert (yesterday["looked"], yesterday["polls"]) == ("no record of polls", None)
    assert (today["looked"], today["polls"], today["gaps"], today["new_articles"]) == ("polled", 2, 1, 4)


def test_a_picture_is_written_whole_or_to_output(run: Run, tmp_path: Path) -> None:
    said = run("--svg", "days.svg").output
    assert said == "days.svg: 4 new articles of 1 feed in 14 days; 2 polls, 0 failed.\n"
    assert (tmp_path / "days.svg").read_text() == run("--svg", "-").output
    assert ET.parse(tmp_path / "days.svg").getroot().get("role") == "img"


def test_what_a_publisher_wrote_moves_nothing(run: Run, tools: Tools) -> None:
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(title="\u202eA </text><script>alert(1)</script>" + "W" * 1000))
    for said in (run().output, run("--gaps").output, run("--json").output, run("--svg", "-").output):
        assert "\u202e" not in said
    assert max(map(len, run().output.splitlines())) <= 80
    assert {each.tag.partition("}")[2] for each in ET.fromstring(run("--svg", "-").output).iter()} == SVG


WRONG = [
    (["nowhere"], 1, "No feed is called nowhere"),
    (["--tag", "none"], 1, "No feed has the tag none"),
    (["--tag", ""], 2, "A tag is empty"),
    (["1", "--tag", "none"], 2, "Name feeds or a --tag, not both."),
    (["--svg", "no/such/folder.svg"], 1, "no/such/folder.svg was not written: no such file or directory."),
    (["--svg", ""], 2, "--svg names no file"),
    (["--svg", "a.svg", "--json"], 2, "--svg draws days: it goes with neither --gaps nor --json."),
    (["--since", "soon"], 2, "'soon' is neither a duration such as 2d or 1h30m nor a date such as 2026-11-24"),
    (["--since", "2099-01-01"], 2, "there is no day"),
    (["--until", "x\x1b[31m"], 2, "is neither a duration"),
]


def test_what_cannot_be_is_told_in_a_sentence(run: Run) -> None:
    for arguments, code, told in WRONG:
        done = run(*arguments)
        assert (done.code, done.output, told in done.errors) == (code, "", True), arguments
        assert "\x1b" not in done.errors
