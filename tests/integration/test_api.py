"""``worker.api`` in a program: threads, forks and event loops, what is refused, and what is left behind."""

import asyncio
import gc
import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import Engine, text

from tests.documents import item, rss
from tests.reading import FOR_CHILD
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from tests.stores import url_of
from tests.waiting import PATIENCE, wait_for
from worker.api import NamedError, SettingsError, Store, StoreError, UsageError, open_store
from worker.database.engine import open_store as make_engine
from worker.database.engine import writing

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_ALLOW_HOSTS", "127.0.0.0/8")
    monkeypatch.setenv("FEEDMILL_HOST_GAP", "0s")


@pytest.fixture
def opened(store: Engine) -> Iterator[Store]:
    with open_store(url_of(store)) as opened:
        yield opened


def _titles(opened: Store, **filters: Any) -> list[str]:
    return [article.title for article in opened.articles(**filters)]


def test_what_is_named_is_polled_and_answered_in_that_order(opened: Store, publisher: Publisher) -> None:
    page = publisher.serve("/page", b"<html></html>", "text/html")
    url = publisher.serve("/feed", rss([item("one")]))
    no_feed, polled, unknown = opened.poll([page, url, 77])
    assert (no_feed.feed_id, no_feed.poll) == (None, None)
    assert no_feed.reason == (
        f"{page} was not added: the host served an HTML page, not a feed; `feedmill add {page}` looks for its feed"
    )
    assert polled.poll
    assert (polled.feed_id, polled.poll.url, polled.poll.new, polled.reason) == (polled.poll.feed_id, url, 1, None)
    assert unknown.reason == "There is no feed 77: `feedmill feeds` lists them, `feedmill add URL` adds one."


def test_what_was_polled_is_grouped_as_after_the_command(opened: Store, publisher: Publisher) -> None:
    opened.poll([publisher.serve("/feed", rss([item("one")]))])
    assert [article.story_id is None for article in opened.articles()] == [False]


def test_what_is_added_is_due(opened: Store, publisher: Publisher) -> None:
    added = opened.add(publisher.serve("/feed", rss([item("one")])), tags=["local"])
    assert (added.is_new, added.unseen) == (True, None)
    assert [answer.feed_id for answer in opened.poll_due()] == [added.feed_id]
    assert _titles(opened, feed_tag="local") == _titles(opened, feed=added.feed_id) == ["one"]


def test_as_it_is_a_url_is_added_without_a_request(opened: Store, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([]))
    assert opened.add(url, as_is=True).is_new
    assert not opened.add(url, as_is=True).is_new
    assert publisher.requests == []


def test_articles_are_chosen_as_by_the_command(opened: Store, publisher: Publisher) -> None:
    for some in ([item("one")], [item("two", "Other words.")], [item("three")]):
        opened.poll([publisher.serve("/feed", rss(some))])
    assert _titles(opened) == ["one", "two", "three"]
    assert _titles(opened, limit=2, newest_first=True) == ["three", "two"]
    assert _titles(opened, text="other") == ["two"]
    assert len(_titles(opened, since=timedelta(hours=1))) == 3
    assert _titles(opened, since=datetime(2999, 1, 1, tzinfo=UTC)) == []
    assert len(_titles(opened, since=timedelta.max)) == 3


def test_threads_may_share_a_store(opened: Store, publisher: Publisher) -> None:
    both = threading.Barrier(2, timeout=30)

    def poll(number: int) -> int | None:
        with Publisher(f"127.0.0.{number}") as own:
            url = own.serve("/feed", rss([item(f"of {number}")]))
            both.wait()
            (answer,) = opened.poll([url])
            return answer.poll and answer.poll.new

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(poll, [2, 3])) == [1, 1]


