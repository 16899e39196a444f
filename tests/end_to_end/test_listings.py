"""What every listing prints of a store that has something of each kind."""

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.documents import PARAGRAPHS, item, rss
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher

Feedmill = Callable[..., subprocess.CompletedProcess[str]]
LISTINGS = ("feeds", "articles", "polls", "hosts", "stories", "status", "webhook list", "follow --since 0 --once")
WORDS = " ".join(PARAGRAPHS)


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture
def full(feedmill: Feedmill, publisher: Publisher) -> Feedmill:
    """The command, in a folder whose store has feeds, copies, failures and a webhook."""
    first = publisher.serve("/1", rss([item("one", WORDS), item("two")], title="First"))
    second = publisher.serve("/2", rss([item("one", WORDS, link="http://other.example/1", guid="other")]))
    broken = publisher.on("/3", Answer(status=404))
    feedmill("add", first, second)
    feedmill("add", "--as-is", broken)
    feedmill("poll", "1", "2", "3")
    feedmill("webhook", "add", "https://hooks.example/", FEEDMILL_WEBHOOK_SECRET="x" * 32)
    return feedmill


def test_every_listing_is_json_lines_where_that_is_asked_for(full: Feedmill) -> None:
    lines = {}
    for listing in LISTINGS:
        done = full(*listing.split(), "--json")
        assert (done.returncode, done.stderr) == (0, ""), listing
        lines[listing] = [json.loads(line) for line in done.stdout.splitlines()]
    assert [len(lines[listing]) for listing in LISTINGS] == [3, 3, 3, 1, 1, 1, 1, len(lines[LISTINGS[-1]])]
    assert lines["status"][0]["feeds"] == {"active": 3}
    assert lines["status"][0]["polls_last_hour"] == {"new": 2, "permanent": 1}
    assert json.loads(full("show", "1", "--json").stdout)["id"] == 1
