"""The table of commands that ``feedmill --help`` shows."""

import pytest
from click.testing import CliRunner

from worker.cli.main import COMMANDS, feedmill


def test_each_command_stands_once_below_one_of_the_headings() -> None:
    lines = CliRunner().invoke(feedmill, ["--help"], terminal_width=200).output.splitlines()
    table = lines[lines.index("Poll:") : lines.index("Maintain:") + 20]
    assert [line for line in table if line.endswith(":")] == ["Poll:", "Look:", "Take away:", "Monitor:", "Maintain:"]
    named = [line.split()[0] for line in table if line.startswith("  ") and line.split()[0] in COMMANDS]
    assert named == [*COMMANDS]


@pytest.mark.parametrize(("typed", "meant"), [("articls", "articles"), ("searc", "search"), ("feds", "feeds")])
def test_a_mistyped_command_is_told_which_one_is_like_it(typed: str, meant: str) -> None:
    answer = CliRunner().invoke(feedmill, [typed])
    assert answer.exit_code == 2
    assert answer.output.endswith(f"Error: No such command '{typed}'. Did you mean '{meant}'?\n")


def test_what_is_like_no_command_and_a_wrong_option_are_told_without_a_guess() -> None:
    for typed, said in (["xyz"], "No such command 'xyz'."), (["--articls"], "No such option '--articls'"):
        answer = CliRunner().invoke(feedmill, typed)
        assert answer.exit_code == 2
        assert said in answer.output
        assert "mean" not in answer.output
