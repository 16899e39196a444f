from collections.abc import Callable
from dataclasses import fields

import pytest

from worker.stories.story_values import Overlap

# An exact copy of 200 words; each test says what is different.
_COPY = {
    "is_shorter": True, "shared": 196, "shorter": 196, "longer": 196, "of_shorter": 1.0, "of_longer": 1.0,
    "of_lede": 1.0, "jaccard": 1.0, "runs": 1, "mean_run": 196.0, "longest_run": 196,
    "first_in_shorter": 0, "first_in_longer": 0, "facts": 12, "of_facts": 1.0,
    "swapped": 0, "swapped_facts": 0, "kept_facts": 12, "opening_facts": 0, "of_opening": 0.0, "of_title": 0.0,
}  # fmt: skip


@pytest.fixture
def overlap() -> Callable[..., Overlap]:
    """What an exact copy has in common with its original, but for what is named."""
    assert _COPY.keys() == {field.name for field in fields(Overlap)}
    return lambda **changed: Overlap(**(_COPY | changed))
