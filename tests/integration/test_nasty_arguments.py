"""Whatever is typed for an argument or an option ends in words that a screen shows safely, with the right exit code."""

import re
from collections.abc import Callable, Iterator

import click
import pytest

from tests.commands import Done, run_command
from worker.cli.main import feedmill

pytestmark = pytest.mark.usefixtures("restored_logs")

NASTY = (
    "file:///nonesuch/feed.xml",
    "x" * 300,
    "http://127.0.0.1:1/" + "a" * 5_000,
    "/" + "d/" * 2_500,
    # Bytes that are not UTF-8, as Python hands them on.
    "no\udce9l",
    "http://127.0.0.1:1/\udce9",
    "file:///\udce9",
    "nul\x00",
    "a\x1b[31m\n\u2028\u202eb",
)
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
# What a command or an option needs beside it.
BESIDE = {
    "set": ["--interval", "1h"],
    "follow": ["--once"],
    "poll --user": ["1"],
    "hosts --gap": ["h"],
    "hosts --parallel": ["h"],
}
NAMING = (
    "add,add --as-is,remove,pause,resume,poll,set --interval 1h,polls,articles,stories,import,ingest,hosts,webhook add,"
    "webhook remove,webhook resume".split(",")
)


Run = Callable[..., Done]


@pytest.fixture
def run(made_store: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, in a folder with a store of one feed."""
    monkeypatch.setenv("FEEDMILL_WEBHOOK_SECRET", "s" * 64)
    monkeypatch.setenv("FEEDMILL_PASSWORD", "p")

    def run(*arguments: str) -> Done:
        return run_command(capsys, arguments)

    assert run("add", "--as-is", "http://127.0.0.1:1/feed").code == 0
    return run


def _walk(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for each in command.list_commands(context):
        if found := command.get_command(context, each):
            yield from _walk(found, f"{name} {each}".strip())


WORDS = [
    (name, isinstance(word, click.Argument), word.opts[0])
    for name, command in _walk(feedmill, "")
    for word in command.params
    if not getattr(word, "is_flag", False)
]


@pytest.mark.parametrize(("command", "is_argument", "word"), WORDS)
def test_any_word_of_any_command_ends_in_what_a_screen_shows_safely(
    run: Run, command: str, is_argument: bool, word: str
) -> None:
    beside = [*BESIDE.get(command, []), *([] if is_argument else BESIDE.get(f"{command} {word}", []))]
    # Monitors take 2 for a critical state: what a check is asked wrongly is unknown to them.
    codes = {3} if command == "check" else {0, 1, 2}
    for nasty in NASTY:
        done = run(*command.split(), *beside, *(["--", nasty] if is_argument else [word, nasty]))
        assert done.code in codes
        assert "Traceback" not in done.errors
        assert not UNSAFE.search(done.output + done.errors)


@pytest.mark.parametrize("command", NAMING)
def test_a_name_that_names_nothing_is_one_sentence(run: Run, command: str) -> None:
    for nasty in NASTY:
        done = run(*command.split(), "--", nasty)
        (said,) = done.errors.splitlines()
        assert (done.code, said[:10]) == (1, "feedmill: ")


@pytest.mark.parametrize("command", ["feeds", "articles", "stories", "hosts"])
def test_text_that_no_store_holds_is_wrong_usage(run: Run, command: str) -> None:
    done = run(command, "--text", "no\udce9l")
    said = "feedmill: --text is text in UTF-8, without NUL, as all in the store is; not no\\xe9l.\n"
    assert (done.code, done.errors) == (2, said)


@pytest.mark.parametrize(
    "words",
    ["articles", "polls", "stories", "articles --text", "articles --agency", "feeds --tag", "articles --feed-tag"],
)
def test_an_empty_word_as_of_a_variable_that_is_not_set_lists_nothing(run: Run, words: str) -> None:
    done = run(*words.split(), "")
    assert done.code in {1, 2}
    assert (done.output, "is empty" in done.errors) == ("", True)


@pytest.mark.parametrize(("command", "read"), [("ingest", "Seeds: 0 files read, 1 not read"), ("import", "")])
def test_an_empty_path_is_not_the_folder_we_run_in(run: Run, command: str, read: str) -> None:
    done = run(command, "")
    assert (done.code, "is empty" in done.errors) == (1, True)
    assert done.output.startswith(read)


def test_what_people_call_no_feed_is_told_so(run: Run) -> None:
    said = "feedmill: No feed is called The Daily Gull: `feedmill feeds` lists them.\n"
    assert run("articles", "The Daily Gull") == Done(1, "", said)


def test_a_tag_that_is_both_given_and_taken_is_wrong_usage(run: Run) -> None:
    said = "feedmill: --tag a and --untag a contradict each other.\n"
    assert run("set", "1", "--tag", "a", "--untag", "a") == Done(2, "", said)


def test_a_feed_that_was_due_is_polled_now_and_not_in_the_past(run: Run) -> None:
    assert "; next poll now (" in run("set", "1", "--interval", "2h").output


def test_one_nasty_name_costs_the_others_nothing(run: Run) -> None:
    done = run("add", "--as-is", "file:///a", "http://h.example/other", "no\udce9l")
    assert (done.code, done.output) == (1, "Added http://h.example/other (feed 2)\n")
