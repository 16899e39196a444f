"""The dead man's switch: asked for while work is done well; what fails is told once, and never more than its host."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.servers.messages import Answer
from tests.servers.publisher import Publisher
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow
from worker.look.health import read_health
from worker.settings import Settings
from worker.telemetry.heartbeat import Heartbeat, send_heartbeat

TAKEN, BACK = Heartbeat(None, is_news=False), Heartbeat(None, is_news=True)


def _settings(publisher: Publisher, path: str = "/ping/secret", **more: object) -> Settings:
    return Settings(allow_hosts=(publisher.authority,), heartbeat_url=publisher.url(path), **more)


@pytest.mark.parametrize("answer", [Answer(b"OK"), Answer(b""), Answer(status=202), Answer(status=204)])
def test_any_good_answer_takes_it_also_an_empty_one(answer: Answer, store: Engine, publisher: Publisher) -> None:
    publisher.on("/ping/secret", answer)
    assert send_heartbeat(store, _settings(publisher)) == TAKEN
    assert [request.method for request in publisher.requests] == ["GET"]


def test_a_redirect_is_followed(postgres: Engine, publisher: Publisher) -> None:
    publisher.redirect("/ping/secret", publisher.on("/there", Answer(b"OK")))
    assert send_heartbeat(postgres, _settings(publisher)) == TAKEN


def test_without_a_url_nothing_is_sent(postgres: Engine) -> None:
    assert send_heartbeat(postgres, Settings()) is None


def test_what_begins_to_fail_is_news_once_and_so_is_its_end(store: Engine, publisher: Publisher) -> None:
    chosen = _settings(publisher)
    publisher.on("/ping/secret", [Answer(status=500), Answer(status=503), Answer(b"OK"), Answer(b"OK")])
    first, second, *rest = [send_heartbeat(store, chosen) for _ in range(4)]
    assert first
    assert second
    assert first.reason == "the heartbeat is not taken: 127.0.0.1 answered 500 (Internal Server Error)"
    assert (first.is_news, second.is_news) == (True, False)
    assert rest == [BACK, TAKEN]


def test_status_shows_why_there_is_none_as_long_as_there_is_none(store: Engine, publisher: Publisher) -> None:
    publisher.on("/ping/secret", [Answer(status=500), Answer(b"OK")])
    noted = []
    for _ in range(2):
        send_heartbeat(store, _settings(publisher))
        with reading(store) as connection:
            noted.append([*read_health(connection, read_clock(connection).now()).notes])
    assert noted == [["the heartbeat is not taken: 127.0.0.1 answered 500 (Internal Server Error)"], []]


def test_a_private_address_is_asked_only_where_it_is_allowed(postgres: Engine, publisher: Publisher) -> None:
    sent = send_heartbeat(postgres, Settings(heartbeat_url=publisher.url("/ping/secret")))
    assert sent
    assert "FEEDMILL_ALLOW_HOSTS lists exceptions" in str(sent.reason)
    assert "secret" not in str(sent.reason)
    assert publisher.connections == 0


def test_one_that_hangs_ends_with_its_worker_and_is_no_failure(postgres: Engine, publisher: Publisher) -> None:
    publisher.hang("/ping/secret")
    assert send_heartbeat(postgres, _settings(publisher), lambda: bool(publisher.requests)) is None
    publisher.on("/ping/secret", Answer(b"OK"))
    assert send_heartbeat(postgres, _settings(publisher)) == TAKEN


def test_none_is_sent_while_feeds_are_very_late(store: Engine, publisher: Publisher) -> None:
    with writing(store) as connection:
        late = read_clock(connection).now() - timedelta(hours=2)
        connection.execute(HostRow.__table__.insert().values(name="h.example:443", claimable_at=late))
    sent = send_heartbeat(store, _settings(publisher))
    assert sent
    assert str(sent.reason).startswith("no heartbeat is sent: no feed is late; no poll yet")
    assert publisher.requests == []
