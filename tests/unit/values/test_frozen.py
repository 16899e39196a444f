"""Values that only the type checker keeps from being changed are values all the same."""

from worker.values.entries import Entry


def test_equal_values_are_one_key() -> None:
    assert {Entry("guid", tags=("tag",)), Entry("guid", tags=("tag",))} == {Entry("guid", tags=("tag",))}
