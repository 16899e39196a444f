"""What an operator sets for a host, and how hosts are listed."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, delete, select, update

from worker.claim.due import ClaimTerms
from worker.claim.leasing import claim_due_hosts
from worker.database.clock import read_clock
from worker.database.engine import writing
from worker.database.feed_tables import HostRow, ScheduleRow
from worker.look.host_listing import list_hosts
from worker.look.listings import Wanted
from worker.manage.feeds import NewFeed, add_feeds
from worker.manage.hosts import choose_host_terms, find_hosts

TERMS = ClaimTerms(lease=timedelta(seconds=90), gap=timedelta(seconds=1), parallel=1, hosts=50, feeds_per_host=20)
SECOND = timedelta(seconds=1)
URLS = ("https://a.example/1", "https://a.example/2", "http://a.example:8080/3", "https://ab.example/4")


@pytest.fixture
def connection(store: Engine) -> Iterator[Connection]:
    with writing(store) as connection:
        add_feeds(connection, read_clock(connection).now() - timedelta(minutes=5), [NewFeed(url) for url in URLS])
        yield connection


def _names(connection: Connection, name: str) -> list[str]:
    return sorted(host.name for host in find_hosts(connection, name))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.example", ["a.example:443", "a.example:8080"]),
        ("A.Example.", ["a.example:443", "a.example:8080"]),
        ("a.example:443", ["a.example:443"]),
        ("a.example:80", []),
        ("https://a.example/anything", ["a.example:443"]),
        ("http://a.example:8080/", ["a.example:8080"]),
        ("_.example", []),
        ("example", []),
    ],
)
def test_a_host_is_named_by_hostname_with_or_without_port_or_by_a_url(
    connection: Connection, name: str, found: list[str]
) -> None:
    assert _names(connection, name) == found


@pytest.mark.parametrize("name", ["a b", "", "::1", "a/b", "ftp://a.example/"])
def test_what_can_be_no_host_is_refused(connection: Connection, name: str) -> None:
    with pytest.raises(ValueError, match=r"host is named as|is not an http"):
        find_hosts(connection, name)


def _host_id(connection: Connection, name: str) -> int:
    (host,) = find_hosts(connection, name)
    return host.host_id


def test_what_is_set_holds_from_the_next_claim_on(connection: Connection, now: datetime) -> None:
    host_id = _host_id(connection, "a.example:443")
    choose_host_terms(connection, now, host_id, {"gap": 5 * SECOND, "parallel": 2}, SECOND)
    claimed = {host.host_id: (host.gap, host.parallel) for host in claim_due_hosts(connection, now, TERMS)}
    assert claimed.pop(host_id) == (5 * SECOND, 2)
    assert set(claimed.values()) == {(SECOND, 1)}


def test_what_is_not_named_stays_as_it_is_and_null_follows_the_settings(connection: Connection, now: datetime) -> None:
    host_id = _host_id(connection, "a.example:443")
    choose_host_terms(connection, now, host_id, {"gap": 5 * SECOND, "parallel": 2}, SECOND)
    terms = choose_host_terms(connection, now, host_id, {"gap": None}, SECOND)
    assert (terms.gap, terms.parallel) == (None, 2)


def _next(connection: Connection, host_id: int) -> tuple[datetime | None, datetime | None]:
    found = connection.execute(select(HostRow.next_request_at, HostRow.claimable_at).where(HostRow.id == host_id)).one()
    return found.next_request_at, found.claimable_at


@pytest.mark.parametrize(("is_held", "waits"), [(False, 1), (True, 1800)])
def test_a_shorter_gap_ends_the_wait_for_the_former_one_but_not_what_the_host_asked_for(
    connection: Connection, now: datetime, is_held: bool, waits: int
) -> None:
    host_id, then = _host_id(connection, "a.example:443"), now + 1800 * SECOND
    connection.execute(
        update(HostRow).values(next_request_at=then, claimable_at=then, held_until=then if is_held else None)
    )
    choose_host_terms(connection, now, host_id, {"gap": SECOND}, SECOND)
    assert _next(connection, host_id) == (now + waits * SECOND, now + waits * SECOND)


def test_hosts_are_listed_with_their_feeds_and_those_that_are_due(connection: Connection, now: datetime) -> None:
    of_host = ScheduleRow.host_id == _host_id(connection, "a.example:443")
    one = connection.execute(select(ScheduleRow.feed_id).where(of_host).limit(1)).scalar_one()
    connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == one).values(next_poll_at=now + SECOND))
    rows = list(list_hosts(connection, now))
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert {row["host"]: (row["feeds"], row["due"], row["state"]) for row in rows} == {
        "a.example:443": (2, 1, "free"),
        "a.example:8080": (1, 1, "free"),
        "ab.example:443": (1, 1, "free"),
    }


def test_a_host_that_is_polled_says_until_when(connection: Connection, now: datetime) -> None:
    claim_due_hosts(connection, now, TERMS)
    assert {(row["state"], row["until"]) for row in list_hosts(connection, now)} == {("polled", now + 90 * SECOND)}
    assert {row["state"] for row in list_hosts(connection, now + 91 * SECOND)} == {"free"}


def test_a_host_that_is_left_alone_says_until_when_and_why(connection: Connection, now: datetime) -> None:
    until = now + 600 * SECOND
    connection.execute(update(HostRow).values(failures=3, held_until=until))
    _refuse(connection, now)
    (row,) = list_hosts(connection, now, Wanted(text="a.example:443"))
    assert (row["state"], row["until"], row["held_until"]) == ("left alone", until, until)
    assert row["why"] == "a.example answered 429; it refused us 3 times in a row: then one feed is asked"


@pytest.mark.parametrize(
    ("failures", "held_for", "why"),
    [
        (1, None, "it refused us once: that feed waits, and another is asked"),
        (4, -SECOND, "it refused us 4 times in a row: one more feed is asked"),
    ],
)
def test_a_host_that_may_be_asked_says_what_it_has_refused(
    connection: Connection, now: datetime, failures: int, held_for: timedelta | None, why: str
) -> None:
    held_until = now + held_for if held_for else None
    connection.execute(update(HostRow).values(failures=failures, held_until=held_until))
    _refuse(connection, now)
    (row,) = list_hosts(connection, now, Wanted(text="a.example:443"))
    assert (row["state"], row["until"]) == ("free", None)
    assert row["why"] == f"a.example answered 429; {why}"


def test_a_host_all_of_whose_feeds_wait_is_left_alone_until_the_first_of_them_may_be_asked(
    connection: Connection, now: datetime
) -> None:
    connection.execute(update(HostRow).values(failures=1))
    _refuse(connection, now)
    connection.execute(delete(ScheduleRow).where(ScheduleRow.error_class == "http 4xx"))
    (row,) = list_hosts(connection, now, Wanted(text="a.example:443"))
    assert (row["state"], row["until"]) == ("left alone", now + 600 * SECOND)
    assert row["why"] == "a.example answered 429; it refused us once: each of its feeds waits"


def _refuse(connection: Connection, now: datetime) -> None:
    """As after polls of a.example's two feeds, the older of which failed otherwise."""
    of_host = select(ScheduleRow.feed_id).where(ScheduleRow.host_id == _host_id(connection, "a.example:443"))
    first, second = connection.execute(of_host.order_by(ScheduleRow.feed_id)).scalars()
    facts = {
        first: {
            "error_class": "http 429",
            "error": "a.example answered 429",
            "held_until": now + 600 * SECOND,
            "last_attempt_at": now,
        },
        second: {"error_class": "http 4xx", "error": "a.example answered 404", "last_attempt_at": now},
    }
    for feed_id, refused in facts.items():
        connection.execute(update(ScheduleRow).where(ScheduleRow.feed_id == feed_id).values(refused))


def test_hosts_are_narrowed_by_text_limit_and_name(connection: Connection, now: datetime) -> None:
    assert len(list(list_hosts(connection, now, Wanted(text="AB.EX")))) == 1
    assert len(list(list_hosts(connection, now, Wanted(limit=2)))) == 2
    assert [row["id"] for row in list_hosts(connection, now, host_ids=[2])] == [2]
