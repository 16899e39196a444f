"""What a hub that lies, forges or floods is answered, and that nothing of it is believed."""

from collections.abc import Iterator

import pytest
import requests
from sqlalchemy import create_engine

from tests.documents import item
from tests.polling import titles
from tests.servers.publisher import Publisher
from tests.servers.web import web_server
from tests.websub import SECRET, Pushing, named, pushing, rows, waiting
from worker.database.engine import writing
from worker.database.websub_tables import DeliveryRow
from worker.manage.feeds import pause_feed
from worker.pipeline.tools import Tools
from worker.settings import Settings

# How a hub is answered has nothing to do with the database.
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def feed(tools: Tools, publisher: Publisher) -> Iterator[Pushing]:
    with pushing(tools, publisher) as feed:
        feed.subscribe()
        yield feed


def _callback(feed: Pushing) -> str:
    return feed.hub.asked[0]["hub.callback"]


def test_a_challenge_is_echoed_as_plain_text_and_nothing_else(feed: Pushing) -> None:
    feed.pass_time(feed.subscription().lease_until - feed.subscription().asked_at)
    feed.ask()
    answer = feed.hub.verify(challenge="<script>alert(1)</script>")
    assert answer.text == "<script>alert(1)</script>"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"topic": "https://bank.example/"}, "Not confirmed: the hub names another topic than it was asked for."),
        ({"mode": "publish"}, "Not confirmed: the hub names no mode that there is."),
        ({}, "Not confirmed: nobody asked the hub to subscribe."),
        ({"mode": "unsubscribe"}, "Not confirmed: nobody asked the hub to unsubscribe."),
        ({"lease_seconds": "-1"}, "Not confirmed: the hub gives a lease that is no number of seconds."),
        (
            {"challenge": "x" * 1001},
            "Not confirmed: the hub's challenge is empty, longer than 1,000 characters or no text.",
        ),
    ],
)
def test_what_was_not_asked_for_is_not_confirmed(feed: Pushing, said: dict[str, str], told: str) -> None:
    answer = feed.hub.verify(**said)
    assert (answer.status_code, answer.text) == (404, told)
    assert feed.subscription().state == "active"


def test_what_tells_the_hub_no_challenge_confirms_nothing(feed: Pushing) -> None:
    feed.pass_time(feed.subscription().lease_until - feed.subscription().asked_at)
    feed.ask()
    renewal = feed.subscription().next_attempt_at
    said = {"hub.mode": "subscribe", "hub.topic": feed.url, "hub.challenge": "x", "hub.lease_seconds": "600"}
    assert requests.head(_callback(feed), params=said, timeout=30).status_code == 405
    assert feed.subscription().next_attempt_at == renewal


def test_a_lease_is_ignored_by_who_unsubscribes(feed: Pushing) -> None:
    with writing(feed.tools.engine) as connection:
        pause_feed(connection, feed.subscription().feed_id)
    feed.ask()
    assert feed.hub.verify(lease_seconds="-1").ok
    assert feed.subscription().lease_until is None


def test_a_hub_that_knows_no_token_is_told_nothing(feed: Pushing) -> None:
    wrong = _callback(feed)[:-1] + ("0" if _callback(feed)[-1] != "0" else "1")
    answer = requests.get(wrong, {"hub.mode": "denied", "hub.topic": feed.url}, timeout=30)
    assert (answer.status_code, answer.text) == (404, "There is no such subscription.")
    assert requests.post(wrong, b"<rss/>", timeout=30).status_code == 410
    for number in ("0", "-1", "x", "²", "9" * 19, "9" * 5_000):
        unknown = wrong.replace("/websub/1/", f"/websub/{number}/")
        assert requests.get(unknown, timeout=30).status_code == 404
        assert requests.post(unknown, b"<rss/>", timeout=30).status_code == 410
    assert feed.subscription().state == "active"


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_delivery_may_be_signed_by_each_method_of_the_specification(feed: Pushing, method: str) -> None:
    assert feed.hub.distribute(feed.url, b"<rss/>", method) == [202]
    assert waiting(feed.tools) == 1


@pytest.mark.parametrize("signature", ["", "sha256=00", "md5=00", "sha256", "sha1=" + "0" * 40, "sha256=\xff"])
def test_a_forged_delivery_is_answered_as_a_true_one_and_dropped(feed: Pushing, signature: str) -> None:
    sent = {"X-Hub-Signature": signature.encode("latin-1")} if signature else {}
    forged = named([item("forged")], feed.hub.url, feed.url)
    assert requests.post(_callback(feed), forged, headers=sent, timeout=30).status_code == 202
    assert rows(feed.tools, DeliveryRow) == []


def test_a_delivery_that_was_changed_on_its_way_is_dropped(feed: Pushing) -> None:
    true = named([item("one")], feed.hub.url, feed.url)
    feed.hub.distribute(feed.url, true + b" ", X_Hub_Signature="sha256=" + "ab" * 32)
    assert rows(feed.tools, DeliveryRow) == []


def test_a_delivery_larger_than_any_document_is_refused(feed: Pushing) -> None:
    answer = requests.post(_callback(feed), b" " * 100_001, timeout=30)
    assert (answer.status_code, answer.text) == (413, "The body has over 100,000 bytes.\n")


def test_a_flood_of_deliveries_is_told_to_come_back_later(feed: Pushing) -> None:
    answers = [feed.hub.distribute(feed.url, b"<rss>%d</rss>" % number) for number in range(21)]
    assert answers == [[202]] * 20 + [[503]]
    assert waiting(feed.tools) == 20


def test_a_hub_comes_back_later_while_the_store_cannot_be_reached(tools: Tools) -> None:
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with web_server(away, Settings(public_url="https://news.example", websub_secret=SECRET)) as at:
        answers = [requests.request(method, f"{at}/websub/1/x", timeout=30) for method in ("GET", "POST")]
    assert {answer.status_code for answer in answers} == {503}


def test_without_a_public_url_nobody_is_subscribed(tools: Tools) -> None:
    with web_server(tools.engine, Settings()) as at:
        assert requests.get(f"{at}/websub/1/x", timeout=30).status_code == 404
        assert requests.post(f"{at}/websub/1/x", b"", timeout=30).status_code == 410


def test_a_delivery_that_cannot_be_read_makes_its_feed_be_polled(feed: Pushing) -> None:
    assert feed.hub.distribute(feed.url, b"Hello.") == [202]
    (taken,) = feed.take()
    assert taken.reason == "the host served plain text, not a feed"
    assert titles(feed.tools) == []
