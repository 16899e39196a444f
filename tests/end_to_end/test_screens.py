"""What a person or a supervisor meets besides listings: Ctrl-C, exit codes, rehearsals, completion, first steps."""

import json
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.documents import item, rss
from tests.seeds import place
from tests.servers.commands import Program
from tests.servers.publisher import Publisher
from tests.waiting import PATIENCE, wait_for

Feedmill = Callable[..., subprocess.CompletedProcess[str]]
FIRST_STEPS = "`feedmill add URL` adds one, `feedmill import FILE` those of a list; `feedmill ingest PATH` reads files."


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


def test_ctrl_c_ends_a_poll_with_a_sentence_and_gives_its_host_back(
    start: Callable[..., Program], feedmill: Feedmill, publisher: Publisher, tmp_path: Path
) -> None:
    url = publisher.hang("/feed")
    feedmill("add", "--as-is", url)
    process = start("worker", "poll", url)
    wait_for(lambda: publisher.requests, "the feed is being fetched")
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    said = (tmp_path / "log-0.txt").read_text().strip()
    assert said == "feedmill: stopped by Ctrl-C; what was stored by then stays."
    assert json.loads(feedmill("hosts", "--json").stdout)["state"] == "free"


def test_a_supervisor_is_told_in_one_line_and_by_the_exit_code(feedmill: Feedmill, publisher: Publisher) -> None:
    done = [feedmill("check"), feedmill("check", "--warn", "soon"), feedmill("check", "--nonsense")]
    feedmill("poll", publisher.serve("/feed", rss([item("one")])))
    done += [feedmill("check"), feedmill("check", FEEDMILL_HOST_GAP="wide")]
    assert [each.returncode for each in done] == [2, 3, 3, 0, 3]
    assert [len(each.stdout.splitlines()) for each in done] == [1] * 5
    assert [each.stderr for each in done] == [""] * 5
    assert done[0].stdout.startswith("CRITICAL: There is no store here")
    assert done[3].stdout.startswith("OK: no feed is late; last poll ")


def test_a_rehearsal_makes_no_store(feedmill: Feedmill, tmp_path: Path) -> None:
    place(tmp_path / "in" / "a.txt", "LONDON, July 10 (Reuters) - Rain fell.")
    place(tmp_path / "in" / "b.txt", "")
    done = feedmill("ingest", "--dry-run", "in")
    assert done.returncode == 1
    assert "in/b.txt was not read: it is empty." in done.stderr
    assert done.stdout.splitlines()[0] == "in/a.txt: dispatch, 1 new article"
    assert done.stdout.splitlines()[-1] == "This was a rehearsal: nothing was written."
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    ("typed", "word", "completed"),
    [("feedmill pol", 1, ["poll", "polls"]), ("feedmill articles --sort ", 3, ["published", "seen", "id"])],
)
def test_a_shell_completes_commands_and_values(feedmill: Feedmill, typed: str, word: int, completed: list[str]) -> None:
    asked = {"_FEEDMILL_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(word)}
    assert feedmill(**asked).stdout.splitlines() == [f"plain,{name}" for name in completed]


def test_an_empty_store_says_what_to_do_next(feedmill: Feedmill) -> None:
    assert f"No feeds to poll yet: {FIRST_STEPS}" in feedmill("run", "--once").stdout
    assert feedmill("articles").stdout == f"No articles, and no feeds: {FIRST_STEPS}\n"
    assert feedmill("status").stdout.endswith(f"No feeds: {FIRST_STEPS}\n")
    assert feedmill("articles", "--text", "rain").stdout == "None match.\n"
    assert feedmill("files", "--refused").stdout.startswith("The last scan of the seed folder refused no file")


def test_a_folder_that_carries_an_article_in_two_files_is_named_once(feedmill: Feedmill, tmp_path: Path) -> None:
    place(tmp_path / "wire/feed.toml", 'name = "Reuters"\n')
    for name in ("a.txt", "b.txt"):
        place(tmp_path / "wire" / name, "LONDON, July 10 (Reuters) - The bridge is open.\n\nIt was shut.\n")
    feedmill("ingest", "wire")
    assert feedmill("show", "1").stdout.count("Carried by") == 1


@pytest.mark.parametrize("group", [(), ("webhook",)])
def test_without_a_command_there_is_the_help_that_lists_them(feedmill: Feedmill, group: tuple[str, ...]) -> None:
    done, asked = feedmill(*group), feedmill(*group, "--help")
    assert (done.returncode, done.stdout, done.stderr.strip()) == (2, "", asked.stdout.strip())
    assert len(asked.stdout.splitlines()) > 8


def test_options_that_contradict_each_other_are_wrong_usage(feedmill: Feedmill) -> None:
    feedmill("migrate")
    wrong = [
        ("articles", "1", "--feed", "2"),
        ("articles", "--since", "1d", "--until", "2d"),
        ("feeds", "--failing", "--state", "gone"),
        ("feeds", "--files", "--tag", "World"),
    ]
    done = [feedmill(*arguments) for arguments in wrong]
    assert [(each.returncode, each.stdout, len(each.stderr.splitlines())) for each in done] == [(2, "", 1)] * 4


def test_failing_feeds_and_files_are_listed_when_asked_for(
    feedmill: Feedmill, publisher: Publisher, tmp_path: Path
) -> None:
    place(tmp_path / "a.txt", "LONDON, July 10 (Reuters) - Rain fell.")
    feedmill("ingest", "a.txt")
    feedmill("poll", publisher.serve("/feed", rss([item("one")])))
    feedmill("add", "--as-is", publisher.url("/missing"))
    feedmill("poll", publisher.url("/missing"))
    listed = {
        options: [json.loads(line) for line in feedmill("feeds", "--json", *options.split()).stdout.splitlines()]
        for options in ("", "--failing", "--files")
    }
    assert [feed["url"] for feed in listed[""]] == [publisher.url("/feed"), publisher.url("/missing")]
    assert [feed["url"] for feed in listed["--failing"]] == [publisher.url("/missing")]
    assert [(file["path"], file["state"]) for file in listed["--files"]] == [(f"{tmp_path}/a.txt", "read")]
    assert "a.txt" not in feedmill("feeds").stdout


def test_a_table_begins_with_the_newest_and_json_with_the_first_unless_sorted(
    feedmill: Feedmill, tmp_path: Path
) -> None:
    for name, day in {"1": "2026-07-10", "2": "2026-07-12", "3": "2026-07-11"}.items():
        place(tmp_path / "wire" / name, f"date {day}\n\nLONDON, July 10 (Reuters) - Article {name} of three.")
    feedmill("ingest", "wire")

    def ids(*options: str) -> list[int]:
        done = feedmill("articles", *options)
        rows = done.stdout.splitlines()
        return (
            [json.loads(row)["id"] for row in rows]
            if "--json" in options
            else [int(row.split()[0]) for row in rows[1:]]
        )

    assert [ids(), ids("--since", "1d"), ids("--reverse")] == [[2, 3, 1], [2, 3, 1], [1, 3, 2]]
    assert [ids("--sort", "seen"), ids("--sort", "id")] == [[3, 2, 1], [3, 2, 1]]
    assert [ids("--json"), ids("--json", "--sort", "published")] == [[1, 2, 3], [2, 3, 1]]
    assert ids("--sort", "published", "--since", "2026-07-11", "--until", "2026-07-12") == [2, 3]
    assert ids("--agency", "reuters", "--json", "--limit", "0") == [1, 2, 3]
    assert feedmill("articles", "--limit", "2").stdout.splitlines()[-1] == "2 of 3; --limit 0 shows all."