def test_an_event_loop_runs_it_in_a_thread(opened: Store, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    (answer,) = asyncio.run(asyncio.to_thread(opened.poll, [url]))
    assert answer.poll


def test_a_closed_store_leaves_no_process_and_no_thread(store: Engine, publisher: Publisher) -> None:
    # Other tests of this process share a parser, whose child may live.
    children, threads = psutil.Process().children(), threading.active_count()
    with open_store(url_of(store)) as opened:
        opened.poll([publisher.serve("/feed", FOR_CHILD)])
        # What is JSON is read by a child.
        assert len(psutil.Process().children()) == len(children) + 1
    gc.collect()
    assert psutil.Process().children() == children
    wait_for(lambda: threading.active_count() <= threads + 1, "no thread is left but the publisher's")


def test_a_store_that_is_closed_while_it_polls_is_let_go_at_the_end(tmp_path: Path, publisher: Publisher) -> None:
    may_answer = threading.Event()
    url = publisher.on("/feed", Answer(rss([item("one")]), hold=may_answer))
    opened = open_store(f"sqlite:///{tmp_path}/own.db")
    with ThreadPoolExecutor(1) as other:
        polling = other.submit(opened.poll, [url])
        wait_for(lambda: publisher.requests, "the poll is under way")
        opened.close()
        may_answer.set()
        (answer,) = polling.result()
    assert answer.poll
    assert [file.path for file in psutil.Process().open_files() if "own.db" in file.path] == []


def test_polls_that_are_told_to_stop_begin_no_more(opened: Store, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    opened.poll([url])
    (answer,) = opened.poll([url], stop=lambda: True)
    told = f"{url} was not polled now: we were told to stop before; the next free worker polls it"
    assert (answer.is_waiting, answer.reason, len(publisher.requests)) == (True, told, 1)
    assert [each.feed_id for each in opened.poll_due()] == [1]


def test_changes_are_followed_until_they_end_or_somebody_says_so(opened: Store, publisher: Publisher) -> None:
    opened.poll([publisher.serve("/feed", rss([item("one"), item("two")]))])
    first, second = opened.follow(0, once=True)
    assert {each.kind for each in (first, second)} == {"article created"}
    assert {each.title for each in (first, second)} == {"one", "two"}
    assert list(opened.follow(first.cursor, once=True)) == [second]
    assert list(opened.follow(stop=lambda: True)) == []


def test_a_closed_store_says_so_and_so_does_a_listing_that_was_begun(store: Engine, publisher: Publisher) -> None:
    opened = open_store(url_of(store))
    opened.poll([publisher.serve("/feed", rss([item("one"), item("two")]))])
    articles, changes = opened.articles(), opened.follow(0)
    assert (next(articles).title, next(changes).title) == ("one", "one")
    opened.close()
    opened.close()
    later = (lambda: opened.poll([1]), lambda: next(articles), lambda: next(changes), opened.articles, opened.follow)
    for use in later:
        with pytest.raises(UsageError, match="has been closed: open it again."):
            use()


def test_a_ticket_is_found_by_another_program(opened: Store, store: Engine, publisher: Publisher) -> None:
    url = publisher.serve("/feed", rss([item("one")]))
    opened.add(url)
    asked = opened.request_polls([url])
    with open_store(url_of(store)) as other:
        ticket = other.find_ticket(asked.id)
        assert (ticket.asked_at, [answer.is_waiting for answer in ticket.answers()]) == (asked.asked_at, [True])
        opened.poll_due()
        (answer,) = ticket.wait(None)
    assert answer.poll
    assert answer.poll.new == 1
    assert pickle.loads(pickle.dumps(answer)) == answer


ASKED = """
from worker.api import open_store
with open_store() as opened:
    opened.add("https://a.example/feed", as_is=True)
    print(opened.request_polls([1]).untold)
"""


def _run_apart(folder: Path, *arguments: str, **chosen: str) -> str:
    """What a Python program prints in a process of its own, with a folder before our own and these settings."""
    environment = {"PYTHONPATH": f"{folder}:{ROOT}"} | {f"FEEDMILL_{name}": value for name, value in chosen.items()}
    command = [sys.executable, *arguments]
    return subprocess.check_output(
        command, cwd=folder, env=environment, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE
    )


def test_a_broker_that_is_down_costs_no_ticket(tmp_path: Path) -> None:
    # Apart, for a process that has read Celery's settings keeps to that broker.
    store, broker = f"sqlite:///{tmp_path}/own.db", "redis://:secret@127.0.0.1:1/0"
    told = _run_apart(tmp_path, "-c", ASKED, DATABASE_URL=store, BROKER_URL=broker)
    assert "the next tick makes them" in told
    assert "secret" not in told


WRONG = [
    (lambda opened: opened.poll("https://a.example/"), "Feeds are named by a list of ids and URLs, such as [12]; not"),
    (lambda opened: opened.poll([1.0]), "A feed is named by its id, from 1, or its URL: 1.0 is neither."),
    (lambda opened: opened.poll([True]), "True is neither."),
    (lambda opened: opened.request_polls([0, None, {}]), "0 is neither, nor are 2 others."),
    (lambda opened: opened.request_polls([-1] * 10_000), "-1 is neither, nor are 9,999 others."),
    (lambda opened: opened.request_polls([1] * 100_001), "At most 100,000 feeds can be named at once, not 100,001."),
    (lambda opened: opened.poll([10**5000]), "a number of 16,610 bits is neither."),
    (lambda opened: opened.find_ticket("7"), "A ticket's id is a whole number from 1; not '7'."),
    (lambda opened: opened.follow(-1), "A cursor is a whole number from 0; not -1."),
    (lambda opened: opened.ingest("wire/"), "Files are named by a list of paths, such as ['wire/']; not by 'wire/'."),
    (lambda opened: opened.add(12), "12 was not added: "),
    (lambda opened: opened.add("https://a.example/", tags="news"), "Tags are given as a list of texts; not as 'news'."),
    (lambda opened: opened.add("https://a.example/", tags=[""]), "A tag is a line of 1 to 200 characters."),
    (lambda opened: opened.articles(state="new"), "articles() has the filters feed, feed_tag, tag, agency, "),
    (lambda opened: opened.articles(limit=0), "limit is a whole number from 1; not 0."),
    (lambda opened: opened.articles(text="\0"), "text is text in UTF-8, without NUL and not empty; not '\\x00'."),
    (lambda opened: opened.articles(tag=""), "tag is text in UTF-8, without NUL and not empty; not ''."),
    (lambda opened: opened.articles(since=datetime(2026, 1, 1)), "since is a datetime with its time zone, or a "),  # noqa: DTZ001
    (lambda opened: opened.articles(newest_first=1), "newest_first is True or False; not 1."),
    (lambda opened: list(opened.articles(feed=77)), "There is no feed 77: "),
    (lambda opened: list(opened.articles(feed_tag="x")), "No feed has the tag x: `feedmill set FEED --tag TAG` gives "),
    (lambda opened: list(opened.follow(9, once=True)), "There is no change 9 yet, the newest is 0: "),
    (lambda opened: opened.find_ticket(7), "There is no ticket 7: it is of another store, or was asked for longer ago"),
]


def test_each_wrong_argument_is_refused_in_one_sentence(opened: Store) -> None:
    said = {}
    for call, sentence in WRONG:
        with pytest.raises((UsageError, NamedError)) as raised:
            call(opened)
        said[sentence] = str(raised.value)
    assert {sentence: told for sentence, told in said.items() if sentence not in told or "\n" in told} == {}


def test_a_ticket_is_waited_for_a_duration_only(opened: Store) -> None:
    with pytest.raises(UsageError, match="timeout is a timedelta, such as timedelta\\(seconds=30\\); not 30."):
        opened.request_polls([1]).wait(30)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://a/b", "FEEDMILL_DATABASE_URL is wrong: it must begin with sqlite:// or postgresql://"),
        ("sqlite://", "A store in memory is another one in each thread: name a file, such as sqlite:///news.db."),
        ("sqlite:///nowhere/a.db", "cannot be opened: make sure that its folder exists and is writable."),
        ("sqlite:///text.db", "is not an SQLite database: name another file in FEEDMILL_DATABASE_URL."),
        ("sqlite:///other.db", "is another program's: it has tables that Feedmill did not make."),
        ("sqlite:///newer.db", "has schema version 9999, newer than this Feedmill knows"),
        ("postgresql://me:secret@127.0.0.1:1/x", "cannot be reached"),
    ],
)
def test_a_store_that_cannot_be_used_is_refused_in_one_sentence(tmp_path: Path, url: str, sentence: str) -> None:
    (tmp_path / "text.db").write_text("no database" * 100)
    for name, version in (("other.db", None), ("newer.db", "9999")):
        _make_database(f"sqlite:///{name}", version)
    with pytest.raises((StoreError, SettingsError, UsageError)) as raised:
        open_store(url)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)


