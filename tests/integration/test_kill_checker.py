"""The checker of the kill test finds what is planted, and nothing where all is well."""

from dataclasses import replace

import pytest

from benchmarks.kill_checker import Promise, check
from benchmarks.kill_ledger import Edition, Fault, Ledger, Visit
from benchmarks.kill_store import Stored, StoredArticle, StoredPoll

PROMISE = Promise(recovery=100, gap=0.2, lease=65)
FIRST = Edition(0, 1, 1000, ((1, 1), (0, 1)))
SECOND = Edition(0, 2, 1010, ((2, 1), (1, 2)))
ONE, TWO, THREE = (
    StoredArticle(1, (0, 0, 1), is_present=False),
    StoredArticle(2, (0, 1, 2), revisions=(1, 2), revised=1),
    StoredArticle(3, (0, 2, 1)),
)
POLL = StoredPoll(0, began_at=1004.9, ended_at=1005.5, status=200, is_success=True, new=2)
STORED = Stored(
    articles=(ONE, TWO, THREE),
    polls=(POLL, replace(POLL, began_at=1014.9, ended_at=1015.5, new=1, updated=1)),
    etags={0: SECOND.etag},
    positions=(2, 1, 3, 4),
    numbered_to=4,
)


def _visit(at: float, edition: Edition | None, ended_at: float | None = None) -> Visit:
    return Visit(0, "127.20.0.1", at, None, ended_at or at + 0.3, 200, edition)


def _ledger(*faults: Fault) -> Ledger:
    """Two editions that were each served once; the first one was there for too short a time to be owed unread."""
    return Ledger({0: [FIRST, SECOND]}, [_visit(1005, FIRST), _visit(1015, SECOND)], list(faults), 1300)


def _violations(stored: Stored, ledger: Ledger | None = None) -> list[str]:
    return check(ledger or _ledger(), stored, PROMISE).violations


def test_a_store_that_holds_what_was_published_breaks_no_promise() -> None:
    verdict = check(_ledger(), STORED, PROMISE)
    assert (verdict.violations, verdict.owed, verdict.lost, verdict.doubled) == ([], 3, 0, 0)


@pytest.mark.parametrize(
    ("articles", "told"),
    [
        ((TWO, THREE), "lost: entry 0 of feed 0"),
        ((ONE, TWO), "lost: entry 2 of feed 0"),
        ((ONE, TWO, THREE, replace(THREE, id=4)), "doubled: entry 2 of feed 0"),
        ((ONE, TWO, THREE, StoredArticle(4, None)), "invented: article 4"),
        ((ONE, replace(TWO, said=(0, 1, 1), revisions=(1,), revised=0), THREE), "shows version 1, not 2"),
        ((ONE, replace(TWO, revisions=(2, 1)), THREE), "its revisions say (2, 1)"),
        ((ONE, TWO, replace(THREE, sightings=2)), "2 sightings"),
        ((ONE, TWO, replace(THREE, is_present=False)), "said to be present: False"),
        ((ONE, TWO, replace(THREE, created=2)), "2 times told as created"),
    ],
)
def test_a_planted_fault_of_an_article_is_found(articles: tuple[StoredArticle, ...], told: str) -> None:
    assert any(told in violation for violation in _violations(replace(STORED, articles=articles)))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"polls": STORED.polls[:1]}, "its polls tell of 2 new articles, the store of 3"),
        ({"positions": (1, 2, 4, 5)}, "positions up to [5]"),
        ({"positions": (1, 2, 3, None)}, "1 events have no position"),
        ({"leased": ("127.20.0.1:80",)}, "127.20.0.1:80 is still leased"),
        ({"inactive": ("a feed is quarantined",)}, "a feed is quarantined"),
    ],
)
def test_a_planted_fault_of_the_state_is_found(changes: dict[str, object], told: str) -> None:
    assert any(told in violation for violation in _violations(replace(STORED, **changes)))


def test_an_entry_that_nobody_could_have_read_is_not_missed() -> None:
    ledger = _ledger(Fault("parent", 1003, 1016))
    unread = replace(STORED, articles=(TWO, THREE), polls=(replace(POLL, began_at=1014.9, new=2, updated=1),))
    assert _violations(unread, ledger) == []


def test_validators_of_a_document_that_is_not_stored_are_found() -> None:
    ledger = _ledger(Fault("parent", 1003, 1016))
    asked = replace(_visit(1020, None), asked=FIRST.etag)
    ledger.visits.append(asked)
    unread = replace(STORED, articles=(TWO, THREE), polls=(replace(POLL, began_at=1014.9, new=2, updated=1),))
    assert any(f"whose validator {FIRST.etag} is kept" in told for told in _violations(unread, ledger))


def test_validators_of_a_document_that_was_never_served_in_whole_are_found() -> None:
    ledger = _ledger()
    ledger.visits[0].edition = None
    ledger.visits.append(replace(_visit(1020, None), asked=FIRST.etag))
    assert _violations(STORED, ledger) == [f"feed 0 was asked with {FIRST.etag}, which had not been served in whole"]


def test_requests_too_close_to_one_another_are_found_unless_a_frozen_worker_explains_them() -> None:
    for faults, excused in ((), 0), ((Fault("freeze", 1011, 1081),), 1):
        ledger = _ledger(*faults)
        ledger.visits.append(_visit(1010, None, ended_at=1090))
        verdict = check(ledger, STORED, PROMISE)
        assert (verdict.excused, len(verdict.violations)) == (excused, 1 - excused)


def test_a_request_is_excused_that_libcurl_made_anew_when_its_connection_died() -> None:
    for is_reset, excused in ((False, 0), (True, 1)):
        ledger = _ledger()
        ledger.visits.append(replace(_visit(1014.6, None), is_reset=is_reset))
        verdict = check(ledger, STORED, PROMISE)
        assert (verdict.excused, len(verdict.violations)) == (excused, 1 - excused)
