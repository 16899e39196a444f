"""Which articles go out: the newest that a search finds, and of a story the first of those."""

import pytest
from sqlalchemy import Engine, event

from tests.going_out import add_article, change_article, index, join_story
from worker.database.engine import reading, writing
from worker.feeds_out.found_articles import find_articles
from worker.search.query_reading import read_query


@pytest.fixture
def filled(store: Engine) -> Engine:
    """Eight articles of two feeds by turns; 2, 5 and 7 tell one story."""
    with writing(store) as connection:
        for number in range(1, 9):
            add_article(connection, number, feed_id=2 - number % 2)
        join_story(connection, 2, 5, 7)
    index(store)
    return store


def _find(store: Engine, query: str = "", limit: int = 50, *, is_collapsed: bool = False) -> list[list[int]]:
    """The ids on each page."""
    pages, before = [], None
    with reading(store) as connection:
        while not pages or before:
            asked = {"limit": limit, "before": before, "is_collapsed": is_collapsed}
            found = find_articles(connection, read_query(query), **asked)
            pages.append([*found.ids])
            before = found.before
    return pages


def test_the_newest_come_first_and_each_once_over_all_pages(filled: Engine):
    assert _find(filled) == [[8, 7, 6, 5, 4, 3, 2, 1]]
    assert _find(filled, limit=3) == [[8, 7, 6], [5, 4, 3], [2, 1]]
    assert _find(filled, limit=4) == [[8, 7, 6, 5], [4, 3, 2, 1]]
    assert _find(filled, "words -title:3 feed:1") == [[7, 5, 1]]
    assert _find(filled, "nowhere") == [[]]


def test_of_a_story_the_first_that_is_found_stands_for_all(filled: Engine):
    assert _find(filled, is_collapsed=True) == [[8, 2, 6, 4, 3, 1]]
    # The first article of the story is of the other feed.
    assert _find(filled, "feed:1", is_collapsed=True) == [[5, 3, 1]]


@pytest.mark.parametrize(
    ("query", "limit", "pages"),
    [
        ("", 2, [[8, 2], [6, 4], [3, 1]]),
        ("", 1, [[8], [2], [6], [4], [3], [1]]),
        ("feed:1", 1, [[5], [3], [1]]),
        # What is found of the story begins on the second page.
        ("feed:2", 2, [[8, 6], [4, 2]]),
        ("words -title:7", 2, [[8, 6], [2, 4], [3, 1]]),
    ],
)
def test_a_story_is_on_one_page_alone(filled: Engine, query: str, limit: int, pages: list[list[int]]):
    assert _find(filled, query, limit, is_collapsed=True) == pages


@pytest.mark.parametrize("query", ["", "words"])
def test_a_page_costs_no_more_statements_however_many_stories_were_told_before_it(store: Engine, query: str):
    with writing(store) as connection:
        for number in range(1, 41):
            add_article(connection, number)
        for number in range(6, 21):
            join_story(connection, number, number + 20)
    index(store)
    statements: list[str] = []
    event.listen(store, "before_cursor_execute", lambda _connection, _cursor, sql, *_: statements.append(sql))
    with reading(store) as connection:
        found = find_articles(connection, read_query(query), limit=50, before=21, is_collapsed=True)
    assert found.ids == [5, 4, 3, 2, 1]
    # One for each story would be 15, and more than one for each is what searching takes.
    assert len(statements) < 30


def test_what_is_killed_goes_out_by_itself_on_a_page_behind_its_story(filled: Engine):
    with writing(filled) as connection:
        add_article(connection, 9, notice="kill")
        change_article(connection, 2, killed_by=9)
    assert _find(filled, limit=3, is_collapsed=True) == [[8, 5, 6], [4, 3, 2], [1]]


def test_a_kill_does_not_go_out_and_what_is_killed_does_by_itself(filled: Engine):
    with writing(filled) as connection:
        add_article(connection, 9, notice="kill")
        change_article(connection, 2, killed_by=9)
    assert _find(filled) == [[8, 7, 6, 5, 4, 3, 2, 1]]
    assert _find(filled, is_collapsed=True) == [[8, 5, 6, 4, 3, 2, 1]]


def test_what_was_killed_under_its_own_guid_goes_out(filled: Engine):
    with writing(filled) as connection:
        change_article(connection, 8, notice="kill", killed_by=8)
    assert _find(filled, limit=1)[0] == [8]
