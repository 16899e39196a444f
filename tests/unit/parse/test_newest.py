import pytest

from worker.parse.newest import keep_newest

Dated = tuple[str, int | None]
MIXED: list[Dated] = [("b", 2), ("none", None), ("d", 4), ("a", 1), ("later", None), ("c", 3)]


def _names(items: list[Dated], most: int) -> str:
    return " ".join(name for name, _ in keep_newest(items, most, lambda item: item[1]))


@pytest.mark.parametrize(
    ("most", "kept"),
    [
        (6, "b none d a later c"),
        (5, "b none d a c"),
        (4, "b d a c"),
        (3, "b d c"),
        (1, "d"),
        (0, ""),
    ],
)
def test_the_newest_by_date_stay_in_document_order_wherever_they_stand(most: int, kept: str) -> None:
    assert _names(MIXED, most) == kept


def test_without_any_date_the_first_stay() -> None:
    assert _names([("a", None), ("b", None), ("c", None)], 2) == "a b"


def test_of_equal_dates_the_first_stay() -> None:
    assert _names([("a", 1), ("b", 1), ("c", 1)], 2) == "a b"
