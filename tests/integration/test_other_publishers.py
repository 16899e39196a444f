"""Nobody rewrites or kills what another one publishes by naming it: not by a feed, a redirect, or a saved document."""

from pathlib import Path
from typing import Any

import pytest

from tests.documents import item, rss
from tests.newsrooms import ninjs
from tests.polling import add, poll
from tests.seeds import place
from tests.servers.publisher import Publisher
from tests.storing import articles, kinds, poll_once
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest

WORDS = "The harbour bridge was opened again on Monday."
FORGED = f"{WORDS} It fell down at noon, and nobody will ever cross it again, whatever its owners may say."
OWN, OWN_PAGE = "https://gazette.example/feed", "https://gazette.example/bridge"
BURNER = "https://feeds.feedburner.com"
RAW = "https://raw.githubusercontent.com"
VICTIMS = pytest.mark.parametrize(
    ("feed", "page"),
    [(OWN, OWN_PAGE), (f"{BURNER}/gazette", OWN_PAGE), (f"{RAW}/gazette/news/feed", f"{RAW}/gazette/news/bridge")],
    ids=["on a host of its own", "at a feed proxy", "on a code host"],
)
ATTACKERS = ("https://attacker.example/feed", f"{BURNER}/attacker", f"{RAW}/attacker/news/feed")


def _news(page: str, text: str, guid: str, head: str = "") -> bytes:
    """A document that calls the page's site its own."""
    return rss([item("bridge", text, link=page, guid=guid)], site=page.replace("/bridge", "/"), head=head)


def _self(url: str) -> str:
    return f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="{url}"/>'


def _ingest(tools: Tools, path: Path) -> None:
    (seed,) = ingest(tools, [path], 1_000_000)
    assert seed.error is None


def _is_untouched(tools: Tools) -> bool:
    first = articles(tools)[0]
    return (first.text, first.revision, first.killed_by) == (WORDS, 1, None) and set(kinds(tools)) == {
        "article created"
    }


@VICTIMS
def test_a_feed_that_calls_anothers_site_its_own_leaves_its_articles_alone(tools: Tools, feed: str, page: str) -> None:
    poll_once(tools, feed, _news(page, WORDS, "g1"))
    for number, attacker in enumerate(ATTACKERS):
        poll_once(tools, attacker, _news(page, FORGED, "g1"))
        assert len(articles(tools)) == number + 2
    assert _is_untouched(tools)


@VICTIMS
def test_a_feed_that_came_first_does_not_take_over_what_its_publisher_says_later(
    tools: Tools, feed: str, page: str
) -> None:
    for attacker in ATTACKERS:
        poll_once(tools, attacker, _news(page, FORGED, "g1"))
    poll_once(tools, feed, _news(page, WORDS, "g1"))
    assert [each.text for each in articles(tools)] == [FORGED] * 3 + [WORDS]


@VICTIMS
def test_a_saved_document_of_a_shared_hosts_tenant_leaves_anothers_articles_alone(
    tools: Tools, tmp_path: Path, feed: str, page: str
) -> None:
    poll_once(tools, feed, _news(page, WORDS, "g1"))
    for number, attacker in enumerate(ATTACKERS):
        _ingest(tools, place(tmp_path / f"{number}.xml", _news(page, FORGED, "g1", _self(attacker))))
    _ingest(tools, place(tmp_path / "nameless.xml", _news(page, FORGED, "g1")))
    assert len(articles(tools)) == 5
    assert _is_untouched(tools)


def test_what_a_feed_redirects_to_is_the_word_of_the_host_that_serves_it(tools: Tools) -> None:
    poll_once(tools, OWN, _news(OWN_PAGE, WORDS, "g1"))
    poll_once(tools, f"{OWN}/all", _news(OWN_PAGE, FORGED, "g1"), served_at=f"{BURNER}/attacker")
    assert len(articles(tools)) == 2
    assert _is_untouched(tools)


