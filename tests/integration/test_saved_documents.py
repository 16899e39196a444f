"""Saved documents of feeds: what reading one makes known, and what it does not begin."""

from pathlib import Path

from sqlalchemy import select

from tests.documents import item, rss
from tests.polling import add, poll, schedule, titles
from tests.seeds import place
from tests.servers.publisher import Publisher
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow
from worker.discovery.adding import add_by_url
from worker.manage.feeds import NamedFeed, find_feed, list_feeds_to_export, remove_feed, resume_feed
from worker.pipeline.tools import Tools
from worker.seeds.bunches import SeedRead
from worker.seeds.ingest import ingest
from worker.store.feed_moves import move_feed
from worker.values.due_feeds import FeedState

ATOM = ' xmlns:atom="http://www.w3.org/2005/Atom"'


def _save(folder: Path, url: str, *names: str) -> Path:
    document = rss(map(item, names), head=f'<atom:link rel="self" href="{url}"/>')
    return place(folder / "saved.xml", document.replace(b'version="2.0"', f'version="2.0"{ATOM}'.encode()))


def _ingest(tools: Tools, path: Path) -> SeedRead:
    (seed,) = ingest(tools, [path], 1_000_000)
    assert seed.error is None
    return seed


def _feed(tools: Tools, url: str) -> NamedFeed:
    with reading(tools.engine) as connection:
        feed = find_feed(connection, url)
    assert feed
    return feed


def test_a_saved_document_of_an_unknown_feed_makes_it_known_but_not_polled(
    tools: Tools, publisher: Publisher, tmp_path: Path
) -> None:
    url = publisher.serve("/feed", rss([item("two")]))
    seed = _ingest(tools, _save(tmp_path, url, "one"))
    assert (seed.new, seed.feeds, seed.unpolled) == (1, 0, 1)
    assert poll(tools) == []
    assert titles(tools) == ["one"]
    feed = _feed(tools, url)
    assert (feed.state, feed.is_from_document) == (FeedState.PAUSED, True)


def test_a_second_document_of_it_makes_nothing_known(tools: Tools, tmp_path: Path) -> None:
    _ingest(tools, _save(tmp_path, "http://h.example/feed", "one"))
    assert _ingest(tools, _save(tmp_path, "http://h.example/feed", "two")).unpolled == 0


def test_a_saved_document_of_a_polled_feed_leaves_it_polled(tools: Tools, publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.serve("/feed", rss([item("two")]))
    add(tools, url)
    assert _ingest(tools, _save(tmp_path, url, "one")).unpolled == 0
    assert [record.new for record in poll(tools)] == [1]


def test_adding_it_by_its_url_begins_its_polls(tools: Tools, publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.serve("/feed", rss([item("two")]))
    _ingest(tools, _save(tmp_path, url, "one"))
    assert add_by_url(tools, url, lambda: False).is_new
    publisher.serve("/feed", rss([item("three")]))
    assert [record.new for record in poll(tools)] == [1]


def test_resuming_it_begins_its_polls(tools: Tools, publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.serve("/feed", rss([item("two")]))
    _ingest(tools, _save(tmp_path, url, "one"))
    with writing(tools.engine) as connection:
        resume_feed(connection, read_clock(connection).now(), 1)
    assert [record.new for record in poll(tools)] == [1]


def test_a_list_of_feeds_that_names_it_begins_its_polls(tools: Tools, tmp_path: Path) -> None:
    _ingest(tools, _save(tmp_path, "https://a.example/feed", "one"))
    opml = '<opml version="2.0"><body><outline xmlUrl="https://a.example/feed"/></body></opml>'
    assert _ingest(tools, place(tmp_path / "feeds.opml", opml)).feeds == 1
    assert _feed(tools, "https://a.example/feed").state is FeedState.ACTIVE


def test_a_removed_feed_stays_removed_though_a_saved_document_names_it(tools: Tools, tmp_path: Path) -> None:
    add(tools, "https://a.example/feed")
    with writing(tools.engine) as connection:
        remove_feed(connection, 1, articles=False)
    _ingest(tools, _save(tmp_path, "https://a.example/feed", "one"))
    with reading(tools.engine) as connection:
        states = connection.execute(select(FeedRow.state).order_by(FeedRow.id)).scalars().all()
    assert states == [FeedState.REMOVED], "what it says is that feed's all the same"


def test_a_polled_feed_that_moves_to_it_goes_on_being_polled(tools: Tools, tmp_path: Path) -> None:
    add(tools, "http://h.example/old")
    _ingest(tools, _save(tmp_path, "http://h.example/new", "one"))
    with writing(tools.engine) as connection:
        move_feed(connection, read_clock(connection).now(), 1, "http://h.example/new")
    assert _feed(tools, "http://h.example/old").url == "http://h.example/new"
    assert _feed(tools, "http://h.example/new").state is FeedState.ACTIVE
    assert schedule(tools).next_poll_at is not None


def test_it_is_not_exported_before_somebody_asks_for_it(tools: Tools, tmp_path: Path) -> None:
    _ingest(tools, _save(tmp_path, "http://h.example/feed", "one"))
    with reading(tools.engine) as connection:
        assert list(list_feeds_to_export(connection)) == []
    add(tools, "http://h.example/feed")
    with reading(tools.engine) as connection:
        assert [feed.url for _, feed in list_feeds_to_export(connection)] == ["http://h.example/feed"]
