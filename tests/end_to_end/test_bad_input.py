"""Whatever is wrong is told in one sentence with the right exit code: what, where, what to do; nothing half-written."""

import os
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HUGE = "9" * 23
Feedmill = Callable[..., subprocess.CompletedProcess[str]]


def _refused(done: subprocess.CompletedProcess[str], code: int, *told: str) -> None:
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    for words in told:
        assert words in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.txt", b"", "it is empty"),
        ("blank.txt", b" \n\n", "it is empty"),
        ("binary.dat", bytes(range(256)) * 20, "it is neither text nor a feed"),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "it is XML, but no feed"),
        ("page.html", b"<!DOCTYPE html><html><body>x</body></html>", "it is an HTML page"),
        ("other.json", b'{"a": 1}', "JSON, but no JSON Feed"),
        ("bomb.opml", b'<!DOCTYPE opml [<!ENTITY a "a">]><opml><body/></opml>', "declares entities"),
        ("cut.opml", b"<opml><body><outli", "broken at line 1"),
    ],
)
@pytest.mark.usefixtures("made_store")
def test_a_file_that_is_no_seed_is_named_with_the_reason(
    feedmill: Feedmill, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    (tmp_path / name).write_bytes(content)
    done = feedmill("ingest", name)
    _refused(done, 1, f"{name} was not read", told)
    assert feedmill("articles", "--json").stdout == ""


def test_a_bad_file_does_not_stop_its_neighbours(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("LONDON (Reuters) - All is well.")
    done = feedmill("ingest", "missing.txt", "good.txt")
    _refused(done, 1, "missing.txt was not read: there is no such file or folder")
    assert "1 new article, 0 updated, 0 feeds added" in done.stdout


def test_text_in_another_encoding_is_an_article_all_the_same(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("Le café rouvre à Noël.".encode("cp1252"))
    assert feedmill("ingest", "latin.txt").returncode == 0
    assert "Le café rouvre à Noël." in feedmill("articles").stdout


def test_a_pipe_is_not_waited_for(feedmill: Feedmill, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    _refused(feedmill("ingest", "pipe"), 1, "pipe was not read: it is not a regular file")


def test_more_files_than_a_statement_takes_are_read_and_read_again(feedmill: Feedmill, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(1_200):
        (folder / f"{number:05}.txt").write_text(f"LONDON, July 10 (Reuters) - Dispatch number {number}.")
    assert "1,200 files read; 1,200 new articles" in feedmill("ingest", "many").stdout
    assert "1,200 files read; 0 new articles, 0 updated" in feedmill("ingest", "many").stdout


@pytest.mark.parametrize("url", ["nonsense", "ftp://h/feed", "http://", "http://a b/", "http://h\\x/"])
@pytest.mark.usefixtures("made_store")
def test_a_url_that_cannot_be_polled_is_not_added(feedmill: Feedmill, url: str) -> None:
    _refused(feedmill("add", url), 1, f"{url} was not added: a feed's URL")
    assert feedmill("feeds", "--json").stdout == ""


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("FEEDMILL_POLL_INTERVAL", "often", "write it as 90s, 15m, 6h, 2d or 1h30m"),
        ("FEEDMILL_DATABASE_URL", "mysql://h/d", "must begin with sqlite:// or postgresql://"),
        ("FEEDMILL_POL_INTERVAL", "1h", "did you mean FEEDMILL_POLL_INTERVAL?"),
    ],
)
def test_a_bad_setting_is_wrong_usage(feedmill: Feedmill, name: str, value: str, told: str) -> None:
    _refused(feedmill("status", **{name: value}), 2, name, told)


def test_a_named_seeds_folder_that_is_missing_is_wrong_usage(feedmill: Feedmill) -> None:
    _refused(feedmill("run", "--once", FEEDMILL_SEEDS_DIR="nowhere"), 2, "FEEDMILL_SEEDS_DIR names nowhere")


@pytest.mark.parametrize("command", [("status",), ("run", "--once"), ("migrate",), ("add", "http://h.example/")])
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be reached"),
        ("sqlite:////nonexistent/feedmill.db", "make sure that its folder exists and is writable"),
    ],
)
def test_a_store_that_cannot_be_opened_is_named_with_the_cure(
    feedmill: Feedmill, command: tuple[str, ...], url: str, told: str
) -> None:
    _refused(feedmill(*command, FEEDMILL_DATABASE_URL=url), 1, told)


def test_a_file_that_is_no_database_is_told_apart(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear Sir or Madam, " * 100)
    done = feedmill("status", FEEDMILL_DATABASE_URL="sqlite:///letter.db")
    _refused(done, 1, "is not an SQLite database")


def test_a_read_only_store_is_told_apart(feedmill: Feedmill) -> None:
    feedmill("migrate")
    url = "sqlite:///file:feedmill.db?mode=ro&uri=true"
    _refused(feedmill("add", "http://h.example/", FEEDMILL_DATABASE_URL=url), 1, "is read-only")


def test_a_store_that_was_never_made_asks_to_be(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "feedmill.db").touch()
    _refused(feedmill("status"), 1, "is empty", "run feedmill migrate")


def test_looking_where_there_is_no_store_says_so_and_makes_none(feedmill: Feedmill, tmp_path: Path) -> None:
    _refused(feedmill("feeds"), 1, "There is no store here (feedmill.db): `feedmill run` or `feedmill add URL` makes")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("status",), ("migrate",), ("add", "http://h.example/")])
