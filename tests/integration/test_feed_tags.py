"""Tags of feeds: where they come from, and that nothing but an operator's word takes them away."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from tests.documents import item, rss
from tests.grouping import wait_until_blocked
from tests.polling import add, count, now_of, poll
from tests.seeds import place
from tests.servers.publisher import Publisher
from worker.database.clock import read_clock
from worker.database.conflicts import write
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, FeedTagRow
from worker.discovery.adding import add_by_url
from worker.look.article_listing import list_articles
from worker.look.feed_listing import find_feed_with_host, list_feeds
from worker.look.listings import Wanted
from worker.manage.feed_tags import add_tags, list_tags, tag_feed, untag_feed
from worker.manage.feeds import list_feeds_to_export, remove_feed
from worker.pipeline.tools import Tools
from worker.seeds.importing import Imported, import_opml
from worker.seeds.ingest import ingest
from worker.seeds.opml_writing import write_opml
from worker.store.feed_moves import move_feed

A, B, C = "http://a.example/feed", "http://b.example/feed", "http://c.example/feed"


def _import(tools: Tools, outlines: str) -> Imported:
    body = f'<opml version="2.0"><body>{outlines}</body></opml>'
    return import_opml(tools, "-", io.BytesIO(body.encode()))


def _folder(tag: str, *urls: str) -> str:
    feeds = "".join(f'<outline text="{url}" xmlUrl="{url}"/>' for url in urls)
    return f'<outline text="{tag}">{feeds}</outline>'


def _tags(tools: Tools) -> dict[str, list[str]]:
    with reading(tools.engine) as connection:
        return {row["url"]: row["tags"] for row in list_feeds(connection, now_of(tools), Wanted())}


def _export(tools: Tools) -> bytes:
    with reading(tools.engine) as connection:
        return b"".join(write_opml(list_feeds_to_export(connection), "Feeds", now_of(tools)))


def test_a_feed_of_several_folders_is_one_feed_with_all_their_tags(tools: Tools) -> None:
    imported = _import(tools, _folder("World", A, B) + _folder("Europe", A) + f'<outline xmlUrl="{C}"/>')
    assert (imported.added, imported.known) == (3, 1)
    assert _tags(tools) == {A: ["Europe", "World"], B: ["World"], C: []}


def test_a_list_that_is_imported_again_adds_tags_and_takes_none_away(tools: Tools) -> None:
    _import(tools, _folder("World", A, B))
    imported = _import(tools, _folder("Europe", A) + f'<outline xmlUrl="{B}"/>')
    assert (imported.added, imported.known) == (0, 2)
    assert _tags(tools) == {A: ["Europe", "World"], B: ["World"]}
    assert _import(tools, _folder("Europe", A)).added == 0
    assert _tags(tools) == {A: ["Europe", "World"], B: ["World"]}


def test_what_is_exported_is_imported_as_it_was(tools: Tools) -> None:
    _import(
        tools,
        f'<outline text="World &amp; more"><outline text="A &quot;1&quot;" xmlUrl="{A}?x=1&amp;y=2" htmlUrl="{B}"/>'
        f'<outline text="TV/Film, Art"><outline xmlUrl="{B}"/></outline></outline><outline text="C" xmlUrl="{C}"/>',
    )
    first = _export(tools)
    with writing(tools.engine) as connection:
        connection.execute(FeedRow.__table__.delete())
    assert count(tools, FeedTagRow) == 0
    imported = import_opml(tools, "-", io.BytesIO(first))
    assert (imported.added, imported.known, imported.unread) == (3, 1, [])
    assert _export(tools).partition(b"<body>")[2] == first.partition(b"<body>")[2]
    with reading(tools.engine) as connection:
        feeds = connection.execute(select(FeedRow.url, FeedRow.title, FeedRow.site_url)).all()
    assert {tuple(feed) for feed in feeds} == {(f"{A}?x=1&y=2", 'A "1"', B), (B, None, None), (C, "C", None)}
    assert _tags(tools) == {f"{A}?x=1&y=2": ["World & more"], B: ["TV/Film, Art", "World & more"], C: []}


def test_a_feed_that_moved_gets_the_tags_of_the_list_that_has_its_former_address(tools: Tools) -> None:
    add(tools, A)
    with writing(tools.engine) as connection:
        move_feed(connection, read_clock(connection).now(), 1, B)
    _import(tools, _folder("World", A) + _folder("Europe", B))
    assert _tags(tools) == {B: ["Europe", "World"]}


def test_two_feeds_that_become_one_have_the_tags_of_both(tools: Tools) -> None:
    _import(tools, _folder("World", A, B) + _folder("Europe", A) + _folder("Science", B))
    with writing(tools.engine) as connection:
        move_feed(connection, read_clock(connection).now(), 1, B)
    assert _tags(tools) == {B: ["Europe", "Science", "World"]}
    assert count(tools, FeedTagRow) == 3


def test_a_seed_list_tags_what_is_known_and_brings_no_removed_feed_back(tools: Tools, tmp_path: Path) -> None:
    add(tools, A, B)
    with writing(tools.engine) as connection:
        remove_feed(connection, 2, articles=False)
    opml = place(tmp_path / "feeds.opml", f"<opml><body>{_folder('World', A, B)}</body></opml>")
    (seed,) = ingest(tools, [opml], 1_000_000)
    assert seed.feeds == 0
    assert _tags(tools) == {A: ["World"]}


def test_what_a_seed_list_names_in_vain_is_told_with_its_line(tools: Tools, tmp_path: Path) -> None:
    opml = place(tmp_path / "feeds.opml", f'<opml><body>\n<outline xmlUrl="/feed"/>{_folder("World", A)}</body></opml>')
    (seed,) = ingest(tools, [opml], 1_000_000)
    assert (seed.feeds, seed.error, [outline.line for outline in seed.unread]) == (1, None, [2])


@pytest.mark.parametrize("warning", ["PHP Warning: date() in /x.php\n", "<br />\n<b>Warning</b>: date()<br />\n"])
def test_a_seed_list_is_one_though_a_warning_stands_above_it(tools: Tools, tmp_path: Path, warning: str) -> None:
    opml = place(tmp_path / "feeds.opml", f"{warning}<opml><body>{_folder('World', A)}</body></opml>")
    (seed,) = ingest(tools, [opml], 1_000_000)
    assert (seed.feeds, seed.new, seed.error) == (1, 0, None)
    assert _tags(tools) == {A: ["World"]}


def test_adding_a_known_feed_with_a_tag_gives_it_the_tag(tools: Tools, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    assert add_by_url(tools, url, lambda: False, ("World",)).is_new
    assert not add_by_url(tools, url, lambda: False, ("Europe",)).is_new
    assert _tags(tools) == {url: ["Europe", "World"]}


def test_a_tag_is_given_once_and_taken_back(tools: Tools) -> None:
    add(tools, A)
    with writing(tools.engine) as connection:
        tag_feed(connection, 1, ["World", "Europe"])
        tag_feed(connection, 1, ["World"])
        assert list_tags(connection, 2) == ["Europe", "World"]
        assert list_tags(connection, 1) == ["Europe"]
        untag_feed(connection, 1, ["World", "Science"])
        assert find_feed_with_host(connection, read_clock(connection).now(), 1)["tags"] == ["Europe"]


def test_a_feed_that_is_deleted_leaves_no_tag(tools: Tools) -> None:
    _import(tools, _folder("World", A))
    with writing(tools.engine) as connection:
        remove_feed(connection, 1, articles=True)
    assert count(tools, FeedTagRow) == 0


@pytest.mark.parametrize(
    ("tag", "urls", "titles"), [("World", ["/a", "/b"], ["a", "b", "c"]), ("Europe", ["/a"], ["a", "b"])]
)
def test_feeds_and_their_articles_are_found_by_tag(
    tools: Tools, publisher: Publisher, tag: str, urls: list[str], titles: list[str]
) -> None:
    a = publisher.serve("/a", rss([item("a"), item("b")]))
    b = publisher.serve("/b", rss([item("b"), item("c")]))
    _import(tools, _folder("World", a, b) + _folder("Europe", a))
    add(tools, publisher.serve("/other", rss([item("d")])))
    poll(tools)
    with reading(tools.engine) as connection:
        feeds = [row["url"] for row in list_feeds(connection, now_of(tools), Wanted(feed_tag=tag))]
        articles = [row["title"] for row in list_articles(connection, Wanted(feed_tag=tag))]
    assert feeds == [publisher.url(url) for url in urls]
    assert sorted(set(articles)) == titles


def test_a_feed_that_is_deleted_while_it_is_tagged_gets_no_tag(postgres_tools: Tools) -> None:
    tools = postgres_tools
    add(tools, A, B)
    with ThreadPoolExecutor() as pool:
        with writing(tools.engine) as connection:
            remove_feed(connection, 1, articles=True)
            tagging = pool.submit(write, tools.engine, lambda other: add_tags(other, {A: ["World"], B: ["World"]}))
            wait_until_blocked(tools.engine)
        tagging.result(10)
    assert _tags(tools) == {B: ["World"]}


def test_two_feeds_that_are_tagged_while_they_become_one_have_the_tags_of_both(postgres_tools: Tools) -> None:
    tools = postgres_tools
    _import(tools, _folder("World", A) + _folder("Europe", A) + f'<outline xmlUrl="{B}"/>')

    def merge(other: Connection) -> None:
        move_feed(other, read_clock(other).now(), 1, B)

    with ThreadPoolExecutor() as pool:
        with writing(tools.engine) as connection:
            add_tags(connection, {A: ["Science"], B: ["World"]})
            merging = pool.submit(write, tools.engine, merge)
            wait_until_blocked(tools.engine)
        merging.result(10)
    assert _tags(tools) == {B: ["Europe", "Science", "World"]}
