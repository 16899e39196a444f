"""Values that only the type checker keeps from being changed are values all the same."""

import pytest

from worker.values.entries import Entry
from worker.values.frozen import replace


def test_equal_values_are_one_key() -> None:
    assert {Entry("guid", tags=("tag",)), Entry("guid", tags=("tag",))} == {Entry("guid", tags=("tag",))}


def test_a_replaced_value_differs_only_in_what_is_named() -> None:
    entry = Entry("guid", "https://news.example/1", "Rain", summary="It rains.", tags=("tag",))
    replaced = replace(entry, title="Snow")
    assert (replaced.title, replace(replaced, title="Rain")) == ("Snow", entry)
    assert entry.title == "Rain"


def test_a_field_that_a_value_does_not_have_cannot_be_replaced() -> None:
    with pytest.raises(TypeError):
        replace(Entry("guid"), colour="red")  # type: ignore[call-arg] -- what the type checker refuses is the case
