"""What `feedmill status` counts: exactly while there is little of it, and beyond a bound as well as it can cheaply."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, text

from tests.large_stores import ROWS, fill
from worker.claim.mailboxes_due import claim_mailbox, release_mailbox
from worker.database.article_tables import ArticleRow
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import PollRow
from worker.look.counts import Counted, count_late, count_polls, count_rows, count_schedules
from worker.look.work import find_longest_wait
from worker.manage.feeds import NewFeed, add_feeds, pause_feed
from worker.manage.mailbox_feeds import add_mailboxes

MINUTE = timedelta(minutes=1)


def test_the_rows_of_a_large_table_are_estimated(store: Engine) -> None:
    fill(store, ["feeds", "articles", "stories"])
    with reading(store) as connection:
        assert count_rows(connection, ArticleRow) == Counted(ROWS)
        assert count_rows(connection, ArticleRow, most=ROWS // 2) == Counted(ROWS, "about")


def test_of_very_many_feeds_a_sample_says_how_many_are_due(store: Engine) -> None:
    fill(store, ["hosts", "feeds", "schedules"])
    with writing(store) as connection:
        connection.execute(text("UPDATE schedules SET next_poll_at = last_success_at WHERE feed_id % 5 = 0"))
    with reading(store) as connection:
        now = read_clock(connection).now()
        exact, sampled = count_schedules(connection, now), count_schedules(connection, now, most=ROWS * 4 // 5)
    assert (exact.feeds, exact.due) == (Counted(ROWS), Counted(ROWS // 5))
    # SQLite takes no samples.
    assert sampled.due.how == ("about" if store.dialect.name == "postgresql" else "")
    assert sampled.due.count == pytest.approx(ROWS // 5, rel=0.3)


def test_very_many_polls_are_estimated_from_the_newest(store: Engine) -> None:
    row = {"feed_id": 1, "duration": timedelta(0), "http_status": 200, "bytes": 0, "new": 0, "updated": 0}
    with writing(store) as connection:
        now = read_clock(connection).now()
        too_old = [{"started_at": now - 9 * MINUTE, "outcome": "new"}]
        polls = [
            {"started_at": now - age * MINUTE / 60, "outcome": "unchanged" if age % 4 else "new"}
            for age in range(400, 0, -1)
        ]
        connection.execute(insert(PollRow), [row | poll for poll in too_old + polls])
    with reading(store) as connection:
        assert count_polls(connection, now - 8 * MINUTE) == Counted({"unchanged": 300, "new": 100})
        assert count_polls(connection, now - 8 * MINUTE, most=200) == Counted({"unchanged": 300, "new": 100}, "about")


def test_no_poll_is_none(store: Engine) -> None:
    with reading(store) as connection:
        assert count_polls(connection, read_clock(connection).now()) == Counted({})


def test_late_feeds_are_counted_up_to_a_bound(store: Engine) -> None:
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_feeds(connection, now - 3 * MINUTE, [NewFeed(f"https://h{number}.example/") for number in range(6)])
    with reading(store) as connection:
        assert count_late(connection, now) == Counted(6)
        assert count_late(connection, now, most=5) == Counted(5, "more than")


def test_a_mailbox_that_nobody_polls_is_late_and_one_that_is_being_polled_or_is_paused_is_not(store: Engine) -> None:
    url = "imaps://desk@mail.example/INBOX"
    with writing(store) as connection:
        now = read_clock(connection).now()
        add_mailboxes(connection, now - 3 * MINUTE, [url])
        add_feeds(connection, now, [NewFeed("https://imap.example/")])
        assert (count_late(connection, now), find_longest_wait(connection, now)) == (Counted(1), 3 * MINUTE)
        claimed = claim_mailbox(connection, now, MINUTE, [url])
        assert (count_late(connection, now), find_longest_wait(connection, now)) == (Counted(0), 0 * MINUTE)
        assert claimed
        release_mailbox(connection, claimed)
        pause_feed(connection, claimed.feed.feed_id)
        assert (count_late(connection, now), find_longest_wait(connection, now)) == (Counted(0), 0 * MINUTE)
