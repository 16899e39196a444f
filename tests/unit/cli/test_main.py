"""The table of commands that ``feedmill --help`` shows."""

from click.testing import CliRunner

from worker.cli.main import COMMANDS, feedmill


def test_each_command_stands_once_below_one_of_the_headings() -> None:
    lines = CliRunner().invoke(feedmill, ["--help"], terminal_width=200).output.splitlines()
    table = lines[lines.index("Poll:") : lines.index("Maintain:") + 20]
    assert [line for line in table if line.endswith(":")] == ["Poll:", "Look:", "Take away:", "Monitor:", "Maintain:"]
    named = [line.split()[0] for line in table if line.startswith("  ") and line.split()[0] in COMMANDS]
    assert named == [*COMMANDS]