def test_a_redirect_over_http_to_a_foreign_host_vouches_for_nothing(tools: Tools, publisher: Publisher) -> None:
    page = publisher.url("/bridge")
    with Publisher("127.0.0.2") as foreign:
        forged = foreign.serve("/feed", _news(page, FORGED, "g2"))
        add(tools, publisher.serve("/feed", _news(page, WORDS, "g1")), publisher.redirect("/all", forged, 302))
        poll(tools)
    assert sorted(each.text for each in articles(tools)) == [WORDS, FORGED]
    assert set(kinds(tools)) == {"article created"}


@pytest.mark.parametrize("other", ["https://gazette.example/all", "https://feeds.gazette.example/all"])
def test_a_publishers_other_feed_brings_the_fuller_words_of_its_page(tools: Tools, other: str) -> None:
    poll_once(tools, OWN, _news(OWN_PAGE, WORDS, "g1"))
    poll_once(tools, other, _news(OWN_PAGE, FORGED, "g2"))
    assert [each.text for each in articles(tools)] == [FORGED]


ITEM = {
    "uri": "urn:x:bridge",
    "headline": "Bridge opens",
    "slugline": "bridge",
    "source": "Skarholm News Agency",
    "body_text": WORDS,
    "firstcreated": "2026-07-10T08:00:00Z",
}


def _item(version: int, **fields: Any) -> bytes:
    return ninjs(version=version, **ITEM | fields)


AGENCY = "https://agency.example/item"
KILL = {"pubstatus": "canceled"}  # codespell:ignore -- ninjs's spelling
SLUG_ALONE = {"uri": "urn:x:another", "headline": "KILL: Bridge opens"}


@pytest.mark.parametrize("forged", [KILL, SLUG_ALONE, {"body_text": FORGED}], ids=["URN", "slug", "words"])
def test_no_feed_kills_or_rewrites_an_item_of_another_one_by_its_urn_or_slug(
    tools: Tools, forged: dict[str, Any]
) -> None:
    poll_once(tools, AGENCY, _item(1))
    for attacker in ATTACKERS:
        poll_once(tools, attacker, _item(99, **forged))
    assert len(articles(tools)) == 4
    assert articles(tools)[0].killed_by is None
    assert (articles(tools)[0].text, articles(tools)[0].revision) == (WORDS, 1)


@pytest.mark.parametrize("forged", [KILL, SLUG_ALONE, {"body_text": FORGED}], ids=["URN", "slug", "words"])
def test_no_feed_kills_or_rewrites_an_item_that_a_file_brought(
    tools: Tools, tmp_path: Path, forged: dict[str, Any]
) -> None:
    _ingest(tools, place(tmp_path / "item.json", _item(1)))
    for attacker in (*ATTACKERS, AGENCY):
        poll_once(tools, attacker, _item(99, **forged))
    first = articles(tools)[0]
    assert (first.text, first.revision, first.killed_by) == (WORDS, 1, None)


def test_tenants_of_one_shared_host_do_not_kill_each_others_items(tools: Tools) -> None:
    poll_once(tools, f"{RAW}/agency/items/1", _item(1))
    poll_once(tools, f"{RAW}/attacker/items/1", _item(2, **KILL))
    poll_once(tools, f"{RAW}/attacker/items/2", _item(3, **SLUG_ALONE))
    assert articles(tools)[0].killed_by is None


@pytest.mark.parametrize("kill", [KILL, SLUG_ALONE], ids=["URN", "slug"])
def test_a_publishers_other_feed_kills_its_item(tools: Tools, kill: dict[str, Any]) -> None:
    poll_once(tools, AGENCY, _item(1))
    poll_once(tools, "https://wire.agency.example/item", _item(2, **kill))
    assert articles(tools)[0].killed_by is not None


@pytest.mark.parametrize("kill", [KILL, SLUG_ALONE], ids=["URN", "slug"])
def test_a_file_kills_what_another_file_brought(tools: Tools, tmp_path: Path, kill: dict[str, Any]) -> None:
    _ingest(tools, place(tmp_path / "1.json", _item(1)))
    _ingest(tools, place(tmp_path / "2.json", _item(2, **kill)))
    assert articles(tools)[0].killed_by is not None
