"""Hostile publishers of every kind beside good ones, in one window: each ends in its class, no good one notices."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.documents import item, rss
from tests.polling import add, poll, titles
from tests.servers.hostile import HOSTILE, HOSTILE_FEEDS
from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from tests.waiting import PATIENCE
from worker.database.article_tables import ArticleRow
from worker.database.engine import open_store, reading
from worker.database.feed_tables import HostRow
from worker.database.schema import migrate
from worker.parse import ParseLimits, Parser
from worker.pipeline.tools import Tools, make_tools
from worker.settings import Settings
from worker.values.outcomes import Outcome, PollRecord

# The window lasts as long. A busy machine needs some of it for what answers at once.
TIMEOUT = timedelta(seconds=8)
GOOD = [f"good {number}" for number in range(60)]
# What is not dialled, or where nobody answers: URLs, and the classes they deserve.
UNREACHABLE = {
    "hangs": ("http://127.0.4.1:{port}/hang", "timeout"),
    "speaks no TLS": ("https://127.0.4.2:{port}/", "timeout"),
    "nobody listens": ("http://127.0.4.3:9090/", "connect"),
    "private": ("http://10.0.0.1:8080/feed", "guard"),
    "spelt in an odd way": ("http://0xa000002:8080/feed", "guard"),
    "another service": ("http://8.8.8.8:22/feed", "guard"),
}


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tools]:
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('hostile')}/store.db")
    migrate(engine)
    chosen = Settings(
        allow_hosts=("127.0.0.0/8",), host_gap=timedelta(0), fetch_timeout=TIMEOUT, connect_timeout=timedelta(seconds=4)
    )
    tools = replace(make_tools(chosen, engine), parser=Parser(ParseLimits(cpu=timedelta(seconds=1))))
    yield tools
    tools.close()
    engine.dispose()


@pytest.fixture(scope="module")
def records(tools: Tools) -> dict[str, PollRecord]:
    """Poll them all at once, each under an address of its own, which makes it a host of its own."""
    answers = {name: answer for name, (answer, _) in HOSTILE.items()}
    answers |= {name: Answer(body) for name, body in HOSTILE_FEEDS.items()}
    answers |= {name: Answer(rss([item(name)])) for name in GOOD}
    with Publisher("0.0.0.0") as publisher:
        publisher.hang("/hang")
        names = {url.format(port=publisher.port): name for name, (url, _) in UNREACHABLE.items()}
        for number, (name, answer) in enumerate(answers.items()):
            publisher.on(f"/{number}", answer)
            names[publisher.url(f"/{number}", f"127.0.3.{number}")] = name
        add(tools, *names)
        return {names[record.url]: record for record in poll(tools)}


def test_every_publisher_was_polled_once(records: dict[str, PollRecord]) -> None:
    assert records.keys() == {*HOSTILE, *HOSTILE_FEEDS, *UNREACHABLE, *GOOD}


def test_every_hostile_one_ends_in_the_class_it_deserves(records: dict[str, PollRecord]) -> None:
    told = {name: str(record.error.error_class) for name, record in records.items() if record.error}
    deserved = {name: error_class for name, (_, error_class) in (HOSTILE | UNREACHABLE).items()}
    assert {name: told.get(name) for name in deserved} == deserved


def test_every_good_one_is_read(tools: Tools, records: dict[str, PollRecord]) -> None:
    assert {records[name].outcome for name in GOOD} == {Outcome.NEW}
    assert set(GOOD) <= set(titles(tools))


def test_every_good_one_has_answered_while_one_that_hangs_is_waited_for(records: dict[str, PollRecord]) -> None:
    ended_at = {name: record.started_at + record.duration for name, record in records.items()}
    assert max(ended_at[name] for name in GOOD) < ended_at["hangs"]


def test_no_poll_goes_on_for_ever(records: dict[str, PollRecord]) -> None:
    assert max(record.duration for record in records.values()) < timedelta(seconds=PATIENCE)


def test_no_host_stays_leased(tools: Tools, records: dict[str, PollRecord]) -> None:
    with reading(tools.engine) as connection:
        assert connection.execute(select(HostRow.id).where(HostRow.lease_token.is_not(None))).all() == []


def test_no_file_of_ours_becomes_an_article(tools: Tools, records: dict[str, PollRecord]) -> None:
    secret = Path("/etc/passwd").read_text().splitlines()[0]
    with reading(tools.engine) as connection:
        assert secret not in repr(connection.execute(select(ArticleRow.title, ArticleRow.text)).all())
