"""What the pages show in blocks of shell and Python, run as a reader would, in a store of loopback feeds.

Names of the pages' own (hosts, a cursor, servers) become those of the test. Programs that are not ours stand in PATH as
a line of shell each; tests/unit/test_pages.py holds what they are given against what there is.
"""

import base64
import hmac
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import redis

from tests.documents import item, page, rss
from tests.pages import ROOT, Block, blocks, code, is_run, table
from tests.seeds import place
from tests.servers.publisher import Answer, Publisher
from tests.stores import url_of
from worker.database.clock import read_clock
from worker.database.engine import open_store, writing
from worker.manage.feeds import NewFeed, add_feeds
from worker.outbox import number_events
from worker.pipeline.tools import make_tools
from worker.seeds.ingest import ingest
from worker.settings import Settings
from worker.webhooks.deliver import show_secret, sign_message, signing_key

FIRST_COMMAND = "$ feedmill run --once\n"
DISPATCH = ROOT / "seeds/000_bf109dae1bb8955b.txt"
HOSTS = "a b c d e f g h i slow ours example.org".split()
# Sends its files, words, folder and environment to the process that commands are forked from. What is followed for
# ever ends here with what there is.
_FEEDMILL = """#!{python} -IS
import json, os, socket, sys
words = sys.argv[1:]
words += ["--once"] if words[:1] == ["follow"] and "--once" not in words else []
asking = socket.socket(socket.AF_UNIX)
asking.connect({socket!r})
asked = {{"arguments": words, "folder": os.getcwd(), "environment": dict(os.environ)}}
socket.send_fds(asking, [json.dumps(asked).encode()], [0, 1, 2])
sys.exit(int(asking.recv(20)))
"""
_STAND_INS = {
    "docker": '[ "$2" != exec ] || { shift 2; [ "$1" != -T ] || shift; shift; exec "$@"; }',
    "jq": """case $1 in select*) exec cat;; esac; exec grep -o "\\"${2#.}\\":[^,]*" """,
    "openssl": "head -c $3 /dev/zero | od -An -v -tx1 | tr -d ' \\n'",
    "sudo": 'shift 2; exec "$@"',
    "your-program": "exec cat",
    **dict.fromkeys("activate celery chown journalctl pg_dump pip psql python python3 useradd".split(), ":"),
}
# Whatever fails says where the page shows it. What is meant for another shell's setup file is made, and not read.
_SHELL = """trap 'echo "{page}:$LINENO: $BASH_COMMAND" >&2' ERR; set -euo pipefail
eval() { :; }
source() { cat >/dev/null; }
. ./shown.sh"""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        feed = rss([item("one", "No ceasefire yet.")])
        for path in ("/world/rss", "/feed", "/private.xml"):
            publisher.serve(path, feed)
        publisher.serve("/world", page("/world/rss"), "text/html")
        publisher.on("/feedmill", Answer())
        yield publisher


@pytest.fixture
def names(publisher: Publisher, valkey_url: str, tmp_path: Path) -> dict[str, str]:
    """What pages write, and what stands for it here."""
    return {
        ".venv/bin/": "",
        "/opt/feedmill/bin/": "",
        "/var/lib/feedmill": str(tmp_path),
        "https://www.theguardian.com": publisher.url(""),
        "www.theguardian.com": publisher.authority,
        "https://news.example": publisher.url(""),
        "https://hooks.example": publisher.url(""),
        "redis://redis/0": valkey_url,
        "redis://:secret@redis/0": valkey_url,
        '"feedmill:"': f'"{tmp_path.name}:"',
        "81203": "1",
    }


