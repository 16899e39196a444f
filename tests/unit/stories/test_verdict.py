from collections.abc import Callable

import pytest

from worker.stories.story_values import Overlap
from worker.stories.verdict import is_copy, is_copy_given_outlets

Make = Callable[..., Overlap]

# Each row of the table: what it lets pass, and just not.
COPIES = {
    "the text, half of it in long runs": {
        "longer": 400, "of_shorter": 0.5, "of_longer": 0.35, "of_lede": 0.5, "runs": 8, "mean_run": 11.0,
        "longest_run": 30, "first_in_shorter": 64, "first_in_longer": 5, "opening_facts": 1,
    },
    "the text, one run of sixty": {"longer": 400, "of_shorter": 0.5, "runs": 9, "mean_run": 9.0, "longest_run": 60},
    "cut, behind a header": {
        "shorter": 40, "longer": 600, "of_shorter": 0.85, "of_longer": 0.06, "of_lede": 0.85,
        "runs": 1, "mean_run": 34.0,
        "longest_run": 34, "first_in_longer": 32,
    },
    "cut, far down under the same headline": {
        "shorter": 40, "longer": 600, "of_shorter": 0.85, "of_longer": 0.06, "of_lede": 0.6,
        "runs": 1, "mean_run": 34.0,
        "longest_run": 34, "first_in_longer": 80, "of_title": 0.5,
    },
    "a lede above boilerplate": {
        "shorter": 90, "longer": 600, "of_shorter": 0.28, "of_longer": 0.05, "of_lede": 0.65,
        "runs": 1, "mean_run": 25.0,
        "longest_run": 25, "first_in_longer": 10,
    },
    "edited throughout, the beginning hardly": {
        "longer": 400, "of_shorter": 0.42, "of_longer": 0.3, "of_lede": 0.7, "runs": 7, "mean_run": 11.7,
        "longest_run": 20, "first_in_longer": 40, "first_in_shorter": 49,
    },
    "rewritten under the same headline": {
        "longer": 400, "of_shorter": 0.3, "of_longer": 0.2, "of_lede": 0.2, "runs": 4,
        "mean_run": 8.0, "longest_run": 10,
        "first_in_shorter": 48, "of_facts": 0.46, "of_title": 0.5,
    },
    "rewritten with the facts": {
        "longer": 400, "of_shorter": 0.3, "of_longer": 0.2, "of_lede": 0.2, "runs": 6,
        "mean_run": 8.0, "longest_run": 10,
        "facts": 6, "of_facts": 0.7,
    },
    "edited word by word": {
        "longer": 400, "of_shorter": 0.3, "of_longer": 0.2, "of_lede": 0.2, "runs": 8,
        "mean_run": 6.0, "longest_run": 9,
        "facts": 5, "of_facts": 0.6, "swapped": 10, "swapped_facts": 2, "kept_facts": 4,
    },
}  # fmt: skip
NO_COPIES = {
    "seven shingles": {"shared": 7},
    "a form: what was swapped are facts": {"swapped": 5, "swapped_facts": 3, "kept_facts": 9},
    "a form: the one fact was swapped": {"facts": 1, "swapped": 2, "swapped_facts": 1, "kept_facts": 0},
    "same words, other facts": {
        "longer": 110, "shorter": 100, "of_shorter": 0.9, "of_longer": 0.8, "runs": 3,
        "mean_run": 30.0, "of_facts": 0.55,
    },
    "longer, same words, other facts": {
        "longer": 250, "of_shorter": 0.9, "of_longer": 0.8, "runs": 3, "mean_run": 50.0, "of_facts": 0.4,
    },
    "hardly a fact, short runs": {"facts": 3, "longer": 170, "of_shorter": 0.75, "mean_run": 14.0, "kept_facts": 3},
    "other news above the same background": {
        "first_in_shorter": 20, "first_in_longer": 25, "opening_facts": 3, "of_opening": 0.33, "of_shorter": 0.85,
    },
    "less than half, in long runs": {
        "longer": 400, "of_shorter": 0.49, "of_longer": 0.35, "of_lede": 0.6, "runs": 4, "mean_run": 24.0,
        "longest_run": 30, "facts": 5, "of_facts": 0.5,
    },
    "half of it, further down": {"longer": 400, "of_shorter": 0.6, "of_lede": 0.0, "first_in_shorter": 65},
    "a lede in a round-up": {
        "shorter": 40, "longer": 600, "of_shorter": 1.0, "of_longer": 0.06, "runs": 1,
        "mean_run": 40.0, "longest_run": 40,
        "first_in_longer": 33,
    },
    "rewritten beyond the facts": {
        "longer": 400, "of_shorter": 0.3, "of_longer": 0.2, "of_lede": 0.2, "runs": 6,
        "mean_run": 8.0, "longest_run": 10,
        "of_facts": 0.69,
    },
    "too little of it": {
        "longer": 400, "of_shorter": 0.29, "of_longer": 0.2, "of_lede": 0.2, "runs": 9,
        "mean_run": 8.0, "longest_run": 10,
    },
}  # fmt: skip


@pytest.mark.parametrize("row", COPIES)
def test_a_copy(row: str, overlap: Make) -> None:
    assert is_copy(overlap(**COPIES[row]))


@pytest.mark.parametrize("row", NO_COPIES)
def test_no_copy(row: str, overlap: Make) -> None:
    assert not is_copy(overlap(**NO_COPIES[row]))


@pytest.mark.parametrize(
    ("what", "is_one"),
    [
        ({}, True),
        ({"jaccard": 0.6, "of_shorter": 0.75}, True),
        ({"jaccard": 0.59, "of_shorter": 0.75}, False),
        ({"first_in_shorter": 11, "first_in_longer": 11}, False),
        ({"first_in_shorter": 10, "first_in_longer": 30}, True),
    ],
)
def test_of_one_outlet_copies_are_much_alike_from_the_top(what: dict[str, float], is_one: bool, overlap: Make) -> None:
    assert is_copy_given_outlets(overlap(**what), is_of_one_outlet=True) is is_one
    assert is_copy_given_outlets(overlap(**what), is_of_one_outlet=False)