def test_another_programs_database_is_left_alone(feedmill: Feedmill, tmp_path: Path, command: tuple[str, ...]) -> None:
    connection = sqlite3.connect(tmp_path / "feedmill.db")
    connection.execute("CREATE TABLE articles (x)")
    connection.close()
    _refused(feedmill(*command), 1, "is another program's", "FEEDMILL_DATABASE_URL")


@pytest.mark.parametrize(
    "command",
    [
        ("articles", "--limit", HUGE),
        ("hosts", "--limit", "-1"),
        ("follow", "--since", HUGE),
        ("follow", "--limit", HUGE),
        ("articles", "--since", "9999-12-31T23:59:59-10:00"),
        ("poll", "--user", "joe"),
        ("poll", "1", "--user", "joe", "--queue"),
        ("poll", "--queue", "--json"),
        ("poll", "--queue", "--force"),
        ("poll", "1", "--wait"),
        ("poll", "1", "--queue", "--timeout", "3s"),
        ("poll", "1", "--queue", "--wait", "--timeout", "9y"),
        ("sanitise", "--base", "nope"),
        ("set", "1"),
        ("set", "1", "--guid-policy", "title"),
    ],
)
@pytest.mark.usefixtures("made_store")
def test_what_cannot_be_meant_is_wrong_usage(feedmill: Feedmill, command: tuple[str, ...]) -> None:
    feedmill("add", "--as-is", "http://h.example/feed")
    done = feedmill(*command)
    _refused(done, 2)
    assert "not a valid" not in done.stderr


def test_a_list_that_is_none_is_named(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "page.xml").write_text("<html/>")
    _refused(feedmill("import", "page.xml"), 1, "page.xml was not imported: it is no OPML document")


