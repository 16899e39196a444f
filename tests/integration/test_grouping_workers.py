"""Many workers at once, some of them lost or killed and some articles faulty: no story is split, and nothing stops."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update
from structlog.testing import capture_logs

from tests.grouping import (
    add_articles,
    before,
    count,
    count_waiting,
    events,
    group,
    news,
    partition,
    revise,
    stories,
    wait_until_blocked,
)
from tests.seeds import place
from tests.servers.commands import Commands, Program
from tests.stores import url_of
from tests.waiting import wait_for
from worker.database.engine import reading, writing
from worker.database.story_tables import NearKeyRow, SketchRow, StoryRow
from worker.stories.grouping import group_waiting
from worker.stories.published import publish_signatures
from worker.stories.signature import make_signature, read_blocks
from worker.stories.story_values import Signed
from worker.stories.waiting_articles import claim_waiting

ROOT = Path(__file__).parents[2]


def _start(commands: Commands, store: Engine, number: int) -> list[Program]:
    """Start so many groupers, and wait until each could begin."""
    # A claim is a transaction in which the server hears nothing while a batch is compared.
    url = store.url.update_query_dict({"options": "-c idle_in_transaction_session_timeout=5min"})
    words = "tests.integration.grouper", url.render_as_string(hide_password=False)
    workers = [commands.talk(*words) for _ in range(number)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    return workers


def _let_go(workers: list[Program]) -> None:
    for worker in workers:
        worker.stdin.write("\n")
        worker.stdin.flush()


def _lose_worker() -> None:
    raise SystemExit


def test_a_worker_killed_between_storing_articles_and_grouping_them_only_delays(store: Engine, tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    for name, text in {"1": news(1), "2": news(2), "3": f"LONDON (Reuters) - {news(1)}"}.items():
        place(folder / name, text)
    script = ROOT / "tests/integration/lost_ingester.py"
    command = [sys.executable, "-P", str(script), url_of(store), str(folder)]
    lost = subprocess.run(command, env={"PYTHONPATH": str(ROOT)}, check=False, timeout=240)
    assert lost.returncode == -signal.SIGKILL
    assert stories(store) == {1: None, 2: None, 3: None}
    assert group(store) == 3
    assert partition(store) == [[1, 3], [2]]
    assert events(store, "article grouped") == [{"story_id": 1}]


def test_six_workers_at_once_split_no_story(postgres: Engine, commands: Commands) -> None:
    # Copies lie far apart, so that most are grouped by several workers at the same time.
    add_articles(postgres, [news(number % 120) for number in range(960)])
    workers = _start(commands, postgres, 6)
    _let_go(workers)
    grouped = [int(worker.communicate(240)) for worker in workers]
    assert sum(grouped) == 960
    assert sum(number > 0 for number in grouped) > 1, "one worker did everything"
    assert partition(postgres) == [list(range(first, 961, 120)) for first in range(1, 121)]
    with reading(postgres) as connection:
        roots = connection.execute(select(StoryRow.size).where(StoryRow.parent.is_(None))).scalars().all()
        taken_in = select(StoryRow.id).where(StoryRow.parent.is_not(None))
        dangling = connection.execute(select(StoryRow.id).where(StoryRow.parent.in_(taken_in))).all()
    assert (roots, dangling) == ([8] * 120, [])


def test_a_worker_lost_between_publishing_and_storing_only_delays(store: Engine) -> None:
    add_articles(store, [news(1), news(2), news(1)])
    with pytest.raises(SystemExit), before(store, "UPDATE articles", act=_lose_worker):
        group(store)
    assert set(stories(store).values()) == {None}
    assert count(store, SketchRow) == 3
    assert group(store) == 3
    assert partition(store) == [[1, 3], [2]]
    assert count(store, StoryRow) == 2


def test_a_revised_article_whose_worker_is_lost_is_compared_again(store: Engine) -> None:
    add_articles(store, [news(1), news(2)])
    group(store)
    revise(store, 2, news(1))
    with pytest.raises(SystemExit), before(store, "UPDATE articles", act=_lose_worker):
        group(store)
    group(store)
    assert stories(store) == {1: 1, 2: 1}


def test_a_revised_article_whose_worker_is_killed_is_compared_again(postgres: Engine, commands: Commands) -> None:
    add_articles(postgres, [news(1), news(2)])
    group(postgres)
    revise(postgres, 2, news(1))
    # Before the transaction, of which PostgreSQL bears no long silence.
    (worker,) = _start(commands, postgres, 1)
    with writing(postgres) as connection:
        connection.execute(select(StoryRow.id).with_for_update())
        _let_go([worker])
        wait_until_blocked(postgres)
        worker.kill()
        worker.communicate()
    wait_for(lambda: group(postgres), "the end of the lost worker's claim")
    assert stories(postgres) == {1: 1, 2: 1}


def test_workers_that_are_killed_again_and_again_only_delay(postgres: Engine, commands: Commands) -> None:
    add_articles(postgres, [news(100 + number) for number in range(50)])
    group(postgres)
    for number in range(50):
        revise(postgres, number + 1, news(number))
    add_articles(postgres, [news(number % 50) for number in range(200)])
    left = 250
    while left:
        workers = _start(commands, postgres, 2)
        _let_go(workers)
        wait_for(lambda before=left: count_waiting(postgres) < before, "a batch")
        for worker in workers:
            worker.kill()
            worker.communicate()
        left = count_waiting(postgres)
    assert partition(postgres) == [list(range(first, 251, 50)) for first in range(1, 51)]


def test_what_one_worker_has_claimed_another_leaves_alone(postgres: Engine) -> None:
    add_articles(postgres, [news(number) for number in range(100)])
    with reading(postgres) as one, reading(postgres) as other:
        first = [article.article_id for article in claim_waiting(one, 30)]
        second = [article.article_id for article in claim_waiting(other, 30)]
    assert first == list(range(1, 64))
    assert second == list(range(64, 101))


def test_an_article_that_two_workers_take_for_new_is_published_once(store: Engine) -> None:
    add_articles(store, [news(1)])
    with reading(store) as connection:
        waiting = claim_waiting(connection, 10)
    signed = [Signed(one, (), make_signature(read_blocks(one.text), (), "", "")) for one in waiting]
    for _ in range(2):
        with writing(store) as connection:
            publish_signatures(connection, signed)
    assert count(store, NearKeyRow) == len(signed[0].signature.anchors)
    assert (count(store, SketchRow), count(store, StoryRow)) == (1, 1)


def test_a_copy_that_another_process_has_grouped_since_it_was_read_begins_no_story(store: Engine) -> None:
    add_articles(store, [news(1), news(1)])
    with reading(store) as connection:
        waiting = claim_waiting(connection, 10)
    group(store)
    signed = [Signed(one, (), make_signature(read_blocks(one.text), (), "", "")) for one in waiting]
    with writing(store) as connection:
        publish_signatures(connection, signed)
    assert (stories(store), count(store, StoryRow)) == ({1: 1, 2: 1}, 1)


def test_one_that_is_revised_while_it_is_grouped_goes_on_waiting(store: Engine) -> None:
    add_articles(store, [news(1)])
    with before(store, "SELECT wanted.", act=lambda: revise(store, 1, news(2))):
        next(group_waiting(store, lambda: False))
    assert stories(store) == {1: None}
    group(store)
    assert stories(store) == {1: 1}


def test_the_old_words_of_one_that_is_revised_while_it_is_grouped_unite_nothing(store: Engine) -> None:
    add_articles(store, [news(1)])
    group(store)
    add_articles(store, [news(1)])
    with before(store, "SELECT wanted.", act=lambda: revise(store, 2, news(2))):
        group(store)
    assert stories(store) == {1: 1, 2: 2}


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
