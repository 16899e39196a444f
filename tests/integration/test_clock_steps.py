"""A database's clock that is set back between polls, or while one is stored: the newest poll's words are shown."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from tests.documents import item, rss
from tests.polling import add, count, hold, now_of, poll, schedule
from tests.servers.publisher import Publisher
from tests.storing import kinds, lease, read, revisions, store, texts
from worker.database.article_tables import ArticleRow, SightingRow
from worker.database.clock import read_clock
from worker.database.clock_steps import TICK
from worker.database.engine import reading, writing
from worker.database.feed_tables import HostRow, PollRow, ScheduleRow
from worker.database.task_turns import TurnRow
from worker.look.health import read_health
from worker.pipeline.conclude import store_prepared
from worker.pipeline.prepare import prepare_documents
from worker.pipeline.tools import Tools

SITE = "https://gazette.example"
FIRST, LATER, LAST = "The ferry will sail at noon.", "The ferry sailed at one.", "The ferry has come back."
HOUR = timedelta(hours=1)


def _rss(text: str) -> bytes:
    return rss([item("ferry", text, link=f"{SITE}/ferry")], site=f"{SITE}/")


def _atom(text: str, updated: datetime) -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Gazette</title><id>urn:x-gazette</id><entry><id>ferry</id>'
        f"<title>Ferry</title><published>2026-11-01T00:00:00Z</published><updated>{updated.isoformat()}</updated>"
        f'<content type="html">{text}</content></entry></feed>'
    ).encode()


def _poll(tools: Tools, body: bytes, at: datetime) -> None:
    """Poll under a lease of its own, by a clock that says ``at``, and store the answer a second later."""
    (leased,) = lease(tools, f"{SITE}/feed")
    store(tools, read(tools, leased, body, at=at), now=at + timedelta(seconds=1))


@pytest.mark.parametrize("step", [-HOUR, HOUR], ids=["back", "forth"])
def test_after_a_step_of_the_clock_the_newer_polls_words_are_shown(tools: Tools, step: timedelta) -> None:
    now = now_of(tools)
    for text, at in ((FIRST, now), (LATER, now + step), (LAST, now + step)):
        _poll(tools, _rss(text), at)
        assert texts(tools) == [text]
    assert revisions(tools) == [(1, FIRST), (2, LATER), (3, None)]
    assert kinds(tools) == ["article created", "article revised", "article revised"]


def test_after_a_step_back_the_publishers_own_times_decide(tools: Tools) -> None:
    now = now_of(tools)
    _poll(tools, _atom(FIRST, now - timedelta(minutes=10)), now)
    _poll(tools, _atom(LATER, now - timedelta(minutes=5)), now - HOUR)
    assert texts(tools) == [LATER]


def test_a_clock_that_steps_between_decision_and_write_loses_nothing(tools: Tools) -> None:
    now = now_of(tools)
    _poll(tools, _rss(FIRST), now)
    (leased,) = lease(tools, f"{SITE}/feed")
    with reading(tools.engine) as connection:
        prepared = prepare_documents(connection, [read(tools, leased, _rss(LATER), at=now)], now, None)
    with writing(tools.engine) as connection:
        (record,) = store_prepared(connection, prepared, now - HOUR)
    assert (texts(tools), record.updated) == ([LATER], 1)
    assert (count(tools, ArticleRow), count(tools, SightingRow)) == (1, 1)


def test_a_worker_past_its_lease_whose_clock_is_ahead_brings_no_old_words_back(tools: Tools) -> None:
    (late,) = lease(tools, f"{SITE}/feed")
    now = now_of(tools)
    _poll(tools, _rss(LATER), now)
    # Its answer came before the other's; by its clock it was asked for an hour later.
    store(tools, read(tools, late, _rss(FIRST), at=now - timedelta(minutes=1)), now=now + HOUR)
    assert texts(tools) == [LATER]


DAY = timedelta(days=1)


def _as_if_polled_in_a_day(tools: Tools) -> None:
    """Let the store look as it does when its clock has been a day ahead and was set right."""
    with writing(tools.engine) as connection:
        for row in connection.execute(select(ScheduleRow)).all():
            moments = {
                name: getattr(row, name) + DAY for name in ("next_poll_at", "last_attempt_at", "last_success_at")
            }
            connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == row.feed_id).values(moments))
        for row in connection.execute(select(HostRow)).all():
            moments = {name: getattr(row, name) for name in ("claimable_at", "next_request_at")}
            later = {name: at + DAY for name, at in moments.items() if at}
            connection.execute(update(HostRow).where(HostRow.id == row.id).values(later))
        for row in connection.execute(select(PollRow)).all():
            connection.execute(update(PollRow).where(PollRow.id == row.id).values(started_at=row.started_at + DAY))


def _lease_for_a_day(tools: Tools) -> None:
    with writing(tools.engine) as connection:
        later = read_clock(connection).now() + DAY
        leased = update(HostRow).values(lease_token="of a worker that is gone", lease_until=later, claimable_at=later)
        connection.execute(leased)
        # What its claim left behind: a tick of the same day.
        connection.execute(insert(TurnRow).values(name=TICK, taken_at=later))


def test_what_was_polled_while_the_clock_was_a_day_ahead_is_due_when_it_is_set_right(
    tools: Tools, publisher: Publisher
) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    poll(tools)
    _as_if_polled_in_a_day(tools)
    (record,) = poll(tools)
    assert record.error is None
    assert schedule(tools).last_attempt_at <= now_of(tools)
    with reading(tools.engine) as connection:
        (note,) = read_health(connection, read_clock(connection).now()).notes
    told = r"the database.s clock was set back by (1d|23h 59m); what it had put off is due now \(feeds: 1, leases: 0"
    assert re.search(told, note)
    assert poll(tools) == []


def test_a_lease_that_was_taken_while_the_clock_was_a_day_ahead_ends_and_accuses_nobody(
    tools: Tools, publisher: Publisher
) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    _lease_for_a_day(tools)
    (record,) = poll(tools)
    assert record.error is None
    with reading(tools.engine) as connection:
        assert connection.execute(select(HostRow.lease_token, HostRow.expired_token)).one() == (None, None)


def test_a_host_that_only_redirects_lead_to_is_asked_again_when_the_clock_is_set_right(
    tools: Tools, publisher: Publisher
) -> None:
    with Publisher("127.0.0.2") as target:
        add(tools, publisher.redirect("/feed", target.serve("/feed", rss([item("one")])), status=302))
        poll(tools)
        _as_if_polled_in_a_day(tools)
        (record,) = poll(tools)
    assert record.error is None
    assert len(target.requests) == 2


def test_a_poll_that_was_put_off_while_the_clock_was_a_day_ahead_is_due_when_it_is_set_right(
    tools: Tools, publisher: Publisher
) -> None:
    with Publisher("127.0.0.2") as target:
        add(tools, publisher.redirect("/feed", target.serve("/feed", rss([item("one")])), status=302))
        poll(tools)
        before = schedule(tools)
        _as_if_polled_in_a_day(tools)
        with writing(tools.engine) as connection:
            reason = f"waits for its turn at {target.authority}, where a redirect leads"
            former = {"last_attempt_at": before.last_attempt_at, "last_success_at": before.last_success_at}
            connection.execute(update(ScheduleRow).values(next_poll_reason=reason, **former))
        (record,) = poll(tools)
    assert record.error is None


def test_a_host_that_was_held_before_a_step_of_the_clock_stays_so(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    hold(tools, publisher.authority)
    with writing(tools.engine) as connection:
        connection.execute(update(ScheduleRow).values(last_attempt_at=read_clock(connection).now()))
        connection.execute(insert(TurnRow).values(name=TICK, taken_at=read_clock(connection).now() + DAY))
    assert poll(tools) == []


def test_a_clock_that_is_set_forth_makes_nothing_due_that_is_not(tools: Tools, publisher: Publisher) -> None:
    add(tools, publisher.serve("/feed", rss([item("one")])))
    poll(tools)
    with writing(tools.engine) as connection:
        connection.execute(insert(TurnRow).values(name=TICK, taken_at=read_clock(connection).now() - DAY))
    assert poll(tools) == []
