"""Stories as a user meets them: grouped before a command ends, listed, shown, grouped again."""

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.documents import item, rss
from tests.grouping import news
from tests.servers.commands import Program
from tests.servers.publisher import Publisher
from tests.waiting import wait_for

pytestmark = pytest.mark.usefixtures("made_store")
Feedmill = Callable[..., subprocess.CompletedProcess[str]]
LEDE = 60


@pytest.fixture
def dispatches(tmp_path: Path) -> Path:
    """A text in three papers, in the last one cut short, and another text."""
    folder = tmp_path / "saved"
    folder.mkdir()
    text, other = news(1, 200), news(2, 200)
    for name, words in (("one", text), ("two", f"LONDON (Reuters) - {text}"), ("three", " ".join(text.split()[:LEDE]))):
        link = f"https://{name}.example/news"
        (folder / f"{name}.xml").write_bytes(
            rss([item(f"Title in {name}", words, link)], site=f"https://{name}.example/")
        )
    (folder / "z.xml").write_bytes(rss([item("Something else", other, "https://four.example/news")]))
    return folder


def _lines(feedmill: Feedmill, *arguments: str) -> list[dict[str, object]]:
    done = feedmill(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_what_is_ingested_is_told_apart_into_stories(dispatches: Path, feedmill: Feedmill) -> None:
    feedmill("ingest", str(dispatches))
    (story,) = _lines(feedmill, "stories", "--json")
    assert (story["size"], story["outlets"]) == (3, ["one.example", "three.example", "two.example"])
    assert story["title"] == "Title in one"
    assert story["spread"] == 0


def test_stories_are_listed_as_a_table_for_people(dispatches: Path, feedmill: Feedmill) -> None:
    assert "No stories" in feedmill("stories").stdout
    feedmill("ingest", str(dispatches))
    table = feedmill("stories").stdout
    assert "ARTICLES" in table
    assert "Title in one" in table


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (("--text", "in TWO"), 1),
        (("--text", "Something else"), 0),
        (("--since", "1h"), 1),
        (("--since", "2100-01-01"), 0),
    ],
)
def test_stories_are_found_by_a_title_and_by_when_they_were_last_seen(
    filters: tuple[str, ...], found: int, dispatches: Path, feedmill: Feedmill
) -> None:
    feedmill("ingest", str(dispatches))
    assert len(_lines(feedmill, "stories", "--json", *filters)) == found


def test_stories_of_one_feed_are_those_it_has_part_in(dispatches: Path, feedmill: Feedmill) -> None:
    feedmill("ingest", str(dispatches))
    files = _lines(feedmill, "feeds", "--files", "--json")
    feeds = {str(file["path"]).rpartition("/")[2]: str(file["feed_id"]) for file in files}
    assert len(_lines(feedmill, "stories", "--json", feeds["two.xml"])) == 1
    assert _lines(feedmill, "stories", "--json", feeds["z.xml"]) == []


def test_an_article_is_shown_with_what_each_copy_changed(dispatches: Path, feedmill: Feedmill) -> None:
    feedmill("ingest", str(dispatches))
    articles = {str(article["title"]): article["id"] for article in _lines(feedmill, "articles", "--json")}
    (shown,) = _lines(feedmill, "show", "--json", str(articles["Title in three"]))
    copies = {copy["title"]: copy for copy in shown["story"]["articles"]}
    assert {title: (copy["words"], copy["share_found"]) for title, copy in copies.items()} == {
        "Title in one": (200, 1.0),
        "Title in two": (203, 1.0),
        "Title in three": (LEDE, 1.0),
    }
    page = feedmill("show", str(articles["Title in three"])).stdout
    assert "3 articles of 3 outlets" in page
    assert "60 words" in page


def test_an_article_all_alone_has_no_story_to_show(dispatches: Path, feedmill: Feedmill) -> None:
    feedmill("ingest", str(dispatches))
    alone = next(one["id"] for one in _lines(feedmill, "articles", "--json") if one["title"] == "Something else")
    (shown,) = _lines(feedmill, "show", "--json", str(alone))
    assert shown["story"] is None
    assert "Story" not in feedmill("show", str(alone)).stdout


def test_stories_are_told_apart_anew_when_asked(dispatches: Path, feedmill: Feedmill) -> None:
    feedmill("ingest", str(dispatches))
    before = _lines(feedmill, "stories", "--json")
    assert feedmill("group").stdout == "Grouped 0 articles.\n"
    assert feedmill("group", "--again").stdout == "Grouped 4 articles.\n"
    assert _lines(feedmill, "stories", "--json") == before
    assert feedmill("group", "--again", "--since", "2100-01-01").stdout == "Grouped 0 articles.\n"


def test_since_without_again_is_refused(feedmill: Feedmill) -> None:
    refused = feedmill("group", "--since", "1d")
    assert refused.returncode == 2
    assert "--since goes with --again" in refused.stderr


def test_a_feed_that_is_removed_with_its_articles_leaves_its_stories(dispatches: Path, feedmill: Feedmill) -> None:
    feedmill("ingest", str(dispatches))
    files = _lines(feedmill, "feeds", "--files", "--json")
    feeds = {str(file["path"]).rpartition("/")[2]: str(file["feed_id"]) for file in files}
    assert feedmill("remove", "--articles", feeds["one.xml"]).returncode == 0
    (story,) = _lines(feedmill, "stories", "--json")
    assert (story["size"], story["title"]) == (2, "Title in three")
    assert feedmill("remove", "--articles", feeds["two.xml"]).returncode == 0
    assert _lines(feedmill, "stories", "--json") == []


def test_the_embedded_worker_groups_what_it_polls(
    tmp_path: Path, feedmill: Feedmill, start: Callable[..., Program]
) -> None:
    def grouped() -> bool:
        connection = sqlite3.connect(tmp_path / "feedmill.db")
        try:
            return connection.execute("SELECT count(*) FROM articles WHERE grouped_at IS NOT NULL").fetchone() == (2,)
        finally:
            connection.close()

    with Publisher() as publisher:
        publisher.serve("/feed", rss([item("one", news(1)), item("two", news(2))]))
        assert feedmill("add", publisher.url("/feed")).returncode == 0
        start("worker", "run")
        wait_for(grouped, "articles grouped by a task")
