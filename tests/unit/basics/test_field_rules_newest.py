import pytest

from worker.basics.field_rules import keep_newest, moment_of
from worker.values.entries import Entry

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


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (Entry(published="Mon, 02 Nov 2026 23:00:00 GMT"), Entry(published="2026-11-02T23:30:00Z")),
        (Entry(published="2026-11-02T23:30:00+02:00"), Entry(published="2026-11-02T22:00:00Z")),
        (Entry(updated="2026-11-01"), Entry(published="2026-11-02")),
        (Entry(published="2026 Nov 1"), Entry(published="2. november 2026 kl. 10.30")),
        (Entry(published="soon", updated="2026-11-01"), Entry(published="2026-11-02", updated="2026-10-01")),
    ],
)
def test_the_moment_of_an_entry_is_that_of_its_publication_else_of_its_change(earlier: Entry, later: Entry) -> None:
    assert moment_of(earlier) < moment_of(later)


@pytest.mark.parametrize(
    "date", [None, "", "soon", "9" * 400, "2026-99-99", "\u0661\u0662", "00000000T", "-1", "\ud800"]
)
def test_what_is_no_date_is_no_moment(date: str | None) -> None:
    assert moment_of(Entry(published=date)) is None
