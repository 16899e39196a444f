from datetime import UTC, datetime, timedelta

from worker.claim.families import FoundName
from worker.errors import ErrorClass, TransientError
from worker.pipeline.servers import Servers
from worker.pipeline.visits import Visit
from worker.values.due_feeds import NO_REFUSALS, ClaimedHost, DueFeed, Refusals

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
OWN, NEIGHBOURS = "192.0.2.1", "192.0.2.2"
REFUSED = TransientError(ErrorClass.HTTP_429, "answered 429", 429)


def _visit(user: str, address: str | None = None, refusals: Refusals = NO_REFUSALS) -> Visit:
    name = f"{user}.dyn.example:443"
    feeds = (DueFeed(1, 1, f"https://{user}.dyn.example/"),)
    host = ClaimedHost(1, name, "token", None, refusals, SECOND, 1, False, feeds, "dyn.example:443", address)
    return Visit(host, NOW)


def _meet(servers: Servers, visit: Visit, *addresses: str) -> None:
    visit.pace = servers.find_pace(visit, addresses)


def _answer(servers: Servers, visit: Visit, address: str) -> bool:
    return servers.note_answer(visit, visit.pace, FoundName(visit.host.name, address))


def test_names_that_list_one_address_go_at_one_pace_and_are_asked_there() -> None:
    servers, ann, bob = Servers(), _visit("ann"), _visit("bob")
    _meet(servers, ann, NEIGHBOURS)
    _meet(servers, bob, OWN, NEIGHBOURS)
    assert bob.pace is ann.pace
    assert bob.pace.address == NEIGHBOURS


def test_a_name_that_another_address_answers_for_parts_again_with_refusals_of_its_own() -> None:
    servers, ann, bob = Servers(), _visit("ann"), _visit("bob")
    _meet(servers, ann, NEIGHBOURS)
    _meet(servers, bob, OWN, NEIGHBOURS)
    _answer(servers, bob, OWN)
    for feed_id in range(3):
        bob.pace.note_outcome(feed_id, REFUSED, NOW)
    assert (ann.pace.refusals.count, bob.pace.refusals.count) == (0, 3)
    assert bob.pace.address == OWN


def test_a_name_that_is_known_at_an_address_that_it_lists_meets_nobody_at_the_others() -> None:
    servers, ann, bob = Servers(), _visit("ann"), _visit("bob", OWN)
    _meet(servers, ann, NEIGHBOURS)
    _meet(servers, bob, NEIGHBOURS, OWN)
    assert bob.pace is not ann.pace


def test_refusals_of_a_name_are_brought_along_only_from_the_same_address() -> None:
    refused = Refusals(2, (7, 8))
    servers, ann = Servers(), _visit("ann", NEIGHBOURS)
    _meet(servers, ann, NEIGHBOURS)
    _meet(servers, _visit("bob", OWN, refused), NEIGHBOURS)
    assert ann.pace.refusals.count == 0
    _meet(servers, _visit("eve", NEIGHBOURS, refused), NEIGHBOURS)
    assert ann.pace.refusals.count == 2


def test_a_name_that_moves_to_an_address_first_brings_no_refusals_there() -> None:
    servers, ann, bob = Servers(), _visit("ann"), _visit("bob", OWN, Refusals(2, (7, 8)))
    _meet(servers, bob, NEIGHBOURS)
    _meet(servers, ann, NEIGHBOURS)
    assert ann.pace is bob.pace
    assert ann.pace.refusals.count == 0


def test_a_name_that_was_not_asked_after_all_keeps_what_was_known_of_it() -> None:
    servers, ann, bob = Servers(), _visit("ann"), _visit("bob")
    _meet(servers, ann, NEIGHBOURS)
    _meet(servers, bob, NEIGHBOURS)
    _answer(servers, ann, NEIGHBOURS)
    ann.pace.note_outcome(1, REFUSED, NOW)
    assert ann.release(NOW).refusals == ann.pace.refusals
    assert bob.release(NOW).refusals is None


def test_an_answer_from_elsewhere_says_nothing_of_the_server_of_a_shared_row() -> None:
    servers, shared = Servers(), _visit("*", NEIGHBOURS)
    _meet(servers, shared, NEIGHBOURS)
    assert not _answer(servers, shared, NEIGHBOURS)
    assert _answer(servers, shared, OWN)


def test_a_server_is_forgotten_with_the_last_visit_that_asks_there() -> None:
    servers, ann = Servers(), _visit("ann", NEIGHBOURS, Refusals(2, (7, 8)))
    _meet(servers, ann, NEIGHBOURS)
    del ann
    bob = _visit("bob", NEIGHBOURS)
    _meet(servers, bob, NEIGHBOURS)
    assert bob.pace.refusals.count == 0
