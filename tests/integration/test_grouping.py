"""Stories in a real store: which articles are one, what comes of a revision, and nothing changed by doing it again."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from tests.grouping import (
    add_articles,
    age_articles,
    count,
    events,
    group,
    news,
    partition,
    revise,
    stories,
    story_rows,
)
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.story_tables import BlockRow, NearKeyRow, SketchRow, StoryRow
from worker.retention.pruning import prune
from worker.settings import Settings
from worker.stories.published import find_boilerplate
from worker.stories.waiting_articles import claim_waiting


def test_copies_in_other_outlets_are_one_story(store: Engine) -> None:
    add_articles(store, [news(1), news(2), news(1), f"LONDON (Reuters) - {news(2)}"])
    assert group(store) == 4
    assert partition(store) == [[1, 3], [2, 4]]


def test_a_story_has_the_id_of_its_first_article_and_says_how_many_it_has(store: Engine) -> None:
    add_articles(store, [news(1), news(1), news(1)])
    group(store)
    with reading(store) as connection:
        (story,) = connection.execute(select(StoryRow)).all()
    assert (story.id, story.first_article_id, story.size, story.parent) == (1, 1, 3, None)


def test_200_copies_in_one_backlog_are_one_story(store: Engine) -> None:
    add_articles(store, [news(1)] * 200)
    group(store)
    assert set(stories(store).values()) == {1}


def test_200_copies_that_come_after_others_are_one_story_with_them(store: Engine) -> None:
    add_articles(store, [news(1)])
    group(store)
    add_articles(store, [news(1)] * 200)
    group(store)
    assert set(stories(store).values()) == {1}


def test_copies_of_one_outlet_are_one_story_only_if_they_are_much_alike(store: Engine) -> None:
    whole = news(1, 400)
    cut = "\n\n".join(whole.split("\n\n")[:3])
    add_articles(store, [whole, cut, whole], outlets=1)
    group(store)
    assert partition(store) == [[1, 3], [2]]


def test_of_a_long_text_as_many_characters_are_read_as_are_compared(store: Engine) -> None:
    add_articles(store, ["\N{BULLET} " * 6_000, "\N{BULLET} " * 6_001])
    with reading(store) as connection:
        assert [len(one.text) for one in claim_waiting(connection, 2)] == [12_000, 12_000]


def test_articles_more_than_a_week_apart_are_not_compared(store: Engine) -> None:
    with reading(store) as connection:
        now = read_clock(connection).now()
    add_articles(store, [news(1)], published_at=now - timedelta(days=8))
    add_articles(store, [news(1)], published_at=now)
    group(store)
    assert partition(store) == [[1], [2]]


def test_grouping_again_what_was_grouped_changes_nothing(store: Engine) -> None:
    add_articles(store, [news(number % 30) for number in range(100)])
    group(store)
    before = stories(store)
    with writing(store) as connection:
        connection.execute(update(ArticleRow).values(grouped_at=None))
    assert group(store) == 100
    assert stories(store) == before


def test_comparing_again_what_was_grouped_changes_nothing(store: Engine) -> None:
    add_articles(store, [news(number % 30) for number in range(100)])
    group(store)
    before = stories(store)
    with writing(store) as connection:
        connection.execute(update(ArticleRow).values(grouped_at=None))
        connection.execute(update(SketchRow).values(content_hash=b""))
    group(store)
    assert stories(store) == before


def test_a_revised_article_stays_in_its_story(store: Engine) -> None:
    add_articles(store, [news(1), news(1)])
    group(store)
    revise(store, 2, news(2))
    group(store)
    assert stories(store) == {1: 1, 2: 1}


def test_a_round_up_of_two_stories_is_a_story_of_its_own(store: Engine) -> None:
    first, second = news(1, 120), news(2, 120)
    add_articles(store, [first, second])
    group(store)
    add_articles(store, [f"{first}\n\n{second}"])
    group(store)
    assert partition(store) == [[1], [2], [3]]


def test_stories_that_turn_out_to_be_one_are_merged_and_an_event_tells_so(store: Engine) -> None:
    add_articles(store, [news(1), news(2)])
    group(store)
    revise(store, 2, news(1))
    group(store)
    assert stories(store) == {1: 1, 2: 1}
    assert events(store, "stories merged") == [{"story_id": 1, "taken_in": 2}]
    assert story_rows(store) == [(1, None, 2), (2, 1, 0)]


def test_an_article_that_joins_the_story_of_another_has_an_event(store: Engine) -> None:
    add_articles(store, [news(1), news(2), news(1)])
    group(store)
    assert events(store, "article grouped") == [{"story_id": 1}]


def test_of_an_article_that_stays_in_its_story_there_is_one_event_however_often_it_is_edited(store: Engine) -> None:
    add_articles(store, [news(1), news(1)])
    group(store)
    for edit in ("once", "twice", "three times"):
        revise(store, 2, f"{news(1)} Edited {edit}.")
        group(store)
    assert events(store, "article grouped") == [{"story_id": 1}]


def test_a_line_is_boilerplate_once_three_stories_have_it(store: Engine) -> None:
    line = "Sign up for our newsletter and never miss a thing."
    add_articles(store, [f"{news(number)}\n\n{line}" for number in (1, 2, 1, 1)])
    group(store)
    with reading(store) as connection:
        blocks = set(connection.execute(select(BlockRow.block)).scalars())
        assert find_boilerplate(connection, blocks) == set()
    add_articles(store, [f"{news(3)}\n\n{line}"])
    group(store)
    with reading(store) as connection:
        assert len(find_boilerplate(connection, blocks)) == 1


@pytest.mark.parametrize(("age", "kept"), [(29, (2, True, True)), (31, (1, False, True)), (91, (1, False, False))])
def test_anchors_and_sketches_are_kept_for_30_days_and_blocks_for_90(
    store: Engine, age: int, kept: tuple[int, bool, bool]
) -> None:
    add_articles(store, [news(1)])
    group(store)
    age_articles(store, age)
    add_articles(store, [news(2)])
    group(store)
    prune(store, Settings())
    with reading(store) as connection:
        anchors = set(connection.execute(select(NearKeyRow.article_id)).scalars())
        blocks = set(connection.execute(select(BlockRow.story_id)).scalars())
    assert (count(store, SketchRow), 1 in anchors, 1 in blocks) == kept
    assert 2 in anchors
    assert 2 in blocks
