"""What an operator types to see how feeds and hosts are doing, and to set how they are treated."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers.messages import Answer
from tests.servers.publisher import Publisher

pytestmark = pytest.mark.usefixtures("made_store")
Feedmill = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


def test_a_hosts_gap_and_a_feeds_interval_are_set_listed_and_taken_back(feedmill: Feedmill) -> None:
    feedmill("add", "http://h.example/feed", "http://h.example:8080/feed")
    done = feedmill("hosts", "h.example", "--gap", "5s", "--parallel", "2")
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [f"Set h.example:{port}: 5s between two requests, 2 at a time" for port in (80, 8080)],
    )
    assert '"gap":5.0,"parallel":2' in feedmill("hosts", "--json", "--text", "8080").stdout
    assert "usual gap" in feedmill("hosts", "http://h.example/feed", "--gap", "default").stdout
    assert "every 30m; next poll" in feedmill("set", "1", "http://h.example:8080/feed", "--interval", "30m").stdout
    assert '"options":{"interval":1800.0}' in feedmill("feeds", "--json").stdout
    assert "the usual interval" in feedmill("set", "1", "--interval", "default").stdout


def test_how_long_articles_are_kept_is_chosen_by_feed_and_tag_listed_and_taken_back(feedmill: Feedmill) -> None:
    feedmill("add", "http://h.example/feed", "--tag", "World")
    assert feedmill("set", "1", "--retain", "30d").stdout == "Set http://h.example/feed: articles are kept for 30d\n"
    assert feedmill("retain", "World", "forever").stdout == "Set tag World: articles are kept for ever.\n"
    assert [" ".join(line.split()) for line in feedmill("retain").stdout.splitlines()] == [
        "ARTICLES OF ARE KEPT",
        "feeds tagged World for ever",
        "1 http://h.example/feed 30d",
        "other feeds (FEEDMILL_RETAIN_ARTICLES) for ever",
    ]
    assert "are kept as others are" in feedmill("set", "1", "--retain", "default").stdout
    feedmill("retain", "World", "default")
    assert feedmill("retain", "--json").stdout == '{"tag":null,"feed_id":null,"url":null,"kept_for":null}\n'


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (
            ("set", "1", "--retain", "23h"),
            2,
            "--retain is 1d to 36500d, written as",
        ),
        (("set", "1", "--retain", "long"), 2, "or forever, or default; not 'long'."),
        (("retain", "World", "30d"), 1, "No feed has the tag World"),
        (("retain", "World"), 2, "A TAG goes with a DURATION"),
        (("set", "1", "--interval", "30s"), 2, "--interval is 1m to 30d"),
        (("set", "1", "--interval", "often"), 2, "or default; not 'often'."),
        (("set", "7", "--interval", "1h"), 1, "There is no feed 7"),
        (("hosts", "h.example", "--gap", "2h"), 2, "--gap is 0s to 1h"),
        (("hosts", "h.example", "--parallel", "many"), 2, "--parallel is a number from 1 to 32"),
        (("hosts", "--gap", "1s"), 2, "for the HOSTs that are named"),
        (("hosts", "other.example", "--gap", "1s"), 1, "There is no host other.example"),
        (("hosts", "h example", "--gap", "1s"), 1, "a host is named as"),
        (("hosts", "other.example"), 1, "`feedmill hosts` lists them"),
    ],
)
def test_what_cannot_be_set_is_told_in_one_sentence(
    feedmill: Feedmill, command: tuple[str, ...], code: int, told: str
) -> None:
    feedmill("add", "http://h.example/feed")
    done = feedmill(*command)
    assert (done.returncode, done.stdout) == (code, "")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("columns", ["80", "120", "200"])
def test_the_ledger_says_what_happened_and_why_next_then_on_any_terminal(
    feedmill: Feedmill, publisher: Publisher, columns: str
) -> None:
    url = publisher.on("/feed", Answer(status=404, headers={"Retry-After": "7200"}))
    feedmill("add", "--as-is", url)
    feedmill("poll", url)
    for command in (("feeds",), ("polls",), ("polls", url)):
        words = " ".join(feedmill(*command, COLUMNS=columns).stdout.split())
        assert "127.0.0.1 answered 404 (Not Found)" in words
        assert "the publisher's Retry-After of 2h" in words


def test_what_is_so_already_is_told_as_it_is(feedmill: Feedmill) -> None:
    url = "http://h.example/feed"
    feedmill("add", "--as-is", url)
    assert feedmill("resume", "1").stdout == f"{url} was active already\n"
    feedmill("pause", "1")
    assert feedmill("pause", "1").stdout == f"{url} was paused already (paused by its operator)\n"
    for names in (("poll", "1"), ("poll", "--queue", "1")):
        refused = feedmill(*names)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.endswith("1 is paused (paused by its operator): `feedmill resume 1` first.\n")
    assert feedmill("feeds", "--state", "active").stdout == "None match.\n"
    assert feedmill("articles", "--text", "zzzz").stdout == "None match.\n"
    feedmill("remove", "1")
    assert "1 was removed: `feedmill feeds --state removed` lists" in feedmill("remove", "1").stderr


def test_by_what_entries_are_known_is_set_and_taken_back(feedmill: Feedmill) -> None:
    url = "http://h.example/feed"
    feedmill("add", "--as-is", url)
    done = feedmill("set", "1", "--guid-policy", "guid-and-link", "--interval", "2h")
    assert done.stdout.startswith(f"Set {url}: every 2h; ")
    assert done.stdout.endswith("; entries known by guid and link\n")
    assert "Entries known by     guid and link, as its operator chose\n" in feedmill("polls", "1").stdout
    assert feedmill("set", "1", "--guid-policy", "default").stdout == (
        f"Set {url}: entries known by what the audit says\n"
    )
    assert '"options":{"interval":7200.0}' in feedmill("feeds", "--json").stdout


def test_a_webhook_that_nothing_may_be_sent_to_is_refused(feedmill: Feedmill) -> None:
    done = feedmill("webhook", "add", "http://10.0.0.1/hook", FEEDMILL_WEBHOOK_SECRET="x" * 32)
    assert (done.returncode, done.stdout) == (1, "")
    assert "http://10.0.0.1/hook was not added: 10.0.0.1 is not a public address (private)" in done.stderr
    assert "FEEDMILL_ALLOW_HOSTS" in done.stderr


def test_a_list_of_feeds_may_be_longer_than_a_document_from_a_file_and_from_the_web(
    feedmill: Feedmill, publisher: Publisher, environment: dict[str, str], tmp_path: Path
) -> None:
    environment["FEEDMILL_MAX_BODY"] = "10kB"
    outlines = (f'<outline text="Feed {number}" xmlUrl="http://h{number}.example/feed"/>' for number in range(300))
    body = f'<opml version="2.0"><body>{"".join(outlines)}</body></opml>'
    assert len(body) > 10_000
    (tmp_path / "feeds.opml").write_text(body)
    assert "feeds.opml: 300 feeds added, 0 known already." in feedmill("import", "feeds.opml").stdout
    assert (
        "0 feeds added, 300 known already." in feedmill("import", publisher.serve("/feeds.opml", body.encode())).stdout
    )
    assert feedmill("export").stdout.count("xmlUrl=") == 300
