from datetime import timedelta

import requests
from sqlalchemy import Engine, create_engine, update

from tests.servers.web import web_server
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.manage.feeds import NewFeed, add_feeds

PAGE = {"Accept": "text/html"}


def _show(at: str) -> requests.Response:
    return requests.get(f"{at}/", headers=PAGE, timeout=60)


def test_it_says_what_is_due_late_failing_and_left_alone(store: Engine):
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now, [NewFeed(f"https://h{number}.example/feed") for number in range(3)])
        connection.execute(update(ScheduleRow).values(next_poll_at=now + timedelta(hours=1)))
        failing = {"error_class": "dns", "error": "<b>", "failures": 1, "attempts": 1, "next_poll_at": now}
        connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == 1).values(failing))
        held = {"failures": 3, "held_until": now + timedelta(hours=2), "claimable_at": now + timedelta(hours=2)}
        connection.execute(update(HostRow).where(HostRow.id == 2).values(held))
    with web_server(store) as at:
        shown = _show(at).text
    assert '<li>dns <span class="number">1</span>' in shown
    assert "h1.example<" in shown
    assert "it refused us 3 times in a row" in shown
    assert "no feed is late; no poll yet" in shown


def test_an_empty_store_is_a_page_too(store: Engine):
    with web_server(store) as at:
        answer = _show(at)
    assert (answer.status_code, answer.text.count('role="img"')) == (200, 4)
    assert "No feed&#39;s newest poll failed." in answer.text or "No feed's newest poll failed." in answer.text


def test_while_the_store_cannot_be_reached_the_page_says_so():
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with web_server(away) as at:
        answer = _show(at)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "<h1>Service Unavailable</h1>" in answer.text
    assert "The store cannot be used now; the log says why." in answer.text
