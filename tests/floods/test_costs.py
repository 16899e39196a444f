"""The measure of all floods, held against work whose growth is known."""

import pytest

from tests.costs import spend_at_most


def _compare_each_with_every_other(elements: int) -> list[int]:
    known: list[int] = []
    for element in range(elements):
        if element not in known:
            known.append(element)
    return known


def test_what_is_linear_costs_little_and_is_returned() -> None:
    assert len(spend_at_most(0.02, lambda: [*range(5_000)])) == 5_000


def test_what_is_quadratic_costs_too_much_however_often_it_is_tried() -> None:
    with pytest.raises(AssertionError, match=r"more than 0.02 s: (0.\d\d, ){2}0.\d\d"):
        spend_at_most(0.02, lambda: _compare_each_with_every_other(5_000))
