"""Adding what somebody names: a feed, or a page whose feed is discovered, with real requests to a real server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.documents import item, page, rss
from tests.polling import count
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow, PollRow
from worker.discovery.adding import AddedFeed, add_by_url
from worker.errors import NamedError
from worker.fetch import FetchLimits, Guard, Transfers
from worker.pipeline.tools import Tools

FEED = rss([item("one")], title="The feed", site="https://site.example/")


def _add(tools: Tools, url: str) -> AddedFeed:
    return add_by_url(tools, url, lambda: False)


def _paths(publisher: Publisher) -> list[str]:
    return [request.target for request in publisher.requests]


def test_a_url_that_is_a_feed_is_added_as_it_was_given(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", FEED)
    added = _add(tools, url + "#top")
    assert (added.feed.url, added.is_new, added.is_of_page) == (url + "#top", True, False)
    assert _paths(publisher) == ["/feed"]


def test_a_page_gives_the_feed_that_it_names(tools: Tools, publisher: Publisher) -> None:
    site = publisher.serve("/", page("/comments/feed", "/world.xml"), "text/html")
    feed = publisher.serve("/world.xml", FEED)
    added = _add(tools, site)
    assert (added.feed.url, added.is_new, added.is_of_page) == (feed, True, True)
    # Nothing beside: no icon, no image, no robots.txt.
    assert _paths(publisher) == ["/", "/world.xml"]


def test_requests_carry_no_cookies_and_no_referrer(tools: Tools, publisher: Publisher) -> None:
    publisher.on("/", Answer(page("/feed"), headers={"Content-Type": "text/html", "Set-Cookie": "a=b"}))
    publisher.serve("/feed", FEED)
    _add(tools, publisher.url("/"))
    assert not {"cookie", "referer"} & set(publisher.requests[-1].headers)


def test_a_page_that_names_none_is_searched_in_the_usual_places(tools: Tools, publisher: Publisher) -> None:
    site = publisher.serve("/news/today", page(), "text/html")
    feed = publisher.serve("/feed.xml", FEED)
    assert _add(tools, site).feed.url == feed
    assert _paths(publisher) == ["/news/today", "/feed", "/rss", "/feed.xml"]


def test_a_candidate_that_is_a_page_itself_is_passed_over(tools: Tools, publisher: Publisher) -> None:
    site = publisher.serve("/", page("/feed", "/second"), "text/html")
    publisher.serve("/feed", page("/deeper"), "text/html")
    feed = publisher.serve("/second", FEED)
    assert _add(tools, site).feed.url == feed
    assert _paths(publisher) == ["/", "/feed", "/second"]


def test_links_count_from_where_the_page_was_redirected_to(tools: Tools, publisher: Publisher) -> None:
    publisher.redirect("/", publisher.url("/home/"))
    publisher.serve("/home/", page("news.rss"), "text/html")
    feed = publisher.serve("/home/news.rss", FEED)
    assert _add(tools, publisher.url("/")).feed.url == feed


def test_a_page_that_begins_like_nothing_is_one_where_its_host_says_so(tools: Tools, publisher: Publisher) -> None:
    site = publisher.serve("/", b"News " + page("/f"), "text/html; charset=utf-8")
    feed = publisher.serve("/f", FEED)
    assert _add(tools, site).feed.url == feed


def test_no_page_makes_us_ask_more_than_eight_times(tools: Tools, publisher: Publisher) -> None:
    site = publisher.serve("/", page(*(f"/{number}" for number in range(100))), "text/html")
    with pytest.raises(NamedError, match=f"{publisher.url('/0')}, could not be read: .*404"):
        _add(tools, site)
    assert _paths(publisher) == ["/", "/0", "/1", "/2", "/3", "/4", "/5", "/6"]


def test_a_page_without_a_feed_adds_nothing(tools: Tools, publisher: Publisher) -> None:
    site = publisher.serve("/", page(), "text/html")
    with pytest.raises(NamedError, match="was not added: it is a web page, and no feed of its site was found.$"):
        _add(tools, site)
    assert count(tools, FeedRow) == 0


@pytest.fixture
def strict_tools(tools: Tools, publisher: Publisher) -> Iterator[Tools]:
    """Tools whose guard lets this publisher through and nothing else on loopback."""
    limits = FetchLimits(timedelta(seconds=5), timedelta(seconds=2), 1_000_000, "test")
    with Transfers(limits, Guard.allowing([publisher.authority])) as transfers:
        yield replace(tools, transfers=transfers)


@pytest.mark.parametrize("target", ["http://127.0.0.9/feed", "http://169.254.169.254/latest", "file:///etc/passwd"])
def test_a_candidate_that_leads_to_a_private_address_is_refused(
    strict_tools: Tools, publisher: Publisher, target: str
) -> None:
    publisher.redirect("/trap", target)
    site = publisher.serve("/", page("/trap", "/good"), "text/html")
    good = publisher.serve("/good", FEED)
    assert _add(strict_tools, site).feed.url == good


def test_a_candidate_on_a_private_address_is_never_dialled(strict_tools: Tools, publisher: Publisher) -> None:
    with Publisher("127.0.0.2") as inside:
        inside.serve("/feed", FEED)
        site = publisher.serve("/", page(inside.url("/feed")), "text/html")
        with pytest.raises(NamedError, match="not a public address"):
            _add(strict_tools, site)
        assert inside.connections == 0


def test_a_private_address_is_not_added(strict_tools: Tools) -> None:
    with pytest.raises(NamedError, match="10.0.0.1 is not a public address.*FEEDMILL_ALLOW_HOSTS"):
        _add(strict_tools, "http://10.0.0.1/feed")
    assert count(strict_tools, FeedRow) == 0


@pytest.mark.parametrize("status", [500, 503, 429])
def test_what_cannot_be_reached_now_is_added_as_it_is(tools: Tools, publisher: Publisher, status: int) -> None:
    publisher.on("/feed", Answer(status=status))
    added = _add(tools, publisher.url("/feed"))
    assert (added.feed.url, added.is_new) == (publisher.url("/feed"), True)
    assert added.unseen
    assert str(status) in added.unseen.sentence


@pytest.mark.parametrize("status", [401, 404, 410])
def test_what_is_not_there_is_not_added_unless_somebody_insists(
    tools: Tools, publisher: Publisher, status: int
) -> None:
    publisher.on("/feed", Answer(status=status))
    with pytest.raises(NamedError, match=f"{status}.*feedmill add --as-is"):
        _add(tools, publisher.url("/feed"))
    assert count(tools, FeedRow) == 0


def test_a_feed_that_is_known_already_is_not_asked_for(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", FEED)
    first = _add(tools, url)
    again = _add(tools, url.replace("/feed", "/x/../feed"))
    assert (again.feed.feed_id, again.is_new) == (first.feed.feed_id, False)
    assert _paths(publisher) == ["/feed"]


def test_a_page_whose_feed_is_known_already_adds_nothing(tools: Tools, publisher: Publisher) -> None:
    first = _add(tools, publisher.serve("/feed", FEED))
    again = _add(tools, publisher.serve("/", page("/feed"), "text/html"))
    assert (again.feed.feed_id, again.is_new, again.is_of_page) == (first.feed.feed_id, False, True)


def test_a_discovered_feed_has_its_title_and_site_before_its_first_poll(tools: Tools, publisher: Publisher) -> None:
    publisher.serve("/titled", FEED)
    publisher.serve("/bare", rss([], title="", site=""))
    site = publisher.serve("/page", page("/bare"), "text/html")
    _add(tools, publisher.url("/titled"))
    _add(tools, site)
    with reading(tools.engine) as connection:
        rows = connection.execute(select(FeedRow.title, FeedRow.site_url).order_by(FeedRow.id)).all()
    assert rows == [("The feed", "https://site.example/"), (None, site)]
    assert count(tools, PollRow) == 0
