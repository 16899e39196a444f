"""Wildcards: what an operator chooses for all names under a domain, known now or met later."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from worker.claim.due import ClaimTerms
from worker.claim.families import FoundName, note_addresses
from worker.claim.leasing import claim_due_hosts
from worker.database.feed_tables import HostRow, HostWildcardRow, ScheduleRow
from worker.look.counts import Counted
from worker.look.host_listing import count_listed_hosts, list_hosts, list_wildcards
from worker.look.listings import Wanted
from worker.manage.feeds import NewFeed, add_feeds
from worker.manage.hosts import choose_host_terms, choose_wildcard_terms, find_hosts, read_wildcard

SECOND = timedelta(seconds=1)
TERMS = ClaimTerms(90 * SECOND, SECOND, parallel=1, hosts=50, feeds_per_host=5)


def _add(connection: Connection, now: datetime, *names: str) -> None:
    add_feeds(connection, now - SECOND, [NewFeed(f"https://{name}/feed") for name in names])


def _choose(connection: Connection, now: datetime, wildcard: str, **chosen: object) -> int:
    return choose_wildcard_terms(connection, now, wildcard, chosen, SECOND)[1]


def _claimed(connection: Connection, now: datetime) -> dict[str, tuple[float, int]]:
    claimed = claim_due_hosts(connection, now, TERMS)
    return {host.name.removesuffix(":443"): (host.gap.total_seconds(), host.parallel) for host in claimed}


def test_a_wildcard_holds_for_the_names_under_it_that_are_known_and_for_those_that_come(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, "a.news.example", "news.example", "a.other.example")
    assert _choose(connection, now, "*.news.example", gap=5 * SECOND, parallel=2) == 1
    _add(connection, now, "b.a.news.example")
    assert _claimed(connection, now) == {
        "a.news.example": (5, 2),
        "b.a.news.example": (5, 2),
        "news.example": (1, 1),
        "a.other.example": (1, 1),
    }


def test_the_narrowest_wildcard_wins_and_a_names_own_choice_over_all(connection: Connection, now: datetime) -> None:
    _add(connection, now, "a.news.example", "b.a.news.example", "c.a.news.example")
    _choose(connection, now, "*.a.news.example", gap=7 * SECOND)
    _choose(connection, now, "*.news.example", gap=5 * SECOND, parallel=2)
    (own,) = find_hosts(connection, "c.a.news.example")
    choose_host_terms(connection, now, own.host_id, {"gap": timedelta(0)}, SECOND)
    assert _claimed(connection, now) == {
        "a.news.example": (5, 2),
        "b.a.news.example": (7, 2),
        "c.a.news.example": (0, 2),
    }


def test_default_undoes_a_wildcard_down_to_the_wider_one(connection: Connection, now: datetime) -> None:
    _add(connection, now, "b.a.news.example")
    _choose(connection, now, "*.a.news.example", gap=7 * SECOND)
    _choose(connection, now, "*.news.example", gap=5 * SECOND)
    _choose(connection, now, "*.a.news.example", gap=None)
    assert _claimed(connection, now) == {"b.a.news.example": (5, 1)}
    _choose(connection, now, "*.news.example", gap=None)
    assert connection.execute(select(HostWildcardRow)).all() == []
    assert {(row.wildcard_gap, row.wildcard_parallel) for row in connection.execute(select(HostRow))} == {(None, None)}


def test_a_wildcard_with_a_port_is_for_that_port(connection: Connection, now: datetime) -> None:
    _add(connection, now, "a.news.example", "a.news.example:8443")
    assert _choose(connection, now, "*.news.example:8443", gap=5 * SECOND) == 1
    assert _claimed(connection, now) == {"a.news.example": (1, 1), "a.news.example:8443": (5, 1)}


def test_a_wildcard_holds_for_names_that_share_a_row(connection: Connection, now: datetime) -> None:
    _add(connection, now, "a.news.example", "b.news.example")
    for name in ("a", "b"):
        note_addresses(connection, now, FoundName(f"{name}.news.example:443", "192.0.2.1"))
    _choose(connection, now, "*.news.example", gap=5 * SECOND)
    assert _claimed(connection, now) == {"*.news.example:443@192.0.2.1": (5, 1)}


def test_names_leave_the_row_that_they_share_when_a_narrower_wildcard_treats_them_otherwise(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, "a.blog.news.example", "b.news.example")
    for name in ("a.blog", "b"):
        note_addresses(connection, now, FoundName(f"{name}.news.example:443", "192.0.2.1"))
    _choose(connection, now, "*.blog.news.example", gap=5 * SECOND)
    hosts = select(HostRow.name).join(ScheduleRow, ScheduleRow.host_id == HostRow.id).order_by(HostRow.name)
    assert connection.execute(hosts).scalars().all() == ["*.news.example:443@192.0.2.1", "a.blog.news.example:443"]
    note_addresses(connection, now, FoundName("a.blog.news.example:443", "192.0.2.1"))
    assert "a.blog.news.example:443" in connection.execute(hosts).scalars().all()


def test_wildcards_are_listed_beside_the_hosts_they_stand_for(connection: Connection, now: datetime) -> None:
    _add(connection, now, "a.news.example")
    _choose(connection, now, "*.news.example", gap=5 * SECOND, parallel=2)
    (wildcard,) = list_wildcards(connection)
    (host,) = list_hosts(connection, now)
    assert (wildcard["host"], wildcard["state"]) == ("*.news.example", "wildcard")
    assert wildcard.keys() == host.keys()
    assert [(row["gap"], row["parallel"]) for row in (wildcard, host)] == [(5 * SECOND, 2)] * 2


def test_wildcards_are_found_by_a_part_of_their_names_and_counted_with_the_hosts(
    connection: Connection, now: datetime
) -> None:
    _add(connection, now, "a.news.example", "b.news.example", "c.other.example")
    for name in ("*.news.example", "*.other.example"):
        _choose(connection, now, name, gap=5 * SECOND)
    found = list(list_wildcards(connection, text="NEWS"))
    assert [row["host"] for row in found] == ["*.news.example"]
    assert count_listed_hosts(connection, "NEWS", beside=len(found)) == Counted(3)
    (named,) = [row["id"] for row in list_hosts(connection, now, Wanted(text="c.other"))]
    assert count_listed_hosts(connection, None, host_ids=[named]) == Counted(1)


@pytest.mark.parametrize("name", ["*.News.Example.", "*.news.example"])
def test_a_wildcard_is_read_as_host_names_are(name: str) -> None:
    assert read_wildcard(name) == "*.news.example"


@pytest.mark.parametrize("name", ["*", "*.com", "*.co.uk", "*.localhost", "*.192.0.2.1", "*.*.example.com"])
def test_a_wildcard_that_is_for_everybodys_hosts_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"for hosts of everybody|a wildcard is \*\. and a domain|a host is named as"):
        read_wildcard(name)


@pytest.mark.parametrize("name", ["a*.news.example", "https://*.news.example/", "a.*.example", "*news.example"])
def test_what_is_no_wildcard_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"a wildcard is \*\. and a domain"):
        read_wildcard(name)
