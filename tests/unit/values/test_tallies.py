from datetime import UTC, datetime, timedelta

from worker.errors import ErrorClass, TransientError
from worker.values.outcomes import NextPoll, Outcome, PollRecord
from worker.values.tallies import FETCH_SECONDS, TALLIED, Tally, write_labels

NEXT = NextPoll(None, "a test")
POLLED = PollRecord(1, "https://a.example/", datetime(2026, 12, 1, tzinfo=UTC), timedelta(0), Outcome.UNCHANGED, NEXT)


def _count(record: PollRecord) -> dict[tuple[str, str, str], float]:
    tally = Tally()
    tally.count_poll(record)
    return dict(tally.counts)


def test_a_poll_that_brought_nothing_counts_its_outcome_and_its_time() -> None:
    assert _count(POLLED) == {
        ("feedmill_polls_total", 'outcome="unchanged"', ""): 1,
        ("feedmill_fetch_seconds", "", "0.05"): 1,
        ("feedmill_fetch_seconds", "", "sum"): 0,
    }


def test_a_failed_poll_counts_under_its_class_and_never_under_its_feed_or_host() -> None:
    error = TransientError(ErrorClass.HTTP_4XX, "https://a.example/ says no")
    failed = PollRecord(
        1, "https://a.example/", POLLED.started_at, timedelta(seconds=0.3), Outcome.TRANSIENT, NEXT, error=error
    )
    assert _count(failed) == {
        ("feedmill_polls_total", 'outcome="transient"', ""): 1,
        ("feedmill_poll_errors_total", 'error_class="http 4xx"', ""): 1,
        ("feedmill_fetch_seconds", "", "0.5"): 1,
        ("feedmill_fetch_seconds", "", "sum"): 0.3,
    }


def test_a_poll_counts_the_articles_and_the_bytes_that_it_brought() -> None:
    brought = PollRecord(
        1, "https://a.example/", POLLED.started_at, timedelta(0), Outcome.NEW, NEXT, bytes_received=9, new=3, updated=2
    )
    counted = _count(brought)
    assert counted["feedmill_received_bytes_total", "", ""] == 9
    assert counted["feedmill_articles_new_total", 'brought_by="poll"', ""] == 3
    assert counted["feedmill_articles_updated_total", 'brought_by="poll"', ""] == 2


def test_a_duration_counts_under_the_least_bound_that_it_does_not_pass() -> None:
    tally = Tally()
    for seconds in (0.05, 0.051, 30.0, 31.0):
        tally.observe(FETCH_SECONDS, seconds)
    bounds = {bound: count for (_, _, bound), count in tally.counts.items() if bound != "sum"}
    assert bounds == {"0.05": 1, "0.1": 1, "30.0": 1, "+Inf": 1}


def test_what_would_end_a_label_early_is_escaped_as_prometheus_has_it() -> None:
    assert write_labels(kind='a"b\\c\nd', empty="") == r'kind="a\"b\\c\nd"'


def test_bounds_rise_and_names_are_those_of_prometheus() -> None:
    assert [each.bounds for each in TALLIED] == [tuple(sorted(each.bounds)) for each in TALLIED]
    assert all(each.name.endswith("_seconds" if each.bounds else "_total") for each in TALLIED)
