"""Entries that share a guid, a link or a placeholder for one: an article each, in this document and in later ones."""

from collections.abc import Iterable

import pytest
from sqlalchemy import update

from tests.documents import entry, rss
from tests.polling import add, follow, make_due, poll, titles
from tests.servers.publisher import Publisher
from tests.storing import articles, kinds, sightings
from worker.database.engine import writing
from worker.database.feed_tables import FeedRow
from worker.pipeline.tools import Tools
from worker.values.outcomes import PollRecord

PAGE = "https://gazette.example/changelog/"
# What all entries of a document give as guid and as link.
NAMES = pytest.mark.parametrize(
    ("guid", "link"),
    [("", PAGE), (PAGE, PAGE), ("N/A", "N/A"), ("the-same", "")],
    ids=["one link", "that link as guid", "a placeholder", "one guid"],
)


def _release(number: int, guid: str, link: str, text: str = "") -> str:
    text = text or f"What is new in release number {number}."
    return entry(guid, link, f"Release {number}", text, f"{number} 10:00")


def _releases(numbers: Iterable[int], guid: str, link: str) -> list[str]:
    return [_release(number, guid, link) for number in numbers]


def _names(*numbers: int) -> list[str]:
    return [f"Release {number}" for number in numbers]


def _outcomes(records: Iterable[PollRecord]) -> list[tuple[int, int]]:
    return [(record.new, record.updated) for record in records]


@NAMES
def test_entries_that_share_their_names_are_an_article_each_and_the_ledger_tells(
    tools: Tools, publisher: Publisher, guid: str, link: str
) -> None:
    (record,) = follow(tools, publisher, _releases([5, 4, 3, 2, 1], guid, link))
    assert titles(tools) == _names(1, 2, 3, 4, 5)
    assert (record.new, record.entries) == (5, 5)
    assert "entries that share a guid or a link, known by their words: 5" in (record.note or "")


@NAMES
def test_they_stay_the_articles_they_are_while_others_come_and_go(
    tools: Tools, publisher: Publisher, guid: str, link: str
) -> None:
    windows = [[3, 2, 1], [4, 3, 2, 1], [5, 4, 3], [3, 4, 5], [5], [6, 5], [6, 5, 4, 3, 2, 1]]
    records = follow(tools, publisher, *(_releases(numbers, guid, link) for numbers in windows))
    assert titles(tools) == _names(1, 2, 3, 4, 5, 6)
    assert _outcomes(records) == [(3, 0), (1, 0), (1, 0), (0, 0), (0, 0), (1, 0), (0, 0)]
    assert set(kinds(tools)) == {"article created"}


@NAMES
def test_one_of_them_that_is_edited_is_a_revision_of_its_own_article(
    tools: Tools, publisher: Publisher, guid: str, link: str
) -> None:
    before, edited = (
        [_release(3, guid, link), _release(2, guid, link, text), _release(1, guid, link)]
        for text in ("What is new in release number 2.", "What is new in release number 2, and what was mended.")
    )
    records = follow(tools, publisher, before, edited)
    assert _outcomes(records) == [(3, 0), (0, 1)]
    assert {each.title: each.revision for each in articles(tools)} == {
        "Release 1": 1,
        "Release 2": 2,
        "Release 3": 1,
    }


@NAMES
def test_an_entry_that_had_its_name_alone_stays_its_article_when_others_join_it(
    tools: Tools, publisher: Publisher, guid: str, link: str
) -> None:
    records = follow(tools, publisher, *(_releases(numbers, guid, link) for numbers in ([1], [2, 1], [3, 2, 1])))
    assert titles(tools) == _names(1, 2, 3)
    assert _outcomes(records) == [(1, 0), (1, 0), (1, 0)]


def test_entries_with_the_same_words_on_other_days_are_articles_of_their_own(
    tools: Tools, publisher: Publisher
) -> None:
    days = [entry("N/A", PAGE, "No warnings", "No warnings are in force.", f"{day} 06:00") for day in (1, 2, 3)]
    records = follow(tools, publisher, days[:2], days)
    assert _outcomes(records) == [(2, 0), (1, 0)]


def test_an_entry_that_is_repeated_word_for_word_is_one_article(tools: Tools, publisher: Publisher) -> None:
    twice = _releases([1, 1, 2], "N/A", PAGE)
    assert _outcomes(follow(tools, publisher, twice, twice[::-1])) == [(2, 0), (0, 0)]


def test_entries_that_have_nothing_but_words_are_known_by_them(tools: Tools, publisher: Publisher) -> None:
    records = follow(tools, publisher, *(_releases(numbers, "", "") for numbers in ([2, 1], [3, 2, 1])))
    assert (_outcomes(records), titles(tools)) == ([(2, 0), (1, 0)], _names(1, 2, 3))
    assert records[0].note is None


def test_a_shared_link_makes_none_of_them_the_article_of_another_feed(tools: Tools, publisher: Publisher) -> None:
    page = publisher.url("/changelog")
    add(tools, publisher.serve("/1", rss(_releases([1, 2], "", page))))
    add(tools, publisher.serve("/2", rss([entry("g", page, "The change log", "All that is new.", "9 10:00")])))
    poll(tools)
    assert titles(tools) == [*_names(1, 2), "The change log"]


def test_two_thousand_entries_of_one_guid_are_two_thousand_articles(tools: Tools, publisher: Publisher) -> None:
    items = [entry("the-same", PAGE, f"Notice {number}", f"Notice number {number}.") for number in range(2000)]
    add(tools, publisher.serve("/feed", rss(items)))
    (record,) = poll(tools)
    assert record.new == len(titles(tools)) == 2000
    assert "entries that share a guid or a link, known by their words: 2000" in (record.note or "")
    publisher.serve("/feed", rss([entry("the-same", PAGE, "Notice 2000", "Notice number 2000."), *items[:-1]]))
    make_due(tools)
    (record,) = poll(tools)
    assert (record.new, record.updated) == (1, 0)


@pytest.mark.parametrize("policy", ["guid", "guid and link", "link"])
def test_a_guid_is_kept_as_published_whatever_the_entries_are_known_by(
    tools: Tools, publisher: Publisher, policy: str
) -> None:
    add(tools, publisher.serve("/feed", rss([entry("g-1", f"{PAGE}1", "One", "First."), entry("", f"{PAGE}2", "Two")])))
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(options={"guid_policy": policy}))
    poll(tools)
    assert [each.guid for each in sightings(tools)] == ["g-1", f"{PAGE}2"]


def test_a_guid_that_entries_share_is_kept_as_published(tools: Tools, publisher: Publisher) -> None:
    follow(tools, publisher, _releases([2, 1], "N/A", PAGE))
    assert [(each.guid, each.known_by) for each in sightings(tools)] == [("N/A", "words"), ("N/A", "words")]
