"""Older documents of a feed, as a user asks for them, and as a worker's task reads them."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.documents import entry, rss
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher

Feedmill = Callable[..., subprocess.CompletedProcess[str]]
ATOM = ' xmlns:atom="http://www.w3.org/2005/Atom"'


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture(autouse=True)
def _seldom_due(environment: dict[str, str]) -> None:
    """Polls come first, and feeds that are always due would leave no time for anything else."""
    for name in ("", "_MIN", "_MAX"):
        environment[f"FEEDMILL_POLL_INTERVAL{name}"] = "1h"


def _serve(publisher: Publisher, path: str, day: int, older: str | None = None) -> str:
    """Serve a document of two entries of one day of June 2024."""
    link = f'<atom:link rel="next" href="{older}"/>' if older else ""
    items = [entry(f"{day}-{hour}", title=f"{day} at {hour}", published=f"{day} {hour}:00") for hour in (10, 11)]
    return publisher.serve(path, rss(items, head=link).replace(b'version="2.0"', f'version="2.0"{ATOM}'.encode()))


def test_a_user_reads_a_feed_back_to_a_day_or_to_its_oldest_document(feedmill: Feedmill, publisher: Publisher) -> None:
    url = _serve(publisher, "/feed", 20, "/feed2")
    _serve(publisher, "/feed2", 10, "/feed3")
    _serve(publisher, "/feed3", 5)
    second, third = publisher.url("/feed2"), publisher.url("/feed3")
    feedmill("add", url)
    done = feedmill("backfill", url)
    assert done.stdout == f"{url}: it has not been polled yet: its older documents are read once it has been.\n"
    feedmill("poll", url)
    done = feedmill("backfill", url, "--since", "2024-06-08", "--utc")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        f"{url}: 2 entries, 0 new articles",
        f"{second}: 2 entries, 2 new articles",
        f"{third}: 2 entries, 0 new articles",
        f"{url}: 2 new articles; it came to entries from before 2024-06-08 00:00 UTC.",
    ]
    assert (
        feedmill("backfill", url).stdout.splitlines()[-1] == f"{url}: 2 new articles; it came to the oldest document."
    )
    assert "Older documents  asked for " in feedmill("polls", url).stdout


def test_what_cannot_be_read_back_is_told_in_a_sentence(feedmill: Feedmill, publisher: Publisher) -> None:
    url = _serve(publisher, "/feed", 20)
    feedmill("poll", url)
    done = feedmill("backfill", url)
    assert done.returncode == 1
    reason = "the feed does not say where older entries are"
    assert done.stderr == f"feedmill: {url} was not read further back: {reason}.\n"
    _serve(publisher, "/feed", 20, "/feed2")
    publisher.on("/feed2", Answer(status=503, headers={"Retry-After": "3600"}))
    done = feedmill("backfill", url)
    assert done.returncode == 0
    assert f"{publisher.url('/feed2')}: not read (" in done.stdout
    assert "the rest is for a worker (asked for " in done.stdout
    assert feedmill("backfill", "99").stderr.startswith("feedmill: There is no feed 99")
    assert feedmill("backfill", url, "--documents", "0").returncode == 2
    feedmill("pause", url)
    assert "is paused: once `feedmill resume` polls it" in feedmill("backfill", url).stderr


def test_the_task_reads_on_what_a_command_was_stopped_before_and_logs_each_document(
    feedmill: Feedmill, publisher: Publisher, environment: dict[str, str], tmp_path: Path
) -> None:
    url = _serve(publisher, "/feed", 20, "/feed2")
    _serve(publisher, "/feed2", 10)
    feedmill("add", url)
    feedmill("backfill", url)
    feedmill("poll", url)
    environment |= {"FEEDMILL_DATABASE_URL": f"sqlite:///{tmp_path}/feedmill.db"}
    command = [sys.executable, "-P", "-c", "from tasks.maintenance import fill_gaps; fill_gaps()"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    logged = re.sub(r"\x1b\[\d*m", "", done.stdout)
    assert re.findall(r"older document .*new=(\d)", logged) == ["0", "2"]
    assert "outcome=filled" in logged