def test_a_store_newer_than_the_code_is_left_alone(feedmill: Feedmill, tmp_path: Path) -> None:
    feedmill("migrate")
    with sqlite3.connect(tmp_path / "feedmill.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    for command in (("status",), ("migrate",), ("run", "--once"), ("add", "http://h.example/")):
        _refused(feedmill(*command), 1, "9999", "upgrade Feedmill")


@pytest.mark.usefixtures("made_store")
def test_a_broker_that_cannot_be_reached_is_named_and_the_request_is_kept(feedmill: Feedmill) -> None:
    feedmill("add", "--as-is", "http://h.example/feed")
    done = feedmill("poll", "--queue", "1", FEEDMILL_BROKER_URL="redis://127.0.0.1:1/0")
    assert (done.returncode, done.stdout) == (1, "1 feed waits for a worker (ticket 1).\n")
    assert "127.0.0.1:1/0 cannot be reached" in done.stderr
    assert "the next tick makes them" in done.stderr
    assert '"next_poll_reason":"requested"' in feedmill("feeds", "--json").stdout


@pytest.mark.usefixtures("made_store")
def test_queueing_needs_no_broker_in_the_embedded_deployment(feedmill: Feedmill) -> None:
    feedmill("add", "--as-is", "http://h.example/feed")
    waiting = "1 feed waits for the next tick of a `feedmill run` in this store (ticket 1).\n"
    assert feedmill("poll", "--queue", "1").stdout == waiting


@pytest.mark.usefixtures("made_store")
def test_who_waits_for_workers_hears_that_none_runs(feedmill: Feedmill) -> None:
    feedmill("add", "--as-is", "http://h.example/feed")
    done = feedmill("poll", "--queue", "--wait", "--timeout", "0s", "1", "7")
    assert done.returncode == 1
    assert done.stderr == (
        "feedmill: 1 was not polled yet: nothing has been polled since it was asked for; is a worker running?\n"
        "feedmill: There is no feed 7: `feedmill feeds` lists them, `feedmill add URL` adds one.\n"
    )


@pytest.mark.parametrize("command", [("show", "7"), ("poll", "7"), ("pause", "7"), ("articles", "http://h.example/")])
@pytest.mark.usefixtures("made_store")
def test_what_does_not_exist_is_named(feedmill: Feedmill, command: tuple[str, ...]) -> None:
    _refused(feedmill(*command), 1, command[1], "lists them")


@pytest.mark.parametrize("command", ["show", "poll", "pause", "polls", "webhook remove"])
@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 20, "9" * 5000])
@pytest.mark.usefixtures("made_store")
def test_a_number_beyond_all_ids_names_nothing(feedmill: Feedmill, command: str, number: str) -> None:
    _refused(feedmill(*command.split(), number), 1, "There is no", number, "lists them")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("follow --once --since", "is no cursor, which is the number before"),
        ("articles --limit", "is not a number from"),
    ],
)
@pytest.mark.usefixtures("made_store")
def test_a_number_beyond_all_cursors_is_wrong_usage(feedmill: Feedmill, command: str, said: str) -> None:
    _refused(feedmill(*command.split(), "9" * 20), 2, said)


@pytest.mark.usefixtures("made_store")
def test_wrong_usage_is_exit_2(feedmill: Feedmill) -> None:
    for command in (("frobnicate",), ("show", "abc"), ("articles", "--since", "yesterday"), ("add",)):
        assert feedmill(*command).returncode == 2


def test_a_closed_pipe_is_no_failure(environment: dict[str, str], feedmill: Feedmill, tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number}.txt").write_text(f"Dispatch {number}. " * 50)
    feedmill("ingest", str(tmp_path / "*.txt"))
    shell = f"{sys.executable} -P -m worker articles --json | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", shell], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, timeout=240
    )
    assert (done.stdout.splitlines()[-1], done.stderr) == ("0", "")


def test_html_is_sanitised_from_standard_input(feedmill: Feedmill) -> None:
    done = feedmill("sanitise", stdin='<p onclick="x()">Hi<script>alert(1)</script></p>')
    assert done.stdout == "<p>Hi</p>\n"


def test_output_for_which_there_is_no_room_is_no_fault(environment: dict[str, str], tmp_path: Path) -> None:
    python = f"{shlex.quote(sys.executable)} -P -m worker"
    limited = ["sh", "-c", f"ulimit -f 0; exec {python} --help > help.txt"]
    done = subprocess.run(limited, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    _refused(done, 1, "The output could not be written: file too large.")
