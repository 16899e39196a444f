"""What the pages say of commands, settings, tables, events and logs, held against the code that they speak of."""

import ast
import configparser
import re
import shlex
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import fields

import click
import pytest
import yaml
from celery.bin.celery import celery
from structlog.testing import capture_logs

from tests.examples import example_of
from tests.pages import PAGES, ROOT, Block, Shown, blocks, code, is_run, shown_commands, spans, table
from worker.cli.main import feedmill
from worker.database.article_tables import ArticleRow
from worker.database.outbox_tables import EventKind
from worker.database.types import Base
from worker.logs import log_poll
from worker.look.health import Health
from worker.seeds.folder_settings import read_settings
from worker.settings import Settings
from worker.values.due_feeds import FeedState
from worker.values.outcomes import Outcome, PollRecord

# Blocks that no test runs: each says why in a comment above it.
NOT_RUN = {
    "README.md": ["run", "tests"],
    "CONTRIBUTING.md": ["not run: it runs the tests"],
    "docs/coverage.md": ["not run: it installs, polls hosts, and opens a browser"],
    "docs/monitoring.md": ["not run: it asks a web process"],
    "docs/operations.md": ["not run: it takes a feed with older documents"],
    "docs/parsing.md": ["not run: it downloads"],
    "docs/retention.md": ["not run: it takes a newer parser"],
    "docs/web.md": ["not run: it answers until it is stopped", "not run: it is for nginx"],
    "docs/websub.md": ["not run: it is for nginx"],
}
# What a page names is named from one of these.
PLACES = (ROOT, ROOT / "worker")
NOT_WORD_FOR_WORD = {
    "Cannot connect to redis://…": "Celery says it",
    "a fault of Feedmill (ValueError: …)": "an example",
    "1 left out: it could not be read: a fault of Feedmill (…)": "made of three sentences",
}
LANGUAGES = ("sh", "console", "sql", "python", "json", "ini", "yaml", "nginx", "toml")
JUDGED = (".venv/bin/python -m benchmarks", ".venv/bin/pip install '.[")
TABLES = {**Base.metadata.tables}
MONITORING = (ROOT / "docs/monitoring.md").read_text()
SOURCES = [path.read_text() for top in ("worker", "tasks") for path in (ROOT / top).rglob("*.py")]


def _options(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}


def _find(group: click.Command, words: Sequence[str]) -> click.Command:
    """The command that words name, through groups; BadParameter for a name that there is not."""
    found = group
    for word in words:
        if not isinstance(found, click.Group):
            break
        named = found.get_command(click.Context(found), word)
        assert named, f"there is no command {word}"
        found = named
    return found


def _program(shown: Shown) -> str:
    return shown.words[0].rpartition("/")[2]


def _options_given(words: Iterable[str]) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][\w-]*", " ".join(words)))


def test_only_what_says_why_is_run_by_no_test() -> None:
    marked: dict[str, list[str]] = {}
    for block in blocks(*LANGUAGES):
        if block.mark:
            marked.setdefault(block.page, []).append(block.mark)
    assert marked == NOT_RUN


def test_every_block_is_one_that_a_test_runs() -> None:
    """Blocks of Feedmill's commands are run end to end; of others this module judges each line."""
    others = [block for block in blocks("sh") if not block.mark and not is_run(block)]
    lines = [(str(block), line) for block in others for line in block.text.splitlines()]
    assert [(place, line) for place, line in lines if not line.startswith(JUDGED)] == []
    assert {block.page for block in blocks("python")} <= {
        "README.md",
        "docs/datasets.md",
        "docs/programs.md",
        "docs/python.md",
    }


def test_no_block_is_in_a_language_that_no_test_knows() -> None:
    named = {found for path in PAGES for found in re.findall(r"^ *```(\w+)$", path.read_text(), re.MULTILINE)}
    assert named <= {*LANGUAGES}


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_settings_of_a_folder_that_a_page_shows_are_read(block: Block) -> None:
    assert read_settings(block.text.encode(), ROOT).tags


