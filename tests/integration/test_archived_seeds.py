"""Archives among seed files: each member is a file of its own, and an unchanged archive stays packed."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.newsrooms import nitf
from tests.packing import tarred, zipped
from tests.polling import count, titles
from tests.seeds import place
from tests.storing import kinds
from worker.database.article_tables import ArticleRow
from worker.database.engine import reading
from worker.database.feed_tables import FeedRow
from worker.database.file_tables import RefusedFileRow
from worker.pipeline.tools import Tools
from worker.seeds.bunches import SeedRead
from worker.seeds.ingest import ingest
from worker.seeds.seed_folder import ingest_seed_folder
from worker.settings import Settings

NEWS = {
    "in/a.txt": "LONDON, July 10 (Reuters) - A bridge is open.\n\nIt was shut.",
    "b.xml": nitf("<hedline><hl1>Rain</hl1></hedline>"),
}
TITLES = ["A bridge is open.", "Rain"]


def _scan(tools: Tools, folder: Path) -> list[SeedRead]:
    return list(ingest_seed_folder(tools, Settings(seeds_dir=folder)))


def _refused(reads: list[SeedRead]) -> list[str]:
    return [str(each.error) for each in reads if each.error]


def _passed_over(reads: list[SeedRead]) -> list[str]:
    return [Path(each.path).name for each in reads if each.is_passed_over]


@pytest.mark.parametrize("packed", [zipped(NEWS), tarred(NEWS)], ids=["zip", "tar.gz"])
def test_each_member_is_a_file_of_its_own(tools: Tools, tmp_path: Path, packed: bytes) -> None:
    archive = place(tmp_path / "seeds/day.zip", packed)
    first, second = _scan(tools, tmp_path / "seeds")
    assert [first.path, second.path] == [f"{archive}/in/a.txt", f"{archive}/b.xml"]
    assert titles(tools) == TITLES
    with reading(tools.engine) as connection:
        urls = set(connection.execute(select(FeedRow.url)).scalars())
    assert urls == {f"{archive.as_uri()}/in/a.txt", f"{archive.as_uri()}/b.xml"}


def test_an_unchanged_archive_is_passed_over_and_a_changed_one_brings_what_is_new(tools: Tools, tmp_path: Path) -> None:
    archive = place(tmp_path / "seeds/day.zip", zipped(NEWS))
    _scan(tools, tmp_path / "seeds")
    assert _passed_over(_scan(tools, tmp_path / "seeds")) == ["day.zip"]
    edited = {**NEWS, "in/a.txt": "LONDON, July 10 (Reuters) - A bridge is open.\n\nIt was shut for years."}
    place(archive, zipped({**edited, "c.txt": "OSLO, July 10 (NTB) - A ferry is late."}))
    reads = _scan(tools, tmp_path / "seeds")
    assert (sum(each.new for each in reads), sum(each.updated for each in reads)) == (1, 1)
    assert kinds(tools).count("article revised") == 1


def test_what_lies_in_an_archive_and_beside_it_is_one_article(tools: Tools, tmp_path: Path) -> None:
    place(tmp_path / "seeds/a.txt", NEWS["in/a.txt"])
    place(tmp_path / "seeds/day.zip", zipped(NEWS))
    _scan(tools, tmp_path / "seeds")
    assert titles(tools) == TITLES


def test_an_old_archive_brings_no_old_words_back(tools: Tools, tmp_path: Path) -> None:
    item = '<doc-id id-string="1"/>'
    place(tmp_path / "seeds/a.xml", nitf("<hedline><hl1>Snow</hl1></hedline>", docdata=item), timedelta(hours=1))
    old = nitf("<hedline><hl1>Rain</hl1></hedline>", docdata=item)
    place(tmp_path / "seeds/old.tgz", tarred({"a.xml": old}, modified=1_600_000_000))
    _scan(tools, tmp_path / "seeds")
    assert titles(tools) == ["Snow"]


def test_what_was_refused_in_an_archive_is_listed_as_long_as_it_is_there(tools: Tools, tmp_path: Path) -> None:
    archive = place(tmp_path / "seeds/day.zip", zipped({**NEWS, "page.html": "<html><p>No.</p></html>"}))
    said = f"{archive}/page.html was not read: it is an HTML page, not a feed: save the feed itself."
    assert [str(each.error) for each in _scan(tools, tmp_path / "seeds") if each.error] == [said]
    assert _passed_over(_scan(tools, tmp_path / "seeds")) == ["day.zip"]
    with reading(tools.engine) as connection:
        assert connection.execute(select(RefusedFileRow.reason)).scalars().all() == [said]
    place(archive, zipped(NEWS))
    _scan(tools, tmp_path / "seeds")
    with reading(tools.engine) as connection:
        assert connection.execute(select(RefusedFileRow.reason)).scalars().all() == []


@pytest.mark.parametrize(
    "packed",
    [zipped({**NEWS, "page.html": "<html><p>No.</p></html>"}), tarred(NEWS, "w:")[: 1_024 + 520]],
    ids=["a page in it", "broken"],
)
def test_what_is_refused_in_an_archive_is_said_at_each_reading_by_hand_and_listed_by_the_scan_after(
    tools: Tools, tmp_path: Path, packed: bytes
) -> None:
    archive = place(tmp_path / "seeds/day.zip", packed)
    first, again = (_refused(list(ingest(tools, [archive], 1_000_000))) for _ in range(2))
    assert (len(first), again) == (1, first)
    scanned = [(_refused(reads), _passed_over(reads)) for reads in (_scan(tools, archive.parent) for _ in range(2))]
    assert scanned == [(first, []), ([], ["day.zip"])]
    with reading(tools.engine) as connection:
        assert connection.execute(select(RefusedFileRow.reason)).scalars().all() == first
    assert _refused(list(ingest(tools, [archive], 1_000_000))) == first


def test_an_archive_with_something_embargoed_is_unpacked_again(tools: Tools, tmp_path: Path) -> None:
    later = nitf(docdata='<date.release norm="29990101T000000Z"/>')
    place(tmp_path / "seeds/day.zip", zipped({**NEWS, "later.xml": later}))
    _scan(tools, tmp_path / "seeds")
    assert titles(tools) == TITLES
    assert _passed_over(_scan(tools, tmp_path / "seeds")) == []


def test_a_broken_archive_yields_what_is_whole_and_says_so(tools: Tools, tmp_path: Path) -> None:
    many = {f"{number}.txt": f"LONDON, July 10 (Reuters) - Bridge {number} is open." for number in range(20)}
    archive = place(tmp_path / "seeds/cut.tar", tarred(many, "w:")[: 10 * 1_024 + 520])
    place(tmp_path / "seeds/z.txt", "OSLO, July 10 (NTB) - A ferry is late.")
    *_, broken, last = ingest(tools, [tmp_path / "seeds"], 1_000_000)
    assert str(broken.error).startswith(f"{archive} was not read whole: the archive is broken (")
    assert (last.new, count(tools, ArticleRow)) == (1, 11)


@pytest.mark.parametrize(("zone", "shown"), [("", "Snow"), ('time_zone = "Asia/Tokyo"', "Rain")])
def test_a_zips_clock_goes_by_the_zone_of_its_folder(tools: Tools, tmp_path: Path, zone: str, shown: str) -> None:
    # Nine in the evening in Tokyo is noon in UTC.
    item = '<doc-id id-string="1"/>'
    packed = {"a.xml": nitf("<hedline><hl1>Snow</hl1></hedline>", docdata=item)}
    archive = place(tmp_path / "seeds/day.zip", zipped(packed, modified=(2026, 7, 10, 21, 0, 0)))
    place(tmp_path / "seeds/feed.toml", zone)
    newer = tarred({"a.xml": nitf("<hedline><hl1>Rain</hl1></hedline>", docdata=item)}, modified=1_783_688_400)
    place(tmp_path / "seeds/z.tgz", newer)
    _scan(tools, archive.parent)
    assert titles(tools) == [shown]


def test_members_have_the_settings_of_the_archives_folder(tools: Tools, tmp_path: Path) -> None:
    place(tmp_path / "seeds/ntb/feed.toml", 'name = "NTB"\nagency = "NTB"')
    place(
        tmp_path / "seeds/ntb/day.zip", zipped({"a.txt": "A ferry is late\n\nIt waited for the fog to lift at noon."})
    )
    _scan(tools, tmp_path / "seeds")
    with reading(tools.engine) as connection:
        row = connection.execute(
            select(ArticleRow.agency, FeedRow.title).join(FeedRow, FeedRow.id == ArticleRow.feed_id)
        ).one()
    assert tuple(row) == ("NTB", "NTB")
