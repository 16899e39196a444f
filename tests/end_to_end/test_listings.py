"""What every listing prints of a store that has something of each kind."""

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.documents import PARAGRAPHS, item, rss
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher

pytestmark = pytest.mark.usefixtures("made_store")
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


def test_a_feed_is_named_as_tables_show_it(full: Feedmill, publisher: Publisher) -> None:
    second, third = (publisher.url(path).removeprefix("http://") for path in ("/2", "/3"))
    shown = full("feeds").stdout + full("articles").stdout + full("polls").stdout
    assert all(words in shown for words in ("First", f"3 {third}", f"1 {third.removesuffix('/3')}"))
    first, *others = (full("articles", name).stdout for name in ("1", "First", "2", second))
    assert [carried == first for carried in others] == [True, False, False]
    assert "answered 404" in full("polls", third).stdout


def test_feeds_that_look_alike_are_told_apart_by_their_ids(full: Feedmill, publisher: Publisher) -> None:
    host = publisher.url("").removeprefix("http://").rstrip("/")
    done = full("articles", host)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"feedmill: 3 feeds are called {host}: name one by its id, such as 1, 2, 3.\n"


def test_json_names_feeds_by_id_and_url(full: Feedmill, publisher: Publisher) -> None:
    article = json.loads(full("articles", "--json", "--limit", "1").stdout)
    assert (article["feed_id"], article["feed_url"]) == (1, publisher.url("/1"))
    polled = [json.loads(full("poll", name, "--force", "--json").stdout) for name in ("1", publisher.url("/1"))]
    assert [(poll["url"], poll["feed_id"]) for poll in polled] == [(publisher.url("/1"), 1)] * 2
