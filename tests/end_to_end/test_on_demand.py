"""Polls on demand that other programs ask for by name, as docs/programs.md tells them to."""

import base64
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from sqlalchemy import Engine, select

from tests.documents import item, rss
from tests.servers.publisher import Publisher
from tests.stores import url_of
from tests.waiting import wait_for
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow
from worker.manage.feeds import NewFeed, add_feeds


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as publisher:
        yield publisher


@pytest.fixture
def prefix(tmp_path: Path) -> str:
    return f"{tmp_path.name}:"


@pytest.fixture
def store(environment: dict[str, str], postgres: Engine, valkey_url: str, prefix: str, publisher: Publisher) -> Engine:
    """A store with one feed, which no tick polls: only what is asked for is polled."""
    environment |= {
        "FEEDMILL_DATABASE_URL": url_of(postgres),
        "FEEDMILL_BROKER_URL": valkey_url,
        "FEEDMILL_BROKER_PREFIX": prefix,
    }
    with writing(postgres) as connection:
        add_feeds(connection, read_clock(connection).now(), [NewFeed(publisher.serve("/feed", rss([item("one")])))])
    return postgres


def _feed(store: Engine) -> tuple[int, str]:
    with reading(store) as connection:
        feed_id, url = connection.execute(select(FeedRow.id, FeedRow.url)).one()
    return feed_id, url


def _titles(store: Engine) -> list[str]:
    with reading(store) as connection:
        return list(connection.execute(select(ArticleRow.title)).scalars())


def _send_from_a_foreign_application(valkey_url: str, prefix: str, feeds: list[Any]) -> None:
    mine = Celery("mine", broker=valkey_url, set_as_current=False)
    mine.conf.broker_transport_options = {"global_keyprefix": prefix}
    mine.send_task("ondemand.poll_feeds", args=[feeds], queue="ondemand")


def _send_from_another_language(valkey_url: str, prefix: str, feeds: list[Any]) -> None:
    task_id = str(uuid.uuid4())
    body = json.dumps([[feeds], {}, {}])
    message: dict[str, Any] = {
        "body": base64.b64encode(body.encode()).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": "ondemand.poll_feeds", "id": task_id, "lang": "js", "root_id": task_id},
        "properties": {
            "correlation_id": task_id,
            "delivery_mode": 2,
            "delivery_tag": str(uuid.uuid4()),
            "delivery_info": {"exchange": "ondemand", "routing_key": "ondemand"},
            "body_encoding": "base64",
            "priority": 0,
        },
    }
    with redis.Redis.from_url(valkey_url) as client:
        client.lpush(f"{prefix}ondemand", json.dumps(message))


@pytest.mark.parametrize("send", [_send_from_a_foreign_application, _send_from_another_language])
def test_what_another_program_asks_for_by_name_is_polled(
    store: Engine, start: Callable[..., object], valkey_url: str, prefix: str, send: Callable[[str, str, Any], None]
) -> None:
    feed_id, url = _feed(store)
    send(valkey_url, prefix, [feed_id] if send is _send_from_another_language else [url])
    start("celery", "-A", "worker", "worker", "--concurrency", "1")
    wait_for(lambda: _titles(store) == ["one"], "the feed that was asked for is polled")


def test_what_cannot_be_polled_is_told_in_the_log_in_one_line_each(
    store: Engine, start: Callable[..., object], valkey_url: str, prefix: str, tmp_path: Path
) -> None:
    _, url = _feed(store)
    _send_from_a_foreign_application(valkey_url, prefix, [None, 1.5])
    _send_from_a_foreign_application(valkey_url, prefix, [77, "https://unknown.example/feed", url])
    start("celery", "-A", "worker", "worker", "--concurrency", "1")
    wait_for(lambda: _titles(store) == ["one"], "the feed that was asked for last is polled")
    log = (tmp_path / "log-0.txt").read_text()
    assert "A feed is named by its id, from 1, or its URL: None is neither, nor is another." in log
    assert "There is no feed 77: " in log
    assert "Traceback" not in log
    with reading(store) as connection:
        assert connection.execute(select(FeedRow.url)).scalars().all() == [url]
