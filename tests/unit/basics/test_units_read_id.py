import pytest

from worker.basics.units import read_id


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("12", 12),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", 0),
        ("9" * 5000, 0),
        ("-1", None),
        ("1.5", None),
        ("https://a.example/1", None),
        ("", None),
    ],
)
def test_an_id_is_a_number_that_fits_the_store(name: str, read: int | None) -> None:
    assert read_id(name) == read
