"""A bucket for each address: full at first, filled at a steady rate, and forgotten last come first gone."""

from worker.web.rates import Rates


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_address_has_ten_seconds_worth_at_once_and_then_its_rate() -> None:
    clock = Clock()
    rates = Rates(2, clock)
    assert [rates.take("a") for _ in range(20)] == [0.0] * 20
    assert rates.take("a") == 0.5
    clock.now = 0.5
    assert rates.take("a") == 0.0
    assert rates.take("a") == 0.5


def test_addresses_do_not_share_a_bucket() -> None:
    rates = Rates(1, Clock())
    assert [rates.take("a") for _ in range(11)] == [0.0] * 10 + [1.0]
    assert rates.take("b") == 0.0


def test_what_is_refused_costs_nothing() -> None:
    clock = Clock()
    rates = Rates(1, clock)
    for _ in range(1_000):
        rates.take("a")
    clock.now = 1
    assert rates.take("a") == 0.0


def test_a_fine_may_be_more_than_there_is_but_nobody_waits_for_ever() -> None:
    clock = Clock()
    rates = Rates(1, clock)
    rates.fine("a", 15)
    assert rates.take("a") == 6.0
    for _ in range(100):
        rates.fine("a", 20)
    clock.now = 11.0
    assert rates.take("a") == 0.0


def test_ten_thousand_addresses_are_kept_those_that_asked_last() -> None:
    rates = Rates(1, Clock())
    rates.fine("a", 10)
    rates.fine("b", 10)
    for number in range(9_998):
        rates.take(str(number))
    assert rates.take("a") > 0
    rates.take("c")
    # b was the one that had not asked for longest.
    assert rates.take("b") == 0.0
