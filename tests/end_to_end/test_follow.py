"""``feedmill follow``: changes as they are committed, on the command line."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.documents import item, rss
from tests.servers.commands import Program
from tests.servers.publisher import Publisher
from tests.waiting import PATIENCE, wait_for

Feedmill = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., Program]


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


def _follow(feedmill: Feedmill, *options: str) -> list[dict[str, object]]:
    followed = feedmill("follow", "--once", "--json", *options)
    assert (followed.returncode, followed.stderr) == (0, "")
    return [json.loads(line) for line in followed.stdout.splitlines()]


def test_a_change_says_what_changed_and_where_to_read_it(feedmill: Feedmill, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one", link="http://127.0.0.1/page-1")]))
    feedmill("poll", url)
    (change,) = _follow(feedmill, "--since", "0")
    assert change.pop("at")
    assert change == {
        "cursor": 1,
        "kind": "article created",
        "article_id": 1,
        "feed_id": 1,
        "story_id": 1,
        "title": "one",
        "url": "http://127.0.0.1/page-1",
        "feed_url": url,
        "details": None,
    }


def test_following_goes_on_after_the_cursor_it_is_given(feedmill: Feedmill, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one"), item("two")]))
    feedmill("poll", url)
    first, second = _follow(feedmill, "--since", "0")
    publisher.serve("/feed", rss([item("one", "Other words."), item("two")]))
    feedmill("poll", url)
    (revised,) = _follow(feedmill, "--since", str(second["cursor"]))
    assert (first["kind"], revised["kind"], revised["title"]) == ("article created", "article revised", "one")
    assert _follow(feedmill, "--since", str(revised["cursor"])) == []


def test_people_read_one_line_a_change(feedmill: Feedmill, publisher: Publisher) -> None:
    feedmill("poll", publisher.serve("/feed", rss([item("one", link="http://127.0.0.1/page-1")])))
    (line,) = feedmill("follow", "--once", "--since", "0").stdout.splitlines()
    assert line.split()[0] == "1"
    assert line.endswith("article created     1  one  http://127.0.0.1/page-1")


def test_it_follows_until_ctrl_c_while_feeds_are_polled(
    start: Start, feedmill: Feedmill, publisher: Publisher, tmp_path: Path
) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    feedmill("poll", url)
    process = start("worker", "follow", "--since", "0")
    wait_for(lambda: "one" in (tmp_path / "log-0.txt").read_text(), "the first change is printed")
    publisher.serve("/feed", rss([item("two"), item("one")]))
    feedmill("poll", url)
    wait_for(lambda: "two" in (tmp_path / "log-0.txt").read_text(), "the second change is printed")
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    *changes, last = (tmp_path / "log-0.txt").read_text().splitlines()
    assert (len(changes), last) == (2, "Stopped.")


def test_it_ends_in_silence_when_its_reader_goes_away(
    feedmill: Feedmill, environment: dict[str, str], publisher: Publisher, tmp_path: Path
) -> None:
    feedmill("poll", publisher.serve("/feed", rss([item("one")])))
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "worker", "follow", "--since", "0"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert b"one" in process.stdout.readline()
    process.stdout.close()
    assert process.wait(PATIENCE) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_a_cursor_that_is_of_no_use_is_an_error(feedmill: Feedmill, publisher: Publisher) -> None:
    feedmill("poll", publisher.serve("/feed", rss([item("one")])))
    followed = feedmill("follow", "--since", "7", "--once")
    assert followed.returncode == 1
    assert followed.stderr.startswith("feedmill: There is no change 7 yet, the newest is 1")
