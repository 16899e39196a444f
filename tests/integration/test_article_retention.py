"""Articles are kept as long as wanted and no longer: which go, whole stories of them, and what followers are told."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.documents import PARAGRAPHS, item, rss
from tests.grouping import add_articles, news
from tests.polling import add, count, titles
from tests.retention import MONTH, age, prune_older_than
from tests.seeds import place
from tests.storing import poll_once
from worker.database.article_tables import ArticleRow, RevisionRow, SightingRow
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow
from worker.database.outbox_tables import EventKind, EventRow
from worker.database.retention_tables import RetentionRow
from worker.database.story_tables import SketchRow, StoryRow
from worker.manage.feed_tags import tag_feed
from worker.manage.feeds import remove_feed
from worker.pipeline.tools import Tools
from worker.retention.article_pruning import prune_articles
from worker.retention.choices import Retention, keep_feed, keep_tag
from worker.seeds.ingest import ingest
from worker.stories.grouping import group_waiting
from worker.values.due_feeds import FeedState

FEED, OTHER = "https://news.example/feed", "https://news.example/other"
DAY = timedelta(days=1)
# At once, in one look.
LOOKED_AT = 2_000


def _carry(tools: Tools, *names: str, url: str = FEED) -> None:
    poll_once(tools, url, rss([item(name, link=f"https://news.example/{name}") for name in names]))


def _leave_one(tools: Tools) -> None:
    """Let `old` have left its feed 40 days ago, and `new` be in it still."""
    _carry(tools, "old", "new")
    _carry(tools, "new")
    age(tools.engine, 40 * DAY)


def _group(tools: Tools) -> None:
    for _ in group_waiting(tools.engine, lambda: False):
        pass


def _ids(tools: Tools, table: type, column: str = "id") -> set[int]:
    with reading(tools.engine) as connection:
        return set(connection.execute(select(getattr(table, column))).scalars())


def test_an_article_that_left_its_feed_for_longer_than_it_is_kept_goes_with_all_that_is_of_it(tools: Tools) -> None:
    _carry(tools, "old", "new")
    _group(tools)
    _carry(tools, "new")
    # Sketches would be too old themselves after 30 days.
    age(tools.engine, 10 * DAY)
    assert prune_older_than(tools.engine, 5 * DAY) == 1
    assert titles(tools) == ["new"]
    kept = _ids(tools, ArticleRow)
    assert _ids(tools, SightingRow, "article_id") == _ids(tools, RevisionRow, "article_id") == kept
    assert _ids(tools, StoryRow) == _ids(tools, SketchRow, "article_id") == kept


@pytest.mark.parametrize("kept_for", [41 * DAY, None])
def test_an_article_that_may_stay_longer_stays(tools: Tools, kept_for: timedelta | None) -> None:
    _leave_one(tools)
    assert prune_older_than(tools.engine, kept_for) == 0
    assert count(tools, ArticleRow) == 2


def test_followers_are_told_of_each_article_that_went_and_why(tools: Tools) -> None:
    _leave_one(tools)
    prune_older_than(tools.engine)
    with reading(tools.engine) as connection:
        query = select(EventRow.feed_id, EventRow.details).where(EventRow.kind == EventKind.ARTICLE_REMOVED)
        told = connection.execute(query).all()
    facts = {"title": "old", "url": "https://news.example/old", "feed_url": FEED}
    assert [tuple(each) for each in told] == [(1, facts | {"reason": "it has outlived its retention"})]


def test_an_article_stays_while_any_feed_carries_it(tools: Tools) -> None:
    _carry(tools, "shared", "new")
    _carry(tools, "shared", url=OTHER)
    _carry(tools, "new")
    age(tools.engine, 40 * DAY)
    assert prune_older_than(tools.engine) == 0
    _carry(tools, "else", url=OTHER)
    age(tools.engine, 20 * DAY)
    assert prune_older_than(tools.engine) == 0
    age(tools.engine, 20 * DAY)
    assert prune_older_than(tools.engine) == 1


def test_of_all_that_is_chosen_for_the_feeds_of_an_article_the_longest_counts(tools: Tools) -> None:
    for url in (FEED, OTHER):
        _carry(tools, "shared", "new", url=url)
        _carry(tools, "new", url=url)
    age(tools.engine, 40 * DAY)
    with writing(tools.engine) as connection:
        keep_feed(connection, 2, Retention(50 * DAY))
    assert prune_older_than(tools.engine) == 0
    with writing(tools.engine) as connection:
        keep_feed(connection, 2, None)
    assert prune_older_than(tools.engine) == 1


def test_a_feeds_own_choice_counts_before_its_tags_and_of_those_the_longest(tools: Tools) -> None:
    _leave_one(tools)
    with writing(tools.engine) as connection:
        tag_feed(connection, 1, ["World", "Archive"])
        keep_tag(connection, "World", Retention(10 * DAY))
        keep_tag(connection, "Archive", Retention(None))
    assert prune_older_than(tools.engine) == 0
    with writing(tools.engine) as connection:
        keep_feed(connection, 1, Retention(MONTH))
    # The feed's choice counts even where the settings keep all else for ever.
    assert prune_older_than(tools.engine, None) == 1


def test_choosing_again_replaces_what_was_chosen(tools: Tools) -> None:
    _leave_one(tools)
    for kept_for in (50 * DAY, None, 10 * DAY):
        with writing(tools.engine) as connection:
            keep_feed(connection, 1, Retention(kept_for))
    assert count(tools, RetentionRow) == 1
    assert prune_older_than(tools.engine, 60 * DAY) == 1


def test_a_story_goes_only_when_all_its_articles_may(tools: Tools) -> None:
    copies = [item(name, text=" ".join(PARAGRAPHS), link=f"https://news.example/{name}") for name in ("one", "two")]
    poll_once(tools, FEED, rss(copies))
    _group(tools)
    assert _ids(tools, StoryRow, "size") == {2}
    poll_once(tools, FEED, rss([copies[1]]))
    age(tools.engine, 40 * DAY)
    assert prune_older_than(tools.engine) == 0
    _carry(tools, "new")
    age(tools.engine, 40 * DAY)
    assert prune_older_than(tools.engine) == 2
    assert _ids(tools, StoryRow) <= _ids(tools, ArticleRow) == {3}


def test_a_kill_stays_as_long_as_the_article_that_it_kills(tools: Tools) -> None:
    first, kill = add_articles(tools.engine, [news(1), news(2)])
    with writing(tools.engine) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.id == first).values(killed_by=kill))
    _carry(tools, "new")
    age(tools.engine, 40 * DAY)
    with writing(tools.engine) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.id == first).values(feed_id=2))
        keep_feed(connection, 2, Retention(None))
    assert prune_older_than(tools.engine) == 0
    with writing(tools.engine) as connection:
        keep_feed(connection, 2, None)
    assert prune_older_than(tools.engine) == 2


def test_what_a_removed_feed_held_counts_as_gone_since_it_was_last_polled(tools: Tools) -> None:
    _carry(tools, "held")
    age(tools.engine, 40 * DAY)
    assert prune_older_than(tools.engine) == 0
    with writing(tools.engine) as connection:
        remove_feed(connection, 1, articles=False)
    assert prune_older_than(tools.engine, 50 * DAY) == 0
    assert prune_older_than(tools.engine) == 1


@pytest.mark.parametrize("state", [FeedState.PAUSED, FeedState.GONE, FeedState.QUARANTINED])
def test_what_a_feed_held_that_may_be_polled_again_stays(tools: Tools, state: FeedState) -> None:
    _carry(tools, "held")
    with writing(tools.engine) as connection:
        connection.execute(update(FeedRow).values(state=state, state_reason="for the test"))
    age(tools.engine, 40 * DAY)
    assert prune_older_than(tools.engine) == 0


def test_a_files_article_counts_as_gone_since_the_file_was_last_read(tools: Tools, tmp_path: Path) -> None:
    file = place(
        tmp_path / "ferry.txt", "date 2026-07-10\n\nOSLO, July 10 (AP) — The ferry sails. It was built in 1991."
    )
    list(ingest(tools, [file], 1_000_000))
    assert prune_older_than(tools.engine) == 0
    age(tools.engine, 40 * DAY)
    assert prune_older_than(tools.engine) == 1


def test_an_article_whose_guid_has_come_to_name_another_counts_from_when_it_was_first_seen(tools: Tools) -> None:
    _carry(tools, "taken")
    with writing(tools.engine) as connection:
        connection.execute(SightingRow.__table__.delete())
    age(tools.engine, 29 * DAY)
    assert prune_older_than(tools.engine) == 0
    age(tools.engine, 2 * DAY)
    assert prune_older_than(tools.engine) == 1


def test_a_run_looks_at_so_many_that_stay_and_the_next_one_goes_on(tools: Tools) -> None:
    add_articles(tools.engine, ["short"] * 2_050)
    add(tools, FEED)
    age(tools.engine, 40 * DAY)
    with writing(tools.engine) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.id > LOOKED_AT).values(feed_id=2))
        keep_feed(connection, 1, Retention(None))

    def prune_a_few(*, stopped: bool = False) -> int:
        return prune_articles(tools.engine, MONTH, lambda _: 2_051, lambda: stopped, most_kept=1)

    assert prune_a_few(stopped=True) == 0
    assert prune_a_few() == 0
    assert prune_a_few() == 50
    assert prune_a_few() == 0


def test_a_run_that_is_stopped_between_two_transactions_goes_on_there_the_next_time(tools: Tools) -> None:
    add_articles(tools.engine, ["short"] * 260)
    age(tools.engine, 40 * DAY)
    # Asked before the walk and before each transaction; 250 articles go in one.
    answers = iter([False, False, True])
    assert prune_articles(tools.engine, MONTH, lambda _: 261, lambda: next(answers, True), 1_000) == 250
    assert prune_articles(tools.engine, MONTH, lambda _: 261, lambda: False, 1_000) == 10