@pytest.mark.parametrize("page", [str(path.relative_to(ROOT)) for path in PAGES])
def test_a_command_that_a_page_names_has_the_options_it_is_named_with(page: str) -> None:
    of_page = [shown for shown in shown_commands() if shown.place.partition(":")[0] == page]
    named = [shown for shown in of_page if _program(shown) == "feedmill" and len(shown.words) > 1]
    given = {str(shown): _options_given(shown.words) - _options(_find(feedmill, shown.words[1:])) for shown in named}
    assert {shown: unknown for shown, unknown in given.items() if unknown} == {}


@pytest.mark.parametrize("shown", [shown for shown in shown_commands() if _program(shown) == "celery"], ids=str)
def test_celery_knows_what_a_page_asks_of_it(shown: Shown) -> None:
    words = [word for word in shown.words[1:] if word not in {"-A", "worker"}] or ["worker"]
    if shown.words[1] == "-A" and shown.words[2] in {"worker", "feedmill"}:
        words = [*shown.words[3:]]
    command = _find(celery, words)
    assert _options_given(words) <= _options(command)


@pytest.mark.parametrize("shown", [shown for shown in shown_commands() if _program(shown) == "python"], ids=str)
def test_a_benchmark_that_a_page_names_has_the_options_it_is_named_with(shown: Shown) -> None:
    module = shown.words[2].replace(".", "/")
    file = ROOT / (f"{module}/__main__.py" if shown.words[2] == "benchmarks" else f"{module}.py")
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    known = {ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "parser.add_argument"}
    assert _options_given(shown.words) <= known


@pytest.mark.parametrize(("named", "does"), table("README.md", "## On demand"))
def test_the_readmes_table_names_no_option_that_its_commands_lack(named: str, does: str) -> None:
    commands = [_find(feedmill, name.removeprefix("feedmill ").split()) for name in code(named)]
    known = {option for command in commands for option in _options(command)}
    assert _options_given(code(named) + code(does)) <= known


def test_the_readmes_table_has_every_setting_with_its_default() -> None:
    rows = {
        code(name)[0].removeprefix("FEEDMILL_").lower(): default
        for name, default, _ in table("README.md", "## Settings")
    }
    assert [*rows] == [*Settings.model_fields]
    for name, default in rows.items():
        value = Settings.model_fields[name].default
        told = getattr(Settings(**{name: code(default)[0]}), name) if code(default) else None
        assert (name, told) == (name, value or None)


def test_the_readme_names_every_table() -> None:
    section = (ROOT / "README.md").read_text().partition("## The store")[2].partition("\nWhat came in")[0]
    named = {name for row in table("README.md", "## The store") for name in code(row[0])}
    others = set(code(section.partition("All others (")[2].partition(")")[0]))
    assert named.isdisjoint(others)
    assert named | others == {*TABLES, "alembic_version"}


def test_every_column_that_a_page_names_with_its_table_exists() -> None:
    named = {
        (place, table_name, column)
        for place, span in spans()
        for table_name, column in re.findall(r"(?<![.\w/])([a-z_]+)\.([a-z_]+)\b(?!\.)", span)
        if table_name in TABLES and column != "py"
    }
    assert named
    assert {found for found in named if found[2] not in TABLES[found[1]].c} == set()


def test_the_page_of_fields_has_each_column_of_articles_and_no_other() -> None:
    rows = {name for row in table("docs/fields.md", "# The fields of an article") for name in code(row[0])}
    # What `--json` adds to them.
    assert rows - {"feed_url"} == {*ArticleRow.__table__.c.keys()} - {"policy_version"}


def test_the_map_has_every_package() -> None:
    named = set(re.findall(r"`(\w+)/`", (ROOT / "docs/architecture.md").read_text()))
    packages = {path.parent.name for path in (ROOT / "worker").glob("*/__init__.py")}
    assert packages - named == set()