@pytest.fixture(scope="module")
def prepared(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of twelve feeds and a dispatch, to be copied."""
    folder = tmp_path_factory.mktemp("prepared")
    dispatch = place(folder / "dispatch.txt", DISPATCH.read_bytes())
    engine = open_store(f"sqlite:///{shutil.copyfile(migrated_file, folder / 'feedmill.db')}")
    tools = make_tools(Settings(), engine)
    with writing(engine) as connection:
        feeds = [NewFeed(f"http://{host}.example/feed", tags=("World", "Europe")) for host in HOSTS]
        add_feeds(connection, read_clock(connection).now(), feeds)
    assert [seed.new for seed in ingest(tools, [str(dispatch)], Settings().max_body)] == [1]
    number_events(engine)
    tools.close()
    engine.dispose()
    return folder / "feedmill.db"


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    """A folder with a store of its own, with seed files and lists, as the pages have them."""
    shutil.copyfile(prepared, tmp_path / "feedmill.db")
    place(tmp_path / "dispatches/a.txt", DISPATCH.read_bytes())
    place(tmp_path / "archive/a.xml", (ROOT / "seeds/sample-rss.xml").read_bytes())
    for name in ("feeds.opml", "mine.opml"):
        place(tmp_path / name, (ROOT / "seeds/feeds.opml").read_bytes())
    return tmp_path


@pytest.fixture
def run(
    commands: object,
    socket_path: Path,
    environment: dict[str, str],
    names: dict[str, str],
    folder: Path,
) -> Callable[[Block], subprocess.CompletedProcess[str]]:
    """Run a block as a reader's shell would; what fails is told by its place in the page."""
    programs = {name: f"#!/bin/sh\n{line}\n" for name, line in _STAND_INS.items()}
    programs["feedmill"] = _FEEDMILL.format(python=sys.executable, socket=str(socket_path))
    for name, text in programs.items():
        place(folder / "bin" / name, text).chmod(0o755)

    def run(block: Block) -> subprocess.CompletedProcess[str]:
        (folder / "shown.sh").write_text("\n" * (block.line - 1) + _renamed(block.text, names))
        # Whoever asks for secrets gets them, line by line.
        secrets = dict.fromkeys(re.findall(r"FEEDMILL_FEED_\w+", block.text), "secret")
        with subprocess.Popen(["yes", "secret"], stdout=subprocess.PIPE) as typing:
            done = subprocess.run(
                ["bash", "-c", _SHELL.replace("{page}", block.page)],
                cwd=folder,
                env=environment | secrets | {"PATH": f"{folder / 'bin'}{os.pathsep}{environment['PATH']}"},
                stdin=typing.stdout,
                capture_output=True,
                text=True,
                check=False,
            )
            typing.kill()
        return done

    return run


def _renamed(text: str, names: dict[str, str]) -> str:
    for name, here in names.items():
        text = text.replace(name, here)
    return text


@pytest.mark.parametrize("block", [block for block in blocks("sh") if is_run(block)], ids=str)
def test_every_command_of_a_block_does_what_the_page_promises(
    block: Block,
    run: Callable[[Block], subprocess.CompletedProcess[str]],
    names: dict[str, str],
    request: pytest.FixtureRequest,
) -> None:
    if "postgresql://" in block.text:
        url = url_of(request.getfixturevalue("postgres"))
        names |= dict.fromkeys(("postgresql://feedmill@db/feedmill", "postgresql://feedmill:one@db/feedmill"), url)
    done = run(block)
    assert done.returncode == 0, f"{done.stderr}\n{done.stdout}"


def test_the_first_session_looks_as_the_readme_shows_it(
    feedmill: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (shown,) = [
        block.text.removeprefix(FIRST_COMMAND) for block in blocks("console") if block.text.startswith(FIRST_COMMAND)
    ]
    for path in (ROOT / "seeds").iterdir():
        # Without a network: no such name ever resolves (RFC 6761, section 6.4).
        text = re.sub(r'xmlUrl="https://([^/]+)', r'xmlUrl="https://\1.invalid', path.read_text())
        place(tmp_path / "seeds" / path.name, text)
    (width,) = re.findall(r"a terminal of (\d+) columns", (ROOT / "README.md").read_text())
    done = feedmill("run", "--once", COLUMNS=width)
    assert done.stdout == shown


def test_what_else_is_shown_with_its_answer_is_answered_so(
    folder: Path, feedmill: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    for block in blocks("console"):
        command, _, shown = block.text.partition("\n")
        if not (block.mark or block.text.startswith(FIRST_COMMAND)):
            done = feedmill(*shlex.split(command.removeprefix("$ feedmill ")))
            assert (done.returncode, done.stdout.split()[:1]) == (0, shown.split()[:1]), str(block)


def test_a_program_that_the_readme_shows_runs(
    environment: dict[str, str], names: dict[str, str], folder: Path, valkey_url: str
) -> None:
    environment |= {"FEEDMILL_BROKER_URL": valkey_url, "FEEDMILL_BROKER_PREFIX": f"{folder.name}:"}
    for block in blocks("python"):
        if block.page == "README.md":
            _run_python(block, environment, names, folder)


def _run_python(block: Block, environment: dict[str, str], names: dict[str, str], folder: Path) -> None:
    program = "\n" * (block.line - 1) + _renamed(block.text, names)
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, ""), f"{block}: {done.stderr}"


def test_a_message_from_another_language_is_that_of_a_foreign_celery_application(
    environment: dict[str, str], names: dict[str, str], folder: Path, valkey_url: str
) -> None:
    (foreign,) = [block for block in blocks("python") if "send_task" in block.text and block.page == "docs/programs.md"]
    (message,) = blocks("json")
    _run_python(foreign, environment, names, folder)
    with redis.Redis.from_url(valkey_url) as client:
        (sent,) = [json.loads(line) for line in client.lrange(f"{folder.name}:ondemand", 0, -1)]
    shown = json.loads(message.text)
    body = _renamed(base64.b64decode(shown["body"]).decode(), names)
    arguments, given = (json.loads(text)[:2] for text in (body, base64.b64decode(sent["body"])))
    assert arguments == given == [[[12, names["https://news.example"] + "/feed"]], {}]
    assert {*shown} == {*sent}
    assert {*shown["headers"]} <= {*sent["headers"]}
    assert {*shown["properties"]} <= {*sent["properties"]}
    # Celery itself names no exchange: both go to the queue.
    assert shown["properties"]["delivery_info"]["routing_key"] == sent["properties"]["delivery_info"]["routing_key"]


def test_a_receiver_that_checks_signatures_as_the_page_shows_takes_a_message_of_ours() -> None:
    (block,) = [block for block in blocks("python") if "whsec_" in block.text]
    key = signing_key("0123456789abcdef0123456789abcdef", "salt")
    message = sign_message(key, "msg_1", datetime.now(UTC), b"{}")
    received = {
        "secret": show_secret(key),
        "headers": dict(header.split(": ") for header in message.headers),
        "body": message.body,
    }
    exec(compile(block.text, str(block), "exec"), {"base64": base64, "hmac": hmac, **received})


def test_each_change_has_the_fields_that_the_page_lists(
    folder: Path, feedmill: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    (change,) = feedmill("follow", "--since", "0", "--json", "--limit", "1").stdout.splitlines()
    told = (ROOT / "docs/programs.md").read_text().partition("Each object has ")[2].partition("`details`")
    assert [*json.loads(change)] == code("".join(told[:2]))


def test_each_article_has_the_fields_that_the_page_lists(
    folder: Path, feedmill: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    (article,) = feedmill("articles", "--json", "--limit", "1").stdout.splitlines()
    rows = {name for row in table("docs/fields.md", "# The fields of an article") for name in code(row[0])}
    assert {*json.loads(article)} <= rows
