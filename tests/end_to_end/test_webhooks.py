"""Webhooks as an operator has them: added on the command line, delivered to by ``feedmill run``."""

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.documents import item, rss
from tests.servers.commands import Program
from tests.servers.publisher import Answer, Publisher
from tests.waiting import wait_for

pytestmark = pytest.mark.usefixtures("made_store")
Feedmill = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., Program]


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture
def _secret(environment: dict[str, str]) -> None:
    environment["FEEDMILL_WEBHOOK_SECRET"] = "0123456789abcdef0123456789abcdef"


def _received(publisher: Publisher) -> list[tuple[str, str]]:
    messages = [json.loads(request.body) for request in publisher.requests_of("/hook")]
    return [(change["kind"], change["title"]) for message in messages for change in message["data"]["changes"]]


@pytest.mark.usefixtures("_secret")
def test_an_article_is_delivered_seconds_after_it_was_polled(
    feedmill: Feedmill, start: Start, publisher: Publisher
) -> None:
    added = feedmill("webhook", "add", publisher.on("/hook", [Answer(status=503), Answer(status=204)]))
    assert "whsec_" in added.stdout
    feedmill("add", publisher.serve("/feed", rss([item("one")])))
    start("worker", "run")
    wait_for(lambda: len(_received(publisher)) == 2, "it was refused once and comes again")
    assert _received(publisher) == [("article created", "one")] * 2
    listed = json.loads(feedmill("webhook", "list", "--json").stdout)
    assert (listed["state"], listed["behind"], listed["error"]) == ("active", 0, None)


def test_a_webhook_needs_a_secret_first(feedmill: Feedmill) -> None:
    added = feedmill("webhook", "add", "https://hooks.example/feedmill")
    assert (added.returncode, added.stdout) == (2, "")
    assert added.stderr.startswith("feedmill: Set FEEDMILL_WEBHOOK_SECRET first")


@pytest.mark.usefixtures("_secret")
def test_webhooks_are_listed_resumed_and_removed_by_url_or_id(feedmill: Feedmill) -> None:
    feedmill("webhook", "add", "https://hooks.example/feedmill")
    assert feedmill("webhook", "resume", "1").stdout == "Resumed https://hooks.example/feedmill after change 0\n"
    assert "active" in feedmill("webhook", "list").stdout
    assert feedmill("webhook", "remove", "https://hooks.example/feedmill").returncode == 0
    assert feedmill("webhook", "resume", "1").returncode == 1


@pytest.mark.usefixtures("_secret")
def test_a_webhook_that_is_known_shows_its_secret_again(feedmill: Feedmill) -> None:
    first, again = (feedmill("webhook", "add", "https://hooks.example/feedmill").stdout for _ in range(2))
    assert first.splitlines()[-1] == again.splitlines()[-1]
    assert again.startswith("Known already")


@pytest.mark.usefixtures("_secret")
def test_a_webhook_that_is_known_is_not_added_after_a_cursor_but_resumed(feedmill: Feedmill) -> None:
    feedmill("webhook", "add", "https://hooks.example/feedmill")
    again = feedmill("webhook", "add", "https://hooks.example/feedmill", "--since", "0")
    assert (again.returncode, again.stdout) == (1, "")
    assert "`feedmill webhook resume 1 --since 0` moves it" in again.stderr
    assert feedmill("webhook", "resume", "1", "--since", "0").returncode == 0
