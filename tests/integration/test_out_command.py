"""`feedmill out`, and `feedmill export --tag`, as a person types them."""

import json
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.commands import Done, run_command
from tests.feed_rules import atom_faults, json_faults, rss_faults
from tests.going_out import add_article, index
from tests.stores import url_of
from worker.copying.store_copy import copying
from worker.database.engine import open_store, reading, writing
from worker.feeds_out.asked_feed import AskedFeed
from worker.manage.feed_tags import tag_feed

pytestmark = pytest.mark.usefixtures("restored_logs")
of_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def filled(store: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    """A store that commands use, in an empty folder."""
    with writing(store) as connection:
        for number in (1, 2, 3):
            add_article(connection, number, title=f"Rain {number} \u202e<b>")
        add_article(connection, 4, feed_id=2, title="Snow \u202e\U0001f328")
        tag_feed(connection, 1, ["World & <b>"])
    index(store)
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", url_of(store))
    monkeypatch.chdir(tmp_path)
    return store


def test_a_search_is_written_in_each_format(filled: Engine, capsys: pytest.CaptureFixture[str]):
    faults = {"atom": atom_faults, "rss": rss_faults, "json": json_faults}
    for named, find_faults in faults.items():
        printed = run_command(capsys, ["out", "rain -snow", "--format", named, "--limit", "2", "--title", "<i>"]).output
        assert (find_faults(printed.encode()), "Rain 1" in printed, "Snow" in printed) == ([], False, False)
        # What would reorder a screen is written as a reference, which means the same.
        assert "\u202e" not in printed
    assert [item["title"] for item in json.loads(printed)["items"]] == ["Rain 3 \u202e<b>", "Rain 2 \u202e<b>"]


@of_sqlite
def test_a_file_is_written_whole_and_left_alone_where_it_would_be_the_same(
    filled: Engine, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    words = ["out", "snow", "--to", "snow.atom", "--url", "https://news.example/snow.atom"]
    assert run_command(capsys, words).output == "snow.atom: 1 article.\n"
    file = tmp_path / "snow.atom"
    os.utime(file, (0, 0))
    assert run_command(capsys, words).output == "snow.atom: 1 article, as before.\n"
    assert (file.stat().st_mtime, [path.name for path in tmp_path.glob("*snow*")]) == (0, ["snow.atom"])
    assert b'<link rel="self" href="https://news.example/snow.atom"' in file.read_bytes()
    assert "\u202e" in file.read_text()


@of_sqlite
@pytest.mark.parametrize(
    ("words", "opening"),
    [
        (["--to", "x.json"], '{"version":"https://jsonfeed.org/version/1.1"'),
        (["--to", "X.RSS"], "<rss "),
        (["--to", "x.atom"], "<feed "),
        (["--to", "x.xml"], "<feed "),
        (["--to", "x.xml", "--format", "rss"], "<rss "),
        (["--to", "x", "--format", "json"], '{"version":'),
    ],
)
def test_a_files_name_says_its_format_unless_somebody_does(
    filled: Engine, capsys: pytest.CaptureFixture[str], words: list[str], opening: str
):
    assert run_command(capsys, ["out", *words]).code == 0
    assert opening in Path(words[1]).read_text()[:60]


@of_sqlite
def test_what_cannot_be_written_is_told(filled: Engine, capsys: pytest.CaptureFixture[str]):
    assert run_command(capsys, ["out", "--to", "nowhere/x.rss"]) == Done(
        1, "", "feedmill: nowhere/x.rss was not written: no such file or directory.\n"
    )
    assert run_command(capsys, ["out", "--to", "feed.doc"]) == Done(
        2, "", "feedmill: feed.doc does not end as a feed (.atom, .rss, .json, .xml): say --format atom, rss or json.\n"
    )
    assert run_command(capsys, ["out", "--url", "x"]) == Done(
        2, "", "feedmill: --url is where the feed will be found, such as https://news.example/out.atom; not 'x'.\n"
    )
    assert run_command(capsys, ["out", "--limit", "1001"]).code == 2


def test_a_copy_of_the_store_writes_the_same_documents(filled: Engine, tmp_path: Path):
    copy = open_store(f"sqlite:///{tmp_path}/copy.db")
    with copying(filled, copy) as copied:
        list(copied.tables())
        copied.finish()
    documents = []
    for store in (filled, copy):
        with reading(store) as connection:
            asked = AskedFeed(format="atom")
            outgoing = asked.read(connection)
            documents.append((asked.tag(outgoing), b"".join(asked.write(outgoing))))
    assert documents[0] == documents[1]


@of_sqlite
def test_the_feeds_of_a_tag_come_back_with_it(
    filled: Engine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    exported = run_command(capsys, ["export", "--tag", "World & <b>"])
    (tmp_path / "world.opml").write_text(exported.output)
    monkeypatch.setenv("FEEDMILL_DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    assert run_command(capsys, ["import", "world.opml"]).output == "world.opml: 1 feed added, 0 known already.\n"
    listed = json.loads(run_command(capsys, ["feeds", "--json"]).output)
    assert (listed["url"], listed["title"], listed["tags"]) == (
        "https://gazette.example/1",
        "Gazette 1",
        ["World & <b>"],
    )
    missing = run_command(capsys, ["export", "--tag", "Sport"])
    assert (missing.code, missing.output) == (1, "")
    assert missing.errors == "feedmill: No feed has the tag Sport: they have World & <b>.\n"
