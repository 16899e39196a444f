"""Hosts that redirect: wherever they lead, no other poll is lost, and they are not asked in vain."""

import pytest

from tests.documents import item, rss
from tests.polling import add, hold, hosts, poll
from tests.servers.publisher import Publisher
from worker.pipeline import poll_by_name, poll_due
from worker.pipeline.tools import Tools
from worker.values.outcomes import Outcome


@pytest.mark.parametrize("length", [4001, 7900])
def test_a_redirect_to_a_very_long_url_costs_no_other_poll(tools: Tools, publisher: Publisher, length: int) -> None:
    with Publisher("127.0.0.2") as target:
        path = "/" + "x" * length
        target.serve(path, rss([item("one")]))
        add(tools, publisher.redirect("/feed", target.url(path), status=302), publisher.serve("/b", rss([item("two")])))
        records = poll(tools)
    assert [record.outcome for record in records] == [Outcome.NEW] * 2


def test_a_redirect_to_a_name_that_no_name_server_can_hold_costs_no_other_poll(
    tools: Tools, publisher: Publisher
) -> None:
    add(tools, publisher.redirect("/feed", f"http://{'a.' * 1900}example/", status=302))
    add(tools, publisher.serve("/b", rss([item("two")])))
    assert {record.outcome for record in poll(tools)} == {Outcome.NEW, Outcome.REJECTED}
    assert [host.name for host in hosts(tools)] == [publisher.authority]


def test_a_redirector_is_asked_once_for_each_named_feed_whose_target_has_no_time(
    tools: Tools, publisher: Publisher
) -> None:
    with Publisher("127.0.0.2") as target:
        urls = [publisher.redirect(f"/{number}", target.url(f"/{number}"), status=302) for number in range(3)]
        urls.append(publisher.serve("/own", rss([item("one")])))
        add(tools, *urls, target.url("/own"))
        hold(tools, target.authority)
        polls = list(poll_by_name(tools, urls, lambda: False))
        assert target.requests == []
    assert len([each for each in polls if each.record]) == 1
    assert len(publisher.requests) == len(urls)


def test_a_redirect_that_is_answered_when_nothing_more_begins_is_followed_to_a_host_that_is_free(
    tools: Tools, publisher: Publisher
) -> None:
    with Publisher("127.0.0.2") as target:
        add(tools, publisher.redirect("/feed", target.serve("/feed", rss([item("one")])), status=302))
        (record,) = poll_due(tools, lambda: bool(publisher.requests))
    assert record.outcome is Outcome.NEW