def test_what_a_page_says_a_module_has_is_in_it() -> None:
    said = {
        (page, name, module)
        for page in PAGES
        for name, module in re.findall(r"`(\w+)`(?: in |\s\()`([\w/]+\.py)`", page.read_text())
    }
    assert said
    files = {module: next(top / module for top in PLACES if (top / module).is_file()) for _, _, module in said}
    assert [(page.name, name, module) for page, name, module in said if name not in files[module].read_text()] == []


def test_the_page_for_programs_has_every_kind_of_event() -> None:
    assert {code(kind)[0] for kind, _ in table("docs/programs.md", "## Following changes")} == {*EventKind}


def test_the_glossary_has_every_outcome_and_state() -> None:
    assert [row[0] for row in table("docs/glossary.md", "## How a poll ends")] == [*Outcome]
    assert {row[0] for row in table("docs/glossary.md", "## What a feed can be")} == {*FeedState}


def test_the_figures_of_health_that_are_watched_exist() -> None:
    figures = {*re.findall(r"→ `([a-z_]+)`", MONITORING)}
    assert {"late", "uncounted"} <= figures
    assert figures <= {field.name for field in fields(Health)}


def test_a_polls_line_in_the_log_has_the_fields_that_are_told() -> None:
    told = code(MONITORING.partition("each poll is an object with")[2].partition(".")[0])
    with capture_logs() as lines:
        log_poll(example_of(PollRecord))
    assert told
    assert {*told} <= {*lines[0]}


def test_what_is_seen_of_each_failure_is_what_the_code_says() -> None:
    seen = [phrase for row in table("docs/operations.md", "## What failure looks like") for phrase in code(row[1])]
    phrases = [phrase for phrase in seen if " " in phrase and not phrase.startswith("feedmill ")]
    words = [part.strip(" ()") for phrase in phrases for part in phrase.split("…") if phrase not in NOT_WORD_FOR_WORD]
    assert {"feed sought", "broker gone", "at schema version"} <= {*words}
    # A sentence may go on in the next line of the source, and its numbers are filled in.
    source = re.sub(r'"\n\s*f?"', "", "".join(SOURCES))
    assert [word for word in words if word not in source] == []


def test_a_unit_of_systemd_can_be_enabled() -> None:
    for block in blocks("ini"):
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.read_string(block.text)
        assert {*unit} >= {"Unit", "Service", "Install"}
        assert unit["Install"]["WantedBy"] == "multi-user.target"
        assert shlex.split(unit["Service"]["ExecStart"])[0].startswith("/opt/feedmill/bin/")


def test_what_a_page_installs_there_is() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [line for block in blocks("sh") for line in block.text.splitlines() if "pip install" in line]
    extras = {extra for line in lines for named in re.findall(r"\[([\w,]+)\]", line) for extra in named.split(",")}
    assert {"postgres", "language", "test"} <= extras <= {*project["optional-dependencies"]}
    # By its own name no index has it.
    assert [line for line in lines if re.search(r"install (-\w )*'?feedmill", line)] == []


def test_a_compose_file_that_a_page_shows_speaks_of_services_that_there_are() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    shown = [yaml.safe_load(block.text)["services"] for block in blocks("yaml")]
    assert {name for overrides in shown for name in overrides} <= {*services}
    lines = [line for block in blocks("sh") for line in block.text.splitlines()] + [span for _, span in spans()]
    executing = {name for line in lines for name in re.findall(r"docker compose exec (?:-T )?(\w+)", line)}
    others = {
        name
        for line in lines
        for names in re.findall(r"docker compose (?:stop|start) ([\w ]+\w)", line)
        for name in names.split()
    }
    assert executing
    assert others
    assert executing | others <= {*services}


def test_every_link_to_a_heading_leads_to_one() -> None:
    anchors = {
        (path, re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-"))
        for path in PAGES
        for heading in re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    }
    links = [
        (path, ((path.parent / target).resolve() if target else path, anchor))
        for path in PAGES
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", path.read_text())
    ]
    assert links
    assert [f"{path.name}: {anchor}" for path, (target, anchor) in links if (target, anchor) not in anchors] == []
