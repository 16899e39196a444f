import pytest

from worker.normalise.plain_text import summarise


@pytest.mark.parametrize(
    ("given", "summary"),
    [
        ("Rain fell in &#82", "Rain fell in"),
        ("Rain fell&nbs...", "Rain fell…"),
        ("Rain fell &hellip […]", "Rain fell…"),
        ("Rain at AT&T", "Rain at AT&T"),
        ("The weather, a Q&a", "The weather, a Q&a"),
        ("Rain &wind", "Rain &wind"),
    ],
)
def test_an_entity_that_was_cut_is_no_part_of_a_summary(given: str, summary: str) -> None:
    assert summarise(given, "Another text.", 300) == summary
