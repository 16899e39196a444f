from datetime import UTC, datetime, timedelta

from worker.schedule.pushes import count_missed, find_push, is_same_push
from worker.values.due_feeds import Document
from worker.values.entries import ParsedDocument
from worker.values.hubs import Push

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
FEED, HUB = "https://news.example/feed", "https://hub.example/"
PUSH = Push(HUB, FEED)


def _find(link: str | None = None, hubs: tuple[str, ...] = (), self_url: str | None = None) -> Push | None:
    document = Document("https://news.example/index.xml", b"", link=link)
    return find_push(FEED, document, ParsedDocument("rss", "expat", (), self_url=self_url, hub_urls=hubs))


def test_a_document_that_names_no_hub_has_none() -> None:
    assert _find(self_url=FEED, link="<https://news.example/>; rel=alternate") is None


def test_the_first_hub_that_can_be_asked_is_the_one() -> None:
    assert _find(hubs=("", "ftp://hub.example/", HUB, "https://second.example/"), self_url=FEED) == PUSH


def test_a_feed_without_a_self_link_is_called_by_its_url() -> None:
    assert _find(hubs=(HUB,)) == PUSH
    assert _find(hubs=(HUB,), self_url="urn:feed") == PUSH


def test_relative_links_are_of_the_document() -> None:
    assert _find(hubs=("/hub",), self_url="?all") == Push(
        "https://news.example/hub", "https://news.example/index.xml?all"
    )


def test_the_header_wins_over_the_document() -> None:
    header = '<https://a.example/>; rel="hub", <https://news.example/all>; rel="self"'
    assert _find(header, (HUB,), FEED) == Push("https://a.example/", "https://news.example/all")


def test_trust_in_a_hub_does_not_make_it_another_one() -> None:
    assert is_same_push(Push(HUB, FEED, NOW), PUSH)
    assert not is_same_push(PUSH, None)
    assert is_same_push(None, None)


def test_only_what_a_trusted_hub_had_time_for_was_missed() -> None:
    trusted = Push(HUB, FEED, NOW + timedelta(days=1))
    found = [NOW - timedelta(minutes=14), NOW - timedelta(minutes=16), None]
    assert count_missed(trusted, found, NOW) == 2
    assert count_missed(PUSH, found, NOW) == 0
    assert count_missed(Push(HUB, FEED, NOW), found, NOW) == 0
    assert count_missed(None, found, NOW) == 0
