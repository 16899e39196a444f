"""Entries of one document, or of one page, that have a link in common."""

import pytest

from tests.documents import PARAGRAPHS, entry
from tests.polling import count, counts, follow
from tests.servers.publisher import Publisher
from worker.database.article_tables import SightingRow
from worker.pipeline.tools import Tools

OWN, FOREIGN = "http://127.0.0.1", "https://elsewhere.example"
SITES = pytest.mark.parametrize("site", [OWN, FOREIGN])


def _comments(site: str, *numbers: int) -> list[str]:
    link = f"{site}/post/#comment-{{0}}"
    return [
        entry(
            f"{site}/?p=1#comment-{number}", link.format(number), f"By: Reader {number}", PARAGRAPHS[number], "4 07:30"
        )
        for number in numbers
    ]


@SITES
def test_comments_on_one_page_are_articles_of_their_own(tools: Tools, publisher: Publisher, site: str) -> None:
    follow(tools, publisher, _comments(site, 0, 1, 2))
    assert counts(tools) == (3, 3)


@SITES
def test_comments_that_come_one_by_one_are_articles_of_their_own(tools: Tools, publisher: Publisher, site: str) -> None:
    follow(tools, publisher, *(_comments(site, number) for number in range(3)))
    assert counts(tools) == (3, 3)


@SITES
def test_entries_whose_links_differ_in_tracking_alone_are_articles_of_their_own(
    tools: Tools, publisher: Publisher, site: str
) -> None:
    def items(*numbers: int) -> list[str]:
        return [
            entry(f"g{number}", f"{site}/page?utm_content={number}", f"Part {number}", PARAGRAPHS[number], "4 07:30")
            for number in numbers
        ]

    follow(tools, publisher, items(0, 1), items(2, 1, 0), items(3, 2, 1, 0))
    assert counts(tools) == (4, 4)


def test_an_entry_that_stands_twice_in_its_document_under_two_guids_is_one_article(
    tools: Tools, publisher: Publisher
) -> None:
    twice = [entry(guid, f"{OWN}/0?utm_medium={guid}", "Once", PARAGRAPHS[0], "4 07:30") for guid in "ab"]
    (record,) = follow(tools, publisher, twice)
    assert (record.new, *counts(tools), count(tools, SightingRow)) == (1, 1, 1, 2)


@SITES
@pytest.mark.parametrize(
    "documents",
    [[(0, 1, 2), (1, 2, 3), (1, 2, 3)], [(0, 3), (0,), (1, 3), (1, 2)]],
    ids=["others stay", "one comes back"],
)
def test_an_entry_that_comes_to_a_page_of_many_as_another_one_leaves_is_an_article_of_its_own(
    tools: Tools, publisher: Publisher, site: str, documents: list[tuple[int, ...]]
) -> None:
    def items(*numbers: int) -> list[str]:
        return [
            entry(f"g{number}", f"{site}/live", f"Part {number}", PARAGRAPHS[number], f"4 07:3{number}")
            for number in numbers
        ]

    follow(tools, publisher, *(items(*numbers) for numbers in documents))
    assert counts(tools) == (4, 4)
