"""Lists of feeds in and out, and the tags that come of them, as a person types it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("made_store")
Feedmill = Callable[..., subprocess.CompletedProcess[str]]

LIST = """<?xml version="1.0"?>
<opml version="1.1"><body>
<outline text="World & more">
  <outline text="A" xmlUrl="http://a.example/feed?x=1&y=2"/>
  <outline text="B" xmlUrl="feed://b.example/feed"/>
</outline>
<outline text="C" type="rss" url="http://c.example/feed"/>
<outline text="D" xmlUrl="podcast://d.example/feed"/>
<outline text="A again" xmlUrl="http://a.example/feed?x=1&amp;y=2"/>
</body></opml>
"""
REFUSED = (
    "line 8: podcast://d.example/feed was not added: a feed's URL begins with http:// or https:// and names a host."
)


def _feeds(feedmill: Feedmill, *options: str) -> dict[str, list[str]]:
    listed = feedmill("feeds", "--json", *options)
    assert listed.returncode == 0, listed.stderr
    return {feed["title"]: feed["tags"] for feed in map(json.loads, listed.stdout.splitlines())}


def test_what_a_list_names_in_vain_is_told_and_the_rest_is_imported(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "mine.opml").write_text(LIST)
    done = feedmill("import", "mine.opml")
    assert done.stdout == "mine.opml: 3 feeds added, 1 known already, 1 outline not read.\n"
    assert done.stderr == f"feedmill: mine.opml, {REFUSED}\n"
    assert done.returncode == 1
    assert _feeds(feedmill) == {"A": ["World & more"], "B": ["World & more"], "C": []}


def test_a_list_may_be_piped_in(feedmill: Feedmill) -> None:
    done = feedmill("import", "-", stdin=LIST)
    assert done.stdout == "standard input: 3 feeds added, 1 known already, 1 outline not read.\n"
    assert done.stderr == f"feedmill: standard input, {REFUSED}\n"


@pytest.mark.parametrize(
    ("stdin", "told"),
    [
        ("", "it is empty."),
        ("https://a.example/", "it is no OPML document: it begins with 'https://a.example/'."),
        ("<opml>\n", "it is broken at line 2: no element found."),
    ],
)
def test_what_is_piped_in_and_is_no_list_is_told_in_a_sentence(feedmill: Feedmill, stdin: str, told: str) -> None:
    done = feedmill("import", "-", stdin=stdin)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        f"feedmill: standard input was not imported: {told}\n",
    )


def test_ingesting_a_list_tells_the_same_of_it_once(feedmill: Feedmill, tmp_path: Path) -> None:
    (tmp_path / "mine.opml").write_text(LIST)
    done = feedmill("ingest", "mine.opml")
    assert (done.returncode, done.stderr) == (1, f"feedmill: mine.opml, {REFUSED}\n")
    assert "1 file read; 0 new articles, 0 updated, 3 feeds added, 1 outline of lists not read." in done.stdout


def test_what_is_exported_and_imported_elsewhere_is_exported_alike(feedmill: Feedmill, tmp_path: Path) -> None:
    feedmill("import", "-", stdin=LIST)
    feedmill("add", "--as-is", "--tag", "Europe", "--tag", "World & more", "http://e.example/feed")
    exported = feedmill("export").stdout
    elsewhere = {"FEEDMILL_DATABASE_URL": "sqlite:///other.db"}
    done = feedmill("import", "-", stdin=exported, **elsewhere)
    assert (done.returncode, done.stdout) == (0, "standard input: 4 feeds added, 1 known already.\n")
    assert feedmill("export", **elsewhere).stdout.partition("<body>")[2] == exported.partition("<body>")[2]


def test_feeds_are_tagged_listed_by_tag_and_untagged(feedmill: Feedmill) -> None:
    feedmill("add", "--as-is", "--tag", "World", "http://a.example/feed", "http://b.example/feed")
    assert "known already" in feedmill("add", "--as-is", "--tag", "Art", "http://a.example/feed").stdout.lower()
    done = feedmill("set", "2", "--tag", "Science", "--tag", " Outer  space ", "--untag", "World")
    assert done.stdout == "Set http://b.example/feed: tagged Science, Outer space; no longer tagged World\n"
    listed = feedmill("feeds").stdout
    assert "TAGS" in listed
    assert "Art, World" in listed
    assert "a.example" in feedmill("feeds", "--tag", "Art").stdout
    assert "b.example" not in feedmill("feeds", "--tag", "Art").stdout
    assert "Outer space, Science" in feedmill("polls", "2").stdout


def test_feeds_without_tags_have_no_column_for_them(feedmill: Feedmill) -> None:
    feedmill("add", "--as-is", "http://a.example/feed")
    assert "TAGS" not in feedmill("feeds").stdout


@pytest.mark.parametrize("command", [("feeds", "--tag", "world"), ("articles", "--feed-tag", "world")])
def test_a_tag_that_no_feed_has_is_told_with_those_that_they_have(feedmill: Feedmill, command: tuple[str, ...]) -> None:
    feedmill("add", "--as-is", "--tag", "World", "--tag", "Art", "http://a.example/feed")
    done = feedmill(*command)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "feedmill: No feed has the tag world: they have Art, World.\n"


def test_of_many_tags_twenty_are_told(feedmill: Feedmill) -> None:
    tags = [f"T{number}" for number in range(10, 40)]
    feedmill("add", "--as-is", *(f"--tag={tag}" for tag in tags), "http://a.example/feed")
    assert feedmill("feeds", "--tag", "t").stderr.endswith(f"they have {', '.join(tags[:20])}, ….\n")


@pytest.mark.parametrize("tag", ["", "  ", "x" * 201])
def test_what_can_be_no_tag_is_wrong_usage(feedmill: Feedmill, tag: str) -> None:
    done = feedmill("add", "--as-is", "--tag", tag, "http://a.example/feed")
    assert (done.returncode, done.stderr) == (2, "feedmill: --tag is a line of 1 to 200 characters.\n")
