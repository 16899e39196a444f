"""Stories are listed up to a limit, though some of them have to be left out, and go on after any of them."""

import pytest
from sqlalchemy import Engine, insert, update

from tests.grouping import add_articles, news
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.story_tables import StoryRow
from worker.look.listings import Wanted
from worker.look.stories import list_stories

# The articles of the second story wait to be grouped again.
STORIES = {1: (1, 2), 3: (), 5: (5, 6), 7: (7, 8)}


@pytest.fixture
def told(store: Engine) -> Engine:
    add_articles(store, [news(seed) for seed in range(8)])
    with writing(store) as connection:
        now = read_clock(connection).now()
        for story_id, articles in STORIES.items():
            moments = {"first_seen_at": now, "last_seen_at": now}
            connection.execute(insert(StoryRow).values(id=story_id, first_article_id=story_id, size=2, **moments))
            connection.execute(update(ArticleRow).where(ArticleRow.id.in_(articles)).values(story_id=story_id))
    return store


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [1, 5, 7]),
        (Wanted(limit=2), [1, 5]),
        (Wanted(limit=2, newest_first=True), [7, 5]),
        (Wanted(limit=1, after=(1,)), [5]),
        (Wanted(limit=5, after=(5,), newest_first=True), [1]),
        (Wanted(limit=0), []),
    ],
)
def test_a_story_that_is_left_out_takes_no_place_of_another(told: Engine, wanted: Wanted, found: list[int]) -> None:
    with reading(told) as connection:
        assert [story["id"] for story in list_stories(connection, wanted)] == found
