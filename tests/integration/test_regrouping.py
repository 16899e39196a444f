"""Stories forgotten and told apart anew, also while others are grouping, and articles deleted from their stories."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Engine, select, update

from tests.grouping import (
    add_articles,
    age_articles,
    before,
    count_waiting,
    events,
    group,
    news,
    partition,
    revise,
    stories,
    story_rows,
    wait_until_blocked,
)
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.story_tables import StoryRow
from worker.manage.feeds import NewFeed, add_feeds, find_feed, remove_feed
from worker.stories.forget import regroup
from worker.stories.grouping import group_waiting


@contextmanager
def _regroup_meanwhile(store: Engine, *words: str, since: timedelta | None = None) -> Iterator[Callable[[], int]]:
    """Regroup in another thread, which is blocked before the statement goes on; how many waited in the end."""
    started: list[Future[int]] = []
    with reading(store) as connection:
        moment = read_clock(connection).now() - since if since else None

    def start() -> None:
        started.append(thread.submit(lambda: sum(regroup(store, moment))))
        wait_until_blocked(store)

    with ThreadPoolExecutor(1) as thread, before(store, *words, act=start):
        yield lambda: started[0].result(30)


def _remove_with_articles(store: Engine, article_id: int) -> None:
    """Say that another feed brought this article, then remove that feed."""
    url = "https://other.example/"
    with writing(store) as connection:
        add_feeds(connection, read_clock(connection).now(), [NewFeed(url)])
        other = find_feed(connection, url)
        assert other
        connection.execute(update(ArticleRow).where(ArticleRow.id == article_id).values(feed_id=other.feed_id))
        remove_feed(connection, other.feed_id, articles=True)


def test_of_what_is_grouped_again_into_the_same_stories_there_is_no_event(store: Engine) -> None:
    add_articles(store, [news(1), news(2), news(1)])
    group(store)
    assert sum(regroup(store, None)) == 3
    group(store)
    assert events(store, "article grouped") == [{"story_id": 1}]


def test_an_article_that_leaves_its_story_when_it_is_grouped_again_has_an_event(store: Engine) -> None:
    add_articles(store, [news(1), news(1)])
    group(store)
    revise(store, 2, news(2))
    group(store)
    assert sum(regroup(store, None)) == 2
    group(store)
    assert stories(store) == {1: 1, 2: 2}
    assert events(store, "article grouped") == [{"story_id": 1}, {"story_id": 2}]


def test_forgotten_stories_are_told_apart_anew(store: Engine) -> None:
    add_articles(store, [news(number % 30) for number in range(100)])
    group(store)
    before = stories(store)
    assert sum(regroup(store, None)) == 100
    assert count_waiting(store) == 100
    assert stories(store) == before, "until they are grouped they stay where they were"
    assert group(store) == 100
    assert stories(store) == before
    assert sum(size for _, _, size in story_rows(store)) == 100


def test_a_forgotten_story_that_had_taken_others_in_knows_its_lines_from_boilerplate(store: Engine) -> None:
    with reading(store) as connection:
        now = read_clock(connection).now()
    for age in (16, 8, 0):
        add_articles(store, [news(1)], published_at=now - timedelta(days=age))
        group(store)
    assert partition(store) == [[1], [2], [3]]
    with writing(store) as connection:
        connection.execute(update(ArticleRow).values(published_at=now))
    assert sum(regroup(store, None)) == 3
    group(store)
    assert partition(store) == [[1, 2, 3]]


def test_a_story_counts_its_articles_right_though_it_grew_while_others_were_forgotten(postgres: Engine) -> None:
    add_articles(postgres, [news(1)])
    age_articles(postgres, 2)
    add_articles(postgres, [news(2)])
    group(postgres)
    revise(postgres, 2, news(1))
    with _regroup_meanwhile(postgres, "INTO blocks", since=timedelta(days=1)) as regrouped:
        next(group_waiting(postgres, lambda: False))
        assert regrouped() == 2
    group(postgres)
    assert stories(postgres) == {1: 1, 2: 1}
    assert [row for row in story_rows(postgres) if row[2]] == [(1, None, 2)]


def test_forgetting_waits_for_grouping_instead_of_deadlocking(postgres: Engine) -> None:
    add_articles(postgres, [news(1), news(2)])
    group(postgres)
    revise(postgres, 2, news(1))
    with _regroup_meanwhile(postgres, "articles.content_hash", "FOR UPDATE") as regrouped:
        next(group_waiting(postgres, lambda: False))
        assert regrouped() == 2
    group(postgres)
    assert stories(postgres) == {1: 1, 2: 1}


def test_of_a_deleted_article_whose_story_was_taken_in_nothing_leads_to_that_story(store: Engine) -> None:
    add_articles(store, [news(1), news(2)])
    group(store)
    revise(store, 2, news(1))
    group(store)
    assert story_rows(store) == [(1, None, 2), (2, 1, 0)]
    _remove_with_articles(store, 2)
    assert story_rows(store) == [(1, None, 1)]


def test_a_story_outlives_the_article_it_began_with(store: Engine) -> None:
    add_articles(store, [news(1), news(1)])
    group(store)
    _remove_with_articles(store, 1)
    assert stories(store) == {2: 1}
    with reading(store) as connection:
        assert connection.execute(select(StoryRow.first_article_id, StoryRow.size)).all() == [(2, 1)]


def test_a_story_without_articles_goes(store: Engine) -> None:
    add_articles(store, [news(1)])
    group(store)
    _remove_with_articles(store, 1)
    assert story_rows(store) == []
