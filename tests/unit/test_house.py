"""What must stay true of the repository itself: its shape, and that its pages say what its code does."""

import ast
import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from worker.cli.main import feedmill
from worker.settings import Settings

ROOT = Path(__file__).parents[2]
# The only dispatch that was given; all others are ours.
DISPATCH = "c35d47fa4ec01668a018622569a361c51de625a1ecc5e59c6795eb88a4f286df"
# In two pieces, or this file would be the first to name them.
REGISTRIES = ["pypi" + ".org", "python" + "hosted", "index" + "-url", "/sim" + "ple/"]
# What a page names is named from one of these.
PLACES = [ROOT, ROOT / "worker"]
NOT_OURS = {"build", "dist", "__pycache__"}
WALL_CLOCKS = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "time.time", "time.time_ns"}
# All others go through worker.database.conflicts.write.
WRITERS = {
    "worker/backfill/missing.py": "it prepares and decides again too, as a poll does",
    "worker/database/conflicts.py": "it is what tries again",
    "worker/database/engine.py": "it opens the transaction",
    "worker/database/schema.py": "one migration runs at a time",
    "worker/pipeline/conclude.py": "it decides again too, from what it reads before",
    "worker/pipeline/rereading.py": "so does this: reparse.py tries it again",
}
READERS_OF_THE_WALL_CLOCK = {
    "worker/fetch/transfers.py": "a Retry-After or Expires date from a host that sends no Date is measured against it",
    "worker/basics/event_lines.py": "a line that was printed is told with its time",
    "worker/logs.py": "so is one that is logged",
    "worker/seeds/files.py": "so is the time at which somebody last wrote to a file",
    "worker/web/access.py": "how long a browser stays signed in has nothing to do with the store",
}


def _files() -> Iterator[Path]:
    """Every file of the project: what is hidden or generated is left out, but for .ci/."""
    for folder, subfolders, names in os.walk(ROOT):
        subfolders[:] = [
            name
            for name in subfolders
            if name == ".ci" or not (name.startswith(".") or name in NOT_OURS or name.endswith(".egg-info"))
        ]
        yield from (Path(folder, name) for name in names if not name.startswith((".env", "feedmill.db")))


FILES = sorted(_files())
MODULES = [path for path in FILES if path.suffix == ".py"]
PROSE = {path: path.read_text() for path in FILES if path.suffix == ".md"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def test_every_module_opens_with_a_sentence() -> None:
    speaking = [path for path in MODULES if path.relative_to(ROOT).parts[0] != "tests"]
    openings = {_name(path): (ast.get_docstring(_tree(path)) or "").split("\n")[0] for path in speaking}
    assert [name for name, opening in openings.items() if not opening.endswith((".", ":"))] == []


def test_no_module_is_longer_than_one_can_read() -> None:
    lengths = {_name(path): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_no_two_modules_have_one_name_but_a_command_and_what_it_calls() -> None:
    inside = [path for path in MODULES if path.relative_to(ROOT).parts[0] == "worker" and path.stem != "__init__"]
    names = Counter(path.stem for path in inside if path.parent.name != "cli")
    assert [name for name, count in names.items() if count > 1] == []


def test_every_module_that_a_page_names_exists() -> None:
    named = {(page, name) for page, text in PROSE.items() for name in re.findall(r"`(\w+/[a-z_/0-9]+\.py)`", text)}
    assert [(page.name, name) for page, name in named if not any((top / name).is_file() for top in PLACES)] == []


def test_only_what_has_a_reason_reads_the_wall_clock() -> None:
    ours = [path for path in MODULES if path.relative_to(ROOT).parts[0] in {"worker", "tasks"}]
    attributes = {
        (_name(path), ast.unparse(node))
        for path in ours
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute)
    }
    readers = {name for name, attribute in attributes if attribute in WALL_CLOCKS}
    assert readers == {*READERS_OF_THE_WALL_CLOCK}


def test_only_what_has_a_reason_writes_without_trying_again_after_a_conflict() -> None:
    ours = [path for path in MODULES if path.relative_to(ROOT).parts[0] in {"worker", "tasks"}]
    assert {_name(path) for path in ours if re.search(r"\bwriting\(", path.read_text())} == {*WRITERS}


def test_only_one_module_writes_to_the_terminal() -> None:
    ours = [path for path in MODULES if path.relative_to(ROOT).parts[0] in {"worker", "tasks"}]
    called = {
        (_name(path), ast.unparse(node.func))
        for path in ours
        for node in ast.walk(_tree(path))
        # To write out every other call as well takes a second.
        if isinstance(node, ast.Call)
        and _last_name(node.func) in {"echo", "secho", "print", "write", "writelines", "show"}
    }
    writes = re.compile(r"(click\.)?s?echo|print|sys\.(__)?std(out|err)(__)?\.(buffer\.)?write(lines)?|.*\.show")
    assert {name for name, call in called if writes.fullmatch(call)} == {"worker/cli/output.py"}


def _last_name(called: ast.expr) -> str | None:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)


