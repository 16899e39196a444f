"""Names of one domain at one address share the row that is leased for them; all others are hosts of their own."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Row, column, select, table, update

from worker.basics.urls import host_key
from worker.claim.due import ClaimTerms
from worker.claim.families import FoundName, leave_shared, note_addresses
from worker.claim.leasing import claim_as_guest, claim_due_hosts
from worker.database.engine import open_store, writing
from worker.database.feed_tables import FeedRow, HostRow, ScheduleRow
from worker.database.locks import HostRelease, lock_hosts, release_hosts
from worker.database.schema import migrate
from worker.look.host_listing import list_hosts
from worker.manage.feeds import NewFeed, add_feeds
from worker.manage.hosts import choose_host_terms, find_hosts, forget_host

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
TERMS = ClaimTerms(90 * SECOND, timedelta(0), parallel=1, hosts=50, feeds_per_host=5)
HERE, THERE = "192.0.2.1", "192.0.2.2"
SHARED = f"*.blogs.example:443@{HERE}"


@pytest.fixture
def connection(connection: Connection, now: datetime) -> Connection:
    _add(connection, now, "ann", "bob", "eve")
    return connection


def _add(connection: Connection, now: datetime, *users: str) -> None:
    add_feeds(connection, now - HOUR, [NewFeed(f"https://{user}.blogs.example/feed") for user in users])


def _find(connection: Connection, now: datetime, user: str, address: str, *, is_polled: bool = True) -> None:
    url = f"https://{user}.blogs.example/feed"
    feed_id = connection.execute(select(FeedRow.id).where(FeedRow.url == url)).scalar_one_or_none()
    note_addresses(connection, now, FoundName(host_key(url), address, feed_id if is_polled else None))


def _host(connection: Connection, name: str) -> Row[Any]:
    return connection.execute(select(HostRow).where(HostRow.name == name)).one()


def _hosts_of_feeds(connection: Connection) -> list[str]:
    query = select(HostRow.name).join(ScheduleRow, ScheduleRow.host_id == HostRow.id)
    return list(connection.execute(query.order_by(ScheduleRow.feed_id)).scalars())


def test_two_names_of_a_domain_at_one_address_are_leased_as_one_host(connection: Connection, now: datetime) -> None:
    _find(connection, now, "ann", HERE)
    _find(connection, now, "bob", HERE)
    claimed = {host.name: len(host.feeds) for host in claim_due_hosts(connection, now, TERMS)}
    assert claimed == {SHARED: 2, "eve.blogs.example:443": 1}


def test_another_name_there_joins_them(connection: Connection, now: datetime) -> None:
    for user in ("ann", "bob", "eve"):
        _find(connection, now, user, HERE)
    assert _hosts_of_feeds(connection) == [f"*.blogs.example:443@{HERE}"] * 3


def test_names_at_different_addresses_and_names_of_different_domains_stay_apart(
    connection: Connection, now: datetime
) -> None:
    _find(connection, now, "ann", HERE)
    _find(connection, now, "bob", THERE)
    add_feeds(connection, now, [NewFeed("https://a.other.example/"), NewFeed("https://b.other.example/")])
    note_addresses(connection, now, FoundName("a.other.example:443", HERE))
    assert not any(name.startswith("*") for name in _hosts_of_feeds(connection))


def test_only_a_name_with_siblings_has_a_domain_to_compare(connection: Connection, now: datetime) -> None:
    add_feeds(connection, now, [NewFeed("https://www.alone.example/"), NewFeed("http://192.0.2.9/")])
    claimed = {host.name: host.domain for host in claim_due_hosts(connection, now, TERMS)}
    assert claimed == {
        **{f"{user}.blogs.example:443": "blogs.example:443" for user in ("ann", "bob", "eve")},
        "www.alone.example:443": None,
        "192.0.2.9:80": None,
    }


def test_a_name_that_is_polled_by_another_worker_joins_when_it_is_next_found(
    connection: Connection, now: datetime
) -> None:
    _find(connection, now, "bob", HERE)
    _, (held,) = claim_as_guest(connection, now, TERMS, ["bob.blogs.example:443"])
    _find(connection, now, "ann", HERE)
    assert _hosts_of_feeds(connection)[:2] == [SHARED, "bob.blogs.example:443"]
    lock_hosts(connection, [held.host_id])
    release_hosts(connection, [HostRelease(held.host_id, held.token, now)])
    _find(connection, now, "bob", HERE)
    assert _hosts_of_feeds(connection)[:2] == [SHARED] * 2


def test_what_one_name_was_told_holds_for_all_that_share_with_it(connection: Connection, now: datetime) -> None:
    held = {"failures": 3, "held_until": now + HOUR, "next_request_at": now + HOUR, "claimable_at": now + HOUR}
    connection.execute(update(HostRow).where(HostRow.name == "ann.blogs.example:443").values(**held))
    _find(connection, now, "ann", HERE)
    _find(connection, now, "bob", HERE)
    shared = _host(connection, SHARED)
    assert (shared.failures, shared.held_until, shared.claimable_at) == (3, now + HOUR, now + HOUR)
    assert [host.name for host in claim_due_hosts(connection, now, TERMS)] == ["eve.blogs.example:443"]


def _share(connection: Connection, now: datetime, *users: str) -> None:
    for user in users:
        _find(connection, now, user, HERE)


def test_a_name_that_is_found_elsewhere_leaves_with_the_feed_that_was_polled(
    connection: Connection, now: datetime
) -> None:
    _share(connection, now, "ann", "bob")
    connection.execute(update(ScheduleRow).values(next_poll_at=now + HOUR))
    _find(connection, now, "bob", THERE)
    assert _hosts_of_feeds(connection)[:2] == [SHARED, "bob.blogs.example:443"]
    assert _host(connection, "bob.blogs.example:443").claimable_at == now + HOUR


def test_a_feed_that_is_due_again_stays_until_it_has_been_polled(connection: Connection, now: datetime) -> None:
    _share(connection, now, "ann", "bob")
    _find(connection, now, "bob", THERE)
    assert _hosts_of_feeds(connection)[:2] == [SHARED] * 2


def test_a_feed_that_is_added_to_a_name_that_shares_is_polled_under_the_shared_row(
    connection: Connection, now: datetime
) -> None:
    _share(connection, now, "ann", "bob")
    add_feeds(connection, now, [NewFeed("https://bob.blogs.example/comments")])
    assert _hosts_of_feeds(connection)[-1] == SHARED


def test_a_lookup_leases_the_row_that_names_share(connection: Connection, now: datetime) -> None:
    _share(connection, now, "ann", "bob")
    host_ids, (host,) = claim_as_guest(connection, now, TERMS, ["ann.blogs.example:443", "bob.blogs.example:443"])
    assert set(host_ids.values()) == {host.host_id}
    assert (host.name, host.domain, host.address) == (SHARED, "blogs.example:443", HERE)


def test_a_name_of_which_an_operator_chose_something_is_asked_by_itself(connection: Connection, now: datetime) -> None:
    _share(connection, now, "ann", "bob")
    (bob,) = find_hosts(connection, "bob.blogs.example")
    choose_host_terms(connection, now, bob.host_id, {"gap": timedelta(0)}, SECOND)
    assert _hosts_of_feeds(connection)[:2] == [SHARED, "bob.blogs.example:443"]
    _share(connection, now, "bob")
    assert _hosts_of_feeds(connection)[1] == "bob.blogs.example:443"
    choose_host_terms(connection, now, bob.host_id, {"gap": None}, SECOND)
    _share(connection, now, "bob")
    assert _hosts_of_feeds(connection)[1] == SHARED


def test_a_name_that_leaves_is_not_asked_while_the_shared_row_is_leased(connection: Connection, now: datetime) -> None:
    _share(connection, now, "ann", "bob")
    (bob,) = find_hosts(connection, "bob.blogs.example")
    claim_due_hosts(connection, now, TERMS)
    leave_shared(connection, [bob.host_id])
    assert claim_due_hosts(connection, now + 89 * SECOND, TERMS) == []
    assert "bob.blogs.example:443" in {host.name for host in claim_due_hosts(connection, now + 91 * SECOND, TERMS)}


def test_a_host_whose_feeds_are_polled_under_a_shared_row_is_not_forgotten(
    connection: Connection, now: datetime
) -> None:
    _share(connection, now, "ann", "bob")
    forget_host(connection, "bob.blogs.example:443")
    assert _host(connection, "bob.blogs.example:443").shares_with == _host(connection, SHARED).id


def test_the_listing_says_which_row_a_name_shares(connection: Connection, now: datetime) -> None:
    _share(connection, now, "ann", "bob")
    rows = {row["host"]: row for row in list_hosts(connection, now)}
    assert (rows[SHARED]["feeds"], rows[SHARED]["due"], rows[SHARED]["state"]) == (2, 2, "free")
    shared = rows["bob.blogs.example:443"]
    assert (shared["state"], shared["why"]) == ("shared", f"its feeds are asked for as those of {SHARED}")


def test_an_upgraded_store_knows_which_of_its_names_have_siblings(store_url: str) -> None:
    store = open_store(store_url)
    migrate(store, "0017")
    names = ["ann.blogs.example:443", "bob.blogs.example:443", "ann.blogs.example:80", "192.0.2.1:80"]
    with writing(store) as connection:
        for name in names:
            row = {"name": name, "failures": 0, "isolated": False}
            connection.execute(table("hosts", *map(column, row)).insert(), [row])
    migrate(store)
    with writing(store) as connection:
        found = connection.execute(select(HostRow.domain, HostRow.has_siblings).order_by(HostRow.id)).all()
    store.dispose()
    assert found == [
        ("blogs.example:443", True),
        ("blogs.example:443", True),
        ("blogs.example:80", False),
        (None, False),
    ]
