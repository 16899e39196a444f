"""Stories in a real store: told apart by many workers at once, none split, nothing changed by doing it again."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import xxhash
from sqlalchemy import Engine, func, select, text, update
from structlog.testing import capture_logs

from tests.grouping import add_articles, before, group, news, partition, stories
from tests.waiting import wait_for
from worker.database.article_tables import ArticleRow, EventRow
from worker.database.clock import read_clock
from worker.database.engine import open_store, reading, writing
from worker.database.schema import migrate
from worker.database.story_tables import BlockRow, NearKeyRow, SketchRow, StoryRow
from worker.feeds import NewFeed, add_feeds, find_feed, remove_feed
from worker.pipeline import group_waiting, regroup
from worker.retention import prune
from worker.settings import Settings
from worker.store.stories import claim_waiting, find_boilerplate

ROOT = Path(__file__).parents[2]


def _start(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", str(ROOT / "tests/integration/grouper.py"), url],
        env={"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _count(store: Engine, table: type) -> int:
    with reading(store) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _events(store: Engine, kind: str) -> list[dict[str, int]]:
    with reading(store) as connection:
        return list(
            connection.execute(select(EventRow.details).where(EventRow.kind == kind).order_by(EventRow.id)).scalars()
        )


def _let_go(workers: list[subprocess.Popen[str]]) -> None:
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()


def _waiting(store: Engine) -> int:
    with reading(store) as connection:
        waiting = select(func.count()).select_from(ArticleRow).where(ArticleRow.grouped_at.is_(None))
        return connection.execute(waiting).scalar_one()


def _revise(store: Engine, article_id: int, words: str) -> None:
    values = {"text": words, "content_hash": xxhash.xxh3_128_digest(words.encode()), "grouped_at": None}
    with writing(store) as connection:
        connection.execute(update(ArticleRow).where(ArticleRow.id == article_id).values(values))


def _rows(store: Engine) -> list[tuple[int, int | None, int]]:
    with reading(store) as connection:
        rows = connection.execute(select(StoryRow.id, StoryRow.parent, StoryRow.size).order_by(StoryRow.id))
        return [tuple(row) for row in rows]


def _lose_worker() -> None:
    raise SystemExit


def _wait_until_blocked(store: Engine) -> None:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    def blocked() -> int:
        with reading(store) as connection:
            return connection.execute(query).scalar_one()

    wait_for(blocked, 30, "a transaction that waits for a lock")


@contextmanager
def _regroup_meanwhile(store: Engine, *words: str, since: timedelta | None = None) -> Iterator[Callable[[], int]]:
    """Regroup in another thread, which is blocked before the statement goes on; how many waited in the end."""
    started: list[Future[int]] = []
    with reading(store) as connection:
        moment = read_clock(connection).now() - since if since else None

    def start() -> None:
        started.append(thread.submit(lambda: sum(regroup(store, moment))))
        _wait_until_blocked(store)

    with ThreadPoolExecutor(1) as thread, before(store, *words, act=start):
        yield lambda: started[0].result(30)


def _age(store: Engine, days: int) -> None:
    with writing(store) as connection:
        now = read_clock(connection).now()
        connection.execute(update(ArticleRow).values(first_seen_at=now - timedelta(days=days)))


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    """An empty store on PostgreSQL."""
    engine = open_store(postgres_url)
    migrate(engine)
    yield engine
    engine.dispose()


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


def test_articles_more_than_a_week_apart_are_not_compared(store: Engine) -> None:
    with reading(store) as connection:
        now = read_clock(connection).now()
    add_articles(store, [news(1)], published_at=now - timedelta(days=8))
    add_articles(store, [news(1)], published_at=now)
    group(store)
    assert partition(store) == [[1], [2]]


def test_six_workers_at_once_split_no_story(postgres: Engine, postgres_url: str) -> None:
    # Copies lie far apart, so that most are grouped by several workers at the same time.
    add_articles(postgres, [news(number % 120) for number in range(960)])
    workers = [_start(postgres_url) for _ in range(6)]
    _let_go(workers)
    grouped = [int(worker.communicate(timeout=100)[0]) for worker in workers]
    assert sum(grouped) == 960
    assert sum(number > 0 for number in grouped) > 1, "one worker did everything"
    assert partition(postgres) == [list(range(first, 961, 120)) for first in range(1, 121)]
    with reading(postgres) as connection:
        roots = connection.execute(select(StoryRow.size).where(StoryRow.parent.is_(None))).scalars().all()
        taken_in = select(StoryRow.id).where(StoryRow.parent.is_not(None))
        dangling = connection.execute(select(StoryRow.id).where(StoryRow.parent.in_(taken_in))).all()
    assert (roots, dangling) == ([8] * 120, [])


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


def test_a_worker_lost_between_publishing_and_storing_only_delays(store: Engine) -> None:
    add_articles(store, [news(1), news(2), news(1)])
    with pytest.raises(SystemExit), before(store, "UPDATE articles", act=_lose_worker):
        group(store)
    assert set(stories(store).values()) == {None}
    assert _count(store, SketchRow) == 3
    assert group(store) == 3
    assert partition(store) == [[1, 3], [2]]
    assert _count(store, StoryRow) == 2


def test_a_revised_article_whose_worker_is_lost_is_compared_again(store: Engine) -> None:
    add_articles(store, [news(1), news(2)])
    group(store)
    _revise(store, 2, news(1))
    with pytest.raises(SystemExit), before(store, "UPDATE articles", act=_lose_worker):
        group(store)
    group(store)
    assert stories(store) == {1: 1, 2: 1}


def test_a_revised_article_whose_worker_is_killed_is_compared_again(postgres: Engine, postgres_url: str) -> None:
    add_articles(postgres, [news(1), news(2)])
    group(postgres)
    _revise(postgres, 2, news(1))
    with writing(postgres) as connection:
        connection.execute(select(StoryRow.id).with_for_update())
        worker = _start(postgres_url)
        _let_go([worker])
        _wait_until_blocked(postgres)
        worker.kill()
        worker.communicate()
    wait_for(lambda: group(postgres), 30, "the end of the lost worker's claim")
    assert stories(postgres) == {1: 1, 2: 1}


def test_workers_that_are_killed_again_and_again_only_delay(postgres: Engine, postgres_url: str) -> None:
    add_articles(postgres, [news(100 + number) for number in range(50)])
    group(postgres)
    for number in range(50):
        _revise(postgres, number + 1, news(number))
    add_articles(postgres, [news(number % 50) for number in range(200)])
    left = 250
    while left:
        workers = [_start(postgres_url) for _ in range(2)]
        _let_go(workers)
        wait_for(lambda before=left: _waiting(postgres) < before, 30, "a batch")
        for worker in workers:
            worker.kill()
            worker.communicate()
        left = _waiting(postgres)
    assert partition(postgres) == [list(range(first, 251, 50)) for first in range(1, 51)]


def test_what_one_worker_has_claimed_another_leaves_alone(postgres: Engine) -> None:
    add_articles(postgres, [news(number) for number in range(100)])
    with reading(postgres) as one, reading(postgres) as other:
        first = [article.article_id for article in claim_waiting(one, 30, 100)]
        second = [article.article_id for article in claim_waiting(other, 30, 100)]
    assert first == list(range(1, 64))
    assert second == list(range(64, 101))


def test_a_revised_article_stays_in_its_story(store: Engine) -> None:
    add_articles(store, [news(1), news(1)])
    group(store)
    _revise(store, 2, news(2))
    group(store)
    assert stories(store) == {1: 1, 2: 1}


def test_one_that_is_revised_while_it_is_grouped_goes_on_waiting(store: Engine) -> None:
    add_articles(store, [news(1)])
    with before(store, "SELECT wanted.", act=lambda: _revise(store, 1, news(2))):
        next(group_waiting(store, lambda: False))
    assert stories(store) == {1: None}
    group(store)
    assert stories(store) == {1: 1}


def test_the_old_words_of_one_that_is_revised_while_it_is_grouped_unite_nothing(store: Engine) -> None:
    add_articles(store, [news(1)])
    group(store)
    add_articles(store, [news(1)])
    with before(store, "SELECT wanted.", act=lambda: _revise(store, 2, news(2))):
        group(store)
    assert stories(store) == {1: 1, 2: 2}


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
    _revise(store, 2, news(1))
    group(store)
    assert stories(store) == {1: 1, 2: 1}
    assert _events(store, "stories merged") == [{"story_id": 1, "taken_in": 2}]
    assert _rows(store) == [(1, None, 2), (2, 1, 0)]


def test_an_article_that_joins_the_story_of_another_has_an_event(store: Engine) -> None:
    add_articles(store, [news(1), news(2), news(1)])
    group(store)
    assert _events(store, "article grouped") == [{"story_id": 1}]


def test_of_an_article_that_stays_in_its_story_there_is_one_event_however_often_it_is_edited(store: Engine) -> None:
    add_articles(store, [news(1), news(1)])
    group(store)
    for edit in ("once", "twice", "three times"):
        _revise(store, 2, f"{news(1)} Edited {edit}.")
        group(store)
    assert _events(store, "article grouped") == [{"story_id": 1}]


def test_of_what_is_grouped_again_into_the_same_stories_there_is_no_event(store: Engine) -> None:
    add_articles(store, [news(1), news(2), news(1)])
    group(store)
    assert sum(regroup(store, None)) == 3
    group(store)
    assert _events(store, "article grouped") == [{"story_id": 1}]


def test_an_article_that_leaves_its_story_when_it_is_grouped_again_has_an_event(store: Engine) -> None:
    add_articles(store, [news(1), news(1)])
    group(store)
    _revise(store, 2, news(2))
    group(store)
    assert sum(regroup(store, None)) == 2
    group(store)
    assert stories(store) == {1: 1, 2: 2}
    assert _events(store, "article grouped") == [{"story_id": 1}, {"story_id": 2}]


@pytest.mark.parametrize("damage", [{"shingles": b"no numbers"}, {"width": -1000}])
def test_an_article_that_cannot_be_compared_is_a_story_of_its_own_and_stops_no_other(
    store: Engine, damage: dict[str, object]
) -> None:
    # Shorter than its copy, so that its width is what is counted by.
    add_articles(store, [news(1, 160)])
    group(store)
    with writing(store) as connection:
        connection.execute(update(SketchRow).values(damage))
    add_articles(store, [news(1), news(2), news(2)])
    with capture_logs() as logs:
        assert group(store) == 3
    assert partition(store) == [[1], [2], [3, 4]]
    assert [(log["event"], log["article_ids"]) for log in logs if log.get("exc_info")] == [
        ("articles not compared", [2, 3, 4]),
        ("articles not compared", [2]),
    ]


def test_a_line_is_boilerplate_once_three_stories_have_it(store: Engine) -> None:
    line = "Sign up for our newsletter and never miss a thing."
    add_articles(store, [f"{news(number)}\n\n{line}" for number in (1, 2, 1, 1)])
    group(store)
    with reading(store) as connection:
        blocks = set(connection.execute(select(BlockRow.block)).scalars())
        assert find_boilerplate(connection, blocks, 3) == set()
    add_articles(store, [f"{news(3)}\n\n{line}"])
    group(store)
    with reading(store) as connection:
        assert len(find_boilerplate(connection, blocks, 3)) == 1


def test_forgotten_stories_are_told_apart_anew(store: Engine) -> None:
    add_articles(store, [news(number % 30) for number in range(100)])
    group(store)
    before = stories(store)
    assert sum(regroup(store, None)) == 100
    assert _waiting(store) == 100
    assert stories(store) == before, "until they are grouped they stay where they were"
    assert group(store) == 100
    assert stories(store) == before
    assert sum(size for _, _, size in _rows(store)) == 100


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
    _age(postgres, 2)
    add_articles(postgres, [news(2)])
    group(postgres)
    _revise(postgres, 2, news(1))
    with _regroup_meanwhile(postgres, "INSERT INTO blocks", since=timedelta(days=1)) as regrouped:
        next(group_waiting(postgres, lambda: False))
        assert regrouped() == 2
    group(postgres)
    assert stories(postgres) == {1: 1, 2: 1}
    assert [row for row in _rows(postgres) if row[2]] == [(1, None, 2)]


def test_forgetting_waits_for_grouping_instead_of_deadlocking(postgres: Engine) -> None:
    add_articles(postgres, [news(1), news(2)])
    group(postgres)
    _revise(postgres, 2, news(1))
    with _regroup_meanwhile(postgres, "articles.content_hash", "FOR UPDATE") as regrouped:
        next(group_waiting(postgres, lambda: False))
        assert regrouped() == 2
    group(postgres)
    assert stories(postgres) == {1: 1, 2: 1}


def _remove_with_articles(store: Engine, article_id: int) -> None:
    """Say that another feed brought this article, then remove that feed."""
    url = "https://other.example/"
    with writing(store) as connection:
        add_feeds(connection, read_clock(connection).now(), [NewFeed(url)])
        other = find_feed(connection, url)
        assert other
        connection.execute(update(ArticleRow).where(ArticleRow.id == article_id).values(feed_id=other.feed_id))
        remove_feed(connection, other.feed_id, articles=True)


def test_of_a_deleted_article_whose_story_was_taken_in_nothing_leads_to_that_story(store: Engine) -> None:
    add_articles(store, [news(1), news(2)])
    group(store)
    _revise(store, 2, news(1))
    group(store)
    assert _rows(store) == [(1, None, 2), (2, 1, 0)]
    _remove_with_articles(store, 2)
    assert _rows(store) == [(1, None, 1)]


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
    assert _rows(store) == []


@pytest.mark.parametrize(("age", "kept"), [(29, (2, True, True)), (31, (1, False, True)), (91, (1, False, False))])
def test_anchors_and_sketches_are_kept_for_30_days_and_blocks_for_90(
    store: Engine, age: int, kept: tuple[int, bool, bool]
) -> None:
    add_articles(store, [news(1)])
    group(store)
    _age(store, age)
    add_articles(store, [news(2)])
    group(store)
    prune(store, Settings())
    with reading(store) as connection:
        anchors = set(connection.execute(select(NearKeyRow.article_id)).scalars())
        blocks = set(connection.execute(select(BlockRow.story_id)).scalars())
    assert (_count(store, SketchRow), 1 in anchors, 1 in blocks) == kept
    assert 2 in anchors
    assert 2 in blocks
