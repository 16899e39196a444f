"""A folder with settings is one feed, whose files they fill; whatever becomes of them no article is doubled or lost."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.newsrooms import nitf
from tests.polling import count, now_of, titles
from tests.seeds import place
from tests.storing import articles, kinds
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.engine import reading
from worker.look.article_listing import list_articles
from worker.look.feed_listing import count_listed_feeds, list_feeds
from worker.look.listings import Listed, Wanted
from worker.pipeline.tools import Tools
from worker.seeds.ingest import ingest

SETTINGS = 'name = "TASS"\nlanguage = "ru"\nagency = "TASS"\nencoding = "koi8-r"\ntags = ["wires"]\n'
# ruff: noqa: RUF001 -- Russian
BRIDGE = "Мост открыт\n\nМост открылся сегодня утром после долгого ремонта.\n\nОн был закрыт два года.\n"
MUSEUM = "Музей закрыт\n\nМузей закрылся сегодня утром на долгий ремонт.\n\nОн был открыт два года.\n"
PLAIN = "LONDON, July 10 (Reuters) - {} is open.\n\nIt was shut for two winters."


def _ingest(tools: Tools, *paths: Path) -> tuple[int, int]:
    reads = list(ingest(tools, paths, 1_000_000))
    assert [str(each.error) for each in reads if each.error] == []
    return sum(each.new for each in reads), sum(each.updated for each in reads)


def _feeds(tools: Tools) -> list[Listed]:
    with reading(tools.engine) as connection:
        wanted = Wanted(is_polled=True)
        found = list(list_feeds(connection, now_of(tools), wanted))
        counted = count_listed_feeds(connection, wanted)
        assert counted
        assert counted.count == len(found)
        return found


def _of_feed(tools: Tools, feed_id: int) -> list[Listed]:
    with reading(tools.engine) as connection:
        return list(list_articles(connection, Wanted(feed_id=feed_id)))


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    """A folder of two providers, of which one has settings."""
    place(tmp_path / "wire/tass/feed.toml", SETTINGS)
    place(tmp_path / "wire/tass/a.txt", BRIDGE.encode("koi8-r"))
    place(tmp_path / "wire/tass/sport/b.txt", MUSEUM.encode("koi8-r"))
    place(tmp_path / "wire/other/c.txt", PLAIN.format("A tunnel"))
    return tmp_path / "wire"


def test_a_folder_with_settings_is_one_feed_that_is_listed_with_its_articles(tools: Tools, wire: Path) -> None:
    assert _ingest(tools, wire) == (3, 0)
    (feed,) = _feeds(tools)
    assert (feed["url"], feed["title"], list(feed["tags"])) == (f"{wire.as_uri()}/tass/", "TASS", ["wires"])
    found = {each["title"]: each for each in _of_feed(tools, feed["id"])}
    assert sorted(found) == ["Мост открыт", "Музей закрыт"]
    bridge = found["Мост открыт"]
    assert (bridge["language"], bridge["agency"], bridge["feed_id"]) == ("ru", "TASS", feed["id"])
    assert _ingest(tools, wire) == (0, 0)


def test_what_a_file_says_itself_counts(tools: Tools, wire: Path) -> None:
    place(wire / "tass/d.txt", PLAIN.format("A well"))
    _ingest(tools, wire)
    with reading(tools.engine) as connection:
        agencies = {each["title"]: each["agency"] for each in list_articles(connection, Wanted())}
    assert (agencies["A well is open."], agencies["Мост открыт"]) == ("Reuters", "TASS")


def test_moments_without_a_zone_are_of_the_folders(tools: Tools, tmp_path: Path) -> None:
    place(tmp_path / "wire/feed.toml", 'time_zone = "Asia/Tokyo"')
    date = '<date.issue norm="20260710T153000"/>'
    place(tmp_path / "wire/a.xml", nitf("<hedline><hl1>Rain</hl1></hedline>", docdata=date))
    _ingest(tools, tmp_path / "wire")
    with reading(tools.engine) as connection:
        (article,) = list_articles(connection, Wanted())
    assert article["published_at"] == datetime(2026, 7, 10, 6, 30, tzinfo=UTC)


def test_a_file_that_is_edited_is_a_revision_and_loses_no_other(tools: Tools, wire: Path) -> None:
    _ingest(tools, wire)
    place(wire / "tass/a.txt", BRIDGE.replace("два года", "три года").encode("koi8-r"))
    assert _ingest(tools, wire) == (0, 1)
    assert kinds(tools).count("article revised") == 1
    assert len(_of_feed(tools, _feeds(tools)[0]["id"])) == 2


def test_settings_that_come_later_double_nothing_and_lose_nothing(tools: Tools, wire: Path) -> None:
    settings = (wire / "tass/feed.toml").read_text()
    (wire / "tass/feed.toml").unlink()
    place(wire / "tass/a.txt", BRIDGE)
    place(wire / "tass/sport/b.txt", MUSEUM)
    assert _ingest(tools, wire) == (3, 0)
    before = titles(tools)
    place(wire / "tass/feed.toml", settings)
    _ingest(tools, wire)
    assert (titles(tools), count(tools, ArticleRow)) == (before, 3)
    (feed,) = _feeds(tools)
    assert [(each["agency"], each["language"]) for each in _of_feed(tools, feed["id"])] == [("TASS", "ru")] * 2
    (wire / "tass/feed.toml").unlink()
    _ingest(tools, wire)
    assert (titles(tools), count(tools, ArticleRow), count(tools, SightingRow)) == (before, 3, 3)


def test_settings_that_change_read_the_files_again_and_double_nothing(tools: Tools, wire: Path) -> None:
    _ingest(tools, wire)
    place(wire / "tass/feed.toml", SETTINGS.replace('agency = "TASS"', 'agency = "Interfax"').replace("TASS", "Moscow"))
    _ingest(tools, wire)
    (feed,) = _feeds(tools)
    assert feed["title"] == "Moscow"
    assert {each["agency"] for each in _of_feed(tools, feed["id"])} == {"Interfax"}
    before = articles(tools)
    assert len(before) == 3
    assert _ingest(tools, wire) == (0, 0)
    assert articles(tools) == before


def test_a_folder_whose_settings_are_wrong_waits_until_they_are_mended(tools: Tools, wire: Path) -> None:
    place(wire / "tass/feed.toml", "lang = 'ru'")
    reads = list(ingest(tools, [wire], 1_000_000))
    (error,) = [str(each.error) for each in reads if each.error]
    assert error.startswith(f"{wire}/tass/feed.toml was not read, nor were the files of its folder: it has no setting")
    assert titles(tools) == ["A tunnel is open."]
    place(wire / "tass/feed.toml", SETTINGS)
    assert _ingest(tools, wire) == (2, 0)


def test_a_single_file_has_its_folders_settings_too(tools: Tools, wire: Path) -> None:
    assert _ingest(tools, wire / "tass/a.txt", wire / "tass/feed.toml") == (1, 0)
    assert _ingest(tools, wire) == (2, 0)
    assert len(_of_feed(tools, _feeds(tools)[0]["id"])) == 2


def test_of_very_many_files_each_is_found_in_its_folders_feed(tools: Tools, tmp_path: Path) -> None:
    place(tmp_path / "wire/feed.toml", "")
    for number in range(120):
        place(tmp_path / f"wire/{number}.txt", PLAIN.format(f"Bridge {number}"))
    assert _ingest(tools, tmp_path / "wire") == (120, 0)
    (feed,) = _feeds(tools)
    assert (feed["title"], len(_of_feed(tools, feed["id"]))) == ("wire", 120)
