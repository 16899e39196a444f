"""``feedmill run``: the main job in one process, without a server."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.documents import item, rss
from tests.servers.commands import Program
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from tests.waiting import PATIENCE, wait_for
from worker.database.engine import open_store
from worker.database.schema import SCHEMA_VERSION, migrate

Feedmill = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., Program]
SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """The seeds of the repository without the feeds on the web."""
    return Path(shutil.copytree(SEEDS, tmp_path / "seeds", ignore=shutil.ignore_patterns("*.opml")))


def _titles(folder: Path) -> list[str]:
    store = folder / "feedmill.db"
    if not store.exists():
        return []
    connection = sqlite3.connect(store)
    try:
        return sorted(title for (title,) in connection.execute("SELECT title FROM articles"))
    except sqlite3.OperationalError:
        # The schema is being made.
        return []
    finally:
        connection.close()


def _articles(feedmill: Feedmill) -> list[dict[str, object]]:
    listed = feedmill("articles", "--json")
    assert listed.returncode == 0
    return [json.loads(line) for line in listed.stdout.splitlines()]


def test_a_command_that_has_ended_leaves_the_store_whole_in_its_one_file(feedmill: Feedmill, tmp_path: Path) -> None:
    assert feedmill("ingest", str(SEEDS)).returncode == 0
    assert [path.name for path in tmp_path.glob("feedmill.db*") if path.suffix != ".lock"] == ["feedmill.db"]


def test_once_tells_the_dead_mans_switch_and_takes_no_harm_from_it(
    environment: dict[str, str], feedmill: Feedmill, publisher: Publisher
) -> None:
    environment["FEEDMILL_HEARTBEAT_URL"] = publisher.on("/ping/secret", [Answer(b"OK"), Answer(status=500)])
    taken, refused = feedmill("run", "--once"), feedmill("run", "--once")
    assert (taken.returncode, taken.stderr) == (0, "")
    told = "The heartbeat is not taken: 127.0.0.1 answered 500 (Internal Server Error).\n"
    assert (refused.returncode, refused.stderr) == (0, told)
    assert len(publisher.requests_of("/ping/secret")) == 2


def test_once_shows_the_seed_article_and_the_sample_feeds_articles(seeds: Path, feedmill: Feedmill) -> None:
    once = feedmill("run", "--once")
    assert (once.returncode, once.stderr) == (0, "")
    assert "4 files read; 8 new articles" in once.stdout
    assert "America's military engagement in Afghanistan" in once.stdout


def test_once_reads_past_a_file_that_it_refuses_and_says_where_to_look(seeds: Path, feedmill: Feedmill) -> None:
    (seeds / "page.html").write_text("<html><body>Nothing to read</body></html>")
    once = feedmill("run", "--once")
    assert (once.returncode, once.stderr.count("page.html was not read")) == (0, 1)
    assert "4 files read, 1 not read; 8 new articles" in once.stdout
    assert "`feedmill files --refused` lists what was not read, and why." in once.stdout
    assert "page.html" in feedmill("files", "--refused").stdout


def test_the_given_dispatch_comes_out_as_it_was_meant(seeds: Path, feedmill: Feedmill) -> None:
    feedmill("ingest", "seeds/000_bf109dae1bb8955b.txt")
    (article,) = _articles(feedmill)
    paragraphs = str(article["text"]).split("\n\n")
    assert len(paragraphs) == 10
    assert paragraphs[0].startswith("America's military engagement in Afghanistan is coming to an end")
    assert not paragraphs[-1].endswith("(ANI)")
    assert str(article["title"]).startswith("America's military engagement in Afghanistan is coming to an end")
    assert {name: article[name] for name in ("published_at", "dateline_place", "dateline_date", "agency")} == {
        "published_at": "2021-07-11T00:00:00Z",
        "dateline_place": "Washington DC [US]",
        "dateline_date": "2021-07-10",
        "agency": "ANI",
    }


def test_a_second_run_adds_nothing(seeds: Path, feedmill: Feedmill) -> None:
    feedmill("run", "--once")
    before = _articles(feedmill)
    again = feedmill("run", "--once")
    assert "0 new articles, 0 updated, 0 feeds added" in again.stdout
    assert _articles(feedmill) == before


def test_an_edited_dispatch_is_a_revision_of_its_article(seeds: Path, feedmill: Feedmill) -> None:
    file = seeds / "000_bf109dae1bb8955b.txt"
    feedmill("ingest", str(file))
    file.write_text(file.read_text().replace("85 per cent", "a third"))
    assert "0 new articles, 1 updated" in feedmill("ingest", str(file)).stdout
    (article,) = _articles(feedmill)
    assert "captured close to a third of the territory" in str(article["text"])
    assert article["revision"] == 2
    shown = json.loads(feedmill("show", str(article["id"]), "--json").stdout)
    assert ["85 per cent" in revision["text"] for revision in shown["revisions"]] == [True, False]


@pytest.mark.parametrize("command", [("migrate",), ("run", "--once")])
def test_a_migration_is_named_before_it_is_made(feedmill: Feedmill, tmp_path: Path, command: tuple[str, ...]) -> None:
    engine = open_store(f"sqlite:///{tmp_path}/feedmill.db")
    migrate(engine, "0009")
    engine.dispose()
    told = feedmill(*command).stdout
    named = (
        f"The store sqlite:///feedmill.db is at schema 0009 and is brought to {SCHEMA_VERSION} now; "
        "there is no way back but your backup."
    )
    assert named in told
    assert named not in feedmill(*command).stdout


@pytest.mark.parametrize("command", [("migrate",), ("run", "--once")])
def test_of_an_empty_store_nothing_of_the_kind_is_said(feedmill: Feedmill, command: tuple[str, ...]) -> None:
    assert "no way back" not in feedmill(*command).stdout


def test_a_file_that_is_still_being_written_is_named_and_no_news(
    feedmill: Feedmill, environment: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "dispatch.txt"
    script = "while sleep 0.1; do echo More rain. >> dispatch.txt; done"
    path.write_text("LONDON (Reuters) - Rain fell.")
    with subprocess.Popen(["sh", "-c", script], cwd=tmp_path, start_new_session=True) as writer:
        command = [sys.executable, "-P", "-m", "worker", "ingest", "dispatch.txt"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        os.killpg(writer.pid, signal.SIGKILL)
    assert done.returncode == 1
    assert "dispatch.txt was not read: it is still being written" in done.stderr
    assert "0 files read, 1 still being written; 0 new articles" in done.stdout
    assert "1 file read; 1 new article," in feedmill("ingest", "dispatch.txt").stdout


def test_feeds_are_polled_on_schedule_until_ctrl_c(
    seeds: Path, start: Start, feedmill: Feedmill, publisher: Publisher, tmp_path: Path
) -> None:
    feedmill("add", publisher.serve("/feed", rss([item("one")])))
    process = start("worker", "run")
    wait_for(lambda: "one" in _titles(tmp_path), "the first article is stored")
    wait_for(lambda: len(_titles(tmp_path)) == 9, "the seeds are read too")
    publisher.serve("/feed", rss([item("two"), item("one")]))
    wait_for(lambda: "two" in _titles(tmp_path), "the second article is stored")
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    assert _titles(tmp_path).count("one") == 1
    said = (tmp_path / "log-0.txt").read_text()
    assert said.count("Stopping: what is under way gets five seconds; Ctrl-C ends it at once.") == 1
    assert "shutdown" not in said


def test_hosts_that_hang_hold_up_no_event(
    environment: dict[str, str], start: Start, feedmill: Feedmill, tmp_path: Path
) -> None:
    # One host a claim: the first tick sends a poll task for each of eight hosts, more than there were threads.
    environment |= {"FEEDMILL_BATCH_SIZE": "1", "FEEDMILL_FETCH_TIMEOUT": "2m"}
    with ExitStack() as publishers:
        hanging = [publishers.enter_context(Publisher(f"127.0.0.{number}")) for number in range(2, 10)]
        feedmill("add", "--as-is", *(publisher.hang("/feed") for publisher in hanging))
        start("worker", "run")
        wait_for(lambda: all(publisher.requests for publisher in hanging), "every feed is being fetched")
        (tmp_path / "dispatch.txt").write_text("LONDON (Reuters) - All is well.")
        feedmill("ingest", "dispatch.txt")

        def is_told() -> bool:
            with closing(sqlite3.connect(tmp_path / "feedmill.db")) as connection:
                return bool(connection.execute("SELECT 1 FROM events WHERE position IS NOT NULL").fetchone())

        wait_for(is_told, "the event is numbered")


def test_sigterm_ends_it_in_good_order_and_it_waits_for_no_host(
    seeds: Path, environment: dict[str, str], start: Start, feedmill: Feedmill, publisher: Publisher
) -> None:
    environment["FEEDMILL_FETCH_TIMEOUT"] = "2m"
    feedmill("add", "--as-is", publisher.hang("/feed"))
    process = start("worker", "run")
    wait_for(lambda: publisher.requests_of("/feed"), "the feed is being fetched")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0


def test_looking_at_the_store_works_while_it_runs(
    seeds: Path, start: Start, feedmill: Feedmill, tmp_path: Path
) -> None:
    start("worker", "run")
    wait_for(lambda: len(_titles(tmp_path)) == 8, "the seeds are read")
    status = feedmill("status")
    assert (status.returncode, status.stderr) == (0, "")
    assert "8, 8 in the last hour" in status.stdout


def test_a_second_run_on_the_same_file_is_refused(
    seeds: Path, start: Start, feedmill: Feedmill, tmp_path: Path
) -> None:
    start("worker", "run")
    wait_for(lambda: len(_titles(tmp_path)) == 8, "the first one is at work")
    second = feedmill("run")
    assert second.returncode == 1
    assert "Another feedmill run is using feedmill.db" in second.stderr
