from datetime import UTC, date, datetime

from tests.deciding import article
from worker.cli.rehearsed_files import as_row, describe_file
from worker.errors import SeedError
from worker.seeds.bunches import SeedRead

BRIDGE = article(
    "The bridge is open.",
    title="Bridge",
    dateline_place="LONDON",
    agency="Reuters",
    authors=("Ann Lee", "Bo Ek"),
    published_at=datetime(2026, 7, 10, 8, 30, tzinfo=UTC),
    language="en",
)
READ = SeedRead("w/a.txt", new=1, format="dispatch", articles=[BRIDGE], note="1 left out: it is embargoed")


def test_a_person_is_told_what_a_file_would_become() -> None:
    assert list(describe_file(READ)) == [
        "w/a.txt: dispatch, 1 new article (1 left out: it is embargoed)",
        "    Bridge",
        "        LONDON · Reuters · Ann Lee, Bo Ek · 2026-07-10 08:30 UTC · en · 4 words",
    ]


def test_without_a_date_the_datelines_day_is_told() -> None:
    filed = article("x", title="Rain", published_at=None, dateline_date=date(2026, 7, 10), agency=None, authors=())
    told = list(describe_file(SeedRead("w/a.txt", updated=1, format="nitf", articles=[filed])))
    assert told[0] == "w/a.txt: nitf, 1 article updated"
    assert told[2].strip().endswith("2026-07-10 · 1 word")


def test_a_file_that_brings_nothing_says_so() -> None:
    assert list(describe_file(SeedRead("w/a.txt"))) == ["w/a.txt: nothing new"]


def test_a_feed_that_is_not_polled_counts_as_none_that_was_added() -> None:
    saved = SeedRead("w/f.xml", new=2, unpolled=1, format="rss")
    assert list(describe_file(saved)) == ["w/f.xml: rss, 2 new articles, 1 feed known from it, and not polled"]
    listed = SeedRead("w/l.opml", feeds=2, format="opml")
    assert list(describe_file(listed)) == ["w/l.opml: opml, 2 feeds added"]


def test_programs_are_told_the_same() -> None:
    row = as_row(READ)
    assert (row["state"], row["reason"], row["format"], row["new"]) == ("read", None, "dispatch", 1)
    (told,) = row["articles"]
    assert (told["title"], told["authors"], told["words"]) == ("Bridge", ("Ann Lee", "Bo Ek"), 4)
    refused = as_row(SeedRead("w/b.txt", error=SeedError("w/b.txt was not read: it is empty.")))
    assert (refused["state"], refused["reason"]) == ("refused", "w/b.txt was not read: it is empty.")
