"""What an article shows follows from what its feeds and files say of it, whatever the order in which that arrives."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from tests.documents import item, rss
from tests.polling import add, make_due, now_of, poll, schedule
from tests.seeds import place
from tests.servers.publisher import Publisher
from tests.storing import (
    Read,
    article,
    articles,
    events,
    kinds,
    lease,
    poll_once,
    read,
    revisions,
    sightings,
    store,
    texts,
)
from worker.database.engine import reading, writing
from worker.pipeline.conclude import store_prepared
from worker.pipeline.prepare import prepare_documents
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest

FULL = " ".join(["The harbour bridge was opened again on Monday after two winters of repairs to its piers."] * 8)
MEDIUM, SHORT = FULL[:300].strip(), "The harbour bridge was opened again on Monday."
SAID = {"short": SHORT, "medium": MEDIUM, "full": FULL}
SITE = "https://gazette.example"
BRIDGE = f"{SITE}/bridge"
FIRST = "Two people were hurt in the fire, police said first."
LATER = "Nobody was hurt in the fire after all, police corrected."
ORDERS = [("short", "full"), ("full", "short")]


def _bridge(name: str, text: str, *, link: str = BRIDGE, by: str = "") -> bytes:
    """The document of a feed that has the news of the bridge under a guid of its own."""
    author = f"<author>{by}</author>" if by else ""
    entry = item("bridge", text, link=link, guid=name).replace("</item>", f"{author}</item>")
    return rss([entry], site=f"{SITE}/")


def _read_all(tools: Tools, number: int, order: Sequence[str]) -> list[Read]:
    """Read feeds of one page of their own, in this order, before anything is stored."""
    leased = lease(tools, *(f"{SITE}/{number}/{name}" for name in order))
    documents = (_bridge(name, SAID[name], link=f"{BRIDGE}/{number}") for name in order)
    return [read(tools, each, document) for each, document in zip(leased, documents, strict=True)]


def _in_one_commit(tools: Tools, reads: Sequence[Read]) -> None:
    store(tools, *reads)


def _one_after_the_other(tools: Tools, reads: Sequence[Read]) -> None:
    for each in reads:
        store(tools, each)


def _prepared_before_any_is_stored(tools: Tools, reads: Sequence[Read]) -> None:
    now = now_of(tools)
    with reading(tools.engine) as connection:
        prepared = prepare_documents(connection, reads, now, None)
    for one in prepared:
        with writing(tools.engine) as connection:
            store_prepared(connection, [one], now)


def _by_workers_at_once(tools: Tools, reads: Sequence[Read]) -> None:
    with ThreadPoolExecutor(len(reads)) as pool:
        list(pool.map(lambda each: store(tools, each), reads))


@pytest.mark.parametrize(
    "way", [_in_one_commit, _one_after_the_other, _prepared_before_any_is_stored, _by_workers_at_once]
)
def test_of_a_summary_and_a_full_text_of_one_page_the_full_text_is_shown(
    tools: Tools, way: Callable[[Tools, Sequence[Read]], None]
) -> None:
    for number, order in enumerate(ORDERS):
        way(tools, _read_all(tools, number, order))
    assert texts(tools) == [FULL, FULL]


def test_further_polls_of_both_leave_the_full_text_as_it_is(tools: Tools) -> None:
    _in_one_commit(tools, _read_all(tools, 0, ORDERS[0]))
    before = events(tools)
    for order in ORDERS:
        # Edited and edited back: what the summary says now was said later than the full text.
        for text in (f"{SHORT} At noon.", SHORT):
            poll_once(tools, f"{SITE}/0/short", _bridge("short", text, link=f"{BRIDGE}/0"))
        _one_after_the_other(tools, _read_all(tools, 0, order))
    assert (texts(tools), events(tools)) == ([FULL], before)


def test_thirty_pairs_of_feeds_that_are_polled_together_show_thirty_full_texts(tools: Tools) -> None:
    with ExitStack() as stack:
        urls: dict[str, list[str]] = {"short": [], "full": []}
        for number in range(1, 31):
            address = f"127.0.0.{number}"
            for name, text in (("short", SHORT), ("full", FULL)):
                publisher = stack.enter_context(Publisher(address))
                document = rss([item("bridge", text, link=f"http://{address}/bridge", guid=name)])
                urls[name].append(publisher.serve(f"/{name}", document))
        add(tools, *urls["short"])
        add(tools, *urls["full"])
        poll(tools)
        assert texts(tools) == [FULL] * 30


@pytest.mark.parametrize("way", [_in_one_commit, _one_after_the_other])
def test_of_three_feeds_of_one_page_the_fullest_is_shown_in_every_order(
    tools: Tools, way: Callable[[Tools, Sequence[Read]], None]
) -> None:
    for number, order in enumerate(permutations(SAID)):
        way(tools, _read_all(tools, number, order))
    assert texts(tools) == [FULL] * 6


def test_of_equally_full_texts_the_earliest_feeds_is_shown(tools: Tools) -> None:
    twin = FULL.replace("Monday", "Sunday")
    lease(tools, f"{SITE}/first", f"{SITE}/second")
    poll_once(tools, f"{SITE}/second", _bridge("2", twin))
    poll_once(tools, f"{SITE}/first", _bridge("1", FULL))
    assert texts(tools) == [FULL]


def test_when_the_fullest_feed_shrinks_another_ones_words_and_fields_are_shown(tools: Tools) -> None:
    poll_once(tools, f"{SITE}/full", _bridge("f1", FULL, link=f"{BRIDGE}?utm_source=full", by="Ada Lindqvist"))
    poll_once(tools, f"{SITE}/medium", _bridge("m1", MEDIUM, link=f"{BRIDGE}?utm_source=medium", by="Bo Holt"))
    record = poll_once(
        tools, f"{SITE}/full", _bridge("f1", SHORT, link=f"{BRIDGE}?utm_source=full", by="Ada Lindqvist")
    )
    shown = article(tools)
    assert (shown.text, shown.authors, shown.original_url) == (MEDIUM, ["Bo Holt"], f"{BRIDGE}?utm_source=medium")
    assert (record.new, record.updated) == (0, 1)


def test_a_feed_that_grows_fuller_again_is_shown_again_and_no_version_is_kept_twice(tools: Tools) -> None:
    poll_once(tools, f"{SITE}/medium", _bridge("m1", MEDIUM))
    for text in (FULL, SHORT, FULL):
        poll_once(tools, f"{SITE}/full", _bridge("f1", text))
    assert texts(tools) == [FULL]
    assert revisions(tools) == [(1, MEDIUM), (2, None), (3, SHORT)]


def _fire(text: str, *more: str, head: str = "") -> bytes:
    return rss([item("fire", text, link=f"{SITE}/fire"), *map(item, more)], site=f"{SITE}/", head=head)


def test_a_worker_past_its_lease_brings_no_old_words_back(tools: Tools) -> None:
    url = f"{SITE}/feed"
    poll_once(tools, url, _fire(FIRST))
    (late,) = lease(tools, url)
    frozen = read(tools, late, _fire(FIRST))
    poll_once(tools, url, _fire(LATER), etag='"later"')
    before = (article(tools), revisions(tools), events(tools))
    store(tools, frozen, now=now_of(tools) + timedelta(seconds=100))
    assert (article(tools), revisions(tools), events(tools)) == before
    assert (texts(tools), schedule(tools).etag) == ([LATER], '"later"')


def test_a_worker_past_its_lease_adds_what_is_new_and_changes_nothing_of_what_is_carried(tools: Tools) -> None:
    url = f"{SITE}/feed"
    (late,) = lease(tools, url)
    frozen = read(tools, late, _fire(FIRST, "only there"))
    poll_once(tools, url, _fire(LATER, "only here"))
    (record,) = store(tools, frozen)
    assert (record.new, record.updated) == (1, 0)
    # What only the late worker read is not in the newest document.
    carried = {each.guid for each in sightings(tools) if each.left_at is None}
    assert carried == {"fire", "only here"}
    assert {each.title: each.text for each in articles(tools)}["fire"] == LATER


def test_words_that_only_a_late_worker_read_are_kept_as_a_version(tools: Tools) -> None:
    url = f"{SITE}/feed"
    (late,) = lease(tools, url)
    frozen = read(tools, late, _fire(FIRST))
    poll_once(tools, url, _fire(LATER))
    store(tools, frozen)
    assert (texts(tools), revisions(tools)) == ([LATER], [(1, None), (2, FIRST)])


def _self(url: str) -> str:
    return f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="{url}"/>'


@pytest.mark.parametrize("order", ["scan first", "poll first"])
def test_an_old_saved_document_brings_no_old_words_back_at_any_scan(
    tools: Tools, publisher: Publisher, tmp_path: Path, order: str
) -> None:
    url = publisher.url("/feed")
    publisher.serve("/feed", _fire(LATER, head=_self(url)))
    place(tmp_path / "seeds/saved.xml", _fire(FIRST, head=_self(url)))
    add(tools, url)

    def scan() -> None:
        assert [seed.error for seed in ingest(tools, [tmp_path / "seeds"], 1_000_000)] == [None]

    first, second = (scan, lambda: poll(tools)) if order == "scan first" else (lambda: poll(tools), scan)
    first()
    second()
    assert texts(tools) == [LATER]
    before = (article(tools), events(tools))
    for _ in range(3):
        scan()
        make_due(tools)
        poll(tools)
    assert (article(tools), events(tools)) == before


def test_what_only_an_old_saved_document_holds_has_left_the_feed_and_nothing_else_has(
    tools: Tools, publisher: Publisher, tmp_path: Path
) -> None:
    url = publisher.url("/feed")
    add(tools, publisher.serve("/feed", _fire(LATER, "only here", head=_self(url))))
    poll(tools)
    list(ingest(tools, [place(tmp_path / "saved.xml", _fire(FIRST, "only there", head=_self(url)))], 1_000_000))
    carried = {each.guid for each in sightings(tools) if each.left_at is None}
    assert carried == {"fire", "only here"}


def test_an_old_saved_document_that_a_copy_made_young_holds_no_longer_than_to_the_next_poll(
    tools: Tools, publisher: Publisher, tmp_path: Path
) -> None:
    def undated(text: str) -> bytes:
        return rss([f"<item><guid>fire</guid><title>Fire</title><description>{text}</description></item>"], head=link)

    link = _self(publisher.url("/feed"))
    add(tools, publisher.serve("/feed", undated(LATER)))
    poll(tools)
    # As after a copy: nothing tells that it is older than the poll.
    path = place(tmp_path / "saved.xml", undated(FIRST), ago=timedelta(0))
    list(ingest(tools, [path], 1_000_000, still_for=timedelta(0)))
    make_due(tools)
    poll(tools)
    assert texts(tools) == [LATER]


def _atom(text: str, updated: str) -> bytes:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Gazette</title><id>urn:x-gazette</id>'
        f"<updated>2026-11-01T00:00:00Z</updated><entry><id>urn:x-gazette:fire</id><title>Fire</title>"
        f'<link href="{SITE}/fire"/><published>2026-11-01T00:00:00Z</published><updated>{updated}</updated>'
        f'<content type="html">{text}</content></entry></feed>'
    ).encode()


def test_an_atom_entry_with_an_older_updated_date_is_kept_as_a_version_and_not_shown(tools: Tools) -> None:
    poll_once(tools, f"{SITE}/atom", _atom(LATER, "2026-11-03T00:00:00Z"))
    record = poll_once(tools, f"{SITE}/atom", _atom(FIRST, "2026-11-02T00:00:00Z"))
    assert (record.new, record.updated) == (0, 0)
    assert (texts(tools), revisions(tools)) == ([LATER], [(1, None), (2, FIRST)])
    assert kinds(tools) == ["article created"]


def test_an_atom_entry_with_a_younger_updated_date_is_shown(tools: Tools) -> None:
    poll_once(tools, f"{SITE}/atom", _atom(FIRST, "2026-11-02T00:00:00Z"))
    assert poll_once(tools, f"{SITE}/atom", _atom(LATER, "2026-11-03T00:00:00Z")).updated == 1
    assert texts(tools) == [LATER]