def test_no_pattern_repeats_a_group_possessively() -> None:
    """Python before 3.11.5 goes on where such a group failed, not before it (gh-106052); single characters are safe."""
    ours = [path for path in MODULES if path.relative_to(ROOT).parts[0] in {"worker", "tasks"}]
    assert [_name(path) for path in ours if re.search(r"(?<!\\)\)(?:[*+?]|\{[\d,]+\})\+", path.read_text())] == []


def _tested_by(test: Path) -> Iterator[bool]:
    """Whether each module exists that a test file's name may mean: its own, then an aspect of it behind the name."""
    words = test.stem.removeprefix("test_").split("_")
    for length in range(len(words), 0, -1):
        yield (ROOT / "worker" / test.with_name("_".join(words[:length]))).with_suffix(".py").is_file()


def test_unit_tests_mirror_the_modules_they_test() -> None:
    units = ROOT / "tests/unit"
    tests = [path.relative_to(units) for path in MODULES if path.is_relative_to(units)]
    mirrors = {test for test in tests if any(_tested_by(test))}
    assert {test.stem for test in {*tests} - mirrors} <= {"conftest", "test_deployment", "test_house", "test_pages"}


@pytest.mark.parametrize("marker", ["run", "tests"])
def test_the_readme_has_each_of_its_two_commands_once_and_on_one_line(marker: str) -> None:
    readme = (ROOT / "README.md").read_text()
    assert readme.count(f"<!-- {marker} -->") == 1
    (command,) = re.findall(rf"<!-- {marker} -->\n```sh\n(.*)\n```\n", readme)
    assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")
    assert readme.count(command) == 1


def test_every_setting_that_a_page_names_exists() -> None:
    named = {name for text in PROSE.values() for name in re.findall(r"\bFEEDMILL_([A-Z]+(?:_[A-Z]+)*)\b", text)}
    # Operators give variables with feeds' secrets names of their own.
    of_feeds = {name for name in named if name.startswith("FEED_")}
    assert named - of_feeds - {name.upper() for name in Settings.model_fields} <= {"PASSWORD"}


def test_every_command_that_a_page_names_exists() -> None:
    named = {
        name for text in PROSE.values() for name in re.findall(r"(?:`|bin/|^)feedmill ([a-z]+)", text, re.MULTILINE)
    }
    assert named
    assert named <= set(feedmill.list_commands(click.Context(feedmill)))


def test_every_command_is_there_and_in_the_readme() -> None:
    context = click.Context(feedmill)
    commands = {name: feedmill.get_command(context, name) for name in feedmill.list_commands(context)}
    assert {name: command.name for name, command in commands.items() if command} == {name: name for name in commands}
    readme = (ROOT / "README.md").read_text()
    assert [name for name in commands if not re.search(rf"`(?:feedmill )?{name}\b", readme)] == []


def test_every_link_from_a_page_to_a_file_leads_somewhere() -> None:
    links = [(page, target) for page, text in PROSE.items() for target in re.findall(r"\]\((?!https?:)([^)#]+)", text)]
    assert [f"{_name(page)}: {target}" for page, target in links if not (page.parent / target).exists()] == []


def test_the_changelog_says_what_changed_in_this_version() -> None:
    assert re.search(r"^## (Unreleased|\d+\.\d+\.\d+ .*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)


def test_the_dispatch_is_byte_for_byte_the_one_that_was_given() -> None:
    dispatch = ROOT / "seeds/000_bf109dae1bb8955b.txt"
    assert hashlib.sha256(dispatch.read_bytes()).hexdigest() == DISPATCH


def test_no_file_names_a_package_registry() -> None:
    named = [_name(path) for path in FILES for name in REGISTRIES if name.encode() in path.read_bytes()]
    assert named == []
