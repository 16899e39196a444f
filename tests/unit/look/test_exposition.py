from worker.look.exposition import Metric, Sample, make_gauges, make_tallied, write_exposition
from worker.values.tallies import Tallied


def test_a_counter_has_a_line_for_each_of_its_labels_from_the_start() -> None:
    polls = Tallied("polls_total", "Polls.", kinds=('outcome="new"', 'outcome="lost"'))
    tallies = {("polls_total", 'outcome="new"', ""): 2.0, ("polls_total", 'outcome="gone"', ""): 1.0}
    assert write_exposition([make_tallied(polls, tallies)]) == (
        "# HELP polls_total Polls.\n"
        "# TYPE polls_total counter\n"
        'polls_total{outcome="gone"} 1\n'
        'polls_total{outcome="lost"} 0\n'
        'polls_total{outcome="new"} 2\n'
    )


def test_each_bucket_of_a_histogram_counts_those_below_it_too() -> None:
    seconds = Tallied("fetch_seconds", "Seconds.", (0.5, 1.0), kinds=())
    counted = {"0.5": 2.0, "+Inf": 1.0, "sum": 3.25}
    tallies = {("fetch_seconds", 'by="poll"', bound): count for bound, count in counted.items()}
    assert write_exposition([make_tallied(seconds, tallies)]) == (
        "# HELP fetch_seconds Seconds.\n"
        "# TYPE fetch_seconds histogram\n"
        'fetch_seconds_bucket{by="poll",le="0.5"} 2\n'
        'fetch_seconds_bucket{by="poll",le="1.0"} 2\n'
        'fetch_seconds_bucket{by="poll",le="+Inf"} 3\n'
        'fetch_seconds_sum{by="poll"} 3.25\n'
        'fetch_seconds_count{by="poll"} 3\n'
    )


def test_a_bound_of_a_former_version_is_no_part_of_a_histogram() -> None:
    tallies = {("fetch_seconds", "", "0.7"): 5.0, ("fetch_seconds", "", "0.5"): 1.0, ("fetch_seconds", "", "sum"): 0.2}
    counted = make_tallied(Tallied("fetch_seconds", "Seconds.", (0.5,)), tallies).samples
    assert [sample.value for sample in counted] == [1, 1, 0.2, 1]


def test_what_has_no_figure_is_left_out() -> None:
    assert write_exposition([Metric("empty", "gauge", "Nothing.", []), make_gauges("none", "None.", "state", {})]) == ""


def test_numbers_are_whole_where_they_can_be() -> None:
    text = write_exposition([Metric("one", "gauge", "One.", [Sample(3.0), Sample(1796083532.411003), Sample(10**15)])])
    assert [line.split()[1] for line in text.splitlines()[2:]] == ["3", "1796083532.411003", "1000000000000000"]