def _make_database(url: str, version: str | None) -> None:
    engine = make_engine(url)
    with writing(engine) as connection:
        if version:
            connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:version)"), {"version": version})
        else:
            connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    engine.dispose()


def test_an_empty_postgresql_is_refused_with_what_to_do(postgres_url: str) -> None:
    with pytest.raises(StoreError, match="is empty; this Feedmill needs .*: run feedmill migrate."):
        open_store(postgres_url)


def test_a_program_keeps_all_that_is_its_own(tmp_path: Path, store: Engine, publisher: Publisher) -> None:
    # Apart, in a folder that has a module called tasks; it forks, which no test with threads may.
    (tmp_path / "tasks.py").write_text("mine = True\n")
    urls = publisher.serve("/feed", rss([item("one")])), publisher.serve("/json", FOR_CHILD)
    chosen = {"ALLOW_HOSTS": "127.0.0.0/8", "HOST_GAP": "0s", "DATABASE_URL": url_of(store)}
    told = _run_apart(tmp_path, "-m", "tests.integration.guest_program", *urls, **chosen)
    assert json.loads(told) == {
        "polled": 2,
        "changed by importing": [],
        "changed by using": [],
        "exit code of a forked child that polls and lists": 0,
        "polled after the fork": 2,
    }
