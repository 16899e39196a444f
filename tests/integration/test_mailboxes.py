"""Mailboxes polled like feeds, on a real mail server."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.mailboxes import ledger, message, poll, titles, with_mailbox
from tests.servers.mail_server import PASSWORD, USER, MailServer
from worker.claim.leasing import claim_due_hosts, claim_named_feeds
from worker.database.clock import read_clock
from worker.database.engine import reading, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.manage.feeds import find_feed, pause_feed, remove_feed, resume_feed
from worker.pipeline import poll_all_due, poll_by_name
from worker.pipeline.tools import Tools
from worker.values.outcomes import Outcome

READ = {"$FeedmillRead"}


def _never() -> bool:
    return False


@pytest.fixture
def desk(tools: Tools, mail_server: MailServer, folder: str, certificate: Path) -> Tools:
    """Tools that read an empty folder."""
    return with_mailbox(tools, mail_server.url(folder), certificate)


def test_new_messages_become_articles_and_are_marked(desk: Tools, mail_server: MailServer, folder: str) -> None:
    mail_server.deliver(message(1), message(2), folder=folder)
    (record,) = poll(desk)
    assert (record.outcome, record.new, record.entries, record.error) == (Outcome.NEW, 2, 2, None)
    assert titles(desk) == ["Rain 1", "Rain 2"]
    assert mail_server.flags(folder) == [READ, READ]


def test_a_message_is_read_once(desk: Tools, mail_server: MailServer, folder: str) -> None:
    mail_server.deliver(message(1), folder=folder)
    poll(desk)
    mail_server.deliver(message(2), folder=folder)
    records = [*poll(desk), *poll(desk)]
    assert [(record.outcome, record.entries) for record in records] == [(Outcome.NEW, 1), (Outcome.UNCHANGED, None)]
    assert titles(desk) == ["Rain 1", "Rain 2"]


def test_the_row_of_a_mailbox_holds_no_password(desk: Tools, mail_server: MailServer, folder: str) -> None:
    poll(desk)
    with reading(desk.engine) as connection:
        feed = connection.execute(select(FeedRow)).one()
    assert feed.url == mail_server.url(folder)
    assert PASSWORD not in str(tuple(feed))


def test_a_password_may_be_in_the_url_or_in_the_secrets_file(
    tools: Tools, mail_server: MailServer, folder: str, certificate: Path, tmp_path: Path
) -> None:
    url = mail_server.url(folder)
    with_password = url.replace("@localhost", ":pass%20word%20%C3%A9@localhost")
    assert not poll(with_mailbox(tools, with_password, certificate, None))[0].error
    secrets = tmp_path / "secrets"
    secrets.write_text(f'{{"{url}": {{"password": "pass word \\u00e9"}}}}')
    secrets.chmod(0o600)
    assert not poll(with_mailbox(tools, url, certificate, None, secrets_file=secrets))[0].error


def test_a_crash_between_commit_and_mark_loses_and_doubles_nothing(
    desk: Tools, mail_server: MailServer, folder: str
) -> None:
    mail_server.deliver(message(1), message(2), folder=folder)
    poll(desk)
    with mail_server.connected() as imap:
        imap.select(folder)
        imap.store("1:*", "-FLAGS", "($FeedmillRead)")
    mail_server.deliver(message(3), folder=folder)
    (record,) = poll(desk)
    assert (record.new, record.updated, record.entries) == (1, 0, 3)
    assert titles(desk) == ["Rain 1", "Rain 2", "Rain 3"]
    assert mail_server.flags(folder) == [READ, READ, READ]


def test_a_mailbox_that_was_rebuilt_doubles_nothing(tools: Tools, mail_server: MailServer, certificate: Path) -> None:
    desk = with_mailbox(tools, mail_server.url(), certificate)
    mail_server.deliver(message(1), message(2))
    poll(desk)
    mail_server.rebuild()
    (record,) = poll(desk)
    assert (record.outcome, record.entries) == (Outcome.UNCHANGED, 2)
    assert titles(desk) == ["Rain 1", "Rain 2"]


def test_the_same_words_in_two_messages_are_two_articles(desk: Tools, mail_server: MailServer, folder: str) -> None:
    words = "The ferry sails at eight, at ten and at noon. " * 10
    mail_server.deliver(message(1, words), folder=folder)
    poll(desk)
    mail_server.deliver(message(2, words).replace(b"Rain 2", b"Rain 1"), folder=folder)
    (record,) = poll(desk)
    assert (record.new, record.updated) == (1, 0)


def test_more_messages_than_a_visit_reads_are_read_by_the_next_at_once(
    desk: Tools, mail_server: MailServer, folder: str
) -> None:
    mail_server.deliver(*(message(number) for number in range(1, 206)), folder=folder)
    assert [(record.new, record.next_poll.reason[:8]) for record in poll(desk)] == [(200, "at once:"), (5, "every 2m")]
    assert len(titles(desk)) == 205


def test_of_a_very_long_message_the_beginning_is_read(desk: Tools, mail_server: MailServer, folder: str) -> None:
    head = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n'
    picture = f"\n--x\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64\n\n{'QUJD' * 19}\n"
    long = message(1, f"--x\nContent-Type: text/plain\n\nIt rains.{picture}", head) + b"QUJD" * 12_500_000
    mail_server.deliver(long, message(2), folder=folder)
    first, second = poll(desk)
    assert first.note == "messages longer than FEEDMILL_MAX_BODY, of which only the beginning was read: 1"
    assert (first.error, second.error) == (None, None)
    assert titles(desk) == ["Rain 1", "Rain 2"]
    assert mail_server.flags(folder) == [READ, READ]


def test_a_hostile_message_costs_none_of_its_neighbours(desk: Tools, mail_server: MailServer, folder: str) -> None:
    parts = "--x\n\n\n" * 2_000
    hostile = message(2, parts, 'Content-Type: multipart/mixed; boundary="x"\n')
    html = "<script>alert(1)</script><img src=http://127.0.0.1/x onerror=a()>Hail"
    markup = message(3, html, "Content-Type: text/html\n")
    mail_server.deliver(message(1), hostile, markup, b"\x00\xff\n" * 20, message(4), folder=folder)
    (record,) = poll(desk)
    assert record.error is None
    assert titles(desk) == ["Rain 1", "Rain 3", "Rain 4"]
    assert record.note == (
        "1 left out: it has no header of a message; 1 left out: a message has more than 1,000 parts, or nests too many"
    )
    assert mail_server.flags(folder) == [READ] * 5


def test_an_embargoed_message_is_read_again(desk: Tools, mail_server: MailServer, folder: str) -> None:
    embargo = "EMBARGOED until 2126-07-10 10:00 UTC\n\nOSLO, July 10 (Reuters) - It will rain.\n"
    mail_server.deliver(message(1, embargo), message(2), folder=folder)
    poll(desk)
    assert titles(desk) == ["Rain 2"]
    assert mail_server.flags(folder) == [set(), READ]


def test_messages_are_never_deleted_nor_seen(desk: Tools, mail_server: MailServer, folder: str) -> None:
    mail_server.deliver(message(1), folder=folder)
    poll(desk)
    assert mail_server.flags(folder) == [READ]


def test_no_claim_of_feeds_takes_a_mailbox(desk: Tools, mail_server: MailServer, folder: str) -> None:
    poll(desk)
    with writing(desk.engine) as connection:
        now = read_clock(connection).now()
        feed = find_feed(connection, mail_server.url(folder))
        assert feed
        assert not claim_named_feeds(connection, now, desk.terms, [feed.feed_id], force=True)
        pause_feed(connection, feed.feed_id)
        resume_feed(connection, now, feed.feed_id)
        assert not claim_due_hosts(connection, now, desk.terms)
        host = connection.execute(select(HostRow)).one()
        assert (host.claimable_at, host.lease_token) == (None, None)


def test_a_mailbox_is_polled_by_one_worker_at_a_time(desk: Tools, mail_server: MailServer, folder: str) -> None:
    poll(desk)
    mail_server.deliver(message(1), folder=folder)
    with writing(desk.engine) as connection:
        now = read_clock(connection).now()
        connection.execute(HostRow.__table__.update().values(lease_token="other", lease_until=now + desk.limits.lease))
    assert not poll(desk)
    with writing(desk.engine) as connection:
        connection.execute(HostRow.__table__.update().values(lease_until=now))
    assert [record.new for record in poll(desk)] == [1]


def test_a_mailbox_is_polled_on_demand_and_with_all_that_is_due(
    desk: Tools, mail_server: MailServer, folder: str
) -> None:
    mail_server.deliver(message(1), folder=folder)
    assert [record.new for record in poll_all_due(desk, _never)] == [1]
    mail_server.deliver(message(2), folder=folder)
    (named,) = poll_by_name(desk, [mail_server.url(folder)], _never)
    assert named.record
    assert named.record.new == 1


def test_a_mailbox_that_the_setting_does_not_name_is_not_polled(desk: Tools) -> None:
    (named,) = poll_by_name(desk, ["imaps://a@b.example/INBOX"], _never)
    assert named.refusal == "imaps://a@b.example/INBOX cannot be polled: FEEDMILL_MAILBOX does not name it."


def test_a_removed_mailbox_stays_so(desk: Tools, mail_server: MailServer, folder: str) -> None:
    poll(desk)
    with writing(desk.engine) as connection:
        feed = find_feed(connection, mail_server.url(folder))
        assert feed
        remove_feed(connection, feed.feed_id, articles=False)
    assert not poll(desk)


def test_a_worker_that_is_lost_again_and_again_ends_the_polls(desk: Tools) -> None:
    poll(desk)
    for _ in range(8):
        with writing(desk.engine) as connection:
            now = read_clock(connection).now()
            connection.execute(HostRow.__table__.update().values(lease_token="lost", lease_until=now))
            connection.execute(ScheduleRow.__table__.update().values(claim_attempts=7))
    assert not poll(desk)
    with reading(desk.engine) as connection:
        assert connection.execute(select(FeedRow.state)).scalar_one() == "quarantined"


def test_a_mailbox_on_loopback_needs_no_encryption(
    tools: Tools, mail_server: MailServer, folder: str, certificate: Path
) -> None:
    mail_server.deliver(message(1), folder=folder)
    desk = with_mailbox(tools, mail_server.url(folder, "imap", "127.0.0.1"), certificate)
    assert [record.new for record in poll(desk)] == [1]


def test_each_visit_is_in_the_ledger(desk: Tools, mail_server: MailServer, folder: str) -> None:
    mail_server.deliver(message(1), folder=folder)
    poll(desk)
    (row,) = ledger(desk)
    assert (row.outcome, row.new, row.parser) == ("new", 1, "mail")
    assert row.next_poll_reason == "every 2m, as its operator chose"
    assert row.bytes > len(message(1))
    assert USER not in str(row.error)


def test_two_workers_that_poll_at_once_read_each_message_once(
    desk: Tools, mail_server: MailServer, folder: str
) -> None:
    mail_server.deliver(*(message(number) for number in range(1, 9)), folder=folder)
    other = replace(desk)
    assert sum(record.new for record in (*poll(desk), *poll(other))) == 8
    assert len(titles(desk)) == 8
