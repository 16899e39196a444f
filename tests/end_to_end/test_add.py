"""What a user reads who adds feeds, and the exit code."""

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.documents import item, rss
from tests.servers.publisher import Answer, Publisher

Feedmill = Callable[..., subprocess.CompletedProcess[str]]
PAGE = b'<!doctype html><title>News</title><link rel="alternate" type="application/rss+xml" href="/world/rss">'
EMPTY = b"<!doctype html><title>Nothing here</title>"


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


def _told(done: subprocess.CompletedProcess[str]) -> tuple[int, list[str], list[str]]:
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


def test_a_feed_a_page_and_a_known_feed_each_have_their_sentence(feedmill: Feedmill, publisher: Publisher) -> None:
    first, world = publisher.serve("/1", rss([])), publisher.serve("/world/rss", rss([item("one")]))
    page = publisher.serve("/", PAGE, "text/html")
    said = [
        f"Added {first} (feed 1)",
        f"Added {world} (feed 2), the feed of {page}",
        f"Known already: {first} (feed 1)",
        f"Known already: {world} (feed 2), the feed of {page}",
        f"Known already: {world} (feed 2)",
    ]
    assert _told(feedmill("add", first, page, first, page, world)) == (0, said, [])


def test_a_page_without_a_feed_does_not_stop_the_others(feedmill: Feedmill, publisher: Publisher) -> None:
    page, feed = publisher.serve("/", EMPTY, "text/html"), publisher.serve("/1", rss([]))
    refusal = f"feedmill: {page} was not added: it is a web page, and no feed of its site was found."
    assert _told(feedmill("add", page, feed)) == (1, [f"Added {feed} (feed 1)"], [refusal])


def test_a_page_whose_feed_cannot_be_read_says_which_and_why(feedmill: Feedmill, publisher: Publisher) -> None:
    page = publisher.serve("/", PAGE, "text/html")
    code, said, (refusal,) = _told(feedmill("add", page))
    assert (code, said) == (1, [])
    assert refusal.startswith(f"feedmill: {page} was not added: it is a web page, and the feed that it names, ")
    assert refusal.endswith(f"{publisher.url('/world/rss')}, could not be read: 127.0.0.1 answered 404 (Not Found).")


def test_what_cannot_be_reached_now_is_added_and_the_reason_told(feedmill: Feedmill) -> None:
    url = "http://127.0.0.1:9/feed"
    said = f"Added {url} (feed 1) as it is: it could not be looked at (127.0.0.1 accepts no connection)"
    assert _told(feedmill("add", url, FEEDMILL_ALLOW_HOSTS="127.0.0.1:9")) == (0, [said], [])
    assert _told(feedmill("add", url)) == (0, [f"Known already: {url} (feed 1)"], [])


def test_a_private_address_is_refused_with_the_way_to_allow_it(feedmill: Feedmill) -> None:
    code, said, (refusal,) = _told(feedmill("add", "http://10.0.0.1/feed"))
    assert (code, said) == (1, [])
    assert refusal.startswith("feedmill: http://10.0.0.1/feed was not added: 10.0.0.1 is not fetched")
    assert "FEEDMILL_ALLOW_HOSTS lists exceptions" in refusal


def test_what_is_not_there_is_refused_with_the_way_to_add_it_all_the_same(
    feedmill: Feedmill, publisher: Publisher
) -> None:
    url = publisher.url("/feed")
    code, said, (refusal,) = _told(feedmill("add", url))
    assert (code, said) == (1, [])
    assert refusal.endswith("answered 404 (Not Found). `feedmill add --as-is` adds it all the same.")
    assert _told(feedmill("add", "--as-is", url)) == (0, [f"Added {url} (feed 1)"], [])


def test_as_is_asks_nobody(feedmill: Feedmill, publisher: Publisher) -> None:
    page = publisher.serve("/", PAGE, "text/html")
    assert _told(feedmill("add", "--as-is", page)) == (0, [f"Added {page} (feed 1)"], [])
    assert _told(feedmill("add", "--as-is", page)) == (0, [f"Known already: {page} (feed 1)"], [])
    assert publisher.requests == []


def test_polling_an_unknown_page_names_the_command_that_finds_its_feed(
    feedmill: Feedmill, publisher: Publisher
) -> None:
    page = publisher.serve("/", PAGE, "text/html")
    done = feedmill("poll", page)
    assert done.returncode == 1
    assert done.stdout == (
        f"{page} was not added: the host served an HTML page, not a feed; `feedmill add {page}` looks for its feed\n"
    )
    assert feedmill("feeds", "--json").stdout == ""


def test_polling_an_unknown_url_that_is_not_there_names_no_other_command(
    feedmill: Feedmill, publisher: Publisher
) -> None:
    publisher.on("/feed", Answer(status=404))
    assert "feedmill add" not in feedmill("poll", publisher.url("/feed")).stdout


def test_a_feed_that_was_found_is_polled_like_any_other(feedmill: Feedmill, publisher: Publisher) -> None:
    publisher.serve("/world/rss", rss([item("one")], title="World"))
    feedmill("add", publisher.serve("/", PAGE, "text/html"))
    (feed,) = [json.loads(line) for line in feedmill("feeds", "--json").stdout.splitlines()]
    assert (feed["title"], feed["state"], feed["last_attempt_at"]) == ("World", "active", None)
    assert "1 new" in feedmill("poll", "1").stdout


def test_an_empty_document_is_refused_with_the_way_to_add_it_all_the_same(
    feedmill: Feedmill, publisher: Publisher
) -> None:
    url = publisher.serve("/feed", b"")
    told = "127.0.0.1 answered 200 (OK), but with nothing in it. `feedmill add --as-is` adds it all the same."
    assert _told(feedmill("add", url)) == (1, [], [f"feedmill: {url} was not added: {told}"])


def test_a_host_that_may_not_be_asked_is_not_kept(feedmill: Feedmill) -> None:
    feedmill("add", "http://169.254.169.254/latest", "http://localhost:81/feed", FEEDMILL_ALLOW_HOSTS="")
    assert feedmill("hosts", "--json").stdout == ""
